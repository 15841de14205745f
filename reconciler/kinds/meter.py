"""The kind `meter` (stripe-facts 8, 18). It has no metadata, so it is known by its event name alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.kind import Block, Children, Field, Kind, Retire, Settable
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import BOOLEAN, one_of, text

_CREATE = Settable.ON_CREATE


def _spell(data: Mapping[str, Any], _: Children) -> Mapping[str, Any]:
    """`customer_mapping: {event_payload_key: …}`: the only type there is goes without saying."""
    mapping = data.get("customer_mapping")
    return {**data, "customer_mapping": {**mapping, "type": "by_id"}} if mapping else data


def _unspell(data: Mapping[str, Any], _: Children) -> Mapping[str, Any]:
    """The inverse of `_spell`."""
    mapping = data.get("customer_mapping")
    return {**data, "customer_mapping": {k: v for k, v in mapping.items() if k != "type"}} if mapping else data


def _read(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Stripe says `status` where other kinds have `active`."""
    return {**raw, "active": raw["status"] == "active"}


# fmt: off
_FIELDS = (
    Field("display_name", text(250), "Hidden from customers.", required=True),
    Field("event_name", text(100), "The `event_name` of the events that it counts. It cannot change.", required=True, settable=_CREATE),
    Field("active", BOOLEAN, "Whether it takes events. `false` deactivates it.", settable=Settable.SWITCHED, default=True),
    Field("default_aggregation.formula", one_of("count", "last", "sum"), "How the events of a period become a number: how many, the last value, or the sum of values.", required=True, settable=_CREATE),
    Field("customer_mapping.event_payload_key", text(100), "The key in an event under which the customer's id stands.", required=True, settable=_CREATE, default="stripe_customer_id"),
    Field("customer_mapping.type", one_of("by_id"), "Goes without saying: there is no other.", settable=_CREATE, default="by_id"),
    Field("value_settings.event_payload_key", text(100), "The key in an event under which the value stands.", required=True, settable=_CREATE, default="value"),
    Field("event_time_window", one_of("day", "hour"), "For what span events are added up before they are sent, if they are.", settable=_CREATE),
)
# fmt: on

METER = Kind(
    name="meter",
    plural="meters",
    service="billing.meters",
    sdk="billing.Meter",
    scope=scope("Meters", "billing_meter"),
    doc="Counts usage events, for prices that bill what was used.",
    natural_key="event_name",
    stampable=False,
    retire=Retire.NEVER,
    switches={False: "deactivate", True: "reactivate"},
    served={"status": "active"},
    unserved={"status": "inactive"},
    retired_means="takes no more events, and prices that use it bill nothing more",
    spell=_spell,
    unspell=_unspell,
    read=_read,
    excluded={"expand": "chosen by the reader"},
    fields=_FIELDS,
    blocks=(
        Block(name="default_aggregation", doc="How events are aggregated.", required=True),
        Block(name="customer_mapping", doc="How an event names its customer."),
        Block(name="value_settings", doc="How an event gives its value."),
    ),
)
