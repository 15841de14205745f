"""Subscriptions with their items: who pays which price. No invoices, no renewals: time alone changes nothing here, and
every customer is taken to have a payment method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.emulator import discounts, metadata, objects, subscription_items
from reconciler.emulator.errors import Refusal, missing_parameter, no_such, unsupported
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import PAGING, Query, compare, compare_age, page
from reconciler.emulator.store import Body

KEPT = frozenset(["cancel_at", "cancel_at_period_end", "collection_method", "days_until_due", "description"])
"""Parameters that are stored as sent."""
CHANGED = frozenset(["cancellation_details", "pause_collection"])
"""Those of updates alone."""
IGNORED = frozenset(["off_session", "payment_behavior", "proration_behavior", "proration_date", "trial_from_plan"])
"""Parameters about invoices, which the emulator has none of."""
OWN = frozenset(
    [
        "billing_mode",
        "currency",
        "customer",
        "discounts",
        "items",
        "metadata",
        "trial_end",
        "trial_period_days",
    ]
)
SUBSCRIPTION = "subscription"
BLANK: Body = {
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_cycle_anchor_config": None,
    "billing_schedules": [],
    "billing_thresholds": None,
    "cancel_at": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "feedback_option": None, "reason": None},
    "collection_method": "charge_automatically",
    "customer_account": None,
    "days_until_due": None,
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "ended_at": None,
    "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
    "latest_invoice": None,
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pause_collection": None,
    "payment_settings": None,
    "pending_invoice_item_interval": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "schedule": None,
    "status_details": None,
    "test_clock": None,
    "transfer_data": None,
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
}


def create(call: Call) -> Body:
    """Active at once, or trialing where a trial was asked for."""
    params = call.params
    check_known(params)
    if "customer" not in params:
        raise missing_parameter("customer")
    if not params.get("items"):
        raise missing_parameter("items")
    customer = objects.need(call, "customer", params["customer"], "customer")
    identifier = random_id("sub_1")
    currency, items = subscription_items.created(call, identifier, params["items"], params.get("currency"))
    end = params.get("trial_end")
    if "trial_period_days" in params:
        end = call.now + params["trial_period_days"] * 24 * 3600
    trial = end if isinstance(end, int) and end > call.now else None
    body = {
        "id": identifier,
        "object": SUBSCRIPTION,
        **BLANK,
        **{name: params[name] for name in KEPT & params.keys()},
        "billing_cycle_anchor": trial or call.now,
        "billing_mode": params.get("billing_mode") or {"type": "flexible"},
        "created": call.now,
        "currency": currency,
        "customer": customer["id"],
        "items": items,
        "livemode": call.scope.livemode,
        "metadata": metadata.merged({}, params.get("metadata")),
        "start_date": call.now,
        "status": "trialing" if trial else "active",
        "trial_end": trial,
        "trial_start": call.now if trial else None,
    }
    body["discounts"] = discounts.applied(call, params.get("discounts") or (), body, ())
    return objects.create(call, SUBSCRIPTION, body)


def update(call: Call) -> Body:
    before = held(call)
    if before["status"] == "canceled":
        raise Refusal("A canceled subscription can only update its cancellation_details and metadata.")
    params = call.params
    check_known({name: value for name, value in params.items() if name not in CHANGED})
    body = objects.merged(before, {name: params[name] for name in KEPT & params.keys()})
    if "pause_collection" in params:
        sent = params["pause_collection"]
        body["pause_collection"] = {"resumes_at": None, **sent} if sent else None
    body["cancellation_details"] = told(call, before["cancellation_details"])
    body["metadata"] = metadata.merged(before["metadata"], params.get("metadata"))
    if "items" in params:
        body["items"] = subscription_items.changed(call, before, params["items"])
    if "discounts" in params:
        body["discounts"] = discounts.applied(call, params["discounts"] or (), body, before["discounts"])
    if params.get("trial_end") == "now":
        body |= {"trial_end": call.now, "status": "active"}
    elif "trial_end" in params:
        raise unsupported("trial_end")
    if body["cancel_at_period_end"] != before["cancel_at_period_end"]:
        body["canceled_at"] = call.now if body["cancel_at_period_end"] else None
        end = max(item["current_period_end"] for item in body["items"]["data"])
        body["cancel_at"] = end if body["cancel_at_period_end"] else None
        requested = "cancellation_requested" if body["cancel_at_period_end"] else None
        body["cancellation_details"] = {**body["cancellation_details"], "reason": requested}
    return objects.change(call, SUBSCRIPTION, body)


def cancel(call: Call) -> Body:
    """At once; the subscription stays readable."""
    before = held(call)
    if before["status"] == "canceled":
        raise no_such(SUBSCRIPTION, before["id"], "id", status=404)
    for name in call.params.keys() - {"cancellation_details", "invoice_now", "prorate"}:
        raise unsupported(name)
    details = {**told(call, before["cancellation_details"]), "reason": "cancellation_requested"}
    ended = {"status": "canceled", "canceled_at": call.now, "ended_at": call.now}
    return objects.change(call, SUBSCRIPTION, {**before, **ended, "cancellation_details": details}, verb="deleted")


def told(call: Call, before: Body) -> Body:
    """Why somebody leaves; a reason that the merchant wrote must be active, as in a configuration (recall)."""
    details = objects.merged(before, call.params.get("cancellation_details") or {})
    chosen = call.params.get("cancellation_details", {}).get("feedback_option")
    if chosen:
        place = "cancellation_details[feedback_option]"
        if objects.need(call, "billing.feedback_option", chosen, place)["status"] != "active":
            raise Refusal(f"The feedback option {chosen} is not active.", param=place)
    return details


def pause(call: Call) -> Body:
    """No periods until it is resumed. Flexible billing only (stripe-facts 5.2), and without a schedule (SDK docstring);
    that it must be active or on trial is recall."""
    before = held(call, "subscription")
    if before["billing_mode"]["type"] != "flexible":
        raise Refusal("Only subscriptions with `billing_mode[type]=flexible` can be paused.")
    if before["schedule"]:
        raise Refusal("A subscription with an attached schedule cannot be paused.")
    if before["status"] not in ("active", "trialing"):
        raise Refusal(f"A subscription that is {before['status']} cannot be paused.")
    paused = {"subscription": {"type": "pause_requested"}, "transitioned_at": call.now, "type": "subscription"}
    body = {**before, "status": "paused", "status_details": {"paused": paused}}
    return objects.change(call, SUBSCRIPTION, body, verb="paused")


def resume(call: Call) -> Body:
    """Active at once: there is no invoice that would have to be paid first (SDK docstring)."""
    before = held(call, "subscription")
    if before["status"] != "paused" or before["collection_method"] != "charge_automatically":
        raise Refusal("Only a paused subscription that is charged automatically can be resumed.")
    return objects.change(call, SUBSCRIPTION, {**before, "status": "active", "status_details": None}, verb="resumed")


def held(call: Call, variable: str = "subscription_exposed_id") -> Body:
    return objects.need(call, SUBSCRIPTION, call.path[variable], "id", status=404)


def check_known(params: Mapping[str, Any]) -> None:
    for name in sorted(params.keys() - KEPT - IGNORED - OWN):
        raise unsupported(name)
    if params.get("cancel_at") in ("max_period_end", "min_period_end"):
        raise unsupported("cancel_at")


def index(call: Call) -> Body:
    """Without `status`, everything that isn't canceled; `all` is everything, `ended` what is over."""
    query = Query()
    params = dict(call.params)
    status = params.pop("status", None)
    if status is None:
        query.conditions.append("json_extract(o.body, '$.status') != 'canceled'")
    elif status == "ended":
        compare(call, query, SUBSCRIPTION, "status", ["canceled", "incomplete_expired"])
    elif status != "all":
        compare(call, query, SUBSCRIPTION, "status", status)
    for name, value in params.items():
        if name == "created":
            compare_age(query, value)
        elif name in FILTERS:
            compare(call, query, SUBSCRIPTION, FILTERS[name], value)
        elif name not in PAGING:
            raise unsupported(name)
    return page(call, SUBSCRIPTION, URL, query)


FILTERS = {"collection_method": "collection_method", "customer": "customer", "price": "items.data.price"}
READ, WRITE = "subscription_read", "subscription_write"
URL, ONE = "/v1/subscriptions", "/v1/subscriptions/{subscription_exposed_id}"
AT = "/v1/subscriptions/{subscription}"
RESOURCE = Resource(
    kind=SUBSCRIPTION,
    prefix="sub_",
    noun=SUBSCRIPTION,
    event="customer.subscription",
    hidden=("items.data.price.tiers", "items.data.price.currency_options"),
    expandable={
        "cancellation_details.feedback_option": "billing.feedback_option",
        "customer": "customer",
        "discounts": "discount",
        "items.data.price.product": "product",
    },
    facets=("customer", "items.data.price", "status"),
    view=subscription_items.view,
    operations=(
        Operation("subscription.create", "POST", URL, "SubscriptionCreateParams", create, WRITE, {"items": 20}),
        Operation("subscription.update", "POST", ONE, "SubscriptionUpdateParams", update, WRITE, {"items": 20}),
        Operation("subscription.cancel", "DELETE", ONE, "SubscriptionCancelParams", cancel, WRITE),
        Operation(f"{SUBSCRIPTION}.pause", "POST", f"{AT}/pause", "SubscriptionPauseParams", pause, WRITE),
        Operation(f"{SUBSCRIPTION}.resume", "POST", f"{AT}/resume", "SubscriptionResumeParams", resume, WRITE),
        Operation("subscription.list", "GET", URL, "SubscriptionListParams", index, READ),
        Operation(
            "subscription.retrieve",
            "GET",
            ONE,
            "SubscriptionRetrieveParams",
            objects.retrieving(SUBSCRIPTION, "subscription_exposed_id"),
            READ,
        ),
    ),
)
