"""Rows of fields as lines of text, in columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from reconciler.kinds.kind import Field, Kind
from reconciler.model import FieldChange, Properties
from reconciler.report import rows as data
from reconciler.report.rows import Row, values

WIDEST = 60
"""Columns for the names of fields. A longer name pushes its own value aside, and no other."""


class Paint(Protocol):
    """What colours text: click.style, or something that leaves it as it is."""

    def __call__(self, text: str, *, fg: str | None = None, bold: bool | None = None) -> str: ...


def plain(text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
    """Text without colour."""
    del fg, bold
    return text


def lines(rows: Sequence[Row], paint: Paint = plain) -> Iterator[str]:
    """A line for each row, with money and what there is to note; several for a list."""
    width = _width(rows)
    for row in rows:
        yield from _laid_out(row, width, notes(row, paint))


def rows(
    kind: Kind,
    fields: Iterable[FieldChange],
    was: Properties,
    now: Properties,
    names: Mapping[str, str],
    notes: Callable[[FieldChange], str],
) -> Iterator[str]:
    """The same for fields that belong to no action; `notes` says what stands behind each."""
    fields = list(fields)
    found = data.rows(kind, fields, was, now, names)
    for one, row in zip(fields, found, strict=True):
        yield from _laid_out(row, _width(found), notes(one))


def notes(row: Row, paint: Paint = plain) -> str:
    """What stands behind a row."""
    return noted([paint(n.text, fg=n.colour) if n.colour else n.text for n in row.notes])


def noted(said: Sequence[str]) -> str:
    """What stands behind a line, if anything."""
    return f"  # {', '.join(said)}" if said else ""


def line(row: Row) -> str:
    """`old → new (money)`, or the value alone where nothing was before."""
    value = f"{row.before} → {row.after}" if row.before else row.after
    return value + (f" ({row.money})" if row.money else "")


def value_line(field: Field, one: FieldChange, names: Mapping[str, str]) -> str:
    """`old → new`, on one line."""
    return " → ".join(values(field, one, names))


def _width(rows: Sequence[Row]) -> int:
    return min(max((len(row.name) for row in rows), default=0), WIDEST)


def _laid_out(row: Row, width: int, notes: str) -> Iterator[str]:
    if row.items is not None:
        yield f"      {row.name}{notes}"
        yield from (f"          {item}" for item in row.items)
    else:
        yield f"      {row.name.ljust(width)} {line(row)}{notes}"
