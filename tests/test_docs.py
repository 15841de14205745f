"""README and docs: every block that can run is run, what it shows is what comes out, and what is generated is fresh."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from docs.generate import PAGES, ROOT, not_run, refreshed
from reconciler import reference
from reconciler.cli.main import COMMANDS
from reconciler.guards import RULES
from tests.harness import Account, Project

PROSE = (*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "SECURITY.md")
SKIPPED = [(page, line, reason) for page in PAGES for line, reason in not_run(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_what_a_page_shows_is_so(page: Path, tmp_path: Path) -> None:
    assert refreshed(page, tmp_path) == page.read_text(encoding="utf-8"), "run `make docs`"


@pytest.mark.parametrize(("page", "line", "reason"), SKIPPED, ids=[f"{p.name}:{n}" for p, n, _ in SKIPPED])
def test_a_block_that_is_not_run_says_why(page: Path, line: int, reason: str) -> None:
    pytest.skip(f"{page.name}:{line} is not run: {reason}")


def test_the_reference_is_fresh() -> None:
    folder = ROOT / "docs" / "reference"
    there = {p.name: p.read_text(encoding="utf-8") for p in folder.iterdir()}
    assert there == dict(reference.render()), "run `make docs`"


@pytest.mark.parametrize("page", PROSE, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_every_command_is_described() -> None:
    described = re.findall(r"^## (\S+)$", (ROOT / "docs/commands.md").read_text(encoding="utf-8"), re.M)
    assert described == list(COMMANDS)


def test_every_rule_is_explained() -> None:
    text = (ROOT / "docs/safety.md").read_text(encoding="utf-8")
    assert [rule for rule in RULES if f"(`{rule}`)" not in text] == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [re.split(r"[<>=]", d)[0] for d in (*project["dependencies"], *project["optional-dependencies"]["test"])]
    rows = re.findall(r"^\| (`.*`) \|", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.M)
    listed = [name for row in rows for name in re.findall(r"`(.*?)`", row)]
    assert sorted(listed) == sorted(declared)


def test_the_restricted_key_of_the_readme_is_enough(project: Project) -> None:
    """Write access to products, prices and the portal, and to see which account it is."""
    scopes = ["product_write", "plan_write", "customer_portal_write", "connected_account_read"]
    key = "rk_test_readme000001"
    project.account = Account.register(project.account.url, key, permissions=[f"rak_{s}" for s in scopes])
    project.run("init")
    project.apply()
    assert "No changes." in project.plan().out


def test_the_demo_comes_to_its_end() -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", ROOT / "demo/run.sh"], env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == "" or "price.team.monthly" in done.stderr
    assert re.findall(r"No changes\.|\$29\.00 → \$35\.00|Apply complete: \d+ writes", done.stdout) == [
        "Apply complete: 15 writes",
        "No changes.",
        "$29.00 → $35.00",
        "Apply complete: 4 writes",
        "No changes.",
    ]
