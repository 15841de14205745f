"""Sessions made for one thing: where they land, and what comes after it (stripe-facts 5.5)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from reconciler.emulator.pages import html, visits
from reconciler.emulator.pages.asked import Asked
from reconciler.emulator.pages.visits import Visit

LANDS = {
    "customer_update": "details",
    "payment_method_update": "payment-methods",
    "subscription_cancel": "cancel",
    "subscription_pause": "pause",
    "subscription_update": "update",
    "subscription_update_confirm": "confirm",
}

ENDS = {"subscription_update": "confirm"}
"""The page that a flow is done on, where that is another."""


def landing(visit: Visit) -> str:
    """The first page of a visit."""
    if visit.flow is None:
        return f"{visit.path}/home"
    kind = visit.flow["type"]
    details = visit.flow.get(kind) or {}
    query = {"subscription": details.get("subscription")}
    for item in details.get("items", ()):
        query |= {"price": item["price"], "quantity": item["quantity"]}
    given = {name: value for name, value in query.items() if value is not None}
    return f"{visit.path}/{LANDS[kind]}" + (f"?{urlencode(given)}" if given else "")


def finished(asked: Asked, page: str, done: str, subscription: str | None = None) -> Response:
    """After something was done on a page: what the session says where it was made for that, else the homepage."""
    visit = asked.visit
    home = html.moved(f"{visit.path}/home?{urlencode({'done': done})}")
    if visit.flow is None:
        return home
    kind = visit.flow["type"]
    named = (visit.flow.get(kind) or {}).get("subscription")
    if ENDS.get(kind, LANDS[kind]) != page or named not in (None, subscription):
        return home
    after = visit.flow["after_completion"]
    over = replace(visit, flow=None)
    if after["type"] == "hosted_confirmation":
        message = (after["hosted_confirmation"] or {}).get("custom_message")
        visits.keep(asked.call.store, replace(over, said=message or "Your changes were saved."))
        return html.moved(f"{visit.path}/done")
    visits.keep(asked.call.store, over)
    return html.moved(after["redirect"]["return_url"]) if after["type"] == "redirect" else home


def target(visit: Visit) -> str | None:
    """The address that finishing may lead to."""
    after = visit.flow["after_completion"] if visit.flow else {}
    return after["redirect"]["return_url"] if after.get("type") == "redirect" else None
