"""Prices (stripe-facts 6, 15.5, 15.6)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

BASE = {"product": "pro", "currency": "usd"}
MONTHLY = {"interval": "month"}


@pytest.fixture
def prices(client: Any) -> Any:
    client.v1.products.create({"id": "pro", "name": "Pro"})
    return client.v1.prices


def test_a_plain_price_reads_back(prices: Any) -> None:
    price = prices.create({**BASE, "unit_amount": 2900, "recurring": MONTHLY, "nickname": "n", "lookup_key": "k"})
    read = prices.retrieve(price.id).to_dict()
    assert read == price.to_dict()
    assert read["recurring"] == {
        "interval": "month",
        "interval_count": 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    assert (read["type"], read["billing_scheme"], read["tax_behavior"]) == ("recurring", "per_unit", "unspecified")
    assert (read["unit_amount"], read["unit_amount_decimal"]) == (2900, Decimal("2900"))
    assert "transfer_lookup_key" not in read


@pytest.mark.parametrize(
    ("sent", "whole", "text"),
    [
        ("1500.0", 1500, "1500"),
        ("0.10", None, "0.1"),
        ("0", 0, "0"),
        ("12.345678901234", None, "12.345678901234"),
        ("100000", 100_000, "100000"),
    ],
)
def test_decimals_are_normalised(prices: Any, send: Any, sent: str, whole: int | None, text: str) -> None:
    price = prices.create({**BASE, "unit_amount_decimal": Decimal(sent)})
    raw = send("GET", f"/v1/prices/{price.id}").json()
    assert (raw["unit_amount"], raw["unit_amount_decimal"]) == (whole, text)


@pytest.mark.usefixtures("prices")
@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "unit_amount"),
        ({"unit_amount": 1, "unit_amount_decimal": "1"}, "unit_amount"),
        ({"unit_amount": 1, "custom_unit_amount": {"enabled": True}}, "unit_amount"),
        ({"unit_amount": -1}, "unit_amount"),
        ({"unit_amount": 100_000_000}, "unit_amount"),
        ({"currency": "xyz", "unit_amount": 1}, "currency"),
        ({"product": "nope", "unit_amount": 1}, "product"),
        ({"unit_amount": 1, "product_data": {"name": "x"}}, "product"),
        ({"unit_amount": 1, "tiers_mode": "volume"}, "tiers_mode"),
        ({"tiers": [{"up_to": "inf", "unit_amount": 1}]}, "tiers"),
        ({"billing_scheme": "tiered", "tiers_mode": "volume"}, "tiers"),
        ({"billing_scheme": "tiered", "tiers": [{"up_to": "inf", "unit_amount": 1}]}, "tiers_mode"),
        ({"custom_unit_amount": {"enabled": True}, "recurring": MONTHLY}, "custom_unit_amount"),
        ({"custom_unit_amount": {"enabled": True, "minimum": 5, "maximum": 4}}, "custom_unit_amount"),
        ({"unit_amount": 1, "recurring": {"interval": "month", "interval_count": 37}}, "recurring[interval_count]"),
        ({"unit_amount": 1, "recurring": {"interval": "year", "interval_count": 4}}, "recurring[interval_count]"),
        ({"unit_amount": 1, "recurring": {"interval": "week", "interval_count": 0}}, "recurring[interval_count]"),
        ({"unit_amount": 1, "recurring": {**MONTHLY, "usage_type": "metered"}}, "recurring[meter]"),
        ({"unit_amount": 1, "recurring": {**MONTHLY, "usage_type": "metered", "meter": "m"}}, "recurring[meter]"),
        ({"unit_amount": 1, "transform_quantity": {"divide_by": 0, "round": "up"}}, "transform_quantity[divide_by]"),
        ({"unit_amount": 1, "currency_options": {"eur": {}}}, None),
        (
            {"unit_amount": 1, "currency_options": {"eur": {"tax_behavior": "inclusive"}}},
            "currency_options[eur][unit_amount]",
        ),
        ({"unit_amount": 1, "currency_options": {"usd": {"unit_amount": 2}}}, "currency_options[usd]"),
        ({"unit_amount": 1, "currency_options": {"xyz": {"unit_amount": 2}}}, "currency_options[xyz]"),
    ],
)
def test_what_a_price_may_not_be(send: Any, refused: Any, params: Any, param: str | None) -> None:
    answer = send("POST", "/v1/prices", {**BASE, **params})
    if param is None:  # an empty map isn't sent at all (stripe-facts 2.1)
        assert answer.status_code == 200
    else:
        assert refused(answer)["param"] == param


@pytest.mark.usefixtures("prices")
@pytest.mark.parametrize(
    "tiers",
    [
        [{"up_to": 5, "unit_amount": 1}],
        [{"up_to": "inf", "unit_amount": 1}, {"up_to": 5, "unit_amount": 1}],
        [{"up_to": 5, "unit_amount": 1}, {"up_to": 5, "unit_amount": 1}, {"up_to": "inf", "unit_amount": 1}],
        [{"up_to": 0, "unit_amount": 1}, {"up_to": "inf", "unit_amount": 1}],
        [{"up_to": "inf"}],
        [{"up_to": "inf", "unit_amount": 1, "unit_amount_decimal": "1"}],
    ],
)
def test_tiers_ascend_to_infinity(send: Any, refused: Any, tiers: Any) -> None:
    params = {**BASE, "billing_scheme": "tiered", "tiers_mode": "volume", "tiers": tiers}
    assert refused(send("POST", "/v1/prices", params))["param"].startswith("tiers[")


def test_tiers_exclude_other_amounts_and_transformation(prices: Any, send: Any, refused: Any) -> None:
    tiered = {**BASE, "billing_scheme": "tiered", "tiers_mode": "volume", "tiers": [{"up_to": "inf", "unit_amount": 1}]}
    transform = {"divide_by": 2, "round": "up"}
    assert refused(send("POST", "/v1/prices", {**tiered, "unit_amount": 1}))["code"] == "parameters_exclusive"
    error = refused(send("POST", "/v1/prices", {**tiered, "transform_quantity": transform}))
    assert error["param"] == "transform_quantity"
    assert prices.create({**BASE, "unit_amount": 1, "transform_quantity": transform}).transform_quantity.divide_by == 2


def test_custom_amounts_are_for_one_time_prices(prices: Any, send: Any) -> None:
    custom = {"enabled": True, "minimum": 100, "preset": 500}
    price = prices.create({**BASE, "custom_unit_amount": custom})
    assert send("GET", f"/v1/prices/{price.id}").json()["custom_unit_amount"] == {
        "maximum": None,
        "minimum": 100,
        "preset": 500,
    }


@pytest.mark.parametrize(
    "name", ["unit_amount", "currency", "recurring", "product", "billing_scheme", "tiers", "tiers_mode", "product_data"]
)
def test_create_only_fields_are_unknown_to_update(prices: Any, send: Any, refused: Any, name: str) -> None:
    price = prices.create({**BASE, "unit_amount": 1})
    error = refused(send("POST", f"/v1/prices/{price.id}", {name: 1}))
    assert (error["code"], error["param"]) == ("parameter_unknown", name)


def test_a_lookup_key_belongs_to_one_price_even_an_archived_one(prices: Any, send: Any, refused: Any) -> None:
    holder = prices.create({**BASE, "unit_amount": 1, "lookup_key": "k"})
    prices.update(holder.id, {"active": False})
    error = refused(send("POST", "/v1/prices", {**BASE, "unit_amount": 2, "lookup_key": "k"}))
    assert (error["status"], error["param"]) == (400, "lookup_key")
    assert error["message"] == f"A price (`{holder.id}`) already uses that lookup key."
    other = prices.create({**BASE, "unit_amount": 2})
    assert (
        "already uses that lookup key"
        in refused(send("POST", f"/v1/prices/{other.id}", {"lookup_key": "k"}))["message"]
    )
    assert prices.update(holder.id, {"lookup_key": "k"}).lookup_key == "k"


def test_a_lookup_key_moves_and_is_released(prices: Any) -> None:
    holder = prices.create({**BASE, "unit_amount": 1, "lookup_key": "k", "nickname": "n"})
    successor = prices.create({**BASE, "unit_amount": 2, "lookup_key": "k", "transfer_lookup_key": True})
    assert (prices.retrieve(holder.id).lookup_key, successor.lookup_key) == (None, "k")
    assert prices.update(holder.id, {"lookup_key": "k", "transfer_lookup_key": True}).lookup_key == "k"
    assert prices.retrieve(successor.id).lookup_key is None
    released = prices.update(holder.id, {"lookup_key": "", "nickname": ""})
    assert (released.lookup_key, released.nickname) == (None, None)
    assert prices.create({**BASE, "unit_amount": 3, "lookup_key": "k"}).lookup_key == "k"


def test_a_refused_create_moves_no_key(prices: Any, send: Any, refused: Any) -> None:
    holder = prices.create({**BASE, "unit_amount": 1, "lookup_key": "k"})
    params = {**BASE, "lookup_key": "k", "transfer_lookup_key": True}
    refused(send("POST", "/v1/prices", params))
    assert prices.retrieve(holder.id).lookup_key == "k"


def test_a_default_price_is_not_archived(client: Any, prices: Any, send: Any, refused: Any) -> None:
    first, second = (prices.create({**BASE, "unit_amount": amount}) for amount in (1, 2))
    client.v1.products.update("pro", {"default_price": first.id})
    error = refused(send("POST", f"/v1/prices/{first.id}", {"active": False}))
    assert (error["status"], error["type"]) == (400, "invalid_request_error")
    assert error["message"] == "This price cannot be archived because it is the default price of its product."
    client.v1.products.update("pro", {"active": False})
    refused(send("POST", f"/v1/prices/{first.id}", {"active": False}))
    client.v1.products.update("pro", {"default_price": second.id})
    assert prices.update(first.id, {"active": False}).active is False
    assert prices.update(first.id, {"active": True}).active is True


def test_a_tax_behavior_is_given_once(prices: Any, send: Any, refused: Any) -> None:
    price = prices.create({**BASE, "unit_amount": 1, "currency_options": {"eur": {"unit_amount": 1}}})
    options = {"eur": {"tax_behavior": "exclusive"}}
    prices.update(price.id, {"tax_behavior": "inclusive", "currency_options": options})
    prices.update(price.id, {"tax_behavior": "inclusive", "currency_options": options})
    for params in ({"tax_behavior": "exclusive"}, {"currency_options": {"eur": {"tax_behavior": "unspecified"}}}):
        assert "tax_behavior" in refused(send("POST", f"/v1/prices/{price.id}", params))["param"]


def test_currencies_merge_one_by_one(prices: Any, send: Any) -> None:
    price = prices.create({**BASE, "unit_amount": 100, "currency_options": {"eur": {"unit_amount": 90}}})

    def amounts(params: Any = None) -> dict[str, int | None]:
        answer = send("POST", f"/v1/prices/{price.id}", {**(params or {}), "expand": ["currency_options"]})
        return {code: option["unit_amount"] for code, option in answer.json()["currency_options"].items()}

    assert amounts() == {"usd": 100, "eur": 90}
    assert amounts({"currency_options": {"gbp": {"unit_amount_decimal": "80.5"}}}) == {
        "usd": 100,
        "eur": 90,
        "gbp": None,
    }
    assert amounts({"currency_options": {"eur": {"unit_amount": 95}}}) == {"usd": 100, "eur": 95, "gbp": None}
    assert amounts({"currency_options": ""}) == {"usd": 100}


def test_metered_prices_need_an_active_meter(client: Any, prices: Any, send: Any, refused: Any) -> None:
    meter = client.v1.billing.meters.create(
        {"display_name": "m", "event_name": "m", "default_aggregation": {"formula": "sum"}}
    )
    recurring = {**MONTHLY, "usage_type": "metered", "meter": meter.id}
    assert prices.create({**BASE, "unit_amount": 1, "recurring": recurring}).recurring.meter == meter.id
    licensed = {**BASE, "unit_amount": 1, "recurring": {**MONTHLY, "meter": meter.id}}
    assert refused(send("POST", "/v1/prices", licensed))["param"] == "recurring[meter]"
    client.v1.billing.meters.deactivate(meter.id)
    error = refused(send("POST", "/v1/prices", {**BASE, "unit_amount": 1, "recurring": recurring}))
    assert error["param"] == "recurring[meter]"


def test_an_archived_product_may_get_a_price_and_product_data_makes_one(client: Any, prices: Any) -> None:
    client.v1.products.update("pro", {"active": False})
    assert prices.create({**BASE, "unit_amount": 0}).unit_amount == 0
    made = prices.create({"currency": "USD", "unit_amount": 1, "product_data": {"name": "New", "metadata": {"a": "b"}}})
    assert made.currency == "usd"
    assert client.v1.products.retrieve(made.product).metadata["a"] == "b"


def test_a_price_cannot_be_deleted(prices: Any, send: Any, refused: Any) -> None:
    price = prices.create({**BASE, "unit_amount": 1})
    error = refused(send("DELETE", f"/v1/prices/{price.id}"))
    assert error["status"] == 404
    assert error["message"].startswith(f"Unrecognized request URL (DELETE: /v1/prices/{price.id}).")
    assert refused(send("GET", "/v1/prices/price_nope"))["param"] == "price"
