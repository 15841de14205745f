"""Portal configurations (stripe-facts 5, 18)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from reconciler.emulator import metadata, objects, portal
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import BASE, random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.store import Body

KIND = "billing_portal.configuration"
DEFAULT_STAYS = "You cannot set `active: false` on your default PortalConfiguration."
REASONS = ("too_expensive", "missing_features", "switched_service", "unused")
BLANK: Body = {
    "active": True,
    "application": None,
    "business_profile": {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None},
    "default_return_url": None,
    "features": {
        "customer_update": {"allowed_updates": [], "enabled": False},
        "invoice_history": {"enabled": False},
        "payment_method_update": {"enabled": False, "payment_method_configuration": None},
        "subscription_cancel": {
            "cancellation_reason": {"enabled": False, "feedback_options": None, "options": [*REASONS, "other"]},
            "enabled": False,
            "mode": "at_period_end",
            "proration_behavior": "none",
        },
        "subscription_pause": {
            "duration": {
                "interval_options": [{"interval": "month", "interval_count": 1}],
                "type": "interval_options",
            },
            "enabled": False,
        },
        "subscription_update": {
            "billing_cycle_anchor": "unchanged",
            "default_allowed_updates": [],
            "enabled": False,
            "products": [],
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    },
    "login_page": {"enabled": False, "url": None},
    "name": None,
}
"""What was never sent is filled in (stripe-facts 5.3). The five reasons are those of Stripe's own sample answers."""


def create(call: Call) -> Body:
    """The first configuration of an account and mode becomes its default for good (stripe-facts 5.1)."""
    body = {
        "id": random_id("bpc_1"),
        "object": KIND,
        "created": call.now,
        "livemode": call.scope.livemode,
        "is_default": not objects.having(call, KIND, "is_default", "true"),
        "metadata": {},
        **copy.deepcopy(BLANK),
    }
    return objects.create(call, KIND, written(call, body, call.params))


def update(call: Call) -> Body:
    before = objects.need(call, KIND, call.path["configuration"], "configuration", status=404)
    if before["is_default"] and call.params.get("active") is False:
        raise Refusal(DEFAULT_STAYS)
    return objects.change(call, KIND, written(call, before, call.params))


def written(call: Call, before: Body, sent: Mapping[str, Any]) -> Body:
    """The body after a write: members merge, lists are replaced (stripe-facts 2.3), the result must hold."""
    body = objects.merged(before, {name: value for name, value in sent.items() if name != "metadata"})
    body["metadata"] = metadata.merged(before["metadata"], sent.get("metadata"))
    body["updated"] = call.now
    for name in ("privacy_policy_url", "terms_of_service_url"):
        if sent.get("business_profile", {}).get(name):
            objects.web_address(sent["business_profile"][name], f"business_profile[{name}]")
    if sent.get("default_return_url"):
        objects.web_address(sent["default_return_url"], "default_return_url")
    body["features"] = portal.checked(call, body["features"], sent.get("features", {}))
    body["login_page"] = login_page(call, before["login_page"], sent.get("login_page"))
    return body


def login_page(call: Call, before: Body, sent: Mapping[str, Any] | None) -> Body:
    """Switching it on issues a URL, switching it off withdraws it for ever: the next one differs (stripe-facts 5.2)."""
    if sent is None or sent["enabled"] == before["enabled"]:
        return before
    token = random_id("" if call.scope.livemode else "test_", 20)
    return {"enabled": sent["enabled"], "url": f"{BASE}/p/login/{token}" if sent["enabled"] else None}


URL = "/v1/billing_portal/configurations"
READ, WRITE = "customer_portal_read", "customer_portal_write"
SIZES = {"business_profile.headline": 60, "name": 256, "features.subscription_update.products": 10}
RESOURCE = Resource(
    kind=KIND,
    prefix="bpc_",
    noun="configuration",
    event=KIND,
    hidden=("features.subscription_update.products",),
    expandable={"features.subscription_cancel.cancellation_reason.feedback_options": "billing.feedback_option"},
    facets=("login_page.url", "is_default", "active"),
    operations=(
        Operation(f"{KIND}.create", "POST", URL, "billing_portal.ConfigurationCreateParams", create, WRITE, SIZES),
        Operation(
            f"{KIND}.update",
            "POST",
            URL + "/{configuration}",
            "billing_portal.ConfigurationUpdateParams",
            update,
            WRITE,
            SIZES,
        ),
        Operation(
            f"{KIND}.list",
            "GET",
            URL,
            "billing_portal.ConfigurationListParams",
            listing(KIND, URL, {"active": "active", "is_default": "is_default"}),
            READ,
        ),
        Operation(
            f"{KIND}.retrieve",
            "GET",
            URL + "/{configuration}",
            "billing_portal.ConfigurationRetrieveParams",
            objects.retrieving(KIND, "configuration"),
            READ,
        ),
    ),
)
