"""The digest of what was reviewed: the same for two plans that do the same, another for every other one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import cmarkgfm
import pytest

from reconciler.errors import UnsafePlan
from reconciler.pipeline import marker
from reconciler.pipeline.reviewed import Reviewed, differences, reviewed
from tests.harness import Project


@pytest.fixture
def plan(project: Project) -> dict[str, Any]:
    """A price that becomes dearer."""
    project.run("init", "--project", "acme")
    project.apply()
    project.edit("19.00", "24.00")
    project.plan("--out", "plan.json")
    found: dict[str, Any] = json.loads(project.read("plan.json"))
    return found


def of(plan: dict[str, Any]) -> Reviewed:
    """The digest of a plan that was altered by us, and signed again."""
    rest = {k: v for k, v in plan.items() if k != "digest"}
    signed = {
        **rest,
        "digest": hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest(),
    }
    return reviewed(json.dumps(signed).encode(), "plan.json")


HARMLESS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "id": lambda p: p.update(id="0000000000000000"),
    "time": lambda p: p.update(created=1),
    "impact": lambda p: p["impact"].clear(),
    "basis": lambda p: p["basis"].clear(),
    "warnings": lambda p: p["warnings"].append("Something to know"),
    "order": lambda p: ([a.pop("needs", 0) for a in p["actions"]], p["actions"].reverse()),
    "cause": lambda p: p["actions"][1]["change"]["fields"][0].update(cause="both"),
    "line": lambda p: p["actions"][0]["change"]["after"].update(line=99),
}
HARMFUL: dict[str, Callable[[dict[str, Any]], Any]] = {
    "account": lambda p: p["account"].update(id="acct_other"),
    "live": lambda p: p["account"].update(livemode=True),
    "before": lambda p: p["actions"][0]["change"]["fields"][2].update(before=1),
    "after": lambda p: p["actions"][0]["change"]["fields"][2].update(after=1),
    "sent": lambda p: p["actions"][0]["params"].update(unit_amount=1),
    "object": lambda p: p["actions"][3].update(id="price_other"),
    "verb": lambda p: p["actions"][3].update(verb="release"),
    "one less": lambda p: p["actions"].pop(),
    "allowed": lambda p: p["allowed"].append("retire"),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_has_no_effect_is_not_in_it(plan: dict[str, Any], what: str) -> None:
    before = of(plan)
    HARMLESS[what](plan)
    assert of(plan) == before


@pytest.mark.parametrize("what", HARMFUL)
def test_what_has_an_effect_is_in_it(plan: dict[str, Any], what: str) -> None:
    before = of(plan)
    HARMFUL[what](plan)
    assert of(plan).digest != before.digest


def test_planning_again_gives_the_same(project: Project, plan: dict[str, Any]) -> None:
    project.plan("--out", "again.json")
    again = json.loads(project.read("again.json"))
    assert again["id"] != plan["id"]
    assert of(again) == of(plan)


def test_a_plan_that_was_altered_is_refused(plan: dict[str, Any]) -> None:
    plan["actions"].pop()
    with pytest.raises(UnsafePlan, match="altered"):
        reviewed(json.dumps(plan).encode(), "plan.json")


def test_what_differs_is_named() -> None:
    before = {"a": "1", "b": "1", "gone": "1"}
    after = {"a": "1", "b": "2", "new": "1"}
    told = {"does something else now": ["b"], "was not in it": ["new"], "is not in it any more": ["gone"]}
    assert differences(before, after, whole=True) == told
    assert differences(before, after, whole=False) == told | {"was not in it": []}


@pytest.mark.parametrize("room", [0, 30, 60, 10_000])
def test_a_marker_is_read_back_as_far_as_there_was_room(room: int) -> None:
    addresses = {f"price.a--b.{n}": "0123abcd" for n in range(5)}
    values = {"project": "acme", "env": "", "reviewed": "f" * 64}
    shortest = len(marker.line("plan", values, addresses))
    text = marker.line("plan", values, addresses, room=room)
    assert len(text) <= shortest + room
    found = marker.read(f"{text}\n### A plan")
    assert found
    assert found.values == values
    assert found.is_about("plan", project="acme", env="")
    assert list(found.addresses.items()) == list(addresses.items())[: len(found.addresses)]
    assert found.whole == (len(found.addresses) == 5)
    assert found.whole == (room > 1000)


@pytest.mark.parametrize(
    "body", ["", "x\n{}", "> {}", " {}", "{}x", "```\n{}", "<!-- stripe-portal plan env=a> reviewed=b -->"]
)
def test_nothing_but_a_first_line_is_a_marker(body: str) -> None:
    assert marker.read(body.format(marker.line("plan", {"env": "live"}))) is None


def test_nobody_sees_a_marker() -> None:
    line = marker.line("plan", {"env": "live"}, {"price.a--b.c": "0"}, room=99)
    assert "a--b" in line
    html = cmarkgfm.github_flavored_markdown_to_html(f"{line}\n### A plan\n")
    assert html == "<!-- raw HTML omitted -->\n<h3>A plan</h3>\n"
