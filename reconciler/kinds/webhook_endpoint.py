"""The kind `webhook_endpoint` (stripe-facts 8, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.events import EVENTS
from reconciler.kinds.kind import Default, Field, Kind, Retire, Settable
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import BOOLEAN, METADATA, URL, list_of, one_of, text

_VERSION = {
    "title": "a version of Stripe's API",
    "examples": ["2026-10-28.endive"],
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(\\.[a-z]+)?$",
}
"""Whatever Stripe ever released: the 129 versions that an SDK knows lack the next one."""


def _read(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """`disabled` is answered as the status."""
    return {**raw, "disabled": raw["status"] == "disabled"}


# fmt: off
_FIELDS = (
    Field("url", URL, "Where the events go. Live events go to https:// only.", required=True),
    Field("enabled_events", list_of(one_of(*EVENTS), unique=True) | {"minItems": 1}, "Which events. `*` is all but those that must be asked for by name.", required=True, unordered=True),
    Field("description", text(5000), "What it is for.", clears_with=""),
    Field("disabled", BOOLEAN, "No events are sent to it for now.", settable=Settable.ON_UPDATE, default=False),
    # What is not said must never replace an endpoint: its successor has another secret.
    Field("api_version", _VERSION, "How events are written. Left out, as the account's version at the time says. Another one is another endpoint, with another secret.", settable=Settable.ON_CREATE, default=Default.ANY),
    Field("connect", BOOLEAN, "Events of connected accounts instead of your own. Another value is another endpoint, with another secret.", settable=Settable.ON_CREATE, default=False, write_only=True),
    METADATA,
)
# fmt: on

WEBHOOK_ENDPOINT = Kind(
    name="webhook_endpoint",
    plural="webhook_endpoints",
    service="webhook_endpoints",
    sdk="WebhookEndpoint",
    scope=scope("Webhook endpoints", "webhook"),
    doc="A URL of yours that Stripe sends events to. Its signing secret is shown once, when it is created.",
    natural_key="url",
    unique_key=False,
    retire=Retire.DELETE,
    revivable=False,
    retired_means="receives no more events",
    served={},
    unserved=None,
    secret="secret",
    read=_read,
    excluded={"expand": "chosen by the reader"},
    fields=_FIELDS,
)
