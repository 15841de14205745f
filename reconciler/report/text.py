"""A plan on a terminal, as somebody who knows Terraform would expect to read it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model import Plan
from reconciler.report import checklist, fields, impact
from reconciler.report.edits import Edit, edits
from reconciler.report.fields import Paint, plain
from reconciler.report.groups import PARTIAL, Group, groups, summary
from reconciler.report.words import heading, printable

_COLOURS = {"+": "green", "»": "cyan", "~": "yellow", "↻": "green", "-": "red", "=": None, "○": "cyan", "±": "magenta"}

__all__ = ["head", "render", "summary"]


def render(plan: Plan, *, paint: Paint = plain, reads: int | None = None) -> str:
    """The whole plan: what will happen, what was edited in Stripe, warnings, a summary, and what is left to people."""
    lines: list[str] = []
    for group in groups(plan):
        lines += [*_group(group, paint), ""]
    if drifted := [line for edit in edits(plan) for line in _edit(edit, paint)]:
        lines += [
            paint("Edited in Stripe since the last apply, and overwritten by this plan:", bold=True),
            *drifted,
            "",
        ]
    if touched := impact.lines(plan):
        lines += [paint("Subscribers:", bold=True), *(f"  {line}" for line in touched), ""]
    lines += [printable(f"Allowed: {one}") for one in plan.allowed]
    lines += [""] if plan.allowed else []
    lines += [paint(f"Warning: {printable(w)}", fg="yellow") for w in plan.warnings]
    lines += [""] if plan.warnings else []
    lines.append(paint(summary(plan), bold=True))
    if reads is not None:
        lines.append(f"Reads used: {reads}.")
    lines += ["", *todo] if (todo := checklist.lines(plan, paint)) else []
    return "\n".join(["", *lines] if plan.actions else lines)


def head(plan: Plan) -> str:
    """Which account this is about."""
    return heading(plan.target, plan.project, plan.environment, PARTIAL if plan.partial else "")


def _group(group: Group, paint: Paint) -> Iterator[str]:
    title = f"{group.symbol} {group.address} {group.title}"
    yield "  " + paint(title, fg=_COLOURS[group.symbol], bold=True)
    for step in group.steps:
        if step.leaves:
            yield f"      {paint('-', fg='red')} {step.reason}"
        elif step.reason:
            yield f"      {step.reason}"
        yield from fields.lines(step.rows, paint)


def _edit(edit: Edit, paint: Paint) -> Iterator[str]:
    yield f"  {paint('~', fg='yellow')} {edit.address} ({edit.id})"
    yield from (f"      {row.name}: {fields.line(row)}{fields.notes(row, paint)}" for row in edit.rows)
