"""Idempotency keys (stripe-facts 10.2, 15.9)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests


@pytest.fixture
def post(send: Any) -> Any:
    """`post(idempotency key, path, params)`."""

    def post(name: str, path: str, params: Any, **options: Any) -> Any:
        return send("POST", path, params, headers={"Idempotency-Key": name}, **options)

    return post


def test_the_first_answer_is_given_again(client: Any, post: Any) -> None:
    first, second = (post("k", "/v1/products", {"name": "x"}) for _ in range(2))
    assert second.json() == first.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Request-Id"] != first.headers["Request-Id"] == second.headers["Original-Request"]
    assert len(client.v1.products.list().data) == 1


def test_the_order_of_parameters_does_not_matter(post: Any) -> None:
    post("k", "/v1/products", "name=x&description=y")
    assert post("k", "/v1/products", "description=y&name=x").headers["Idempotent-Replayed"] == "true"


def test_other_parameters_or_another_endpoint_are_refused(client: Any, post: Any, refused: Any) -> None:
    made = post("k", "/v1/products", {"name": "x"}).json()
    for path, params in (
        ("/v1/products", {"name": "y"}),
        ("/v1/customers", {"name": "x"}),
        (f"/v1/products/{made['id']}", {"name": "x"}),
    ):
        error = refused(post("k", path, params))
        assert (error["status"], error["type"]) == (400, "idempotency_error")
        assert "Try using a key other than 'k'" in error["message"]
    assert len(client.v1.products.list().data) == 1


def test_keys_belong_to_one_account_and_mode(post: Any, control: Any) -> None:
    control("POST", "accounts", {"key": "sk_test_other"})
    for key in ("sk_test_emulator", "sk_live_emulator", "sk_test_other"):
        assert "Idempotent-Replayed" not in post("k", "/v1/products", {"name": key}, key=key).headers


def test_a_refused_parameter_is_not_kept(post: Any, refused: Any) -> None:
    refused(post("k", "/v1/products", {"nmae": "x"}))
    assert post("k", "/v1/products", {"name": "x"}).status_code == 200


def test_a_refusal_by_the_endpoint_itself_is_kept(client: Any, post: Any, refused: Any) -> None:
    params = {"product": "pro", "currency": "usd", "unit_amount": 1}
    first = post("k", "/v1/prices", params)
    assert refused(first)["code"] == "resource_missing"
    client.v1.products.create({"id": "pro", "name": "Pro"})
    again = post("k", "/v1/prices", params)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert post("k2", "/v1/prices", params).status_code == 200


@pytest.mark.parametrize(("when", "count"), [("before", 0), ("after", 1)])
def test_a_500_is_kept(client: Any, post: Any, control: Any, when: str, count: int) -> None:
    control("POST", "faults", {"kind": "error", "status": 500, "when": when, "operation": "product.create"})
    for replayed in (None, "true", "true"):
        answer = post("k", "/v1/products", {"name": "x"})
        assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (500, replayed)
    assert len(client.v1.products.list().data) == count
    assert post("k2", "/v1/products", {"name": "x"}).status_code == 200


def test_an_error_on_the_way_back_hides_the_real_answer(client: Any, post: Any, control: Any) -> None:
    control("POST", "faults", {"kind": "error", "status": 503, "when": "after", "operation": "product.create"})
    assert post("k", "/v1/products", {"name": "x"}).status_code == 503
    again = post("k", "/v1/products", {"name": "x"})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert [one.id for one in client.v1.products.list().data] == [again.json()["id"]]


def test_a_dropped_answer_is_found_again(client: Any, post: Any, control: Any) -> None:
    control("POST", "faults", {"kind": "drop", "when": "after", "operation": "product.create"})
    with pytest.raises(OSError, match="Connection"):
        post("k", "/v1/products", {"name": "x"})
    again = post("k", "/v1/products", {"name": "x"})
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [one.id for one in client.v1.products.list().data] == [again.json()["id"]]


def test_a_key_in_use_is_409(post: Any, refused: Any, control: Any, running: Any) -> None:
    control("POST", "faults", {"kind": "hold", "operation": "product.create"})
    target = f"{running.url}/v1/products"
    headers = {"Authorization": f"Bearer {running.key}", "Idempotency-Key": "k"}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(requests.post, target, data={"name": "x"}, headers=headers)
        assert any(control("GET", "faults")["faults"][0]["held"] for _ in range(10_000))
        error = refused(post("k", "/v1/products", {"name": "x"}))
        control("DELETE", "faults")
        assert first.result().status_code == 200
    assert (error["status"], error["code"]) == (409, "idempotency_key_in_use")
    assert post("k", "/v1/products", {"name": "x"}).headers["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(client: Any, post: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    post("k", "/v1/products", {"name": "x"})
    control("POST", "clock", {"advance": 24 * 3600 - 1})
    assert "Idempotent-Replayed" in post("k", "/v1/products", {"name": "x"}).headers
    control("POST", "clock", {"advance": 1})
    assert "Idempotent-Replayed" not in post("k", "/v1/products", {"name": "x"}).headers
    assert len(client.v1.products.list().data) == 2


def test_a_key_is_255_characters_at_most(post: Any, refused: Any) -> None:
    assert post("k" * 255, "/v1/products", {"name": "x"}).status_code == 200
    assert refused(post("k" * 256, "/v1/products", {"name": "x"}))["status"] == 400


def test_reads_take_no_key(send: Any) -> None:
    for _ in range(2):
        answer = send("GET", "/v1/products", headers={"Idempotency-Key": "k"})
        assert "Idempotent-Replayed" not in answer.headers
