"""Import, through the command line and over HTTP: what somebody else made becomes YAML that changes nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.server import Running
from tests.harness import Account, Project, Result
from tests.importer.somebody import made
from tests.worlds import World, catalogue, world_in

CATALOGUES = sorted((Path(__file__).parents[1] / "catalogues").glob("*.yaml"))

ROOT = Path(__file__).parents[2]


def imported(project: Project, *arguments: str, code: int = 0) -> Result:
    target = ("--base-url", project.account.url)
    return project.run("import", *arguments, *target, key=project.account.key, code=code)


def elsewhere(project: Project, name: str, account: Account | None = None) -> Project:
    """Another folder, and the account behind it."""
    folder = project.folder.parent / f"{project.folder.name}-{name}"
    folder.mkdir()
    return Project(folder, account or project.account)


def files(project: Project) -> dict[str, str]:
    return {p.relative_to(project.folder).as_posix(): p.read_text("utf-8") for p in project.folder.rglob("*.yaml")}


def signs(result: Result) -> set[str]:
    return set(re.findall(r"^  (\S) \S", result.out, re.M))


@pytest.mark.parametrize("layout", ["kind", "product", "single"])
def test_an_account_of_somebody_else(project: Project, layout: str) -> None:
    made(project.account)
    before = project.account.everything()
    said = imported(project, "--project", "acme", "--layout", layout)
    assert "Not imported: 1 price of a product that is not imported." in said.err
    assert project.account.everything() == before
    project.run("validate")
    plan = project.plan("--allow", "adopt")
    assert signs(plan) == {"»"}, plan.out
    project.apply("--allow", "adopt")
    project.converged()
    after = project.account.everything()
    assert {i: bare(o) for i, o in after.items()} == {i: bare(o) for i, o in before.items()}
    again = imported(project)
    assert "Nothing to import" in again.out
    where = next(n for n, t in files(project).items() if "amount: 29.00" in t)
    project.edit("amount: 29.00", "amount: 35.00", where)
    changed = project.plan()
    assert "price.gold.monthly must be replaced" in changed.out
    assert signs(changed) == {"±", "~"}


def bare(value: Any) -> Any:
    """A value without our marks, and without what every write changes."""
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if k != "updated" and not k.startswith("stripe_portal")}
    return [bare(v) for v in value] if isinstance(value, list) else value


def test_what_was_imported_makes_the_same_in_an_empty_account(project: Project, emulator: Running) -> None:
    made(project.account, many=3)
    imported(project, "--project", "acme")
    other = Account.register(emulator.url, f"{project.account.key}second")
    project.edit("environments: {test: {}}", "environments: {test: {}, second: {}}")
    first, project.account = project.account, other
    project.apply("--env", "second")
    project.converged("--env", "second")
    project.account = first
    project.apply("--env", "test", "--allow", "adopt")
    here, there = ({a: neutral(o, account) for a, o in addressed(account).items()} for account in (first, other))
    here.pop("promotion_code.ADA")  # it is for one customer of the first account
    assert there.keys() == here.keys()
    for address, one in here.items():
        assert there[address] == one, address


def addressed(account: Account) -> dict[str, Any]:
    """Every object in service that bears an address, by it; of kinds without metadata by their natural key."""
    found = {}
    for one in account.everything().values():
        mark = (one.get("metadata") or {}).get("stripe_portal")
        if mark:
            found[mark.partition("/")[2]] = one
    return found


def neutral(value: Any, account: Account) -> Any:
    """A value with an address in the place of every id, without what an account makes up."""
    ids = {one["id"]: address for address, one in addressed(account).items()}
    ids |= {
        one["id"]: one.get("event_name", one.get("description"))
        for kind in ("meter", "feedback_option")
        for one in account.of(kind)
    }

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            value = {k: v for k, v in value.items() if k != "adjustable_quantity" or (v and v["enabled"])}
            return {k: walk(v) for k, v in value.items() if k not in MADE_UP and not k.startswith("stripe_portal")}
        if isinstance(value, list):
            return sorted((walk(v) for v in value), key=str)
        return ids.get(value, re.sub(UNNAMED, "…", value)) if isinstance(value, str) else value

    return walk(value)


UNNAMED = "^(prodft|li|feat|pmc)_.*"
MADE_UP = {"created", "updated", "url", "livemode", "secret"}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_what_apply_made_comes_back(project: Project, path: Path) -> None:
    company: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    options = ["--env", company["environment"]] if "environment" in company else []
    for name in company.get("meters", ()):
        sent = {"display_name": name, "event_name": name, "default_aggregation[formula]": "sum"}
        options += ["--var", f"{name}={project.account.post('/v1/billing/meters', sent)['id']}"]
    for name, text in company["files"].items():
        project.write(text, name)
    project.apply(*options)
    comes_back(project, re.search(r"^project: (\S+)", project.read(), re.M)[1])  # type: ignore[index]


@pytest.mark.parametrize("example", ["everything", "saas", "usage-based"])
def test_what_an_example_made_comes_back(project: Project, example: str) -> None:
    project.run("init", "--example", example, "--project", "pulse")
    project.apply(*(["--env", "test"] if example == "saas" else []))
    comes_back(project, "pulse")


def comes_back(project: Project, name: str) -> None:
    """Import into an empty folder: nothing is to do."""
    other = elsewhere(project, "other")
    imported(project, str(other.folder), "--project", name)
    project.run("validate", str(other.folder))
    plan = project.plan(str(other.folder))
    assert "No changes." in plan.out, plan.out + str(files(other))
    before = files(other)
    assert "Nothing was written" in imported(project, str(other.folder)).out
    assert files(other) == before
    third = elsewhere(project, "third")
    imported(project, str(third.folder), "--project", name)
    assert files(third) == before


@given(data=st.data())
def test_any_catalogue_comes_back(
    emulator: Running, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with world_in(tmp_path_factory.mktemp("world"), emulator.url) as shop:
        world = World.of(shop)
        assert world.put(data.draw(catalogue()))
        other = Project(tmp_path_factory.mktemp("other"), shop.account)
        imported(other, str(other.folder), "--project", "acme", "--include-archived")
        plan = other.plan(str(other.folder), "--allow", "adopt")
        assert signs(plan) <= {"»"}, plan.out + "".join(files(other).values())
        assert not re.findall(r"» \S+ .*\n +\S", plan.out)
        other.apply(str(other.folder), "--allow", "adopt")
        other.converged(str(other.folder))
