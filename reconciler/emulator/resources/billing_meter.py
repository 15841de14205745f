"""Billing meters (stripe-facts 8, 18)."""

from __future__ import annotations

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.store import Body

KIND, URL = "billing.meter", "/v1/billing/meters"
READ, WRITE = "billing_meter_read", "billing_meter_write"
"""Scope names of meters are recall; stripe-facts 11 has none."""


def create(call: Call) -> Body:
    """An event name belongs to one active meter (stripe-facts 18, recall)."""
    params = call.params
    check_event_name(call, params["event_name"])
    body = {
        "id": random_id("mtr_test_" if not call.scope.livemode else "mtr_", 20),
        "object": KIND,
        "created": call.now,
        "customer_mapping": params.get("customer_mapping")
        or {"event_payload_key": "stripe_customer_id", "type": "by_id"},
        "default_aggregation": params["default_aggregation"],
        "display_name": params["display_name"],
        "event_name": params["event_name"],
        "event_time_window": params.get("event_time_window"),
        "livemode": call.scope.livemode,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": call.now,
        "value_settings": params.get("value_settings") or {"event_payload_key": "value"},
    }
    return objects.create(call, KIND, body)


def update(call: Call) -> Body:
    before = objects.need(call, KIND, call.path["id"], "id", status=404)
    return objects.change(call, KIND, {**before, **call.params, "updated": call.now})


def deactivate(call: Call) -> Body:
    return turned(call, "inactive", "deactivated")


def reactivate(call: Call) -> Body:
    return turned(call, "active", "reactivated")


def turned(call: Call, status: str, verb: str) -> Body:
    before = objects.need(call, KIND, call.path["id"], "id", status=404)
    if before["status"] == status:
        raise Refusal(f"This meter is already {status}.")
    if status == "active":
        check_event_name(call, before["event_name"])
    moment = call.now if status == "inactive" else None
    body = {**before, "status": status, "status_transitions": {"deactivated_at": moment}, "updated": call.now}
    return objects.change(call, KIND, body, verb=verb)


def check_event_name(call: Call, name: str) -> None:
    if any(meter["status"] == "active" for meter in objects.having(call, KIND, "event_name", name)):
        raise Refusal(f"An active meter already uses the event name {name}.", param="event_name")


SIZES = {
    "display_name": 250,
    "event_name": 100,
    "customer_mapping.event_payload_key": 100,
    "value_settings.event_payload_key": 100,
}
RESOURCE = Resource(
    kind=KIND,
    prefix="mtr_",
    noun="meter",
    event=KIND,
    facets=("event_name", "status"),
    operations=(
        Operation(f"{KIND}.create", "POST", URL, "billing.MeterCreateParams", create, WRITE, SIZES),
        Operation(f"{KIND}.update", "POST", URL + "/{id}", "billing.MeterUpdateParams", update, WRITE, SIZES),
        Operation(
            f"{KIND}.deactivate", "POST", URL + "/{id}/deactivate", "billing.MeterDeactivateParams", deactivate, WRITE
        ),
        Operation(
            f"{KIND}.reactivate", "POST", URL + "/{id}/reactivate", "billing.MeterReactivateParams", reactivate, WRITE
        ),
        Operation(
            f"{KIND}.list", "GET", URL, "billing.MeterListParams", listing(KIND, URL, {"status": "status"}), READ
        ),
        Operation(
            f"{KIND}.retrieve",
            "GET",
            URL + "/{id}",
            "billing.MeterRetrieveParams",
            objects.retrieving(KIND, "id"),
            READ,
        ),
    ),
)
