"""What a visitor may do: what the configuration allows, as far as the customer and the subscription let it."""

from __future__ import annotations

from reconciler.emulator import objects, store
from reconciler.emulator.pages.asked import Asked, forbidden
from reconciler.emulator.store import Body


def details(asked: Asked) -> tuple[str, ...]:
    """The details that may be changed. Never the email of who came by the login link (stripe-facts 5.4)."""
    feature = asked.configuration["features"]["customer_update"]
    allowed = feature["allowed_updates"] if feature["enabled"] else ()
    return tuple(name for name in allowed if not (name == "email" and asked.visit.by_link))


def stuck(asked: Asked, subscription: Body) -> str | None:
    """Why a subscription can at best be cancelled (stripe-facts 5.6, recall). Invoices sent count as being without a
    payment method, of which the emulator keeps none."""
    items = subscription["items"]["data"]
    prices = [objects.need(asked.call, "price", item["price"], "price") for item in items]
    if len(items) > 1:
        return "It has several items."
    if any(price["recurring"]["usage_type"] == "metered" for price in prices):
        return "It is billed by usage."
    if subscription["collection_method"] == "send_invoice":
        return "It is paid by invoice."
    return "A change is planned for it." if subscription["schedule"] else None


def actions(asked: Asked, subscription: Body) -> tuple[str, ...]:
    """What may be done with a subscription. One that will end can only be kept, one that is paused only resumed or
    cancelled: recall, as is that pausing needs an active one."""
    features = asked.configuration["features"]
    cancel = features["subscription_cancel"]["enabled"]
    if subscription["status"] == "canceled":
        return ()
    if subscription["cancel_at_period_end"]:
        return ("renew",) if cancel else ()
    last = ("cancel",) if cancel else ()
    if subscription["schedule"]:
        return (*last, *(("undo",) if planned(asked, subscription).get("price") else ()))
    if stuck(asked, subscription):
        return last
    pauses = features["subscription_pause"]["enabled"] and subscription["billing_mode"]["type"] == "flexible"
    if subscription["status"] == "paused":
        return ("resume", *last) if pauses else last
    changes = ("update",) if features["subscription_update"]["enabled"] else ()
    return (*changes, *(("pause",) if pauses and subscription["status"] == "active" else ()), *last)


def permitted(asked: Asked, action: str) -> Body:
    """The subscription of the form; forbidden where the action isn't offered for it."""
    subscription = asked.subscription()
    if action not in actions(asked, subscription):
        raise forbidden()
    return subscription


def planned(asked: Asked, subscription: Body) -> Body:
    """What is to happen to a subscription later: `at`, and `price` and `quantity`, or `resumes`. Stripe keeps that in a
    subscription schedule; the emulator has none, and no time that would carry it out."""
    held: Body | None = store.recall(asked.call.store, place(asked, subscription))
    return held or {}


def plan(asked: Asked, subscription: Body, what: Body | None) -> None:
    store.remember(asked.call.store, place(asked, subscription), what)


def unplan(asked: Asked, subscription: Body) -> None:
    """Drops what was planned, and the schedule that stands for a change of plan; one of somebody else's stays."""
    ours = planned(asked, subscription).get("price")
    plan(asked, subscription, None)
    if ours:
        now = objects.need(asked.call, "subscription", subscription["id"], "subscription")
        objects.change(asked.call, "subscription", {**now, "schedule": None})


def place(asked: Asked, subscription: Body) -> str:
    return f"planned/{asked.call.scope.text}/{subscription['id']}"
