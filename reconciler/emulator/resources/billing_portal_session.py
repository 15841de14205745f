"""Portal sessions: created, never read (stripe-facts 5.4, 5.5, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.emulator import discounts, objects
from reconciler.emulator.errors import Refusal, missing_parameter, unsupported
from reconciler.emulator.ids import BASE, random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.store import Body

KIND = "billing_portal.session"
CONFIGURATION = "billing_portal.configuration"
NEEDS = {
    "payment_method_update": "payment_method_update",
    "customer_update": "customer_update",
    "subscription_cancel": "subscription_cancel",
    "subscription_update": "subscription_update",
    "subscription_update_confirm": "subscription_update",
    "subscription_pause": "subscription_pause",
}
"""The feature that each flow needs; all but the price of a confirmation is recall (stripe-facts 5.5)."""


def create(call: Call) -> Body:
    """A session and its short-lived URL, with the given configuration or the default one."""
    params = call.params
    for name in sorted(params.keys() & {"customer_account", "on_behalf_of"}):
        raise unsupported(name)
    if "customer" not in params:
        raise missing_parameter("customer")
    customer = objects.need(call, "customer", params["customer"], "customer")
    configuration = configuration_of(call)
    if "return_url" in params:
        objects.web_address(params["return_url"], "return_url")
    token = random_id("" if call.scope.livemode else "test_", 60)
    body = {
        "id": random_id("bps_1"),
        "object": KIND,
        "after_expiration": params.get("after_expiration"),
        "configuration": configuration["id"],
        "created": call.now,
        "customer": customer["id"],
        "customer_account": None,
        "flow": flow(call, params.get("flow_data"), customer, configuration),
        "livemode": call.scope.livemode,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": params.get("return_url") or configuration["default_return_url"],
        "url": f"{BASE}/p/session/{token}",
    }
    return objects.create(call, KIND, body)


def configuration_of(call: Call) -> Body:
    if "configuration" in call.params:
        named = objects.need(call, CONFIGURATION, call.params["configuration"], "configuration")
        if not named["active"]:
            raise Refusal(f"The configuration {named['id']} is not active.", param="configuration")
        return named
    for default in objects.having(call, CONFIGURATION, "is_default", "true"):
        return default
    mode = "live" if call.scope.livemode else "test"
    text = (
        f"No configuration provided and your {mode} mode default configuration has not been created. Provide a "
        f"configuration or create your default by saving your customer portal settings in {mode} mode at "
        "https://dashboard.stripe.com/test/settings/billing/portal."
    )
    raise Refusal(text)


def flow(call: Call, sent: Mapping[str, Any] | None, customer: Body, configuration: Body) -> Body | None:
    """The flow as answered; its feature must be on, its subscription the customer's own, and the price of a
    confirmation listed in the configuration (stripe-facts 5.5)."""
    if sent is None:
        return None
    kind = sent["type"]
    if not configuration["features"][NEEDS[kind]]["enabled"]:
        text = f"The flow {kind} needs `features[{NEEDS[kind]}]` of the configuration to be enabled."
        raise Refusal(text, param="flow_data[type]")
    details = dict(sent.get(kind, {}))
    if kind.startswith("subscription_"):
        if not details:
            raise missing_parameter(f"flow_data[{kind}]")
        param = f"flow_data[{kind}][subscription]"
        subscription = objects.need(call, "subscription", details["subscription"], param)
        if subscription["customer"] != customer["id"]:
            raise Refusal(f"The subscription {subscription['id']} belongs to another customer.", param=param)
        if kind == "subscription_update_confirm":
            details["items"] = confirmed(details["items"], subscription, configuration)
        offer = details.get("retention", {}).get("coupon_offer", {})
        if offer:
            discounts.check(call, offer["coupon"], f"flow_data[{kind}][retention][coupon_offer][coupon]")
    completion = {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"}
    blank: Body = dict.fromkeys(name for name in NEEDS if name != "payment_method_update")
    after = {**completion, **sent.get("after_completion", {})}
    filled = {kind: details} if kind in blank else {}
    return {**blank, **filled, "after_completion": after, "type": kind}


def confirmed(items: list[Mapping[str, Any]], subscription: Body, configuration: Body) -> list[Body]:
    name = "flow_data[subscription_update_confirm][items]"
    if len(items) != 1 or len(subscription["items"]["data"]) != 1:
        raise Refusal("Exactly one item can be updated, of a subscription that has one.", param=name)
    (item,) = items
    (held,) = subscription["items"]["data"]
    if item["id"] != held["id"]:
        raise Refusal(f"No such subscription item: '{item['id']}'", code="resource_missing", param=f"{name}[0][id]")
    listed = configuration["features"]["subscription_update"]["products"]
    price = item.get("price", held["price"])
    if not any(price in product["prices"] for product in listed):
        text = f"The price {price} is not in the configuration's `features[subscription_update][products]`."
        raise Refusal(text, param=f"{name}[0][price]")
    return [{"id": item["id"], "price": price, "quantity": item.get("quantity", held.get("quantity"))}]


RESOURCE = Resource(
    kind=KIND,
    prefix="bps_",
    noun="session",
    event=KIND,
    expandable={"configuration": CONFIGURATION},
    facets=("url",),
    operations=(
        Operation(
            f"{KIND}.create",
            "POST",
            "/v1/billing_portal/sessions",
            "billing_portal.SessionCreateParams",
            create,
            "customer_portal_write",
            {"flow_data.after_completion.hosted_confirmation.custom_message": 500},
        ),
    ),
)
