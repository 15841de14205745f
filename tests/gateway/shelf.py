"""A list as Stripe keeps one: newest first, pages of a hundred, a filter by `created`, a cursor that must exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.errors import ApiFailure

YEAR = 365 * 86_400
NOW = 1_700_000_000


class Shelf:
    def __init__(self, times: Iterable[int]):
        ages = sorted(times, reverse=True)
        self.rows = [{"id": f"p_{at}", "created": created} for at, created in enumerate(ages)]
        self.calls = 0

    def ids(self) -> list[str]:
        return [row["id"] for row in self.rows]

    def add(self, created: int) -> None:
        """Something new is created, now."""
        self.rows.insert(0, {"id": f"new_{created}_{self.calls}_{len(self.rows)}", "created": created})

    def page(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Answer to a query with nested parameters. Raises ApiFailure when the cursor is gone."""
        self.calls += 1
        rows = self.rows
        if cursor := query.get("starting_after"):
            if cursor not in (ids := self.ids()):
                raise ApiFailure("GET", "No such p", status=400, code="resource_missing", param="starting_after")
            rows = rows[ids.index(cursor) + 1 :]
        bounds = query.get("created", {})
        rows = [row for row in rows if bounds.get("gte", 0) <= row["created"] < bounds.get("lt", 2 * NOW)]
        limit = int(query["limit"])
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit}


def imported(count: int, *, end: int = NOW - 86_400, a_second: int = 25) -> list[int]:
    """Created as fast as the limits let one."""
    return [end - at // a_second for at in range(count)]


def evenly(count: int, *, begin: int = NOW - 3 * YEAR, end: int = NOW) -> list[int]:
    return [begin + (end - begin) * at // count for at in range(count)]


def ever_faster(count: int) -> list[int]:
    return [NOW - int(3 * YEAR * (at / count) ** 3) for at in range(count)]


def ever_slower(count: int) -> list[int]:
    return [NOW - 3 * YEAR + int(3 * YEAR * (at / count) ** 3) for at in range(count)]


def bursts(count: int, number: int = 10) -> list[int]:
    return [
        time for at in range(number) for time in imported(count // number, end=NOW - 3 * YEAR * at * at // number**2)
    ]


SPREADS = {
    "imported": imported,
    "imported slowly": lambda count: imported(count, a_second=8),
    "evenly": evenly,
    "ever faster": ever_faster,
    "ever slower": ever_slower,
    "ten bursts": bursts,
    "forty bursts": lambda count: bursts(count, 40),
    "imported, then evenly": lambda count: (
        imported(count // 2, end=NOW - 3 * YEAR + 90_000) + evenly(count // 2, begin=NOW - 2 * YEAR)
    ),
    "evenly, then imported": lambda count: evenly(count // 2, end=NOW - 90_000) + imported(count // 2, end=NOW),
    "in one second": lambda count: [NOW - 5] * count,
}
