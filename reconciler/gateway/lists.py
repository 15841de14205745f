"""Reading a list to its end: every object once, newest first, or an error; never a part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

from reconciler.errors import ApiFailure
from reconciler.gateway.windows import Window, divide, query, rest, without_cursor

Raw = Mapping[str, Any]
Fetch = Callable[[Mapping[str, Any]], Raw]
MOST_RESTARTS = 20
_TICK = 0.5  # seconds; a wait without an end cannot be interrupted on Windows


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Raw]
    has_more: bool


def read_all(
    fetch: Fetch,
    submit: Callable[[Callable[[], Page]], Future[Page]],
    *,
    path: str,
    windowed: bool,
    since: int | None,
    progress: Callable[[int], None] | None,
) -> list[Raw]:
    """Every object that the list had throughout; one that came or went meanwhile may be there or not.

    `fetch` asks for one page with the given parameters; `submit` runs that in some thread. All planning happens here,
    in the thread of the caller, so that windows need no locks.
    """
    found: dict[str, Raw] = {}
    waiting, running = [Window()], dict[Future[Page], Window]()
    calls = restarts = 0
    try:
        while waiting or running:
            for window in waiting:
                running[submit(_task(fetch, path, window, windowed))] = window
            waiting = []
            while not (done := wait(running, _TICK, FIRST_COMPLETED).done):
                pass
            for future in done:
                window = running.pop(future)
                calls += 1
                try:
                    page = future.result()
                except ApiFailure as failure:
                    if not _cursor_is_gone(failure, window) or restarts == MOST_RESTARTS:
                        raise
                    restarts += 1
                    waiting.append(without_cursor(window))
                    continue
                found |= {row["id"]: row for row in page.rows}
                left = rest(window, page.rows, page.has_more)
                waiting += [left] if left else []
            if progress:
                progress(len(found))
            if windowed:
                _share_out(waiting, running, len(found), calls, since)
    finally:
        for future in running:
            future.cancel()
    rows = list(found.values())
    return sorted(rows, key=lambda row: -row["created"]) if windowed else rows


def _share_out(
    waiting: list[Window], running: dict[Future[Page], Window], objects: int, calls: int, since: int | None
) -> None:
    """Divide windows for as long as it pays."""
    while True:
        futures = list(running)
        windows = [*running.values(), *waiting]
        in_flight = [True] * len(futures) + [False] * len(waiting)
        division = divide(windows, in_flight, objects=objects, calls=calls, since=since)
        if division is None:
            return
        if division.index < len(futures):
            running[futures[division.index]] = division.kept
        else:
            waiting[division.index - len(futures)] = division.kept
        waiting.append(division.split_off)


def _task(fetch: Fetch, path: str, window: Window, windowed: bool) -> Callable[[], Page]:
    """Fetch the next page of a window, and make sure that it is one."""

    def task() -> Page:
        answer = fetch(query(window))
        rows, has_more = answer.get("data"), answer.get("has_more")
        if not isinstance(rows, list) or not isinstance(has_more, bool):
            raise ApiFailure(f"GET {path}", "the answer is not a list as Stripe sends it")
        if not all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows):
            raise ApiFailure(f"GET {path}", "the list holds something without an id")
        if windowed and not all(isinstance(row.get("created"), int) for row in rows):
            raise ApiFailure(f"GET {path}", "the list holds something without the second it was created in")
        if has_more and (not rows or rows[-1]["id"] == window.cursor):
            raise ApiFailure(f"GET {path}", "the list says that there is more, and does not give it")
        return Page(rows, has_more)

    return task


def _cursor_is_gone(failure: ApiFailure, window: Window) -> bool:
    """Whether the object that the cursor names was deleted since it was read (stripe-facts 2.5)."""
    missing = failure.status in (400, 404) and failure.code == "resource_missing"
    return missing and bool(window.cursor) and failure.param in ("", "starting_after")
