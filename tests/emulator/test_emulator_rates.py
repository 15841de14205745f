"""Tax rates and shipping rates (stripe-facts 3, 8, 18)."""

from __future__ import annotations

from typing import Any

import pytest

VAT = {"display_name": "VAT", "inclusive": True, "percentage": 19}
POST = {"display_name": "Post", "fixed_amount": {"amount": 500, "currency": "usd"}}
OPTIONS = {"expand": ["fixed_amount.currency_options"]}


def test_a_tax_rate_comes_back_as_sent(client: Any) -> None:
    params = {
        **VAT,
        "percentage": 8.8875,
        "active": False,
        "country": "US",
        "description": "d",
        "jurisdiction": "New York",
        "metadata": {"a": "1"},
        "state": "NY",
        "tax_type": "sales_tax",
    }
    made = client.v1.tax_rates.create(params).to_dict()
    assert made == client.v1.tax_rates.retrieve(made["id"]).to_dict()
    assert {name: made[name] for name in params} == params
    assert (made["rate_type"], made["flat_amount"], made["livemode"]) == (None, None, False)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"inclusive": True, "percentage": 1}, "display_name"),
        ({"display_name": "x", "percentage": 1}, "inclusive"),
        ({"display_name": "x", "inclusive": True}, "percentage"),
        ({**VAT, "percentage": 101}, "percentage"),
        ({**VAT, "percentage": -1}, "percentage"),
        ({**VAT, "percentage": 1.23456}, "percentage"),
        ({**VAT, "display_name": "x" * 51}, "display_name"),
        ({**VAT, "jurisdiction": "x" * 51}, "jurisdiction"),
        ({**VAT, "state": "NYC"}, "state"),
        ({**VAT, "country": "Germany"}, "country"),
        ({**VAT, "tax_type": "tithe"}, "tax_type"),
        ({**VAT, "description": ""}, "description"),
    ],
)
def test_what_a_tax_rate_may_not_be(send: Any, refused: Any, params: Any, param: str) -> None:
    assert refused(send("POST", "/v1/tax_rates", params))["param"] == param


def test_a_tax_rate_changes_but_for_its_rate(client: Any, send: Any, refused: Any) -> None:
    made = client.v1.tax_rates.create({**VAT, "metadata": {"a": "1"}})
    changed = client.v1.tax_rates.update(made.id, {"active": False, "display_name": "MwSt", "metadata": {"b": "2"}})
    assert (changed.active, changed.display_name, changed.percentage) == (False, "MwSt", 19)
    assert changed.metadata.to_dict() == {"a": "1", "b": "2"}
    for name in ("percentage", "inclusive"):
        assert refused(send("POST", f"/v1/tax_rates/{made.id}", {name: "1"}))["code"] == "parameter_unknown"
    types = [event.type for event in client.v1.events.list().data]
    assert types == ["tax_rate.updated", "tax_rate.created"]


def test_tax_rates_are_filtered(client: Any) -> None:
    first = client.v1.tax_rates.create(VAT).id
    second = client.v1.tax_rates.create({**VAT, "inclusive": False, "active": False}).id

    def found(**params: Any) -> list[str]:
        return [one.id for one in client.v1.tax_rates.list(params).data]

    assert found() == [second, first]
    assert (found(active=True), found(active=False)) == ([first], [second])
    assert (found(inclusive=True), found(inclusive=False)) == ([first], [second])
    assert found(created={"lt": 1}) == []


def test_a_shipping_rate_comes_back_as_sent(client: Any, send: Any) -> None:
    bound = {"unit": "business_day", "value": 3}
    options = {"eur": {"amount": 450, "tax_behavior": "exclusive"}, "gbp": {"amount": 400}}
    params = {
        **POST,
        "delivery_estimate": {"minimum": bound, "maximum": {**bound, "value": 5}},
        "fixed_amount": {"amount": 500, "currency": "usd", "currency_options": options},
        "metadata": {"a": "1"},
        "tax_behavior": "exclusive",
        "tax_code": "txcd_92010001",
        "type": "fixed_amount",
    }
    made = send("POST", "/v1/shipping_rates", {**params, **OPTIONS}).json()
    assert made == send("GET", f"/v1/shipping_rates/{made['id']}", OPTIONS).json()
    usd = {"amount": 500, "tax_behavior": "exclusive"}
    shown = {"usd": usd, "eur": options["eur"], "gbp": {"amount": 400, "tax_behavior": "unspecified"}}
    assert made["fixed_amount"] == {"amount": 500, "currency": "usd", "currency_options": shown}
    rest = {name: params[name] for name in params.keys() - {"fixed_amount"}}
    assert {name: made[name] for name in rest} == rest
    assert made["active"]
    plain = client.v1.shipping_rates.retrieve(made["id"], {"expand": ["tax_code"]}).to_dict()
    assert (plain["tax_code"]["object"], "currency_options" in plain["fixed_amount"]) == ("tax_code", False)
    (listed,) = client.v1.shipping_rates.list({"expand": ["data.fixed_amount.currency_options"]}).data
    assert sorted(listed.fixed_amount.currency_options) == ["eur", "gbp", "usd"]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"fixed_amount": POST["fixed_amount"]}, "display_name"),
        ({"display_name": "x"}, "fixed_amount"),
        ({**POST, "display_name": "x" * 101}, "display_name"),
        ({**POST, "active": False}, "active"),
        ({**POST, "fixed_amount": {"amount": -1, "currency": "usd"}}, "fixed_amount[amount]"),
        ({**POST, "fixed_amount": {"amount": 1, "currency": "xxx"}}, "fixed_amount[currency]"),
        (
            {**POST, "fixed_amount": {"amount": 1, "currency": "usd", "currency_options": {"usd": {"amount": 1}}}},
            "fixed_amount[currency_options][usd]",
        ),
        ({**POST, "tax_code": "txcd_1"}, "tax_code"),
        (
            {**POST, "delivery_estimate": {"minimum": {"unit": "day", "value": 0}}},
            "delivery_estimate[minimum][value]",
        ),
        (
            {
                **POST,
                "delivery_estimate": {"minimum": {"unit": "day", "value": 2}, "maximum": {"unit": "day", "value": 1}},
            },
            "delivery_estimate[minimum][value]",
        ),
    ],
)
def test_what_a_shipping_rate_may_not_be(send: Any, refused: Any, params: Any, param: str) -> None:
    assert refused(send("POST", "/v1/shipping_rates", params))["param"] == param


def test_nearly_everything_of_a_shipping_rate_is_frozen(client: Any, send: Any, refused: Any) -> None:
    made = client.v1.shipping_rates.create(POST)
    url = f"/v1/shipping_rates/{made.id}"
    for name in ("display_name", "delivery_estimate", "tax_code", "type"):
        assert refused(send("POST", url, {name: "x"}))["code"] == "parameter_unknown"
    assert refused(send("POST", url, {"fixed_amount": {"amount": 1}}))["param"] == "fixed_amount[amount]"
    added = {"fixed_amount": {"currency_options": {"eur": {"amount": 450}}}}
    client.v1.shipping_rates.update(made.id, added)
    error = refused(send("POST", url, {"fixed_amount": {"currency_options": {"gbp": {"tax_behavior": "inclusive"}}}}))
    assert error["param"] == "fixed_amount[currency_options][gbp][amount]"
    more = {"fixed_amount": {"currency_options": {"eur": {"tax_behavior": "inclusive"}}}, "tax_behavior": "inclusive"}
    changed = client.v1.shipping_rates.update(made.id, {**more, "active": False, "metadata": {"a": "1"}, **OPTIONS})
    assert (changed.active, changed.tax_behavior, changed.metadata.to_dict()) == (False, "inclusive", {"a": "1"})
    assert changed.fixed_amount.currency_options["eur"].to_dict() == {"amount": 450, "tax_behavior": "inclusive"}
    assert refused(send("POST", url, {"tax_behavior": "exclusive"}))["param"] == "tax_behavior"
    assert refused(send("DELETE", url))["status"] == 404
    assert client.v1.events.list().data == []


def test_shipping_rates_are_filtered(client: Any) -> None:
    first = client.v1.shipping_rates.create(POST).id
    second = client.v1.shipping_rates.create({**POST, "fixed_amount": {"amount": 1, "currency": "EUR"}}).id
    client.v1.shipping_rates.update(first, {"active": False})

    def found(**params: Any) -> list[str]:
        return [one.id for one in client.v1.shipping_rates.list(params).data]

    assert found() == [second, first]
    assert (found(active=True), found(active=False)) == ([second], [first])
    assert (found(currency="eur"), found(currency="usd")) == ([second], [first])
    assert found(created={"lt": 1}) == []
