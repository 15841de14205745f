"""Entitlement features: what a customer may use (stripe-facts 8, 18). They have no events and no date."""

from __future__ import annotations

from reconciler.emulator import metadata, objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import Query, compare, page
from reconciler.emulator.store import Body

KIND, URL = "entitlements.feature", "/v1/entitlements/features"
READ, WRITE = "entitlements_read", "entitlements_write"
"""Scope names are recall: stripe-facts 11 knows the row of the Dashboard only."""


def create(call: Call) -> Body:
    """A lookup key belongs to one active feature: archiving sets it free (docs.stripe.com/billing/entitlements)."""
    key = call.params["lookup_key"]
    for holder in objects.having(call, KIND, "lookup_key", key):
        if holder["active"]:
            text = f"A feature (`{holder['id']}`) already uses the lookup key `{key}`."
            raise Refusal(text, code="resource_already_exists", param="lookup_key")
    body = {
        "id": random_id("feat_" if call.scope.livemode else "feat_test_", 32),
        "object": KIND,
        "active": True,
        "livemode": call.scope.livemode,
        "lookup_key": key,
        "metadata": metadata.merged({}, call.params.get("metadata")),
        "name": call.params["name"],
    }
    return objects.create(call, KIND, body)


def update(call: Call) -> Body:
    """Archiving is for good (stripe-facts 8); that `active=true` is refused afterwards is recall (17.12)."""
    before = objects.need(call, KIND, call.path["id"], "id", status=404)
    if call.params.get("active") and not before["active"]:
        raise Refusal("An archived feature cannot be made active again.", param="active")
    body = {**before, **call.params, "metadata": metadata.merged(before["metadata"], call.params.get("metadata"))}
    return objects.change(call, KIND, body)


def index(call: Call) -> Body:
    """Active features, or the archived ones alone."""
    query = Query()
    if "lookup_key" in call.params:
        compare(call, query, KIND, "lookup_key", call.params["lookup_key"])
    compare(call, query, KIND, "active", not call.params.get("archived", False))
    return page(call, KIND, URL, query)


def check_attachable(call: Call, identifier: str, param: str) -> str:
    """The id of a feature that a product may get: an active one."""
    feature = objects.need(call, KIND, identifier, param)
    if not feature["active"]:
        raise Refusal(f"The feature {identifier} is archived and cannot be attached to a product.", param=param)
    return identifier


SIZES = {"lookup_key": 80, "name": 80}
RESOURCE = Resource(
    kind=KIND,
    prefix="feat_",
    noun="feature",
    facets=("lookup_key", "active"),
    operations=(
        Operation(f"{KIND}.create", "POST", URL, "entitlements.FeatureCreateParams", create, WRITE, SIZES),
        Operation(f"{KIND}.update", "POST", URL + "/{id}", "entitlements.FeatureUpdateParams", update, WRITE, SIZES),
        Operation(f"{KIND}.list", "GET", URL, "entitlements.FeatureListParams", index, READ),
        Operation(
            f"{KIND}.retrieve",
            "GET",
            URL + "/{id}",
            "entitlements.FeatureRetrieveParams",
            objects.retrieving(KIND, "id"),
            READ,
        ),
    ),
)
