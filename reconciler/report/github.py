"""What GitHub shows beside the lines of a pull request: problems, refusals, warnings and changes as annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.errors import Problem
from reconciler.model import Plan, Source
from reconciler.report import checklist, fields
from reconciler.report.groups import Group, groups, summary
from reconciler.report.rows import Row
from reconciler.report.words import counted, printable

MOST = 10
"""Annotations of each level that GitHub shows of one step."""

_LONGEST = 2_000
_LINES = 12


@dataclass(frozen=True, slots=True)
class Note:
    """One annotation. Its texts are as others wrote them, and may have several lines."""

    level: str
    title: str
    message: str
    source: Source | None = None


def problems(problems: Sequence[Problem]) -> str:
    """An error for each thing that is wrong in the YAML, at its line."""
    found = [
        Note("error", "Invalid YAML", f"{p.message}\n{p.hint}" if p.hint else p.message, p.source) for p in problems
    ]
    return "\n".join(_shown(found, "stripe-portal validate"))


def warnings(problems: Sequence[Problem]) -> str:
    """A warning for each thing that is right and yet asks for a look, at its line."""
    found = [Note("warning", "Warning", f"{p.message}\n{p.hint}", p.source) for p in problems]
    return "\n".join(_shown(found, "stripe-portal validate"))


def plan(plan: Plan) -> str:
    """Refusals, warnings, and a note on the line of each resource that changes; then the summary."""
    command = "stripe-portal plan" + (f" --env {plan.environment}" if plan.environment else "")
    return "\n".join([*_shown(list(_of(plan)), command), summary(plan)])


def _of(plan: Plan) -> Iterator[Note]:
    """The most important first, level by level."""
    found = groups(plan)
    places = {group.address: group.source for group in found}
    for text in plan.refusals:
        yield Note("error", "Refused", text, places.get(text.partition(": ")[0]))
    for text in plan.warnings:
        yield Note("warning", "Warning", text, places.get(text.partition(": ")[0]))
    for group in sorted(found, key=lambda group: group.symbol != "±"):
        level = "warning" if group.heavy else "notice"
        yield Note(level, f"{group.symbol} {group.address}", "\n".join(_told(group)), group.source)
    for task in checklist.tasks(plan):
        yield Note("notice", "To do in the Dashboard", f"{task.what}\n{task.page}", task.source)


def _told(group: Group) -> Iterable[str]:
    lines = [group.title]
    for step in group.steps:
        lines += [step.reason] if step.reason else []
        lines += (line for row in step.rows for line in _row(row))
    more = len(lines) - _LINES
    return lines if more <= 0 else [*lines[:_LINES], f"… {counted(more, 'more line')}"]


def _row(row: Row) -> Iterator[str]:
    yield f"{row.name}: {fields.line(row) if row.items is None else ''}".rstrip() + fields.notes(row)
    yield from (f"  {item}" for item in row.items or ())


def _shown(notes: Sequence[Note], command: str) -> Iterator[str]:
    """A command for each note that GitHub would show, and a line that says how many it would not."""
    count: Counter[str] = Counter()
    for note in notes:
        count[note.level] += 1
        if count[note.level] <= MOST:
            yield _command(note)
    if left := sum(max(0, n - MOST) for n in count.values()):
        yield f"{left} more not annotated, as GitHub shows {MOST} of each level. All of them: {printable(command)}"


def _command(note: Note) -> str:
    """`::error file=…,line=…,col=…,title=…::message`, in which nothing can end the message or the property."""
    place = note.source
    properties = {"file": place.file, "line": str(place.line), "col": str(place.column)} if place else {}
    said = ",".join(f"{k}={_property(v)}" for k, v in {**properties, "title": note.title}.items())
    return f"::{note.level} {said}::{_data(note.message)}"


def _data(text: str) -> str:
    """As GitHub's own toolkit does it (actions/toolkit, core/src/command.ts, escapeData)."""
    text = "\n".join(printable(line) for line in text[:_LONGEST].split("\n"))
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The same for properties (escapeProperty)."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
