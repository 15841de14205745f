"""Metadata (stripe-facts 2.2, 15.8)."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def product(client: Any) -> Any:
    return client.v1.products.create({"name": "x", "metadata": {"a": "1", "b": "2", "c": "3"}})


def read(client: Any, product: Any) -> dict[str, str]:
    found: dict[str, str] = client.v1.products.retrieve(product.id).metadata.to_dict()
    return found


def test_keys_merge_and_go_one_by_one_or_all_at_once(client: Any, product: Any) -> None:
    client.v1.products.update(product.id, {"metadata": {"a": "", "b": "two", "d": "4", "unknown": ""}})
    assert read(client, product) == {"b": "two", "c": "3", "d": "4"}
    client.v1.products.update(product.id, {"name": "y"})
    assert read(client, product) == {"b": "two", "c": "3", "d": "4"}
    client.v1.products.update(product.id, {"metadata": ""})
    assert read(client, product) == {}


def test_fifty_keys_after_the_merge(client: Any, send: Any, refused: Any, product: Any) -> None:
    full = {f"k{number}": "x" for number in range(47)}
    client.v1.products.update(product.id, {"metadata": full})
    assert len(read(client, product)) == 50
    assert refused(send("POST", f"/v1/products/{product.id}", {"metadata": {"more": "x"}}))["param"] == "metadata"
    client.v1.products.update(product.id, {"metadata": {"more": "x", "a": ""}})
    assert len(read(client, product)) == 50


def test_lengths(client: Any, send: Any, refused: Any, product: Any) -> None:
    client.v1.products.update(product.id, {"metadata": {"k" * 40: "ü" * 500, "list[] ".strip("[] "): "x"}})
    for metadata in ({"k" * 41: "x"}, {"k": "x" * 501}):
        error = refused(send("POST", f"/v1/products/{product.id}", {"metadata": metadata}))
        assert (error["status"], error["param"]) == (400, f"metadata[{next(iter(metadata))}]")
    assert read(client, product)["k" * 40] == "ü" * 500


@pytest.mark.parametrize("key", ["a[b]", "a]", "[a"])
def test_square_brackets_are_not_part_of_a_key(client: Any, send: Any, refused: Any, product: Any, key: str) -> None:
    assert refused(send("POST", f"/v1/products/{product.id}", {"metadata": {key: "x"}}))["status"] == 400
    assert read(client, product) == {"a": "1", "b": "2", "c": "3"}


def test_every_kind_with_metadata_keeps_it(client: Any, product: Any) -> None:
    price = client.v1.prices.create(
        {"product": product.id, "currency": "usd", "unit_amount": 1, "metadata": {"a": "1"}}
    )
    assert client.v1.prices.update(price.id, {"metadata": {"b": "2"}}).metadata.to_dict() == {"a": "1", "b": "2"}
    features = {"invoice_history": {"enabled": True}}
    portal = client.v1.billing_portal.configurations.create({"features": features, "metadata": {"a": "1"}})
    emptied = client.v1.billing_portal.configurations.update(portal.id, {"metadata": {"a": ""}})
    assert emptied.metadata.to_dict() == {}
    customer = client.v1.customers.create({"metadata": {"a": "1"}})
    assert client.v1.customers.update(customer.id, {"metadata": {"a": "2"}}).metadata["a"] == "2"


FIXED = {"amount": 1, "currency": "usd"}
KINDS = {
    "/v1/coupons": {"percent_off": 1},
    "/v1/entitlements/features": {"lookup_key": "k", "name": "n"},
    "/v1/payment_links": {"line_items": [{"price_data": {"unit_amount": 1, "currency": "usd"}, "quantity": 1}]},
    "/v1/promotion_codes": {"promotion": {"type": "coupon", "coupon": "ten"}},
    "/v1/shipping_rates": {"display_name": "x", "fixed_amount": FIXED},
    "/v1/tax_rates": {"display_name": "x", "inclusive": True, "percentage": 1},
    "/v1/webhook_endpoints": {"url": "https://a.example", "enabled_events": ["*"]},
}


@pytest.mark.parametrize(("path", "params"), KINDS.items())
def test_every_kind_merges_and_empties_it(
    send: Any, client: Any, refused: Any, product: Any, path: str, params: Any
) -> None:
    client.v1.coupons.create({"id": "ten", "percent_off": 10})
    for item in params.get("line_items", ()):
        item["price_data"]["product"] = product.id
    made = send("POST", path, {**params, "metadata": {"a": "1", "b": "2"}}).json()
    url = f"{path}/{made['id']}"
    assert send("POST", url, {"metadata": {"a": "", "c": "3"}}).json()["metadata"] == {"b": "2", "c": "3"}
    assert refused(send("POST", url, {"metadata": {"k" * 41: "x"}}))["status"] == 400
    emptied = send("POST", url, {"metadata": ""})
    if path == "/v1/payment_links":  # the SDK lets its metadata go key by key only
        assert refused(emptied)["param"] == "metadata"
    else:
        assert emptied.json()["metadata"] == {}
