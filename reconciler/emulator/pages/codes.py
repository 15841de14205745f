"""Discounts that a customer redeems in the portal: codes, those of a session, and the offer to stay."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.emulator import objects
from reconciler.emulator.discounts import usable, valid
from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Call
from reconciler.emulator.pages import offers
from reconciler.emulator.pages.asked import Asked, forbidden
from reconciler.emulator.store import Body

UNKNOWN = "This promotion code is not known or no longer valid."


def redeeming(asked: Asked, subscription: Body, change: offers.Change) -> list[dict[str, str]]:
    """Discounts to add: those of the flow, or the code that the customer entered, where codes are allowed. One that
    doesn't fit the change is refused, not left out."""
    flow = (asked.visit.flow or {}).get("subscription_update_confirm") or {}
    named = [dict(one) for one in flow.get("discounts") or ()] or entered(asked)
    if named and change.later:
        raise Refusal("A discount cannot be used with a change that waits for the end of the period.")
    for one in named:
        fits(asked, one, subscription, change)
    return named


def entered(asked: Asked) -> list[dict[str, str]]:
    text = asked.form.get("promotion_code", "").strip()
    if not text:
        return []
    if "promotion_code" not in asked.feature("subscription_update")["default_allowed_updates"]:
        raise forbidden()
    for code in objects.having(asked.call, "promotion_code", "folded", text.lower()):
        if usable(asked.call, code) and code["customer"] in (None, asked.customer["id"]):
            return [{"promotion_code": code["id"]}]
    raise Refusal(UNKNOWN)


def fits(asked: Asked, named: Mapping[str, str], subscription: Body, change: offers.Change) -> None:
    """Refuses a discount that the subscription has, or that is not meant for this plan or this customer."""
    code = objects.find(asked.call, "promotion_code", named["promotion_code"]) if "promotion_code" in named else None
    coupon = coupon_of(asked.call, named)
    if coupon is None or not valid(asked.call, coupon) or (code and not usable(asked.call, code)):
        raise Refusal(UNKNOWN)
    if coupon["id"] in held(asked.call, subscription):
        raise Refusal("Your subscription has this discount already.")
    for_what(coupon, subscription["currency"], change.price["product"])
    if code:
        restricted(asked, code["restrictions"], subscription, change)


def held(call: Call, subscription: Body) -> set[str]:
    """The coupons behind a subscription's discounts. Each may be there once, by whatever code (recall); time alone ends
    none here."""
    found = [objects.find(call, "discount", identifier) for identifier in subscription["discounts"]]
    return {one["source"]["coupon"] for one in found if one}


def for_what(coupon: Body, currency: str, product: str) -> None:
    """Refuses a coupon that takes an amount off in other currencies, or is for other products."""
    if coupon["amount_off"] is not None and currency not in {coupon["currency"], *coupon["currency_options"]}:
        raise Refusal(f"This discount is not available in {currency.upper()}.")
    if coupon["applies_to"] and product not in coupon["applies_to"]["products"]:
        raise Refusal("This discount does not apply to this plan.")


def restricted(asked: Asked, rules: Body, subscription: Body, change: offers.Change) -> None:
    """Refuses what a code's own restrictions exclude. Whoever has or had another subscription, or pays for this one,
    has had invoices: recall, as is that a minimum holds only in the currencies that name one."""
    currency = subscription["currency"]
    if rules["minimum_amount"] is not None:
        least = {rules["minimum_amount_currency"]: rules["minimum_amount"]}
        least |= {name: option["minimum_amount"] for name, option in rules["currency_options"].items()}
        if currency not in least:
            raise Refusal(f"This promotion code is not available in {currency.upper()}.")
        if offers.total(change.price, change.quantity, currency) < least[currency]:
            raise Refusal("Your plan does not reach the minimum amount of this promotion code.")
    if rules["first_time_transaction"]:
        all_held = objects.having(asked.call, "subscription", "customer", asked.customer["id"])
        if len(all_held) > 1 or subscription["status"] != "trialing":
            raise Refusal("This promotion code is for a first purchase only.")


def coupon_of(call: Call, named: Mapping[str, str]) -> Body | None:
    """The coupon itself, or the one behind a promotion code; None where either is gone."""
    if "promotion_code" not in named:
        return objects.find(call, "coupon", named["coupon"]) if "coupon" in named else None
    code = objects.find(call, "promotion_code", named["promotion_code"])
    return objects.find(call, "coupon", code["promotion"]["coupon"]) if code else None


def coupons(call: Call, named: list[dict[str, str]]) -> list[Body]:
    return [coupon for one in named if (coupon := coupon_of(call, one))]


def offered(asked: Asked, subscription: Body) -> Body | None:
    """The coupon that a session offers to who would cancel this subscription (stripe-facts 5.5), once, and only while
    it could be redeemed here."""
    flow = (asked.visit.flow or {}).get("subscription_cancel") or {}
    offer = (flow.get("retention") or {}).get("coupon_offer")
    if not offer or flow["subscription"] != subscription["id"]:
        return None
    coupon = objects.find(asked.call, "coupon", offer["coupon"])
    if coupon is None or not valid(asked.call, coupon) or coupon["id"] in held(asked.call, subscription):
        return None
    items = subscription["items"]["data"]
    products = [objects.need(asked.call, "price", item["price"], "price")["product"] for item in items]
    try:
        for_what(coupon, subscription["currency"], next((one for one in products if applies(coupon, one)), ""))
    except Refusal:
        return None
    return coupon


def applies(coupon: Body, product: str) -> bool:
    return not coupon["applies_to"] or product in coupon["applies_to"]["products"]
