"""Annotations, read back the way GitHub's runner reads a log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from reconciler.errors import Problem
from reconciler.model import Plan, Source
from reconciler.report import github, html, markdown, text
from tests.report.hostile import NAMES
from tests.stages import desired, planned

COMMAND = re.compile(r"::(?P<level>[a-z-]+)(?: (?P<properties>.*?))?::(?P<message>.*)")


@dataclass(frozen=True)
class Annotation:
    level: str
    message: str
    file: str = ""
    line: str = ""
    col: str = ""
    title: str = ""


def read(text: str) -> tuple[list[Annotation], list[str]]:
    """What the runner makes of a log, line by line (actions/runner, ActionCommand.TryParseV2), and the other lines."""
    found, rest = [], []
    for line in text.split("\n"):
        if match := COMMAND.fullmatch(line.strip()):
            pairs = (p.split("=", 1) for p in (match["properties"] or "").split(","))
            properties = {k: unescaped(v) for k, v in pairs}
            found.append(Annotation(match["level"], unescaped(match["message"]), **properties))
        else:
            rest.append(line)
    return found, rest


def unescaped(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_every_change_is_on_its_line(reviewed: Plan) -> None:
    found, rest = read(github.plan(reviewed))
    said = {a.title: a for a in found}
    replaced = said["± price.pro.monthly"]
    assert replaced.level == "warning"
    assert replaced.file.endswith("stripe-portal.yaml")
    assert (int(replaced.line), int(replaced.col) > 1) == (1, True)
    assert "unit_amount: 1900 → 2400 ($19.00 → $24.00 / month)  # forces replacement" in replaced.message
    assert (said["- product.legacy"].level, said["- product.legacy"].file) == ("warning", "")
    assert said["+ product.max"].level == "notice"
    refused = said["Refused"]
    assert (refused.level, refused.line) == ("error", "1")
    assert "--allow replace=product.pro" in refused.message
    assert rest == [line for line in rest if line.startswith("Plan: ")]


def test_problems_are_errors_where_they_are() -> None:
    problems = [
        Problem(Source("shop: a,b%2C.yaml", 3, 7), "100% wrong", "write\nthis: instead"),
        Problem(Source("b.yaml", 1, 2), "::error::x"),
    ]
    found, rest = read(github.problems(problems))
    assert [(a.level, a.file, a.line, a.col) for a in found] == [
        ("error", "shop: a,b%2C.yaml", "3", "7"),
        ("error", "b.yaml", "1", "2"),
    ]
    assert [a.message for a in found] == ["100% wrong\nwrite\nthis: instead", "::error::x"]
    assert rest == []


def test_what_github_would_not_show_is_counted() -> None:
    problems = [Problem(Source("a.yaml", n, 1), f"wrong {n}") for n in range(1, 26)]
    found, rest = read(github.problems(problems))
    assert [a.line for a in found] == [str(n) for n in range(1, 11)]
    assert rest == ["15 more not annotated, as GitHub shows 10 of each level. All of them: stripe-portal validate"]


def test_the_most_important_come_first(reviewed: Plan) -> None:
    creates = planned(desired({"products": {f"p{n}": {"name": "x"} for n in range(30)}}), []).actions
    plan = replace(reviewed, actions=(*creates, *reviewed.actions), warnings=tuple(f"warning {n}" for n in range(5)))
    found, rest = read(github.plan(plan))
    assert max(Counter(a.level for a in found).values()) == 10
    warned = [a.message for a in found if a.level == "warning"]
    assert warned[:5] == list(plan.warnings)
    assert "must be replaced" in warned[5]
    assert "more not annotated" in rest[0]


def test_no_name_ends_an_annotation_or_begins_one(hostile: Plan) -> None:
    log = github.plan(hostile)
    found, rest = read(log)
    assert all(c.isprintable() or c == "\n" for c in log)
    assert {a.level for a in found} == {"error", "warning", "notice"}
    assert all(a.title in ("Refused", "Warning") or a.title.startswith(("~", "+")) for a in found)
    assert [a.message for a in found if a.level == "error"] == [shown(r) for r in hostile.refusals[:10]]
    assert len(rest) == 2
    for n, name in enumerate(NAMES):
        (one,), _ = read(github.problems([Problem(Source(name[:50], n, 1), name[:1900])]))
        assert one.line == str(n)


@pytest.mark.parametrize("form", [text.render, markdown.render, html.render, github.plan])
def test_no_line_of_a_log_is_a_command(hostile: Plan, form: Callable[[Plan], str]) -> None:
    for line in form(hostile).split("\n"):
        assert not re.search(r"##\w*\[", line)
        assert form is github.plan or not line.lstrip().startswith("::")


def shown(text: str) -> str:
    """Lines stay lines; nothing else steers a terminal."""
    printed = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
    return printed.replace("##", r"#\x23")
