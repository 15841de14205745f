"""Coupons (stripe-facts 3, 8, 18)."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

NOW = 1_800_000_000
YEAR = 365 * 24 * 3600
EXPANDED = {"expand": ["applies_to", "currency_options"]}


def test_everything_comes_back_as_sent(client: Any, control: Any) -> None:
    control("POST", "clock", {"set": NOW})
    client.v1.products.create({"id": "pro", "name": "Pro"})
    params = {
        "id": "SUMMER 20%",
        "amount_off": 500,
        "applies_to": {"products": ["pro"]},
        "currency": "usd",
        "currency_options": {"eur": {"amount_off": 450}},
        "duration": "repeating",
        "duration_in_months": 3,
        "max_redemptions": 10,
        "metadata": {"a": "1"},
        "name": "n" * 40,
        "redeem_by": NOW + YEAR,
    }
    made = client.v1.coupons.create({**params, **EXPANDED}).to_dict()
    assert made == client.v1.coupons.retrieve("SUMMER 20%", EXPANDED).to_dict()
    options = {"usd": {"amount_off": 500}, "eur": {"amount_off": 450}}
    assert {name: made[name] for name in params} == {**params, "currency_options": options}
    assert (made["valid"], made["times_redeemed"], made["percent_off"], made["created"]) == (True, 0, None, NOW)


def test_what_is_includable_is_absent_until_asked_for(client: Any, send: Any) -> None:
    client.v1.products.create({"id": "pro", "name": "Pro"})
    made = send("POST", "/v1/coupons", {"percent_off": 25.5, "applies_to": {"products": ["pro"]}}).json()
    assert (made["duration"], made["percent_off"], made["amount_off"], made["currency"]) == ("once", 25.5, None, None)
    assert len(made["id"]) == 8
    assert not {"applies_to", "currency_options"} & made.keys()
    (listed,) = client.v1.coupons.list({"expand": ["data.applies_to"]}).data
    assert listed.applies_to.products == ["pro"]
    shown = send("GET", f"/v1/coupons/{made['id']}", {"expand": ["currency_options"]}).json()
    assert (shown["currency_options"], "applies_to" in shown) == (None, False)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "percent_off"),
        ({"amount_off": 1, "currency": "usd", "percent_off": 1}, "amount_off"),
        ({"amount_off": 1}, "currency"),
        ({"amount_off": 0, "currency": "usd"}, "amount_off"),
        ({"amount_off": 100_000_000, "currency": "usd"}, "amount_off"),
        ({"amount_off": 1, "currency": "xxx"}, "currency"),
        ({"percent_off": 0}, "percent_off"),
        ({"percent_off": 100.5}, "percent_off"),
        ({"percent_off": 5, "currency": "usd"}, "currency"),
        ({"percent_off": 5, "currency_options": {"eur": {"amount_off": 1}}}, "currency_options"),
        ({"percent_off": 5, "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": 5, "duration": "repeating", "duration_in_months": 0}, "duration_in_months"),
        ({"percent_off": 5, "duration_in_months": 3}, "duration_in_months"),
        ({"percent_off": 5, "duration": "always"}, "duration"),
        ({"percent_off": 5, "max_redemptions": 0}, "max_redemptions"),
        ({"percent_off": 5, "name": "n" * 41}, "name"),
        ({"percent_off": 5, "redeem_by": NOW}, "redeem_by"),
        ({"percent_off": 5, "redeem_by": NOW + 6 * YEAR}, "redeem_by"),
        ({"percent_off": 5, "applies_to": {"products": ["nope"]}}, "applies_to[products][0]"),
        (
            {"amount_off": 1, "currency": "usd", "currency_options": {"usd": {"amount_off": 1}}},
            "currency_options[usd]",
        ),
        ({"amount_off": 1, "currency": "usd", "currency_options": {"eur": {}}}, "currency_options"),
    ],
)
def test_what_a_coupon_may_not_be(send: Any, refused: Any, control: Any, params: Any, param: str) -> None:
    control("POST", "clock", {"set": NOW})
    encoded = "percent_off=5&currency_options=x" if params.get("currency_options") == {"eur": {}} else params
    assert refused(send("POST", "/v1/coupons", encoded))["param"] == param


def test_an_id_is_taken_until_it_is_deleted(client: Any, send: Any, refused: Any) -> None:
    client.v1.coupons.create({"id": "ten", "percent_off": 10})
    error = refused(send("POST", "/v1/coupons", {"id": "ten", "percent_off": 20}))
    assert (error["status"], error["code"], error["param"]) == (400, "resource_already_exists", "id")
    assert client.v1.coupons.delete("ten").to_dict() == {"id": "ten", "object": "coupon", "deleted": True}
    assert refused(send("GET", "/v1/coupons/ten"))["message"] == "No such coupon: 'ten'"
    assert client.v1.coupons.create({"id": "ten", "percent_off": 20}).percent_off == 20


def test_name_metadata_and_new_currencies_are_all_that_changes(client: Any, send: Any, refused: Any) -> None:
    params = {"id": "five", "amount_off": 500, "currency": "usd", "currency_options": {"eur": {"amount_off": 450}}}
    client.v1.coupons.create(params)
    added = {"eur": {"amount_off": 450}, "gbp": {"amount_off": 400}}
    changed = client.v1.coupons.update("five", {"name": "Five", "currency_options": added, **EXPANDED})
    assert (changed.name, sorted(changed.currency_options.to_dict())) == ("Five", ["eur", "gbp", "usd"])
    error = refused(send("POST", "/v1/coupons/five", {"currency_options": {"gbp": {"amount_off": 300}}}))
    assert error["param"] == "currency_options[gbp][amount_off]"
    for name in ("amount_off", "percent_off", "duration", "redeem_by", "max_redemptions", "currency", "id"):
        assert refused(send("POST", "/v1/coupons/five", {name: "1"}))["code"] == "parameter_unknown"
    assert refused(send("POST", "/v1/coupons/five", {"name": ""}))["code"] == "parameter_invalid_empty"


def test_a_coupon_is_valid_until_it_must_be_redeemed(client: Any, control: Any) -> None:
    control("POST", "clock", {"set": NOW})
    made = client.v1.coupons.create({"percent_off": 10, "redeem_by": NOW + 60})
    assert made.valid
    control("POST", "clock", {"advance": 60})
    assert not client.v1.coupons.retrieve(made.id).valid


def test_coupons_are_listed_by_date(client: Any, control: Any) -> None:
    control("POST", "clock", {"set": NOW})
    client.v1.coupons.create({"id": "a", "percent_off": 1})
    control("POST", "clock", {"advance": 10})
    client.v1.coupons.create({"id": "b", "percent_off": 1})
    assert [one.id for one in client.v1.coupons.list().data] == ["b", "a"]
    assert [one.id for one in client.v1.coupons.list({"created": {"lt": NOW + 10}}).data] == ["a"]


def test_events(client: Any) -> None:
    client.v1.coupons.create({"id": "a", "percent_off": 1})
    client.v1.coupons.update("a", {"name": "A"})
    client.v1.coupons.delete("a")
    events = client.v1.events.list().data
    assert [event.type for event in events] == ["coupon.deleted", "coupon.updated", "coupon.created"]
    assert events[1].to_dict()["data"]["previous_attributes"] == {"name": None}
    assert "applies_to" not in events[2].to_dict()["data"]["object"]


@pytest.fixture
def subscribed(client: Any) -> Any:
    """A function that subscribes a new customer with discounts."""
    client.v1.products.create({"id": "pro", "name": "Pro"})
    price = client.v1.prices.create(
        {"product": "pro", "currency": "usd", "unit_amount": 1, "recurring": {"interval": "month"}}
    )

    def subscribe(*discounts: Any, **params: Any) -> Any:
        customer = params.pop("customer", None) or client.v1.customers.create({}).id
        rest = {"items": [{"price": price.id}], "discounts": list(discounts), **params}
        return client.v1.subscriptions.create({"customer": customer, **rest})

    return subscribe


def test_redeeming_counts_and_a_discount_outlives_its_coupon(client: Any, control: Any, subscribed: Any) -> None:
    control("POST", "clock", {"set": 1_769_817_600})  # 2026-01-31
    params = {"id": "ten", "percent_off": 10, "duration": "repeating", "duration_in_months": 1, "max_redemptions": 1}
    client.v1.coupons.create(params)
    made = subscribed({"coupon": "ten"}, expand=["discounts.source.coupon"])
    (discount,) = made.discounts
    assert (discount.source.coupon.times_redeemed, discount.source.coupon.valid) == (1, False)
    assert (discount.subscription, discount.end) == (made.id, 1_769_817_600 + 28 * 24 * 3600)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribed({"coupon": "ten"})
    assert (caught.value.param, caught.value.code) == ("discounts[0][coupon]", "coupon_expired")
    client.v1.coupons.delete("ten")
    read = client.v1.subscriptions.retrieve(made.id, {"expand": ["discounts"]})
    assert read.discounts[0].source.coupon == "ten"


def test_a_subscription_lists_its_discounts_anew(client: Any, subscribed: Any) -> None:
    for name in ("a", "b"):
        client.v1.coupons.create({"id": name, "percent_off": 10})
    made = subscribed({"coupon": "a"})
    (kept,) = made.discounts
    both = client.v1.subscriptions.update(made.id, {"discounts": [{"discount": kept}, {"coupon": "b"}]})
    assert (len(both.discounts), both.discounts[0]) == (2, kept)
    assert client.v1.subscriptions.update(made.id, {"description": "x"}).discounts == both.discounts
    with pytest.raises(stripe.InvalidRequestError, match="No such discount"):
        client.v1.subscriptions.update(made.id, {"discounts": [{"discount": "di_nope"}]})
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        client.v1.subscriptions.update(made.id, {"discounts": [{"discount": kept, "coupon": "a"}]})
    assert client.v1.subscriptions.update(made.id, {"discounts": ""}).discounts == []
    types = [event.type for event in client.v1.events.list({"type": "customer.discount.*"}).data]
    assert types == ["customer.discount.deleted"] * 2 + ["customer.discount.created"] * 2


def test_a_promotion_code_is_redeemed_by_those_who_may(client: Any, subscribed: Any) -> None:
    client.v1.coupons.create({"id": "ten", "percent_off": 10})
    ann = client.v1.customers.create({}).id
    promotion = {"promotion": {"type": "coupon", "coupon": "ten"}}
    code = client.v1.promotion_codes.create({**promotion, "customer": ann, "max_redemptions": 1})
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        subscribed({"promotion_code": code.id})
    made = subscribed({"promotion_code": code.id}, customer=ann, expand=["discounts.promotion_code"])
    assert made.discounts[0].promotion_code.times_redeemed == 1
    assert not made.discounts[0].promotion_code.active
    assert client.v1.coupons.retrieve("ten").times_redeemed == 1
    with pytest.raises(stripe.InvalidRequestError, match="not active"):
        subscribed({"promotion_code": code.id}, customer=ann)


def test_the_portal_offers_a_valid_coupon_only(client: Any, send: Any, refused: Any, subscribed: Any) -> None:
    client.v1.billing_portal.configurations.create({"features": {"subscription_cancel": {"enabled": True}}})
    made = subscribed()

    def offer(coupon: str) -> Any:
        retention = {"type": "coupon_offer", "coupon_offer": {"coupon": coupon}}
        cancel = {"subscription": made.id, "retention": retention}
        flow = {"type": "subscription_cancel", "subscription_cancel": cancel}
        return send("POST", "/v1/billing_portal/sessions", {"customer": made.customer, "flow_data": flow})

    param = "flow_data[subscription_cancel][retention][coupon_offer][coupon]"
    assert refused(offer("stay"))["param"] == param
    client.v1.coupons.create({"id": "stay", "percent_off": 10})
    assert offer("stay").json()["flow"]["subscription_cancel"]["retention"]["coupon_offer"] == {"coupon": "stay"}
