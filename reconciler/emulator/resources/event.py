"""Events of the last 30 days (stripe-facts 13)."""

from __future__ import annotations

from reconciler.emulator import objects
from reconciler.emulator.errors import exclusive, no_such, unsupported
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import PAGING, Query, compare_age, page
from reconciler.emulator.store import Body

KEPT = 30 * 24 * 3600


def index(call: Call) -> Body:
    """`type` may have wildcards, `types` names up to 20; one excludes the other."""
    params = call.params
    query = Query(["o.created > ?"], [call.now - KEPT])
    if "type" in params and "types" in params:
        raise exclusive("type", "types")
    if "type" in params:
        query.conditions.append("json_extract(o.body, '$.type') glob ?")
        query.values.append(params["type"])
    if "types" in params:
        marks = ", ".join("?" * len(params["types"]))
        query.conditions.append(f"json_extract(o.body, '$.type') in ({marks})")
        query.values += params["types"]
    if "created" in params:
        compare_age(query, params["created"])
    for name in params.keys() - PAGING - {"type", "types", "created"}:
        raise unsupported(name)
    return page(call, "event", "/v1/events", query)


def retrieve(call: Call) -> Body:
    found = objects.find(call, "event", call.path["id"])
    if found is None or found["created"] <= call.now - KEPT:
        raise no_such("event", call.path["id"], "id", status=404)
    return found


RESOURCE = Resource(
    kind="event",
    prefix="evt_",
    noun="event",
    operations=(
        Operation("event.list", "GET", "/v1/events", "EventListParams", index, "event_read", {"types": 20}),
        Operation("event.retrieve", "GET", "/v1/events/{id}", "EventRetrieveParams", retrieve, "event_read"),
    ),
)
