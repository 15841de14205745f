"""What becomes of an address as lines of a difference: `-` is the old, `+` the new, `!` what changes inside."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.report.groups import Group
from reconciler.report.rows import Row

_NONE = "(none)"


def of_group(group: Group) -> Iterator[str]:
    """Every step, with its reason and its fields."""
    for step in group.steps:
        if step.leaves or step.reason:
            yield f"{'-' if step.leaves else ' '} {step.reason}"
        for row in step.rows:
            yield from of_row(row)


def of_row(row: Row) -> Iterator[str]:
    """The old value and the new below one another; a list line by line."""
    notes = f"  # {', '.join(note.text for note in row.notes)}" if row.notes else ""
    money = f" ({row.money})" if row.money else ""
    if row.items is not None:
        yield f"  {row.name}:{notes}"
        yield from (f"{sign}     {text}" for sign, text in items(row))
    elif row.before == row.after:
        yield f"  {row.name}: {row.after}{money}{notes}"
    else:
        if row.before not in ("", _NONE):
            yield f"- {row.name}: {row.before}"
        yield f"+ {row.name}: {row.after}{money}{notes}"


def items(row: Row) -> Iterator[tuple[str, str]]:
    """The lines of a list, each with its sign: of a new one, all are."""
    for item in row.items or ():
        yield {"-": "-" if row.before else "+", "~": "!"}.get(item[0], item[0]), item[2:]
