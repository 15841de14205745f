"""Whole lists: complete and newest first, or an error, whatever happens meanwhile."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway, connect
from reconciler.gateway.crew import SIZE
from reconciler.gateway.lists import Page, read_all
from tests.gateway.conftest import KEY
from tests.gateway.shelf import NOW, SPREADS, Shelf
from tests.gateway.stand_in import Answer, Asked, FakeClock, StandIn, refusal


def serving(shelf: Shelf) -> Callable[[Asked], Answer]:
    """The shelf over HTTP; one request at a time."""
    lock = threading.Lock()

    def answer(asked: Asked) -> Answer:
        created = {name[8:-1]: int(value) for name, value in asked.query.items() if name.startswith("created[")}
        with lock:
            try:
                return Answer(body=shelf.page({**asked.query, "created": created}))
            except ApiFailure as gone:
                return refusal(gone.status, gone.message, code=gone.code, param=gone.param)

    return answer


def ids(rows: list[Mapping[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize("windowed", [False, True])
@pytest.mark.parametrize("count", [0, 1, 100, 101, 300, 301])
def test_pages_are_put_together(stand_in: StandIn, gateway: Gateway, count: int, windowed: bool) -> None:
    shelf = Shelf(SPREADS["evenly"](count) if count else [])
    stand_in.answer = serving(shelf)
    assert ids(gateway.list("/v1/prices", {}, windowed=windowed)) == shelf.ids()
    least = max(1, -(-count // 100))
    assert least <= gateway.reads <= least + (2 if windowed and count > 300 else 0)


@pytest.mark.parametrize("spread", SPREADS)
def test_a_long_list_is_read_in_many_places_at_once(stand_in: StandIn, gateway: Gateway, spread: str) -> None:
    shelf = Shelf(SPREADS[spread](1_500))
    stand_in.answer = serving(shelf)
    seen: list[int] = []
    rows = gateway.list("/v1/prices", {}, windowed=True, progress=seen.append)
    assert ids(rows) == shelf.ids()
    assert seen == sorted(seen)
    assert seen[-1] == len(shelf.rows)
    assert gateway.reads <= 1.35 * 15 + 2


def test_parameters_go_along_on_every_page(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answer = serving(Shelf(SPREADS["imported"](1_000)))
    gateway.list("/v1/prices", {"active": True, "expand": ["data.tiers", "data.currency_options"]}, windowed=True)
    for asked in stand_in.asked:
        assert asked.query["active"] == "true"
        assert asked.query["limit"] == "100"
        assert (asked.query["expand[0]"], asked.query["expand[1]"]) == ("data.tiers", "data.currency_options")


def test_the_age_of_the_account_is_used_once_it_is_known(stand_in: StandIn, gateway: Gateway) -> None:
    shelf, list_of = Shelf(SPREADS["evenly"](1_000)), serving
    answer = list_of(shelf)
    account = Answer(body={"id": "acct_1", "created": min(row["created"] for row in shelf.rows)})
    stand_in.answer = lambda asked: account if asked.path == "/v1/account" else answer(asked)
    gateway.account()
    gateway.list("/v1/prices", {}, windowed=True)
    assert gateway.reads <= 1 + 12


def test_two_lists_at_once_do_not_mix(stand_in: StandIn, gateway: Gateway) -> None:
    shelves = {"/v1/products": Shelf(SPREADS["evenly"](700)), "/v1/prices": Shelf(SPREADS["imported"](1_200))}
    answers = {path: serving(shelf) for path, shelf in shelves.items()}
    stand_in.answer = lambda asked: answers[asked.path](asked)
    with ThreadPoolExecutor(2) as pool:
        lists = pool.map(lambda path: gateway.list(path, {}, windowed=True), shelves)
        for rows, shelf in zip(lists, shelves.values(), strict=True):
            assert ids(rows) == shelf.ids()


def at_once(task: Callable[[], Page]) -> Future[Page]:
    future: Future[Page] = Future()
    try:
        future.set_result(task())
    except ApiFailure as failure:
        future.set_exception(failure)
    return future


@given(
    some.sampled_from(sorted(SPREADS)),
    some.integers(250, 1_200),
    some.booleans(),
    some.integers(0, 6),
    some.randoms(use_true_random=False),
)
@settings(max_examples=80, deadline=None)
def test_what_comes_and_goes_meanwhile_breaks_nothing(
    spread: str, count: int, windowed: bool, deletions: int, chance: random.Random
) -> None:
    shelf = Shelf(SPREADS[spread](count))
    before = {row["id"] for row in shelf.rows}
    left = deletions

    def fetch(query: Mapping[str, Any]) -> Mapping[str, Any]:
        nonlocal left
        if cursor := query.get("starting_after"):
            if left and chance.random() < 0.4:
                left -= 1
                shelf.rows = [row for row in shelf.rows if row["id"] != cursor]
            if chance.random() < 0.2:
                shelf.add(NOW + shelf.calls)
        return shelf.page(query)

    rows = read_all(fetch, at_once, path="/v1/prices", windowed=windowed, since=None, progress=None)
    throughout = [row["id"] for row in shelf.rows if row["id"] in before]
    assert len(ids(rows)) == len(set(ids(rows)))
    assert [id for id in ids(rows) if id in set(throughout)] == throughout


def test_a_list_that_loses_every_cursor_ends_in_an_error() -> None:
    shelf = Shelf(SPREADS["evenly"](4_000))

    def fetch(query: Mapping[str, Any]) -> Mapping[str, Any]:
        shelf.rows = [row for row in shelf.rows if row["id"] != query.get("starting_after")]
        return shelf.page(query)

    with pytest.raises(ApiFailure, match="resource_missing"):
        read_all(fetch, at_once, path="/v1/prices", windowed=False, since=None, progress=None)


@pytest.mark.parametrize("windowed", [False, True])
def test_a_list_that_fails_half_way_is_an_error(own_stand_in: StandIn, windowed: bool) -> None:
    fine, count = serving(Shelf(SPREADS["evenly"](1_000))), iter(range(100))
    own_stand_in.answer = lambda asked: (
        fine(asked) if next(count) < 5 else refusal(403, "Having 'rak_plan_read' would do")
    )
    connected = connect(KEY, base_url=own_stand_in.url, clock=FakeClock())
    with connected as gateway, pytest.raises(ApiFailure, match="rak_plan_read"):
        gateway.list("/v1/prices", {}, windowed=windowed)


def test_a_missing_filter_is_not_taken_for_a_lost_cursor(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(refusal(400, "No such product: 'x'", code="resource_missing", param="product"))
    with pytest.raises(ApiFailure, match="No such product"):
        gateway.list("/v1/prices", {"product": "x"})
    assert len(stand_in.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"id": "prod_1"},
        {"data": None, "has_more": False},
        {"data": []},
        {"data": [], "has_more": True},
        {"data": [7], "has_more": False},
        {"data": [{"object": "price"}], "has_more": False},
        {"data": [{"id": "x"}], "has_more": False},
        {"data": [{"id": "x", "created": 5}], "has_more": True},
    ],
)
def test_what_is_no_list_is_an_error(stand_in: StandIn, gateway: Gateway, body: Any) -> None:
    stand_in.answers(Answer(body=body))
    with pytest.raises(ApiFailure, match="list"):
        gateway.list("/v1/prices", {}, windowed=True)


def test_an_empty_parameter_is_a_bug_before_anything_is_sent(stand_in: StandIn, gateway: Gateway) -> None:
    with pytest.raises(AssertionError, match="expand"):
        gateway.list("/v1/prices", {"expand": []})
    assert not stand_in.asked


def test_closing_ends_a_list_whose_call_hangs(own_stand_in: StandIn) -> None:
    arrived, released = threading.Event(), threading.Event()

    def hang(_: Asked) -> Answer:
        arrived.set()
        released.wait(30)
        return Answer()

    own_stand_in.answer = hang
    with ThreadPoolExecutor(1) as pool:
        gateway = connect(KEY, base_url=own_stand_in.url)
        reading = pool.submit(gateway.list, "/v1/prices", {})
        assert arrived.wait(10)
        gateway.close()
        with pytest.raises(ApiFailure, match="interrupted"):
            reading.result(10)
        released.set()
    with pytest.raises(ApiFailure, match="interrupted"):
        gateway.list("/v1/prices", {})


def test_ctrl_c_ends_a_list_whose_call_hangs(own_stand_in: StandIn) -> None:
    released = threading.Event()

    def hang(_: Asked) -> Answer:
        os.kill(os.getpid(), signal.SIGINT)
        released.wait(30)
        return Answer()

    own_stand_in.answer = hang
    try:
        with pytest.raises(KeyboardInterrupt), connect(KEY, base_url=own_stand_in.url) as gateway:
            gateway.list("/v1/prices", {}, windowed=True)
    finally:
        released.set()


def test_no_more_pages_are_on_their_way_than_there_are_threads(stand_in: StandIn) -> None:
    shelves = {f"/v1/p{number}": Shelf(SPREADS["evenly"](1_500)) for number in range(4)}
    answers = {path: serving(shelf) for path, shelf in shelves.items()}
    lock, open_now, most = threading.Lock(), [0], [0]

    def answer(asked: Asked) -> Answer:
        with lock:
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])
        given = answers[asked.path](asked)
        with lock:
            open_now[0] -= 1
        return given

    stand_in.answer = answer
    with connect(KEY, base_url=stand_in.url, clock=FakeClock()) as gateway, ThreadPoolExecutor(4) as pool:
        assert [len(rows) for rows in pool.map(lambda path: gateway.list(path, {}, windowed=True), shelves)] == [
            1_500
        ] * 4
    assert most[0] <= SIZE
