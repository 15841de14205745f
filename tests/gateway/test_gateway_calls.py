"""One call: what is sent, when it is tried again, and what a failure says."""

from __future__ import annotations

import socket
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from reconciler.errors import ApiFailure, WrongTarget
from reconciler.gateway import Gateway, connect, item
from reconciler.gateway.pacing import Stopped
from tests.gateway.conftest import KEY
from tests.gateway.stand_in import Answer, Asked, FakeClock, StandIn, refusal

FINE = Answer(body={"id": "prod_1"})
LOST = Answer(500, {"error": {"type": "api_error", "message": "sorry"}})


def post(gateway: Gateway, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    return gateway.post("/v1/products", params or {"name": "Pro"}, idempotency_key="plan-1")


def failure_of(gateway: Gateway, method: str) -> ApiFailure:
    calls = {
        "GET": gateway.account,
        "POST": lambda: post(gateway),
        "DELETE": lambda: gateway.delete("/v1/coupons/10off"),
    }
    with pytest.raises(ApiFailure) as failed:
        calls[method]()
    return failed.value


def test_nested_parameters_go_out_as_stripe_reads_them(stand_in: StandIn, gateway: Gateway) -> None:
    params = {
        "name": "Pro",
        "active": True,
        "unit_amount_decimal": Decimal("0.10"),
        "metadata": MappingProxyType({"a": "1", "b": ""}),
        "images": ("one", "two"),
        "tiers": [{"up_to": 10, "flags": [False]}],
        "description": "",
    }
    post(gateway, params)
    assert stand_in.asked[0].form == {
        "name": "Pro",
        "active": "true",
        "unit_amount_decimal": "0.10",
        "metadata[a]": "1",
        "metadata[b]": "",
        "images[0]": "one",
        "images[1]": "two",
        "tiers[0][up_to]": "10",
        "tiers[0][flags][0]": "false",
        "description": "",
    }


@pytest.mark.parametrize(
    "value", [None, [], {}, (), {"a": None}, {"a": {"b": []}}, [{"a": {}}], 1.5, object(), {"a": {1, 2}}]
)
def test_what_would_vanish_or_be_spoilt_on_the_way_is_a_bug(stand_in: StandIn, gateway: Gateway, value: Any) -> None:
    with pytest.raises(AssertionError, match="images"):
        post(gateway, {"images": value})
    assert not stand_in.asked


def test_a_call_without_parameters_is_none(stand_in: StandIn, gateway: Gateway) -> None:
    gateway.post("/v1/billing/meters/mtr_1/deactivate", {}, idempotency_key="k")
    assert stand_in.asked[0].form == {}


def test_a_parameter_that_the_sdk_takes_for_its_own_is_a_bug(gateway: Gateway) -> None:
    with pytest.raises(AssertionError, match="api_key"):
        post(gateway, {"api_key": "sk_test_other"})


@pytest.mark.parametrize("id", ["a b", "a/b", "../x", "a?b#c", "é", ".", "%2e"])
def test_any_product_id_makes_a_path_and_no_other(stand_in: StandIn, gateway: Gateway, id: str) -> None:
    if id != ".":
        gateway.post(item("/v1/products", id), {"name": "Pro"}, idempotency_key="k")
        assert stand_in.asked[0].path == f"/v1/products/{id}"
    with pytest.raises(AssertionError):
        gateway.post(f"/v1/products/{id}/x?y", {"name": "Pro"}, idempotency_key="k")


def test_every_call_says_who_calls_and_for_whom(stand_in: StandIn) -> None:
    with connect(KEY, base_url=stand_in.url, account="acct_2", api_version="2026-03-25.dahlia") as gateway:
        post(gateway)
        assert gateway.api_version == "2026-03-25.dahlia"
    headers = stand_in.asked[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["stripe-account"] == "acct_2"
    assert headers["stripe-version"] == "2026-03-25.dahlia"
    assert "stripe-portal/" in headers["user-agent"]
    assert "x-stripe-client-telemetry" not in headers


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        *((refusal(status), 1) for status in (400, 401, 402, 403, 405, 424)),
        *((refusal(status, headers={"Stripe-Should-Retry": "true"}), 1) for status in (400, 401, 402, 403, 404)),
        (refusal(400, type="idempotency_error"), 1),
        (refusal(424, headers={"Stripe-Should-Retry": "true"}), 6),
        (refusal(409, code="idempotency_key_in_use"), 6),
        (refusal(409, code="lock_timeout"), 6),
        (refusal(429, code="lock_timeout"), 10),
        (refusal(429, code="rate_limit"), 10),
        (refusal(429, headers={"Stripe-Should-Retry": "false"}), 1),
        (refusal(500), None),
        (refusal(503, headers={"Stripe-Should-Retry": "false"}), 1),
        (refusal(500, headers={"Idempotent-Replayed": "true"}), 1),
        (Answer(502, b"<html>Bad Gateway</html>"), None),
        (Answer(503, {"error": "upstream"}), None),
        (Answer(301, b"", {"Location": "/v1/elsewhere"}), 1),
        (Answer(200, b"<html>Welcome to the hotel</html>"), 1),
        (Answer(200, [1, 2]), 1),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Answer) else str(value),
)
def test_how_often_a_call_is_tried(
    stand_in: StandIn, gateway: Gateway, method: str, answer: Answer, tries: int | None
) -> None:
    stand_in.answers(answer)
    failure_of(gateway, method)
    assert len(stand_in.asked) == (tries or (6 if method == "GET" else 4))
    assert gateway.reads + gateway.writes == len(stand_in.asked)


def test_the_waits_grow_and_are_bounded(stand_in: StandIn, gateway: Gateway, clock: FakeClock) -> None:
    stand_in.answers(refusal(429, code="lock_timeout"))
    failure_of(gateway, "GET")
    assert len(clock.slept) == 9
    assert all(0.25 <= seconds <= min(8, 0.5 * 2**at) for at, seconds in enumerate(clock.slept))


@pytest.mark.parametrize("first", [LOST, refusal(409, code="idempotency_key_in_use"), refusal(429), Answer(502, b"<")])
def test_a_write_goes_on_under_the_same_idempotency_key(stand_in: StandIn, gateway: Gateway, first: Answer) -> None:
    stand_in.answers(first, first, FINE)
    assert post(gateway) == {"id": "prod_1"}
    assert [asked.headers["idempotency-key"] for asked in stand_in.asked] == ["plan-1"] * 3
    assert (gateway.reads, gateway.writes) == (0, 3)


@pytest.mark.parametrize(
    ("answers", "unknown"),
    [
        ([LOST], True),
        ([Answer(502, b"<")], True),
        ([Answer(200, b"<")], True),
        ([refusal(409, code="idempotency_key_in_use")], True),
        ([refusal(409, code="lock_timeout")], False),
        ([refusal(429)], False),
        ([refusal(400)], False),
        ([refusal(401)], False),
        ([LOST, refusal(429)], True),
        ([LOST, refusal(401)], True),
        ([LOST, refusal(400)], False),  # judged anew, so the first try did nothing
    ],
)
def test_a_write_that_may_have_happened_says_so(
    stand_in: StandIn, gateway: Gateway, answers: list[Answer], unknown: bool
) -> None:
    stand_in.answers(*answers)
    assert failure_of(gateway, "POST").unknown is unknown


@pytest.mark.parametrize(("answer", "unknown"), [(LOST, True), (refusal(429), False)])
def test_a_write_interrupted_between_two_tries_says_so_too(
    stand_in: StandIn, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, answer: Answer, unknown: bool
) -> None:
    def interrupted(_: float) -> None:
        raise Stopped

    monkeypatch.setattr(clock, "sleep", interrupted)
    stand_in.answers(answer)
    with connect(KEY, base_url=stand_in.url, clock=clock) as gateway:
        failure = failure_of(gateway, "POST")
    assert (failure.message, failure.unknown) == ("interrupted", unknown)


def test_a_read_changes_nothing_whatever_becomes_of_it(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(LOST)
    assert failure_of(gateway, "GET").unknown is False


def test_what_is_gone_counts_as_deleted(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(LOST, refusal(404, code="resource_missing"))
    assert gateway.delete(item("/v1/coupons", "10 off")) == {"id": "10 off", "deleted": True}


def test_a_failure_carries_what_stripe_said(stand_in: StandIn, gateway: Gateway) -> None:
    headers = {"Request-Id": "req_1"}
    stand_in.answers(refusal(400, "Invalid currency: xxx.", headers, code="parameter_invalid", param="currency"))
    failure = failure_of(gateway, "POST")
    assert (failure.call, failure.message) == ("POST /v1/products", "Invalid currency: xxx.")
    assert (failure.status, failure.code, failure.param) == (400, "parameter_invalid", "currency")
    assert failure.request_id == "req_1"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refusal(401, f"Invalid API Key provided: {KEY}"), "does not know this API key"),
        (refusal(401, f"Expired API Key provided: {KEY}", code="api_key_expired"), "has expired"),
        (refusal(401, "…publishable…", code="secret_key_required"), "publishable key"),
        (Answer(401, b"<html>proxy login</html>"), "does not come from Stripe"),
        (
            refusal(
                403, f"The provided key '{KEY}' lacks it. Having the 'rak_product_write' permission would allow it."
            ),
            "Having the 'rak_product_write' permission would allow it.",
        ),
        (refusal(500, f"{KEY}\n broke\tit"), "sk_test_*** broke it"),
        (Answer(400, {"error": {"message": 7, "code": None, "param": []}}), "does not come from Stripe"),
        (Answer(400, {"error": {"secret": "whsec_1"}, "key": KEY}), "does not come from Stripe"),
        (Answer(400, b"\xff\xfe"), "does not come from Stripe"),
        (Answer(400, b"[" * 100_000), "does not come from Stripe"),
        (Answer(307, b"", {"Location": f"https://evil.example/{KEY}"}), "never followed"),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Answer) else "",
)
def test_a_failure_is_one_clear_line_without_the_key(
    stand_in: StandIn, gateway: Gateway, answer: Answer, says: str
) -> None:
    stand_in.answers(answer)
    failure = failure_of(gateway, "POST")
    shown = "".join(traceback.format_exception(failure)) + repr(vars(failure))
    assert says in str(failure)
    assert "\n" not in str(failure)
    assert KEY not in shown
    assert "Canary" not in shown
    assert "<html" not in shown
    assert failure.__context__ is None  # nothing of the SDK hangs on to it


def test_the_key_is_in_no_text_of_the_gateway(gateway: Gateway) -> None:
    assert "Canary" not in f"{gateway!r} {gateway} {vars(gateway)}"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_server_is_one_line_that_names_the_host(method: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    clock = FakeClock()
    with connect(KEY, base_url=f"http://127.0.0.1:{port}", clock=clock) as gateway:
        failure = failure_of(gateway, method)
    assert failure.message == f"cannot reach 127.0.0.1:{port}: connection refused"
    assert failure.unknown is False
    assert len(clock.slept) == 3


def test_a_connection_broken_off_leaves_a_write_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as other:

        def hang_up() -> None:
            for _ in range(6):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65_536)

        hanging = other.submit(hang_up)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with connect(KEY, base_url=url, clock=FakeClock()) as gateway:
            failure = failure_of(gateway, "POST")
        hanging.result(timeout=10)
    assert failure.unknown is True
    assert "broke the connection off" in failure.message


def test_calls_from_many_threads_do_not_mix(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answer = lambda asked: Answer(body={"id": asked.form["name"], "key": asked.headers["idempotency-key"]})

    def one(number: int) -> Mapping[str, Any]:
        return gateway.post("/v1/products", {"name": f"n{number}"}, idempotency_key=f"k{number}")

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(one, range(200))) == [{"id": f"n{n}", "key": f"k{n}"} for n in range(200)]
    assert gateway.writes == 200


def test_the_account_is_asked_once(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(Answer(body={"id": "acct_1", "created": 7, "settings": {"dashboard": {"display_name": "Acme"}}}))
    with ThreadPoolExecutor(8) as pool:
        accounts = list(pool.map(lambda _: gateway.account()["id"], range(8)))
    target = gateway.target()
    assert accounts == ["acct_1"] * 8
    assert [asked.path for asked in stand_in.asked] == ["/v1/account"]
    assert (target.account, target.name, target.livemode, target.created) == ("acct_1", "Acme", False, 7)


def test_an_answer_is_plain_json(stand_in: StandIn, gateway: Gateway) -> None:
    def answer(_: Asked) -> Answer:
        return Answer(body={"id": "x", "recurring": {"interval": "month", "count": 1}, "items": None})

    stand_in.answer = answer
    raw = post(gateway)
    assert isinstance(raw, dict)
    assert type(raw["recurring"]) is dict
    assert raw["items"] is None


def test_a_connected_account_is_named_on_every_call(stand_in: StandIn) -> None:
    """Reads, writes, deletions and uploads; and the account that is told is the connected one."""
    made = {"id": "acct_2", "data": [], "has_more": False}
    stand_in.answers(Answer(body=made))
    with connect(KEY, base_url=stand_in.url, account="acct_2") as gateway:
        assert gateway.target().connected
        gateway.get("/v1/products", {"limit": 1})
        gateway.list("/v1/products", {})
        post(gateway)
        gateway.delete("/v1/coupons/10off")
        gateway.upload(b"x", "x.png", "business_logo", metadata={}, idempotency_key="k")
    assert [asked.headers["stripe-account"] for asked in stand_in.asked] == ["acct_2"] * 6


def test_without_one_no_call_names_any(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(Answer(body={"id": "acct_1"}))
    assert not gateway.target().connected
    assert "stripe-account" not in stand_in.asked[0].headers


@pytest.mark.parametrize(("livemode", "right"), [(False, True), (True, False), (None, True)])
def test_a_list_of_the_other_mode_is_not_believed(
    stand_in: StandIn, gateway: Gateway, livemode: bool | None, right: bool
) -> None:
    """A key tells its mode by its looks alone (stripe-facts 11). Not everything says which it is of."""
    row = {"id": "prod_1"} if livemode is None else {"id": "prod_1", "livemode": livemode}
    stand_in.answers(Answer(body={"data": [row], "has_more": False}))
    if right:
        assert gateway.list("/v1/products", {}) == [row]
        return
    with pytest.raises(WrongTarget, match="answers a test key with live objects"):
        gateway.list("/v1/products", {})


def test_a_refusal_for_lack_of_a_permission_says_what_the_dashboard_calls_it(
    stand_in: StandIn, gateway: Gateway
) -> None:
    says = (
        "The provided key 'rk_test_*abcd' does not have the required permissions for this endpoint on account 'acct_1'."
    )
    named = f"{says} Having the 'rak_product_write' permission would allow this request to continue."
    for message, name in ((named, "Products: Write"), (says, "Products: Write")):
        stand_in.answers(refusal(403, message, {"Request-Id": "req_1"}))
        failure = failure_of(gateway, "POST")
        assert failure.message.startswith(message.replace("_*abcd", "_***"))
        assert failure.message.endswith(
            f". In the Dashboard that is {name}. `stripe-portal doctor` lists what the key needs"
        )
    stand_in.answers(refusal(403, "blocked by the company"))  # whoever says that has no request ids
    assert failure_of(gateway, "POST").message == "blocked by the company"
