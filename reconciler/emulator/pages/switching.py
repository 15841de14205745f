"""Another plan, another quantity: choosing, confirming, and taking back what was planned for later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.pages import codes, flows, home, html, offers, rights, words
from reconciler.emulator.pages.asked import Asked, forbidden
from reconciler.emulator.store import Body

PRORATION = {
    "always_invoice": "The difference is charged or credited today.",
    "create_prorations": "The difference is added to your next invoice.",
    "none": "The new price applies from your next invoice on.",
}


def choose(asked: Asked) -> Response:
    """The plans on offer, with a quantity where it may be chosen, and a promotion code where that is allowed."""
    subscription = rights.permitted(asked, "update")
    if asked.visit.confirming:
        raise forbidden()
    found = offers.offers(asked, subscription)
    (item,) = subscription["items"]["data"]
    free = [offer for offer in found if offer.least is not None]
    return home.shown(
        asked,
        "update.html",
        subscription=subscription["id"],
        offers=found,
        quantity=asked.form.get("quantity") or item["quantity"],
        adjustable=bool(free),
        codes="promotion_code" in asked.feature("subscription_update")["default_allowed_updates"],
        code=asked.form.get("promotion_code", ""),
    )


def confirm(asked: Asked) -> Response:
    """What the change will be, before it is made."""
    subscription = rights.permitted(asked, "update")
    try:
        change = offers.changed(asked, subscription, shared=True)
        discounts = codes.redeeming(asked, subscription, change)
        if asked.visit.confirming:
            something(change, discounts)
    except Refusal as refusal:
        if refusal.status != 400:
            raise
        if asked.visit.confirming:
            raise final(refusal) from None
        return choose(replace(asked, problem=refusal.message))
    (item,) = subscription["items"]["data"]
    before = objects.need(asked.call, "price", item["price"], "price")
    currency = subscription["currency"]
    feature = asked.feature("subscription_update")
    return home.shown(
        asked,
        "confirm.html",
        subscription=subscription["id"],
        change=change,
        before=(
            offers.name_of(asked.call, before),
            words.cost(before, currency, offers.unit_of(asked.call, before)),
            item["quantity"],
        ),
        after=(
            change.name,
            words.cost(change.price, currency, offers.unit_of(asked.call, change.price)),
            change.quantity,
        ),
        later=item["current_period_end"] if change.later else None,
        proration=PRORATION[feature["proration_behavior"]],
        trial=subscription["status"] == "trialing" and feature["trial_update_behavior"] == "end_trial",
        code=asked.form.get("promotion_code", ""),
        coupons=[words.discount(one, currency) for one in codes.coupons(asked.call, discounts)],
        fixed=asked.visit.confirming is not None,
    )


def something(change: offers.Change, discounts: list[dict[str, str]]) -> None:
    if change.same and not discounts:
        raise Refusal("There is nothing to change: this is your plan already.")


def final(refusal: Refusal) -> Refusal:
    """Where a session fixes what to confirm, the customer can mend nothing."""
    return Refusal(refusal.message, status=403)


def confirmed(asked: Asked) -> Response:
    try:
        return made(asked)
    except Refusal as refusal:
        if refusal.status == 400 and asked.visit.confirming:
            raise final(refusal) from None
        raise


def made(asked: Asked) -> Response:
    """Makes the change through the API's own update, or plans it for the end of the period."""
    subscription = rights.permitted(asked, "update")
    change = offers.changed(asked, subscription)
    discounts = codes.redeeming(asked, subscription, change)
    name = subscription["id"]
    if asked.visit.confirming:
        something(change, discounts)
    if change.same and not discounts:
        return html.moved(f"{asked.visit.path}/home?done=same")
    if change.later:
        return planned(asked, subscription, change)
    feature = asked.feature("subscription_update")
    (item,) = subscription["items"]["data"]
    tree: dict[str, Any] = {"proration_behavior": feature["proration_behavior"]}
    if not change.same:
        moved = {"id": item["id"], "price": change.price["id"], "quantity": str(change.quantity)}
        tree["items"] = {"0": moved}
        if subscription["status"] == "trialing" and feature["trial_update_behavior"] == "end_trial":
            tree["trial_end"] = "now"
    if discounts:
        held = [{"discount": one} for one in subscription["discounts"]]
        tree["discounts"] = {str(place): one for place, one in enumerate([*held, *discounts])}
    asked.act("subscription.update", {"subscription_exposed_id": name}, tree)
    return flows.finished(asked, "confirm", "confirm", name)


def planned(asked: Asked, subscription: Body, change: offers.Change) -> Response:
    """Stripe attaches a schedule to the subscription (recall); here that is an id which leads nowhere, and the change
    never comes, as no period ever ends."""
    (item,) = subscription["items"]["data"]
    what = {"price": change.price["id"], "quantity": change.quantity, "at": item["current_period_end"]}
    rights.plan(asked, subscription, what)
    objects.change(asked.call, "subscription", {**subscription, "schedule": random_id("sub_sched_1")})
    return flows.finished(asked, "confirm", "later", subscription["id"])


def undone(asked: Asked) -> Response:
    subscription = rights.permitted(asked, "undo")
    rights.unplan(asked, subscription)
    return flows.finished(asked, "undo", "undo", subscription["id"])
