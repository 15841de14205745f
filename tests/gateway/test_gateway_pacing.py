"""Calls a second, on a clock that only moves when somebody sleeps."""

from __future__ import annotations

import threading

import pytest

from reconciler.gateway import connect
from reconciler.gateway.pacing import LIVE, PERIOD, SANDBOX, Limits, Pacer, Stopped, WallClock
from reconciler.gateway.request import operation
from tests.gateway.conftest import KEY
from tests.gateway.stand_in import Answer, FakeClock, StandIn, refusal


def starts(pacer: Pacer, clock: FakeClock, operations: list[str]) -> list[float]:
    times = []
    for name in operations:
        pacer.wait(name)
        times.append(clock.now())
    return times


def most_in_any_second(times: list[float]) -> int:
    return max(sum(1 for other in times if 0 <= other - time < 1) for time in times)


def test_one_operation_starts_25_calls_a_second(clock: FakeClock) -> None:
    times = starts(Pacer(LIVE, clock), clock, ["GET /v1/prices"] * 101)
    assert most_in_any_second(times) == 25
    assert times[24] == 0
    assert times[-1] == pytest.approx(4 * PERIOD)


def test_a_live_account_starts_100_calls_a_second_in_all(clock: FakeClock) -> None:
    times = starts(Pacer(LIVE, clock), clock, [f"GET /v1/{n % 8}" for n in range(400)])
    assert most_in_any_second(times) == 100
    assert times[-1] == pytest.approx(3 * PERIOD)


def test_a_sandbox_starts_25_calls_a_second_in_all(clock: FakeClock) -> None:
    times = starts(Pacer(SANDBOX, clock), clock, [f"GET /v1/{n % 8}" for n in range(100)])
    assert most_in_any_second(times) == 25


def test_a_call_does_not_wait_for_what_was_long_ago(clock: FakeClock) -> None:
    pacer = Pacer(SANDBOX, clock)
    starts(pacer, clock, ["GET /v1/prices"] * 25)
    clock.time += 10
    assert starts(pacer, clock, ["GET /v1/prices"]) == [10]


def test_an_operation_that_is_held_waits_and_others_do_not(clock: FakeClock) -> None:
    pacer = Pacer(LIVE, clock)
    pacer.hold("GET /v1/prices", 3)
    assert starts(pacer, clock, ["GET /v1/products", "GET /v1/prices"]) == [0, 3]


def test_holding_all_holds_all_and_never_shortens(clock: FakeClock) -> None:
    pacer = Pacer(None, clock)
    pacer.hold("", 3)
    pacer.hold("", 1)
    assert starts(pacer, clock, ["GET /v1/products"]) == [3]


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("GET", "/v1/prices", "GET /v1/prices"),
        ("GET", "/v1/prices/price_1", "GET /v1/prices/{id}"),
        ("POST", "/v1/products/pro%20max", "POST /v1/products/{id}"),
        ("DELETE", "/v1/products/pro/features/prodft_1", "DELETE /v1/products/{id}/features/{id}"),
        ("GET", "/v1/products/pro/features", "GET /v1/products/{id}/features"),
        ("GET", "/v1/billing_portal/configurations", "GET /v1/billing_portal/configurations"),
        ("POST", "/v1/billing_portal/configurations/bpc_1", "POST /v1/billing_portal/configurations/{id}"),
        ("POST", "/v1/billing/meters/mtr_1/deactivate", "POST /v1/billing/meters/{id}/deactivate"),
        ("GET", "/v1/account", "GET /v1/account"),
        ("GET", "/v1/tax/settings", "GET /v1/tax/settings"),
    ],
)
def test_calls_for_different_objects_are_one_operation(method: str, path: str, named: str) -> None:
    assert operation(method, path) == named


@pytest.mark.parametrize(
    ("key", "given", "second_batch_at"),
    [
        ("sk_test_a", False, [PERIOD] * 5),
        ("rk_live_a", False, [PERIOD] * 5),
        ("sk_test_a", True, [0] * 5),
        ("sk_live_a", True, [0] * 5),
        ("sk_test_a", None, [0] * 5),  # an emulator has no limits unless it is said to
    ],
)
def test_the_mode_decides_the_limits_unless_given(
    stand_in: StandIn, clock: FakeClock, key: str, given: bool | None, second_batch_at: list[float]
) -> None:
    times = []

    def answer(_: object) -> Answer:
        times.append(clock.now())
        return Answer(body={"id": "x"})

    stand_in.answer = answer
    with connect(key, base_url=stand_in.url, livemode_limits=given, clock=clock) as gateway:
        for number in range(30):
            path = f"/v1/{'products' if number % 2 else 'prices'}"
            gateway.post(path, {"name": "x"}, idempotency_key=str(number))
    assert times == [0.0] * 25 + second_batch_at


@pytest.mark.parametrize(
    ("reason", "code", "waits"),
    [
        ("endpoint-rate", "rate_limit", "prices"),
        ("", "rate_limit", "prices"),
        ("global-rate", "rate_limit", "products"),
        ("global-concurrency", "", "products"),
        ("", "lock_timeout", None),
    ],
)
def test_after_a_429_all_that_it_concerns_wait(stand_in: StandIn, reason: str, code: str, waits: str | None) -> None:
    """A price is refused. Its thread sleeps until it is let go; meanwhile a product is tried, then a price.

    `waits` is the first of them that must wait.
    """

    class Sleeper(FakeClock):
        def sleep(self, seconds: float) -> None:
            if threading.current_thread().name == "refused":
                asleep.set()
                assert woken.wait(10)
            super().sleep(seconds)

    asleep, woken, clock = threading.Event(), threading.Event(), Sleeper()
    headers = {"Stripe-Rate-Limited-Reason": reason} if reason else {}
    stand_in.answers(refusal(429, code=code, headers=headers), Answer(body={"id": "x"}))
    with connect(KEY, base_url=stand_in.url, clock=clock) as gateway:
        refused = threading.Thread(
            target=lambda: gateway.post("/v1/prices", {"currency": "usd"}, idempotency_key="1"), name="refused"
        )
        refused.start()
        assert asleep.wait(10)
        for name in ("products", "prices"):  # in this order, because who waits moves the clock for everybody
            before = clock.now()
            gateway.post(f"/v1/{name}", {"active": False}, idempotency_key=name)
            if name == waits:
                assert clock.now() > before
                break
            assert clock.now() == before
        woken.set()
        refused.join()


def test_stopping_the_clock_wakes_who_sleeps() -> None:
    clock, raised = WallClock(), threading.Event()

    def sleeper() -> None:
        with pytest.raises(Stopped):
            clock.sleep(3600)
        raised.set()

    thread = threading.Thread(target=sleeper)
    thread.start()
    clock.stop()
    thread.join(10)
    assert raised.is_set()


def test_threads_share_the_limits() -> None:
    clock = FakeClock()
    pacer, times = Pacer(Limits(5, 5), clock), []

    def one() -> None:
        for _ in range(10):
            pacer.wait("GET /v1/prices")
            times.append(clock.now())

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() >= 15 * PERIOD - 1e-6
    assert len(times) == 80
