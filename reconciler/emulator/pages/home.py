"""The portal's homepage, and the frame that all of its pages have."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from reconciler.emulator import accounts, objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.pages import flows, html, offers, rights, words
from reconciler.emulator.pages.asked import Asked
from reconciler.emulator.store import Body

NOTICES = {
    "cancel": "Your cancellation was saved.",
    "confirm": "Your plan was changed.",
    "details": "Your details were saved.",
    "keep": "The offer was applied. You stay on your plan.",
    "later": "Your plan will change at the end of the period.",
    "pause": "Your subscription is paused.",
    "payment-methods": "Nothing was changed.",
    "renew": "Your subscription goes on.",
    "resume": "Your subscription is active again.",
    "same": "That is your plan already. Nothing was changed.",
    "undo": "The planned change was dropped.",
}
NAV = (
    ("home", "Overview", None),
    ("details", "Your details", "customer_update"),
    ("payment-methods", "Payment methods", "payment_method_update"),
    ("invoices", "Invoices", "invoice_history"),
)


def shown(asked: Asked, template: str, **values: Any) -> Response:
    """A page of the portal with its frame. Where a session was made for one thing, nothing else is shown until that is
    done (recall)."""
    visit, configuration = asked.visit, asked.configuration
    profile = configuration["business_profile"]
    account = accounts.account(asked.call.store, visit.account) or {}
    entries = [
        (f"{visit.path}/{page}", text)
        for page, text, feature in NAV
        if feature is None or configuration["features"][feature]["enabled"]
    ]
    frame = {
        "business": account.get("display_name") or visit.account,
        "headline": profile["headline"],
        "privacy": profile["privacy_policy_url"],
        "terms": profile["terms_of_service_url"],
        "return_url": visit.return_url,
        "nav": None if visit.flow else entries,
        "notice": NOTICES.get(asked.form.get("done", "")),
        "problem": asked.problem,
        "path": visit.path,
        "seal": asked.seal,
    }
    status = 400 if asked.problem else 200
    return html.shown(template, status, leads_to=(flows.target(visit),), **(frame | values))


def page(asked: Asked) -> Response:
    """Every subscription with what may be done about it."""
    held = objects.having(asked.call, "subscription", "customer", asked.customer["id"])
    return shown(asked, "home.html", customer=asked.customer, cards=[card(asked, one) for one in reversed(held)])


def done(asked: Asked) -> Response:
    """What a session says after its one thing is done (stripe-facts 5.5: `hosted_confirmation`)."""
    if asked.visit.said is None:
        raise Refusal("There is no such page.", status=404)
    return shown(asked, "message.html", title="Done", text=asked.visit.said)


def card(asked: Asked, subscription: Body) -> dict[str, Any]:
    """A subscription in words."""
    lines = []
    for item in subscription["items"]["data"]:
        price = objects.need(asked.call, "price", item["price"], "price")
        cost = words.cost(price, subscription["currency"], offers.unit_of(asked.call, price))
        lines.append({"name": offers.name_of(asked.call, price), "cost": cost, "quantity": item.get("quantity")})
    plan = rights.planned(asked, subscription)
    coming = objects.find(asked.call, "price", plan["price"]) if plan.get("price") else None
    return {
        "id": subscription["id"],
        "status": words.STATUS[subscription["status"]],
        "lines": lines,
        "ends": subscription["cancel_at"] if subscription["cancel_at_period_end"] else None,
        "ended": subscription["ended_at"],
        "resumes": plan.get("resumes") if subscription["status"] == "paused" else None,
        "coming": coming and f"{offers.name_of(asked.call, coming)}, quantity {plan['quantity']}",
        "coming_at": plan.get("at"),
        "until": max(item["current_period_end"] for item in subscription["items"]["data"]),
        "stuck": None if subscription["status"] == "canceled" else rights.stuck(asked, subscription),
        "actions": rights.actions(asked, subscription),
    }
