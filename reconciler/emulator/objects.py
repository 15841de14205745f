"""Reading and writing objects in the scope of a call; every write leaves its event."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from reconciler.emulator import events, store
from reconciler.emulator.errors import Refusal, no_such
from reconciler.emulator.model import Call
from reconciler.emulator.store import Body


def find(call: Call, kind: str, identifier: str) -> Body | None:
    row = store.load(call.store, call.scope.text, kind, identifier)
    return row.body if row and not row.body.get("deleted") else None


def need(call: Call, kind: str, identifier: str, param: str, *, status: int = 400) -> Body:
    """The object, or the refusal for an id that names nothing in this account and mode."""
    body = find(call, kind, identifier)
    if body is None:
        raise no_such(call.kinds[kind].noun, identifier, param, status=status)
    return body


def having(call: Call, kind: str, facet: str, value: str) -> list[Body]:
    """Objects by an indexed value, oldest first."""
    query = (
        "select o.body from facets f join objects o on o.seq = f.seq "
        "where f.scope = ? and f.kind = ? and f.name = ? and f.value = ? order by f.created, f.seq"
    )
    rows = call.store.connection.execute(query, (call.scope.text, kind, facet, value))
    return [json.loads(body) for (body,) in rows]


def create(call: Call, kind: str, body: Body, *, created: int | None = None) -> Body:
    """Stores a new object and its `<kind>.created` event."""
    resource = call.kinds[kind]
    age = call.now if created is None else created
    store.insert(call.store, call.scope.text, kind, body["id"], age, body, resource.facets)
    if resource.event:
        events.emit(call, f"{resource.event}.created", body)
    return copy.deepcopy(body)


def change(call: Call, kind: str, body: Body, *, verb: str = "updated") -> Body:
    """Stores a changed object and its event, with what it was before."""
    resource = call.kinds[kind]
    row = store.load(call.store, call.scope.text, kind, body["id"])
    assert row is not None
    store.update(call.store, call.scope.text, kind, row, body, resource.facets)
    if resource.event:
        events.emit(call, f"{resource.event}.{verb}", body, row.body)
    return copy.deepcopy(body)


def remove(call: Call, kind: str, body: Body) -> Body:
    """Deletes an object and answers the stub; kinds that are `gone` keep the stub where the object was."""
    resource = call.kinds[kind]
    row = store.load(call.store, call.scope.text, kind, body["id"])
    assert row is not None
    stub = {"id": body["id"], "object": kind, "deleted": True}
    if resource.gone:
        store.update(call.store, call.scope.text, kind, row, stub, resource.facets)
    else:
        store.delete(call.store, call.scope.text, kind, row, resource.facets)
    if resource.event:
        events.emit(call, f"{resource.event}.deleted", body)
    return stub


def retrieving(kind: str, variable: str) -> Callable[[Call], Body]:
    """The handler that answers one object; a deleted one answers its stub where its kind leaves one."""

    def retrieve(call: Call) -> Body:
        row = store.load(call.store, call.scope.text, kind, call.path[variable])
        if row is None:
            raise no_such(call.kinds[kind].noun, call.path[variable], variable, status=404)
        return row.body

    return retrieve


def merged(old: Body, sent: dict[str, Any]) -> Body:
    """Nested members merge, lists and scalars replace, `""` leaves null, or `[]` where a list was (stripe-facts 2.2,
    2.3). Metadata has rules of its own."""
    result = dict(old)
    for key, value in sent.items():
        before = old.get(key)
        if value == "":
            result[key] = [] if isinstance(before, list) else None
        elif isinstance(value, dict) and isinstance(before, dict):
            result[key] = merged(before, value)
        else:
            result[key] = value
    return result


def web_address(value: str, param: str) -> None:
    """Refuses what is no web address (code `url_invalid`, stripe-facts 9)."""
    scheme, _, rest = value.partition("://")
    if scheme not in ("http", "https") or not rest or " " in rest:
        raise Refusal("Not a valid URL", code="url_invalid", param=param)


def at_least(least: int, value: int | None, param: str) -> None:
    """Refuses a smaller number; None was not sent."""
    if value is not None and value < least:
        text = f"This value must be greater than or equal to {least}."
        raise Refusal(text, code="parameter_invalid_integer", param=param)


def in_future(call: Call, moment: int | None, param: str) -> None:
    """Refuses a moment that is not after now; None was not sent."""
    if moment is not None and moment <= call.now:
        raise Refusal(f"`{param}` must be a Unix timestamp in the future.", param=param)
