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
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
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
    check_known(params)
    body = objects.merged(before, {name: params[name] for name in KEPT & params.keys()})
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
    return objects.change(call, SUBSCRIPTION, body)


def cancel(call: Call) -> Body:
    """At once; the subscription stays readable."""
    before = held(call)
    if before["status"] == "canceled":
        raise no_such(SUBSCRIPTION, before["id"], "id", status=404)
    for name in call.params.keys() - {"cancellation_details", "invoice_now", "prorate"}:
        raise unsupported(name)
    details = call.params.get("cancellation_details", {})
    told = {name: details.get(name) or None for name in ("comment", "feedback")}
    ended = {"status": "canceled", "canceled_at": call.now, "ended_at": call.now}
    body = {**before, **ended, "cancellation_details": {**told, "reason": "cancellation_requested"}}
    return objects.change(call, SUBSCRIPTION, body, verb="deleted")


def held(call: Call) -> Body:
    return objects.need(call, SUBSCRIPTION, call.path["subscription_exposed_id"], "id", status=404)


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
RESOURCE = Resource(
    kind=SUBSCRIPTION,
    prefix="sub_",
    noun=SUBSCRIPTION,
    event="customer.subscription",
    hidden=("items.data.price.tiers", "items.data.price.currency_options"),
    expandable={"customer": "customer", "discounts": "discount", "items.data.price.product": "product"},
    facets=("customer", "items.data.price", "status"),
    view=subscription_items.view,
    operations=(
        Operation("subscription.create", "POST", URL, "SubscriptionCreateParams", create, WRITE, {"items": 20}),
        Operation("subscription.update", "POST", ONE, "SubscriptionUpdateParams", update, WRITE, {"items": 20}),
        Operation("subscription.cancel", "DELETE", ONE, "SubscriptionCancelParams", cancel, WRITE),
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
