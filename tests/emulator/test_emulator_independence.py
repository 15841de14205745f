"""The emulator judges the rest of the project, so it must not know it (design 8)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import reconciler.emulator

ROOT = Path(reconciler.emulator.__file__).parent


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "." * node.level)
    return names


def test_it_imports_nothing_of_ours() -> None:
    for path in ROOT.rglob("*.py"):
        foreign = {name for name in imported(path) if name.split(".")[0] == "reconciler"}
        assert all(name.startswith("reconciler.emulator") for name in foreign), path


def test_importing_the_package_is_free_and_starting_it_leaves_the_sdk_for_the_first_request() -> None:
    heavy = "{'stripe', 'starlette', 'uvicorn', 'sqlite3', 'asyncio'} & set(sys.modules)"
    program = (
        f"import sys, reconciler.emulator; assert not {heavy}, {heavy}\n"
        "import reconciler.emulator.server; assert 'stripe' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_modules_stay_small() -> None:
    assert {
        path.name: lines for path in ROOT.rglob("*.py") if (lines := len(path.read_text().splitlines())) > 250
    } == {}
