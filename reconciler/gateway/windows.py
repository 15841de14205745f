"""Reading a long list in several places at once: which stretches of `created` to read, and when to divide one.

A page names its successor, so pages come one after the other; stretches of time do not depend on each other. Stripe
says nothing of how many objects a list has or where they lie, so a stretch is divided by what the pages before it
showed. Every stretch ends in a page that is not full: dividing costs about half a call, and more when the guess was
wrong. What it may cost is therefore bounded by what was read already. Constants were chosen by simulation over
catalogues that grew evenly, ever faster, in bursts, or were imported within a minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

PAGE = 100
ABREAST = 16
"""Stretches of one list that are read at the same time, at most: 25 calls a second of 0.6 seconds each."""
WORTH_DIVIDING = 3
"""Pages that must be expected in what is left of a stretch; and pages read before anything is divided."""
RECENT = 4
"""Pages from which to tell how close together objects lie. Fewer follow every burst, more every change too late."""
SPARE = (2, 0.125)
"""Calls that dividing may cost: so many, and so many more for every page of objects read."""


@dataclass(frozen=True, slots=True)
class Window:
    """What is left of a stretch: lower <= created < upper, from behind the cursor on. None is no bound.

    The oldest stretch has no lower bound and the newest no upper one, so that together they always hold everything.
    `recent` are the seconds and objects of the last pages on the way here.
    """

    lower: int | None = None
    upper: int | None = None
    cursor: str = ""
    reached: int | None = None
    recent: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """Which of the given windows to keep in a smaller size, and what to read on its own."""

    index: int
    kept: Window
    split_off: Window


def query(window: Window) -> dict[str, Any]:
    """The list parameters that ask for the next page of a window."""
    bounds = {"gte": window.lower, "lt": window.upper}
    created = {name: bound for name, bound in bounds.items() if bound is not None}
    return {
        "limit": PAGE,
        **({"created": created} if created else {}),
        **({"starting_after": window.cursor} if window.cursor else {}),
    }


def rest(window: Window, rows: Sequence[Mapping[str, Any]], has_more: bool) -> Window | None:
    """What is left of a window after its next page, or None.

    The window may have become smaller while the page was on its way; what the page brought beyond is brought again.
    """
    if not rows or not has_more:
        return None
    reached = rows[-1].get("created")
    if reached is None:
        return replace(window, cursor=rows[-1]["id"])
    if window.lower is not None and reached < window.lower:
        return None
    begun = next((at for at in (window.reached, window.upper) if at is not None), rows[0]["created"])
    recent = (*window.recent, (max(1, begun - reached), len(rows)))[-RECENT:]
    return replace(window, cursor=rows[-1]["id"], reached=reached, recent=recent)


def without_cursor(window: Window) -> Window:
    """The same stretch, for when the object that the cursor names was deleted: again from its last second on."""
    return replace(window, cursor="", upper=window.upper if window.reached is None else window.reached + 1)


def divide(
    windows: Sequence[Window], in_flight: Sequence[bool], *, objects: int, calls: int, since: int | None
) -> Division | None:
    """The division that promises most, or None while none is worth its price.

    `in_flight` says of which windows a page is on its way; `objects` were read in `calls` that came back. Nothing is
    expected to be older than `since`, but what is will be read nevertheless.
    """
    fixed, per_page = SPARE
    wasted = calls - objects / PAGE + len(windows) / 2
    too_few = objects < WORTH_DIVIDING * PAGE
    if too_few or len(windows) >= ABREAST or wasted > fixed + per_page * objects / PAGE:
        return None
    best, division = float(WORTH_DIVIDING * PAGE), None
    for index, window in enumerate(windows):
        expected, at = _outlook(window, objects, PAGE if in_flight[index] else 0, since)
        if at is not None and expected > best:
            kept, split_off = replace(window, lower=at), Window(window.lower, at, recent=window.recent)
            best, division = expected, Division(index, kept, split_off)
    return division


def _outlook(window: Window, objects: int, coming: int, since: int | None) -> tuple[float, int | None]:
    """How many objects to expect in a window beyond those `coming`, and the second to divide it at, if any.

    Where the end is not known, or known but far, no more is believed in than twice what was read.
    """
    if not window.cursor or window.reached is None or not window.recent:
        return 0.0, None
    density = sum(count for _, count in window.recent) / sum(seconds for seconds, _ in window.recent)
    end = window.lower
    if end is None and since is not None and since < window.reached:
        end = since
    expected = density * (window.reached - end) if end is not None else float("inf")
    if window.lower is None and expected > 2 * objects:
        expected = 2.0 * objects
        at = int(window.reached - objects / density)
    else:
        at = (window.reached + (end or 0)) // 2
    if coming:
        at = min(at, int(window.reached - coming / density) - 1)
    inside = at < window.reached and (end is None or at > end)
    return (expected - coming, at) if inside else (0.0, None)
