"""The rules between the features of a portal configuration (stripe-facts 5.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal, missing_parameter
from reconciler.emulator.model import Call
from reconciler.emulator.periods import check_period
from reconciler.emulator.resources.price import check_active, check_recurring
from reconciler.emulator.store import Body

OPTION_ORDER = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
]
"""Reasons come back in the server's order, whatever the order sent (stripe-facts 18); which order is recall."""


def checked(call: Call, features: Body, sent: Mapping[str, Any]) -> Body:
    """The features after a write. Ids are judged where they were sent, everything else on the merged result."""
    return {
        **features,
        "payment_method_update": payment_method_update(call, features["payment_method_update"], sent),
        "subscription_cancel": cancel(call, features["subscription_cancel"], sent.get("subscription_cancel", {})),
        "subscription_pause": pause(features["subscription_pause"], sent.get("subscription_pause", {})),
        "subscription_update": update(call, features["subscription_update"], sent.get("subscription_update", {})),
    }


def payment_method_update(call: Call, feature: Body, sent: Mapping[str, Any]) -> Body:
    chosen = sent.get("payment_method_update", {}).get("payment_method_configuration")
    if chosen:
        name = "features[payment_method_update][payment_method_configuration]"
        objects.need(call, "payment_method_configuration", chosen, name)
    return feature


def cancel(call: Call, feature: Body, sent: Mapping[str, Any]) -> Body:
    """`always_invoice` is in the enum and always an error; `create_prorations` needs `mode=immediately`; a reason that
    the merchant wrote must be active."""
    name = "features[subscription_cancel]"
    if feature["proration_behavior"] == "always_invoice":
        text = "`always_invoice` is not a supported `proration_behavior` for subscription cancellation."
        raise Refusal(text, param=f"{name}[proration_behavior]")
    if feature["proration_behavior"] == "create_prorations" and feature["mode"] != "immediately":
        text = "`proration_behavior=create_prorations` can only be used with `mode=immediately`."
        raise Refusal(text, param=f"{name}[proration_behavior]")
    reason = feature["cancellation_reason"]
    for position, identifier in enumerate(sent.get("cancellation_reason", {}).get("feedback_options") or ()):
        place = f"{name}[cancellation_reason][feedback_options][{position}]"
        if objects.need(call, "billing.feedback_option", identifier, place)["status"] != "active":
            raise Refusal(f"The feedback option {identifier} is not active.", param=place)
    ordered = [option for option in OPTION_ORDER if option in reason["options"]]
    options = {"options": ordered, "feedback_options": reason["feedback_options"] or None}
    return {**feature, "cancellation_reason": {**reason, **options}}


def pause(feature: Body, sent: Mapping[str, Any]) -> Body:
    """Intervals only, and at least one, for the duration type that asks for them."""
    duration = feature["duration"]
    name = "features[subscription_pause][duration]"
    given = sent.get("duration", {})
    if duration["type"] == "indefinite":
        if given.get("interval_options"):
            text = "`interval_options` can only be used with `type=interval_options`."
            raise Refusal(text, param=f"{name}[interval_options]")
        return {**feature, "duration": {**duration, "interval_options": []}}
    if not duration["interval_options"]:
        raise missing_parameter(f"{name}[interval_options]")
    options = []
    for position, option in enumerate(duration["interval_options"]):
        count = option.get("interval_count", 1)
        check_period(option["interval"], count, f"{name}[interval_options][{position}][interval_count]")
        options.append({"interval": option["interval"], "interval_count": count})
    return {**feature, "duration": {**duration, "interval_options": options}}


def update(call: Call, feature: Body, sent: Mapping[str, Any]) -> Body:
    """Enabled, it needs products and allowed updates, even where only quantities may change."""
    name = "features[subscription_update]"
    if feature["enabled"]:
        for member in ("default_allowed_updates", "products"):
            if not feature[member]:
                raise missing_parameter(f"{name}[{member}]")
    if not sent.get("products"):
        return feature
    return {**feature, "products": products(call, sent["products"], f"{name}[products]")}


def products(call: Call, sent: Sequence[Mapping[str, Any]], name: str) -> list[Body]:
    """Each product once, with recurring, active prices of its own that differ in their interval. That a product or an
    interval may not come twice is recall, as is that an archived product is taken (stripe-facts 5.2, 17.1)."""
    result = []
    seen: set[str] = set()
    for position, entry in enumerate(sent):
        place = f"{name}[{position}]"
        objects.need(call, "product", entry["product"], f"{place}[product]")
        if entry["product"] in seen:
            text = f"The product {entry['product']} is listed more than once."
            raise Refusal(text, param=f"{place}[product]")
        seen.add(entry["product"])
        prices(call, entry, f"{place}[prices]")
        quantity = adjustable(entry.get("adjustable_quantity"), f"{place}[adjustable_quantity]")
        result.append({"adjustable_quantity": quantity, "prices": entry["prices"], "product": entry["product"]})
    return result


def prices(call: Call, entry: Mapping[str, Any], name: str) -> None:
    intervals: set[tuple[str, int]] = set()
    for position, identifier in enumerate(entry["prices"]):
        place = f"{name}[{position}]"
        price = objects.need(call, "price", identifier, place)
        check_active(price, place)
        if price["product"] != entry["product"]:
            raise Refusal(f"The price {identifier} does not belong to the product {entry['product']}.", param=place)
        check_recurring(price, place)
        interval = (price["recurring"]["interval"], price["recurring"]["interval_count"])
        if interval in intervals:
            text = f"The product {entry['product']} has more than one price with the same billing interval."
            raise Refusal(text, param=place)
        intervals.add(interval)


def adjustable(sent: Mapping[str, Any] | None, name: str) -> Body:
    """Always returned, with a minimum (stripe-facts 5.3)."""
    quantity = {"enabled": False, "maximum": None, "minimum": 1, **(sent or {})}
    if quantity["minimum"] < 0 or (quantity["maximum"] is not None and quantity["maximum"] < quantity["minimum"]):
        raise Refusal("`minimum` must be at least 0 and at most `maximum`.", param=name)
    return quantity
