"""The layers of the house (design 7), read from the imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.kinds import BY_NAME

PACKAGE = Path(__file__).parent.parent / "reconciler"
FILES = sorted(p for p in PACKAGE.rglob("*.py"))

BASE = {"model", "errors", "redact"}
TABLES = BASE | {"kinds", "stamp"}
MAY_IMPORT = {
    "model": {"model"},
    "errors": {"model"},
    "redact": set(),
    "kinds": BASE | {"kinds", "stamp"},
    "stamp": BASE,
    "config": TABLES | {"config"},
    "schema": TABLES | {"schema"},
    "desired": TABLES,
    "permissions": TABLES,
    "gateway": TABLES | {"gateway", "permissions"},
    "observed": TABLES | {"gateway", "observed"},
    "pair": TABLES | {"pair"},
    "diff": TABLES | {"diff"},
    "drift": TABLES | {"drift"},
    "sense": TABLES | {"gateway", "sense"},
    "accept": TABLES | {"accept", "drift", "importer"},
    "plan": TABLES | {"plan"},
    "guards": TABLES | {"guards"},
    "basis": TABLES,
    "standing": TABLES | {"basis", "standing"},
    "planfile": TABLES | {"planfile"},
    "apply": TABLES | {"apply", "gateway", "observed", "uploads"},
    "report": TABLES | {"report", "doctor", "drift"},
    "images": TABLES | {"images"},
    "uploads": TABLES | {"gateway"},
    "impact": TABLES | {"gateway", "impact"},
    "doctor": TABLES | {"gateway", "permissions"},
    "portal": TABLES | {"gateway", "portal", "report"},
    "scaffold": TABLES | {"schema", "scaffold"},
    "importer": TABLES | {"importer"},
    "reference": TABLES | {"guards", "schema"},
    "pipeline": TABLES | {"pipeline", "planfile", "report"},
    "emulator": {"emulator"},
}
"""What each part of the house may import of it; `cli` may import everything, and nothing imports `cli`."""

DOORS = {
    "yaml": {"config"},
    "ruamel": {"importer"},
    "jsonschema": {"schema"},
    "jsonschema_rs": {"schema"},
    "deepdiff": {"report"},
    "click": {"cli"},
    "stripe": {"gateway", "emulator"},
    "requests": {"gateway", "pipeline"},
    "tenacity": {"gateway", "pipeline"},
    "filetype": {"images"},
    "imagesize": {"images"},
    "babel": {"report", "portal", "emulator"},
    "jinja2": {"report", "portal", "emulator"},
    "markupsafe": {"report", "portal"},
    "msgspec": {"planfile"},
    "starlette": {"emulator"},
    "uvicorn": {"emulator"},
}


def part(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(file: Path, *, top_level: bool = False) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative import"
            yield node.module or ""
            if node.module == "reconciler":
                yield from (f"reconciler.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_imports_go_only_downward(file: Path) -> None:
    here = part(file)
    used = {name.split(".")[1] for name in imports(file) if name.startswith("reconciler.")} - {"__version__"}
    if here in ("cli", "__init__", "__main__"):
        return
    assert "cli" not in used
    assert here in MAY_IMPORT, f"{here} is new: say in MAY_IMPORT what it may import"
    assert used <= MAY_IMPORT[here]


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_each_library_stands_behind_its_door(file: Path) -> None:
    for name in imports(file):
        library = name.split(".")[0]
        assert part(file) in DOORS.get(library, {part(file)}), f"{library} belongs behind {DOORS.get(library)}"


def test_what_every_command_imports_is_free_of_heavy_libraries() -> None:
    heavy = set(DOORS) - {"click"}
    light = [f for f in FILES if part(f) in TABLES | {"cli", "pair", "diff", "plan", "guards", "desired", "gateway"}]
    for file in light:
        assert not {n.split(".")[0] for n in imports(file, top_level=True)} & heavy, file


def test_no_module_is_two_ideas() -> None:
    long = {str(f.relative_to(PACKAGE)): n for f in FILES if (n := len(f.read_text("utf-8").splitlines())) > 250}
    assert not long


def test_no_decision_by_kind_outside_the_tables() -> None:
    names = {k.name for k in BY_NAME.values()} | {k.plural for k in BY_NAME.values()}
    for file in FILES:
        if part(file) in ("kinds", "emulator"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                said = {c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)}
                assert not said & names, f"{file.name}:{node.lineno} decides by the kind {said & names}"
