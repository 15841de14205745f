"""Events: what changed, by which request (stripe-facts 13)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from reconciler.emulator import store
from reconciler.emulator.expand import present
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call
from reconciler.emulator.store import Body

BY_HAND = ("x-test", "dashboard")
"""The header of a write that stands for an edit in the Dashboard. Its event names no request (recall)."""


def is_by_hand(headers: Mapping[str, str]) -> bool:
    return headers.get(BY_HAND[0]) == BY_HAND[1]


def emit(call: Call, type_: str, body: Body, previous: Body | None = None) -> None:
    """Records an event. Its object is shown unexpanded, so includable fields are missing; `previous` is the stored body
    before an update, of which the event keeps the members that changed, arrays whole. An update that changed nothing
    visible leaves no event."""
    shown = present(call, copy.deepcopy(body))
    data: Body = {"object": shown}
    if previous is not None:
        data["previous_attributes"] = changed(present(call, copy.deepcopy(previous)), shown)
        if not data["previous_attributes"]:
            return
    event = {
        "id": random_id("evt_"),
        "object": "event",
        "api_version": call.version,
        "created": call.now,
        "data": data,
        "livemode": call.scope.livemode,
        "pending_webhooks": 0,
        "request": {
            "id": None if call.by_hand else call.request_id,
            "idempotency_key": None if call.by_hand else call.idempotency_key,
        },
        "type": type_,
    }
    facets = call.kinds["event"].facets
    store.insert(call.store, call.scope.text, "event", event["id"], call.now, event, facets)  # type: ignore[arg-type]


def changed(before: Body, after: Body) -> Body:
    """The old values of the members that differ; null for those that are new."""
    found: dict[str, Any] = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new and (key in before) == (key in after):
            continue
        found[key] = changed(old, new) if isinstance(old, dict) and isinstance(new, dict) else old
    return found
