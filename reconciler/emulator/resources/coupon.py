"""Coupons (stripe-facts 8, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.emulator import discounts, metadata, objects
from reconciler.emulator.currencies import check_amount, code_of
from reconciler.emulator.errors import Refusal, exclusive, missing_parameter
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.periods import period_end
from reconciler.emulator.store import Body

KIND, URL, ONE = "coupon", "/v1/coupons", "/v1/coupons/{coupon}"
EXISTS = "Coupon already exists."
FROZEN = "The amount of a coupon in a currency cannot be changed."


def create(call: Call) -> Body:
    """Under its own id or a new one. `applies_to` and `currency_options` are there for expansion only."""
    params = call.params
    identifier = params.get("id") or random_id("", 8)
    if objects.find(call, KIND, identifier):
        raise Refusal(EXISTS, code="resource_already_exists", param="id")
    objects.at_least(1, params.get("max_redemptions"), "max_redemptions")
    objects.in_future(call, params.get("redeem_by"), "redeem_by")
    if params.get("redeem_by", 0) > period_end(call.now, "year", 5):
        raise Refusal("`redeem_by` cannot be more than five years in the future.", param="redeem_by")
    body: Body = {
        "id": identifier,
        "object": KIND,
        **value(params),
        "applies_to": applies_to(call, params.get("applies_to")),
        "created": call.now,
        **duration(params),
        "livemode": call.scope.livemode,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": metadata.merged({}, params.get("metadata")),
        "name": params.get("name"),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
    }
    body["currency_options"] = options(body, {}, params.get("currency_options", {}))
    return objects.create(call, KIND, body)


def value(params: Mapping[str, Any]) -> Body:
    """A percentage, or an amount in a currency; a currency without an amount is refused (recall)."""
    if "amount_off" in params and "percent_off" in params:
        raise exclusive("amount_off", "percent_off")
    if "amount_off" not in params and "percent_off" not in params:
        text = "You must pass either `amount_off` or `percent_off` when creating a coupon."
        raise Refusal(text, code="parameter_missing", param="percent_off")
    if "percent_off" in params:
        if not 0 < params["percent_off"] <= 100:
            text = "Invalid percent_off: must be greater than 0 and less than or equal to 100."
            raise Refusal(text, param="percent_off")
        for name in params.keys() & {"currency", "currency_options"}:
            raise Refusal(f"`{name}` can only be used with `amount_off`.", param=name)
        return {"amount_off": None, "currency": None, "percent_off": params["percent_off"]}
    if "currency" not in params:
        raise missing_parameter("currency")
    currency = code_of(params["currency"], "currency")
    objects.at_least(1, params["amount_off"], "amount_off")
    check_amount(params["amount_off"], currency, "amount_off")
    return {"amount_off": params["amount_off"], "currency": currency, "percent_off": None}


def duration(params: Mapping[str, Any]) -> Body:
    """Once unless said otherwise; months for a repeating one, and only there."""
    chosen, months = params.get("duration", "once"), params.get("duration_in_months")
    if chosen == "repeating" and months is None:
        raise missing_parameter("duration_in_months")
    if chosen != "repeating" and months is not None:
        text = "`duration_in_months` can only be used with `duration=repeating`."
        raise Refusal(text, param="duration_in_months")
    objects.at_least(1, months, "duration_in_months")
    return {"duration": chosen, "duration_in_months": months}


def applies_to(call: Call, sent: Mapping[str, Any] | None) -> Body | None:
    products: list[str] = (sent or {}).get("products", [])
    for position, product in enumerate(products):
        objects.need(call, "product", product, f"applies_to[products][{position}]")
    return {"products": products} if products else None


def options(coupon: Body, before: Mapping[str, Body], sent: Mapping[str, Any]) -> dict[str, Body]:
    """Further currencies after a write: added, never changed (stripe-facts 8)."""
    result = dict(before)
    for key, option in sent.items():
        place = f"currency_options[{key}]"
        currency = code_of(key, place)
        if coupon["amount_off"] is None:
            raise Refusal("`currency_options` can only be used with `amount_off`.", param="currency_options")
        if currency == coupon["currency"]:
            raise Refusal(f"`{currency}` is the coupon's own currency and cannot be one of its options.", param=place)
        objects.at_least(1, option["amount_off"], f"{place}[amount_off]")
        check_amount(option["amount_off"], currency, f"{place}[amount_off]")
        if result.setdefault(currency, option) != option:
            raise Refusal(FROZEN, param=f"{place}[amount_off]")
    return result


def update(call: Call) -> Body:
    before = objects.need(call, KIND, call.path["coupon"], "coupon", status=404)
    body = {**before, "name": call.params.get("name", before["name"])}
    body["metadata"] = metadata.merged(before["metadata"], call.params.get("metadata"))
    body["currency_options"] = options(before, before["currency_options"], call.params.get("currency_options", {}))
    return objects.change(call, KIND, body)


def delete(call: Call) -> Body:
    """Discounts go on without it, promotion codes are of no use any more, and its id is free (stripe-facts 8)."""
    return objects.remove(call, KIND, objects.need(call, KIND, call.path["coupon"], "coupon", status=404))


def view(call: Call, body: Body) -> Body:
    """Whether it can be redeemed is a matter of the moment. The base currency is one of the options (recall, as on
    prices)."""
    base = {body["currency"]: {"amount_off": body["amount_off"]}} if body["currency"] else {}
    return {
        **body,
        "currency_options": {**base, **body["currency_options"]} or None,
        "valid": discounts.valid(call, body),
    }


READ, WRITE = "coupon_read", "coupon_write"
SIZES = {"name": 40}
RESOURCE = Resource(
    kind=KIND,
    prefix="",
    noun="coupon",
    event=KIND,
    hidden=("applies_to", "currency_options"),
    view=view,
    operations=(
        Operation("coupon.create", "POST", URL, "CouponCreateParams", create, WRITE, SIZES),
        Operation("coupon.update", "POST", ONE, "CouponUpdateParams", update, WRITE, SIZES),
        Operation("coupon.delete", "DELETE", ONE, "CouponDeleteParams", delete, WRITE),
        Operation("coupon.list", "GET", URL, "CouponListParams", listing(KIND, URL), READ),
        Operation("coupon.retrieve", "GET", ONE, "CouponRetrieveParams", objects.retrieving(KIND, "coupon"), READ),
    ),
)
