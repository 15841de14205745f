"""Coupons and promotion codes in use: which may still be redeemed, and the discounts they become (stripe-facts 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal, exclusive, missing_parameter, no_such
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call
from reconciler.emulator.periods import period_end
from reconciler.emulator.store import Body

SOURCES = ("coupon", "discount", "promotion_code")


def redeemable(call: Call, body: Body, until: str) -> bool:
    """Whether the moment `until` has not come and redemptions are left; null is no limit."""
    end, most = body[until], body["max_redemptions"]
    return (end is None or call.now < end) and (most is None or body["times_redeemed"] < most)


def valid(call: Call, coupon: Body | None) -> bool:
    """Whether a coupon may still be redeemed; None is one that was deleted."""
    return coupon is not None and redeemable(call, coupon, "redeem_by")


def usable(call: Call, code: Body) -> bool:
    """Whether a promotion code may be redeemed: switched on, not over, and its coupon valid (SDK docstring)."""
    coupon = objects.find(call, "coupon", code["promotion"]["coupon"])
    return code["active"] and redeemable(call, code, "expires_at") and valid(call, coupon)


def check(call: Call, identifier: str, param: str) -> Body:
    """The coupon, or the refusal for one that is missing or can't be redeemed any more."""
    coupon = objects.need(call, "coupon", identifier, param)
    if not valid(call, coupon):
        text = f"Coupon {identifier} is expired or has reached its maximum number of redemptions."
        raise Refusal(text, code="coupon_expired", param=param)
    return coupon


def applied(call: Call, sent: Sequence[Mapping[str, Any]], subscription: Body, held: Sequence[str]) -> list[str]:
    """The ids of a subscription's discounts after a write that lists them all: coupons and promotion codes are redeemed
    into new ones, those of `held` that are not named end. A discount goes on without its coupon."""
    result = [redeemed(call, entry, subscription, held, position) for position, entry in enumerate(sent)]
    for identifier in held:
        if identifier not in result:
            objects.remove(call, "discount", objects.need(call, "discount", identifier, "discounts"))
    return result


def redeemed(call: Call, entry: Mapping[str, Any], subscription: Body, held: Sequence[str], position: int) -> str:
    place = f"discounts[{position}]"
    given = [source for source in SOURCES if source in entry]
    if not given:
        raise missing_parameter(f"{place}[coupon]")
    if len(given) > 1:
        raise exclusive(*(f"{place}[{source}]" for source in given))
    (source,) = given
    param = f"{place}[{source}]"
    named: str = entry[source]
    if source == "discount":
        if named not in held:
            raise no_such("discount", named, param)
        return named
    code = code_of(call, named, subscription["customer"], param) if source == "promotion_code" else None
    coupon = check(call, code["promotion"]["coupon"] if code else named, param)
    counted(call, "coupon", coupon)
    if code:
        counted(call, "promotion_code", code)
    months = coupon["duration_in_months"]
    body = {
        "id": random_id("di_1"),
        "object": "discount",
        "checkout_session": None,
        "customer": subscription["customer"],
        "customer_account": None,
        "end": period_end(call.now, "month", months) if months else None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": code["id"] if code else None,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": call.now,
        "subscription": subscription["id"],
        "subscription_item": None,
    }
    made: str = objects.create(call, "discount", body)["id"]
    return made


def code_of(call: Call, identifier: str, customer: str, param: str) -> Body:
    code = objects.need(call, "promotion_code", identifier, param)
    if not usable(call, code):
        raise Refusal("This promotion code is not active.", code="resource_missing", param=param)
    if code["customer"] not in (None, customer):
        raise Refusal("This promotion code belongs to another customer.", param=param)
    return code


def counted(call: Call, kind: str, body: Body) -> None:
    objects.change(call, kind, {**body, "times_redeemed": body["times_redeemed"] + 1})
