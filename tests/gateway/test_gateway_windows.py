"""Planning which stretches of a list to read: every object once, in few calls and few rounds, wherever they lie."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from reconciler.gateway.windows import ABREAST, PAGE, Window, divide, query, rest, without_cursor
from tests.gateway.shelf import NOW, SPREADS, YEAR, Shelf

SINCE = NOW - 3 * YEAR - 86_400


def sweep(
    shelf: Shelf, *, since: int | None = SINCE, next_back: Callable[[int], Sequence[int]] = range
) -> tuple[list[str], int]:
    """Read a shelf as `lists.read_all` does, in rounds; answers with the ids as they came, and the rounds.

    A round: everything that is wanted is asked for, and of what is on its way, `next_back(how many)` comes back.
    """
    wanted, on_its_way = [Window()], list[tuple[Window, dict[str, Any]]]()
    came: list[str] = []
    calls = rounds = 0
    while wanted or on_its_way:
        on_its_way += [(window, shelf.page(query(window))) for window in wanted]
        wanted, rounds = [], rounds + 1
        back = [on_its_way[at] for at in next_back(len(on_its_way))]
        for window, page in back:
            on_its_way = [one for one in on_its_way if one[1] is not page]
            calls += 1
            came += [row["id"] for row in page["data"]]
            left = rest(window, page["data"], page["has_more"])
            wanted += [left] if left else []
        while True:
            windows = [window for window, _ in on_its_way] + wanted
            in_flight = [True] * len(on_its_way) + [False] * len(wanted)
            division = divide(windows, in_flight, objects=len(set(came)), calls=calls, since=since)
            if division is None:
                break
            if division.index < len(on_its_way):
                on_its_way[division.index] = (division.kept, on_its_way[division.index][1])
            else:
                wanted[division.index - len(on_its_way)] = division.kept
            wanted.append(division.split_off)
        assert len(on_its_way) + len(wanted) <= ABREAST
    return came, rounds


times = some.lists(
    some.tuples(
        some.integers(NOW - 3 * YEAR, NOW), some.integers(1, 400), some.sampled_from([0, 0.04, 1, 3600, 90_000])
    ),
    max_size=8,
).map(lambda runs: [int(begin + at * apart) for begin, count, apart in runs for at in range(count)])


@given(times, some.sampled_from([None, 0, SINCE, NOW - YEAR]), some.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_every_object_is_read_wherever_it_lies(times: list[int], since: int | None, chance: random.Random) -> None:
    shelf = Shelf(times)

    def some_of(count: int) -> list[int]:
        return chance.sample(range(count), chance.randint(1, count))

    came, _ = sweep(shelf, since=since, next_back=some_of)
    assert set(came) == set(shelf.ids())
    assert shelf.calls <= 1.3 * len(times) / PAGE + 6


@pytest.mark.parametrize("since", [SINCE, None])
@pytest.mark.parametrize("spread", SPREADS)
def test_a_long_list_takes_few_calls_and_few_rounds(spread: str, since: int | None) -> None:
    shelf = Shelf(SPREADS[spread](3_000))
    came, rounds = sweep(shelf, since=since)
    assert set(came) == set(shelf.ids())
    assert shelf.calls <= 1.35 * 30
    assert rounds <= (30 if spread == "in one second" else 20)


@pytest.mark.parametrize("spread", SPREADS)
def test_a_list_of_three_pages_takes_three_calls(spread: str) -> None:
    shelf = Shelf(SPREADS[spread](300)[:300])
    sweep(shelf)
    assert shelf.calls == 3


def test_an_empty_list_takes_one_call() -> None:
    shelf = Shelf([])
    assert sweep(shelf) == ([], 1)
    assert shelf.calls == 1


def test_the_outermost_windows_have_no_bound() -> None:
    """An object older than the account, or made while we read, must not fall out."""
    shelf = Shelf([*SPREADS["evenly"](2_000), 12, NOW + 40_000])
    came, _ = sweep(shelf, since=NOW - YEAR)
    assert set(came) == set(shelf.ids())


def test_a_query_asks_for_the_half_open_stretch_behind_the_cursor() -> None:
    assert query(Window()) == {"limit": 100}
    assert query(Window(5, 9, "p_1")) == {"limit": 100, "created": {"gte": 5, "lt": 9}, "starting_after": "p_1"}


def test_without_its_cursor_a_window_begins_in_the_last_second_again() -> None:
    assert query(without_cursor(Window(5, 90, "p_1", reached=30))) == {"limit": 100, "created": {"gte": 5, "lt": 31}}
    assert query(without_cursor(Window(cursor="p_1"))) == {"limit": 100}
