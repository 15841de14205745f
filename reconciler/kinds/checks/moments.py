"""The rules of a moment (shapes.MOMENT)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import Objection
from reconciler.kinds.shapes import moment


def check_moment(value: int | str | None, name: str) -> Iterator[Objection]:
    """A day that the calendar has, which no pattern can say. `name` is the field's."""
    try:
        moment(value)
    except ValueError:
        yield (name,), f"`{name}` {value} is no day of the calendar", "that month has fewer days"
