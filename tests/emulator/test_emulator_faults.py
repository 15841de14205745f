"""Rate limits and faults on order (stripe-facts 9, 10, 15.10)."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

SDK_ERRORS = {409: stripe.APIError, 429: stripe.RateLimitError, 500: stripe.APIError, 503: stripe.APIError}


def statuses(send: Any, count: int, path: str = "/v1/products") -> list[int]:
    return [send("GET", path).status_code for _ in range(count)]


def test_limits_are_off_until_switched_on(send: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    assert set(statuses(send, 30)) == {200}


def test_an_operation_takes_25_a_second(send: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    control("POST", "limits", {"enabled": True, "account": 1000})
    assert statuses(send, 26) == [200] * 25 + [429]
    limited = send("GET", "/v1/products")
    assert limited.headers["Stripe-Rate-Limited-Reason"] == "endpoint-rate"
    assert "Stripe-Should-Retry" not in limited.headers
    assert limited.json()["error"]["code"] == "rate_limit"
    assert statuses(send, 1, "/v1/prices") == [200]
    control("POST", "clock", {"advance": 1})
    assert statuses(send, 26) == [200] * 25 + [429]


def test_ids_share_the_limit_of_their_operation(client: Any, send: Any, control: Any) -> None:
    made = [client.v1.products.create({"name": "x"}).id for _ in range(5)]
    control("POST", "clock", {"set": 1_800_000_000})
    control("POST", "limits", {"enabled": True, "operation": 4})
    assert [send("GET", f"/v1/products/{one}").status_code for one in made] == [200] * 4 + [429]


def test_the_files_api_takes_20_a_second(send: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    control("POST", "limits", {"enabled": True, "account": 1000})
    for path in ("/v1/files", "/v1/file_links"):
        assert [send("GET", path).status_code for _ in range(21)] == [200] * 20 + [429]


def test_an_account_takes_25_in_a_sandbox_and_100_live(send: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    control("POST", "limits", {"enabled": True, "operation": 1000})
    for key, most in (("sk_test_emulator", 25), ("sk_live_emulator", 100)):
        answers = [send("GET", "/v1/products", key=key) for _ in range(most + 1)]
        assert [one.status_code for one in answers] == [200] * most + [429]
        assert answers[-1].headers["Stripe-Rate-Limited-Reason"] == "global-rate"


def test_a_429_is_not_retried_by_the_sdk_and_keeps_no_answer(client: Any, control: Any) -> None:
    control("POST", "faults", {"kind": "rate_limit", "reason": "endpoint-rate", "operation": "product.create"})
    with pytest.raises(stripe.RateLimitError):
        client.v1.products.create({"name": "x"}, {"idempotency_key": "k", "max_network_retries": 2})
    assert control("GET", "requests?operation=product.create")["count"] == 1
    assert client.v1.products.create({"name": "x"}, {"idempotency_key": "k"}).name == "x"


@pytest.mark.parametrize(("status", "retry"), [(409, "true"), (429, None)])
def test_lock_timeouts_come_in_both_forms(
    send: Any, refused: Any, control: Any, status: int, retry: str | None
) -> None:
    control("POST", "faults", {"kind": "lock_timeout", "status": status})
    answer = send("GET", "/v1/products")
    assert (refused(answer)["status"], refused(answer)["code"]) == (status, "lock_timeout")
    assert answer.headers.get("Stripe-Should-Retry") == retry
    assert "Stripe-Rate-Limited-Reason" not in answer.headers
    assert send("GET", "/v1/products").status_code == 200


@pytest.mark.parametrize(("status", "retry"), [(500, "false"), (503, None), (409, None), (429, None)])
def test_errors_reach_the_sdk(client: Any, send: Any, control: Any, status: int, retry: str | None) -> None:
    order = {"kind": "error", "status": status, "times": 2, "method": "POST", "path": "/v1/products"}
    control("POST", "faults", order)
    with pytest.raises(SDK_ERRORS[status]) as caught:
        client.v1.products.create({"name": "x"})
    assert caught.value.http_status == status
    assert caught.value.headers["Request-Id"].startswith("req_")
    assert send("POST", "/v1/products", {"name": "x"}).headers.get("Stripe-Should-Retry") == retry
    assert client.v1.products.create({"name": "x"}).name == "x"


def test_a_fault_fits_the_nth_request_and_the_ones_after(send: Any, control: Any) -> None:
    control("POST", "faults", {"kind": "error", "operation": "product.list", "nth": 3, "times": 2})
    assert statuses(send, 6) == [200, 200, 500, 500, 200, 200]
    control("POST", "faults", {"kind": "error", "path": "/v1/products", "times": None})
    assert statuses(send, 3) == [500, 500, 500]
    control("DELETE", "faults")
    assert statuses(send, 1) == [200]


def test_a_fault_may_fit_one_object_or_all_of_a_kind(client: Any, send: Any, control: Any) -> None:
    for product in ("a", "b"):
        client.v1.products.create({"id": product, "name": product})
    control("POST", "faults", {"kind": "error", "method": "GET", "path": "/v1/products/b"})
    assert [send("GET", f"/v1/products/{one}").status_code for one in "ab"] == [200, 500]
    control("POST", "faults", {"kind": "error", "method": "GET", "path": "/v1/products/{id}", "times": 2})
    assert [send("GET", f"/v1/products/{one}").status_code for one in "ab"] == [500, 500]


@pytest.mark.parametrize(("when", "count"), [("before", 0), ("after", 1)])
def test_a_connection_drops_before_or_after_the_effect(client: Any, control: Any, when: str, count: int) -> None:
    control("POST", "faults", {"kind": "drop", "when": when, "operation": "product.create"})
    with pytest.raises(stripe.APIConnectionError):
        client.v1.products.create({"name": "x"})
    assert len(client.v1.products.list().data) == count
    (entry,) = control("GET", "requests?operation=product.create")["requests"]
    assert (entry["status"], entry["fault"]) == (None, "drop")


def test_a_body_may_be_cut(client: Any, control: Any) -> None:
    control("POST", "faults", {"kind": "malformed", "operation": "product.create"})
    with pytest.raises(stripe.APIError, match="Invalid response body"):
        client.v1.products.create({"name": "x"})
    assert len(client.v1.products.list().data) == 1


def test_latency_may_be_ordered(send: Any, control: Any) -> None:
    control("POST", "faults", {"kind": "latency", "seconds": 0.001})
    assert send("GET", "/v1/products").status_code == 200
    assert control("GET", "requests")["requests"][0]["fault"] == "latency"


@pytest.mark.parametrize(
    "body", [{"kind": "nonsense"}, {"kind": "error", "when": "later"}, {"kind": "error", "x": 1}, {}]
)
def test_an_order_that_makes_no_sense_is_refused(session: Any, running: Any, body: Any) -> None:
    assert session.post(f"{running.url}/_emulator/faults", json=body).status_code == 400
