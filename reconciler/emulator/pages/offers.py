"""Plans and quantities that a subscription can be switched to (stripe-facts 5.2, 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Call
from reconciler.emulator.pages import words
from reconciler.emulator.pages.asked import Asked, forbidden
from reconciler.emulator.store import Body


@dataclass(frozen=True)
class Offer:
    """A price of the configuration. `least` and `most` bound the quantity where it can be chosen."""

    price: str
    name: str
    cost: str
    current: bool
    chosen: bool
    least: int | None
    most: int | None


@dataclass(frozen=True)
class Change:
    """What a subscription would become; `later` at the end of its period, `same` when it is that already."""

    price: Body
    name: str
    quantity: int
    later: bool
    same: bool


def offers(asked: Asked, subscription: Body) -> tuple[Offer, ...]:
    """Only prices in the subscription's currency, active ones, and none that is metered or tiered (recall). Where plans
    may not be switched, the current one, for its quantity."""
    (item,) = subscription["items"]["data"]
    feature = asked.feature("subscription_update")
    picked = asked.form.get("price", item["price"])
    found = []
    for product in feature["products"]:
        for identifier in product["prices"]:
            price = objects.find(asked.call, "price", identifier)
            current = identifier == item["price"]
            if price is None or not (
                current or ("price" in feature["default_allowed_updates"] and fits(price, subscription))
            ):
                continue
            least, most = limits(feature, product)
            title = name_of(asked.call, price)
            cost = words.cost(price, subscription["currency"], unit_of(asked.call, price))
            found.append(Offer(identifier, title, cost, current, identifier == picked, least, most))
    return tuple(found)


def fits(price: Body, subscription: Body) -> bool:
    currencies = {price["currency"], *price["currency_options"]}
    licensed = price["recurring"]["usage_type"] == "licensed" and price["billing_scheme"] == "per_unit"
    return price["active"] and licensed and subscription["currency"] in currencies


def limits(feature: Body, product: Mapping[str, Any]) -> tuple[int | None, int | None]:
    adjustable = product["adjustable_quantity"]
    if not adjustable["enabled"] or "quantity" not in feature["default_allowed_updates"]:
        return None, None
    return adjustable["minimum"], adjustable["maximum"]


def changed(asked: Asked, subscription: Body, *, shared: bool = False) -> Change:
    """What the form asks for. Forbidden where the price isn't offered or the quantity isn't free; a quantity beyond the
    limits is a mistake that can be mended. A session to confirm sets both (stripe-facts 5.5), within the limits where
    there are any (recall). `shared` is the form with one
    field for the quantity of all plans: one where it isn't free keeps what there is."""
    (item,) = subscription["items"]["data"]
    sent = asked.form.get("quantity", "").strip()
    wanted = asked.form.get("price") or item["price"]
    offer = next((one for one in offers(asked, subscription) if one.price == wanted), None)
    if offer is None:
        raise forbidden()
    if sent and not (sent.isascii() and sent.isdigit() and len(sent) < 10):
        raise Refusal("The quantity must be a whole number.")
    quantity = int(sent) if sent else item["quantity"]
    fixed = asked.visit.confirming
    if fixed:
        check_fixed(fixed, subscription["id"], wanted, quantity)
    else:
        if offer.least is None and shared:
            quantity = item["quantity"]
        if offer.least is None and quantity != item["quantity"]:
            raise forbidden()
    check_limits(offer, quantity)
    price = objects.need(asked.call, "price", wanted, "price")
    same = (wanted, quantity) == (item["price"], item["quantity"])
    before = objects.need(asked.call, "price", item["price"], "price")
    currency = subscription["currency"]
    conditions = asked.feature("subscription_update")["schedule_at_period_end"]["conditions"]
    less = total(price, quantity, currency) < total(before, item["quantity"], currency)
    shorter = words.days(price["recurring"]) < words.days(before["recurring"])
    holds = {"decreasing_item_amount": less, "shortening_interval": shorter}
    later = not same and any(holds[condition["type"]] for condition in conditions)
    return Change(price, offer.name, quantity, later, same)


def check_limits(offer: Offer, quantity: int) -> None:
    """Zero is no quantity to choose, whatever the minimum: one leaves by cancelling (recall)."""
    if quantity < 1 and offer.least is None:
        raise Refusal(f"{offer.name}: the quantity must be 1 or more.")
    if offer.least is None:
        return
    least = max(offer.least, 1)
    if offer.most is not None and not least <= quantity <= offer.most:
        raise Refusal(f"{offer.name}: choose a quantity between {least} and {offer.most}.")
    if quantity < least:
        raise Refusal(f"{offer.name}: choose a quantity of {least} or more.")


def check_fixed(flow: Mapping[str, Any], subscription: str, price: str, quantity: int) -> None:
    """A session that asks the customer to confirm something is for just that."""
    wanted = [(item["price"], item["quantity"]) for item in flow["items"]]
    if flow["subscription"] != subscription or (price, quantity) not in wanted:
        raise Refusal("This session is for another change.", status=403)


def total(price: Body, quantity: int, currency: str) -> Any:
    """The amount of an item per period, whatever its length: how Stripe compares those is recall."""
    return (words.amount(price, currency) or 0) * quantity


def name_of(call: Call, price: Body) -> str:
    product = objects.find(call, "product", price["product"])
    return str(product["name"]) if product else str(price["product"])


def unit_of(call: Call, price: Body) -> str | None:
    product = objects.find(call, "product", price["product"])
    return product["unit_label"] if product else None
