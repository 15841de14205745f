"""Webhook endpoints (stripe-facts 8, 18): kept, but nothing is delivered to them. They have no events."""

from __future__ import annotations

from reconciler.emulator import metadata, objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.store import Body

KIND, URL, ONE = "webhook_endpoint", "/v1/webhook_endpoints", "/v1/webhook_endpoints/{webhook_endpoint}"
MOST = 16
"""Per account and mode; recall."""


def create(call: Call) -> Body:
    """The only answer with the secret, which is not even stored."""
    (count,) = call.store.connection.execute(
        "select count(*) from objects where scope = ? and kind = ?", (call.scope.text, KIND)
    ).fetchone()
    if count >= MOST:
        mode = "live" if call.scope.livemode else "test"
        raise Refusal(f"You have reached the maximum of {MOST} {mode} webhook endpoints.")
    body: Body = {
        "id": random_id("we_1"),
        "object": KIND,
        "api_version": call.params.get("api_version"),
        "application": None,
        "created": call.now,
        "description": None,
        "livemode": call.scope.livemode,
        "metadata": {},
        "status": "enabled",
    }
    return {**objects.create(call, KIND, written(call, body)), "secret": random_id("whsec_", 32)}


def update(call: Call) -> Body:
    before = objects.need(call, KIND, call.path["webhook_endpoint"], "webhook_endpoint", status=404)
    return objects.change(call, KIND, written(call, before))


def delete(call: Call) -> Body:
    found = objects.need(call, KIND, call.path["webhook_endpoint"], "webhook_endpoint", status=404)
    return objects.remove(call, KIND, found)


def written(call: Call, before: Body) -> Body:
    """The body after a write. Live events go out encrypted only (recall)."""
    sent = call.params
    body = objects.merged(
        before, {name: sent[name] for name in ("description", "enabled_events", "url") if name in sent}
    )
    body["metadata"] = metadata.merged(before["metadata"], sent.get("metadata"))
    if "disabled" in sent:
        body["status"] = "disabled" if sent["disabled"] else "enabled"
    objects.web_address(body["url"], "url")
    if call.scope.livemode and not body["url"].startswith("https://"):
        raise Refusal("Invalid URL: webhook endpoints in live mode must use https.", code="url_invalid", param="url")
    return body


READ, WRITE = "webhook_read", "webhook_write"
RESOURCE = Resource(
    kind=KIND,
    prefix="we_",
    noun="webhook endpoint",
    operations=(
        Operation("webhook_endpoint.create", "POST", URL, "WebhookEndpointCreateParams", create, WRITE),
        Operation("webhook_endpoint.update", "POST", ONE, "WebhookEndpointUpdateParams", update, WRITE),
        Operation("webhook_endpoint.delete", "DELETE", ONE, "WebhookEndpointDeleteParams", delete, WRITE),
        Operation("webhook_endpoint.list", "GET", URL, "WebhookEndpointListParams", listing(KIND, URL), READ),
        Operation(
            "webhook_endpoint.retrieve",
            "GET",
            ONE,
            "WebhookEndpointRetrieveParams",
            objects.retrieving(KIND, "webhook_endpoint"),
            READ,
        ),
    ),
)
