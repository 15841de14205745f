"""The wheel: what is in it, and that it works where nothing of the repository is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler import __version__
from tests.pictures import png

ROOT = Path(__file__).parent.parent
SOURCES = ("reconciler", "examples", "schemas", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")

IMAGE = "examples/saas/shop-images/pro.png"

Command = Callable[..., str]


def ran(*words: str | Path, cwd: Path) -> str:
    done = subprocess.run(words, cwd=cwd, env=clean(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def clean() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "STRIPE_", "COV"))}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a fresh clone has it, and an image in an example."""
    folder = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    (folder / IMAGE).parent.mkdir()
    (folder / IMAGE).write_bytes(png())
    return folder


@pytest.fixture(scope="module")
def wheel(sources: Path) -> Path:
    words = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "-w", "dist", ".")
    ran(sys.executable, "-m", "pip", "wheel", *words, cwd=sources)
    (built,) = (sources / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment of its own, which has the dependencies and not this checkout."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False)
    folder = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    (folder / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    python = Path(sysconfig.get_path("scripts", vars={"base": str(home)})) / "python"
    words = ("--no-deps", "--no-index", "--ignore-installed", "--disable-pip-version-check")
    ran(sys.executable, "-m", "pip", "--python", python, "install", *words, wheel, cwd=home)
    return python.parent / "stripe-portal"


def test_the_wheel_has_every_module_example_and_schema(wheel: Path, sources: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = (ROOT / "reconciler").rglob("*")
    modules = {p.relative_to(ROOT).as_posix() for p in files if p.suffix in (".py", ".html", ".css", ".yml")}
    data = {
        f"reconciler/_data/{p.relative_to(sources).as_posix()}"
        for folder in ("examples", "schemas")
        for p in (sources / folder).rglob("*")
        if p.is_file()
    }
    info = f"stripe_portal-{__version__}.dist-info"
    assert modules | data <= names
    assert f"reconciler/_data/{IMAGE}" in data
    rest = names - modules - data
    assert {n.split("/")[0] for n in rest} == {info}, "something else got into the wheel"
    assert f"{info}/licenses/LICENSE" in names


def test_the_source_distribution_has_what_the_wheel_needs(sources: Path) -> None:
    ran(sys.executable, "-c", "from setuptools import build_meta; build_meta.build_sdist('dist')", cwd=sources)
    (built,) = (sources / "dist").glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}
    assert {
        "setup.py",
        "examples/saas/catalogue/plans.yaml",
        "schemas/stripe-portal.schema.json",
        "LICENSE",
        IMAGE,
    } <= names


def test_it_runs_where_the_repository_is_not(installed: Path, tmp_path: Path) -> None:
    assert ran(installed, "--version", cwd=tmp_path) == f"stripe-portal, version {__version__}\n"
    where = ran(installed.parent / "python", "-c", "import reconciler; print(reconciler.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent.parent)
    ran(installed, "init", "shop", "--example", "saas", cwd=tmp_path)
    assert (tmp_path / "shop/shop-images/pro.png").read_bytes() == png()
    assert "4 products" in ran(installed, "validate", "shop", "--env", "test", cwd=tmp_path)
    assert "12 to create" in ran(installed, "plan", "shop", "--env", "test", "--emulator", cwd=tmp_path)


def test_help_imports_no_library_but_click(installed: Path, tmp_path: Path) -> None:
    script = """
import sys
from reconciler.cli.main import run
run(["--help"])
files = {name.partition(".")[0]: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
print("imported:", *sorted(name for name, file in files.items() if "site-packages" in file))
"""
    out = ran(installed.parent / "python", "-c", script, cwd=tmp_path)
    assert out.splitlines()[-1] == "imported: click reconciler"
