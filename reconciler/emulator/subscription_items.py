"""The items of subscriptions. Stored with the id of their price; answers show the price as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.emulator import metadata, objects
from reconciler.emulator.errors import Refusal, missing_parameter, no_such, unsupported
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call
from reconciler.emulator.periods import period_end
from reconciler.emulator.resources.price import check_active, check_recurring
from reconciler.emulator.resources.price import view as price_view
from reconciler.emulator.store import Body

KEPT = frozenset({"clear_usage", "deleted", "id", "metadata", "price", "quantity"})


def created(call: Call, subscription: str, sent: Sequence[Mapping[str, Any]], currency: str | None) -> tuple[str, Body]:
    """The currency of a new subscription and its list of items."""
    items = [new_item(call, subscription, item, position) for position, item in enumerate(sent)]
    agreed = currency or objects.need(call, "price", items[0]["price"], "items[0][price]")["currency"]
    for position, item in enumerate(items):
        check_currency(call, item["price"], agreed, position)
    return agreed, listed(subscription, items)


def changed(call: Call, subscription: Body, sent: Sequence[Mapping[str, Any]]) -> Body:
    """Items after an update: those with an id change or go, those without are added, the others stay."""
    items = {item["id"]: item for item in subscription["items"]["data"]}
    for position, item in enumerate(sent):
        if "id" not in item:
            added = new_item(call, subscription["id"], item, position)
            items[added["id"]] = added
        elif item["id"] not in items:
            raise no_such("subscription_item", item["id"], f"items[{position}][id]")
        elif item.get("deleted"):
            del items[item["id"]]
        else:
            items[item["id"]] = written(call, items[item["id"]], item, position)
    if not items:
        raise Refusal("A subscription must have at least one active plan.", param="items")
    for position, item in enumerate(items.values()):
        check_currency(call, item["price"], subscription["currency"], position)
    return listed(subscription["id"], list(items.values()))


def new_item(call: Call, subscription: str, sent: Mapping[str, Any], position: int) -> Body:
    if "price" not in sent:
        raise missing_parameter(f"items[{position}][price]")
    body: Body = {
        "id": random_id("si_", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": call.now,
        "discounts": [],
        "metadata": {},
        "price": None,
        "quantity": 1,
        "subscription": subscription,
        "tax_rates": [],
    }
    return written(call, body, sent, position)


def written(call: Call, before: Body, sent: Mapping[str, Any], position: int) -> Body:
    """An item after a write; another price begins a new period. Metered items have no quantity."""
    for name in sorted(sent.keys() - KEPT):
        raise unsupported(f"items[{position}][{name}]")
    body = {**before, "metadata": metadata.merged(before["metadata"], sent.get("metadata"))}
    if "quantity" in sent:
        body["quantity"] = sent["quantity"]
    if sent.get("price", before["price"]) == before["price"]:
        return body
    place = f"items[{position}][price]"
    price = objects.need(call, "price", sent["price"], place)
    check_active(price, place)
    check_recurring(price, place)
    recurring = price["recurring"]
    body["price"] = price["id"]
    body["current_period_start"] = call.now
    body["current_period_end"] = period_end(call.now, recurring["interval"], recurring["interval_count"])
    if recurring["usage_type"] == "metered":
        body.pop("quantity")
    return body


def check_currency(call: Call, price: str, currency: str, position: int) -> None:
    """A price serves a subscription in its own currency or in one of its options."""
    body = objects.need(call, "price", price, f"items[{position}][price]")
    if currency != body["currency"] and currency not in body["currency_options"]:
        text = f"The price specified only supports `{body['currency']}`, but the subscription is in `{currency}`."
        raise Refusal(text, param=f"items[{position}][price]")


def listed(subscription: str, items: list[Body]) -> Body:
    url = f"/v1/subscription_items?subscription={subscription}"
    return {"object": "list", "data": items, "has_more": False, "total_count": len(items), "url": url}


def view(call: Call, body: Body) -> Body:
    """Puts the price, and the plan that it still doubles as, into each item."""
    for item in body["items"]["data"]:
        price = objects.find(call, "price", item["price"])
        assert price is not None
        item["plan"] = plan(price)
        item["price"] = price_view(call, price)
    return body


def plan(price: Body) -> Body:
    """A recurring price in the shape of the older object."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": price["livemode"],
        "metadata": price["metadata"],
        "meter": recurring["meter"],
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": price["transform_quantity"],
        "trial_period_days": recurring["trial_period_days"],
        "usage_type": recurring["usage_type"],
    }
