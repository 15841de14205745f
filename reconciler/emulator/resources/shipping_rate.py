"""Shipping rates (stripe-facts 8, 18). They have no events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.emulator import amounts, metadata, objects
from reconciler.emulator.currencies import check_amount, code_of
from reconciler.emulator.errors import Refusal, missing_parameter
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.resources import tax_code
from reconciler.emulator.store import Body

KIND, URL, ONE = "shipping_rate", "/v1/shipping_rates", "/v1/shipping_rates/{shipping_rate_token}"


def create(call: Call) -> Body:
    params = call.params
    if "fixed_amount" not in params:
        raise missing_parameter("fixed_amount")
    tax_code.check(call, params.get("tax_code"), "tax_code")
    body = {
        "id": random_id("shr_1"),
        "object": KIND,
        "active": True,
        "created": call.now,
        "delivery_estimate": estimate(params.get("delivery_estimate")),
        "display_name": params["display_name"],
        "fixed_amount": fixed_amount(params["fixed_amount"]),
        "livemode": call.scope.livemode,
        "metadata": metadata.merged({}, params.get("metadata")),
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tax_code": params.get("tax_code"),
        "type": params.get("type", "fixed_amount"),
    }
    return objects.create(call, KIND, body)


def estimate(sent: Mapping[str, Any] | None) -> Body | None:
    """From at least one unit, to no less in the same unit; a missing bound is none (SDK docstring)."""
    if sent is None:
        return None
    body = {bound: sent.get(bound) for bound in ("maximum", "minimum")}
    for bound, given in body.items():
        if given:
            objects.at_least(1, given["value"], f"delivery_estimate[{bound}][value]")
    low, high = body["minimum"], body["maximum"]
    if low and high and low["unit"] == high["unit"] and low["value"] > high["value"]:
        text = "The minimum of a delivery estimate must not be more than its maximum."
        raise Refusal(text, param="delivery_estimate[minimum][value]")
    return body


def fixed_amount(sent: Mapping[str, Any]) -> Body:
    currency = code_of(sent["currency"], "fixed_amount[currency]")
    check_amount(sent["amount"], currency, "fixed_amount[amount]")
    body = {"amount": sent["amount"], "currency": currency, "currency_options": {}}
    return {**body, "currency_options": options(body, sent.get("currency_options", {}))}


def options(amount: Body, sent: Mapping[str, Any]) -> dict[str, Body]:
    """Further currencies after a write: merged per currency, a new one needs an amount (docs.stripe.com). That a tax
    behaviour once given stays is recall, as on prices."""
    result: dict[str, Body] = dict(amount["currency_options"])
    for key, option in sent.items():
        place = f"fixed_amount[currency_options][{key}]"
        currency = code_of(key, place)
        if currency == amount["currency"]:
            raise Refusal(f"`{currency}` is the rate's own currency and cannot be one of its options.", param=place)
        held = result.get(currency)
        if held is None and "amount" not in option:
            raise missing_parameter(f"{place}[amount]")
        body = {"tax_behavior": "unspecified", **(held or {})}
        if "amount" in option:
            check_amount(option["amount"], currency, f"{place}[amount]")
            body["amount"] = option["amount"]
        if "tax_behavior" in option:
            body["tax_behavior"] = amounts.tax_behavior(body["tax_behavior"], option["tax_behavior"], place)
        result[currency] = body
    return result


def update(call: Call) -> Body:
    before = objects.need(call, KIND, call.path["shipping_rate_token"], "shipping_rate_token", status=404)
    params = call.params
    held = before["fixed_amount"]
    added = options(held, params.get("fixed_amount", {}).get("currency_options", {}))
    body = {**before, "active": params.get("active", before["active"])}
    body["fixed_amount"] = {**held, "currency_options": added}
    body["metadata"] = metadata.merged(before["metadata"], params.get("metadata"))
    if "tax_behavior" in params:
        body["tax_behavior"] = amounts.tax_behavior(before["tax_behavior"], params["tax_behavior"])
    return objects.change(call, KIND, body)


def view(_call: Call, body: Body) -> Body:
    """The base currency is one of the options, as the community's Terraform provider met it."""
    held = body["fixed_amount"]
    base = {"amount": held["amount"], "tax_behavior": body["tax_behavior"]}
    shown = {held["currency"]: base, **held["currency_options"]}
    return {**body, "fixed_amount": {**held, "currency_options": shown}}


READ, WRITE = "shipping_rate_read", "shpping_rate_write"
"""Misspelled by Stripe (stripe-facts 11)."""
FILTERS = {"active": "active", "currency": "fixed_amount.currency"}
SIZES = {"display_name": 100}
RESOURCE = Resource(
    kind=KIND,
    prefix="shr_",
    noun="shipping rate",
    hidden=("fixed_amount.currency_options",),
    expandable={"tax_code": "tax_code"},
    facets=("active",),
    view=view,
    operations=(
        Operation("shipping_rate.create", "POST", URL, "ShippingRateCreateParams", create, WRITE, SIZES),
        Operation("shipping_rate.update", "POST", ONE, "ShippingRateUpdateParams", update, WRITE, SIZES),
        Operation("shipping_rate.list", "GET", URL, "ShippingRateListParams", listing(KIND, URL, FILTERS), READ),
        Operation(
            "shipping_rate.retrieve",
            "GET",
            ONE,
            "ShippingRateRetrieveParams",
            objects.retrieving(KIND, "shipping_rate_token"),
            READ,
        ),
    ),
)
