"""Objects that stand in for what an account would have: blank but for their id, so that others may point at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.emulator import clock, objects, store
from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Call, Resource, Scope
from reconciler.emulator.resources.payment_link import ONCE_ONLY
from reconciler.emulator.resources.payment_link import URL as LINKS
from reconciler.emulator.runtime import Runtime
from reconciler.emulator.store import Body

MEMBERS = frozenset({"path", "id", "parent", "currency", "for", "params", "account", "livemode"})
ODD_PERIOD = 1000
"""Days of a stand-in's billing period, and up: no other price of the product has it, as a portal asks."""

Blank = Callable[[Call, Mapping[str, Any]], Body]


def put(runtime: Runtime, data: Mapping[str, Any], scope: Scope) -> Body:
    """Makes the object, unless the id is taken. Without a `path`, the id's prefix tells the kind; one that no kind has
    makes nothing. Called inside a transaction. Raises ValueError for an order that makes no sense."""
    if strangers := sorted(data.keys() - MEMBERS):
        raise ValueError(f"a stand-in has {', '.join(sorted(MEMBERS))}, not {', '.join(strangers)}")
    identifier = data.get("id")
    if identifier is not None and not store.PLAIN.fullmatch(identifier):
        raise ValueError(f"not an id: {identifier!r}")
    resource = kind_of(runtime.kinds, data)
    if resource is None:
        return {}
    now = int(clock.now(runtime.store))
    call = Call(runtime.store, runtime.kinds, scope, now, "req_standin", None, {}, {}, "")
    if identifier and objects.find(call, resource.kind, identifier):
        return {"id": identifier}
    try:
        return {"id": made(call, resource, data)}
    except Refusal as refusal:
        raise ValueError(f"no {resource.noun} can stand in as {identifier}: {refusal}") from None


def kind_of(kinds: Mapping[str, Resource], data: Mapping[str, Any]) -> Resource | None:
    if "path" in data:
        found = [r for r in kinds.values() if any((o.method, o.path) == ("POST", data["path"]) for o in r.operations)]
        if not found or found[0].kind not in BLANKS:
            raise ValueError(f"nothing stands in at {data['path']}")
        return found[0]
    known = (r for r in kinds.values() if r.kind in BLANKS and r.prefix)
    return next((r for r in known if str(data.get("id")).startswith(r.prefix)), None)


def made(call: Call, resource: Resource, data: Mapping[str, Any]) -> str:
    """The id of a new object, which is the one that was asked for, if any."""
    params = {**BLANKS[resource.kind](call, data), **data.get("params", {})}
    creating = next(o for o in resource.operations if o.name == f"{resource.kind}.create")
    body = creating.handler(Call(**{**call.__dict__, "params": params}))
    identifier: str = data.get("id") or body["id"]
    if identifier != body["id"]:
        store.rename(call.store, call.scope.text, resource.kind, body["id"], identifier)
    return identifier


def price(call: Call, data: Mapping[str, Any]) -> Body:
    """Recurring, as portals ask; once, for a payment link that asks for that."""
    parent = data.get("parent")
    if parent is None or objects.find(call, "product", parent) is None:
        parent = made(call, call.kinds["product"], {"id": parent} if parent else {})
    user = data.get("for", {})
    body = {"product": parent, "currency": data.get("currency", "usd"), "unit_amount": 100}
    if user.get("path") == LINKS and set(ONCE_ONLY) & set(user.get("members", ())):
        return body
    beside = len(objects.having(call, "price", "product", parent))
    return {**body, "recurring": {"interval": "day", "interval_count": ODD_PERIOD + beside}}


def named(data: Mapping[str, Any]) -> str:
    return f"Stand-in {data.get('id', '')}".strip()


BLANKS: Mapping[str, Blank] = {
    "billing.feedback_option": lambda _, data: {"description": named(data)},
    "billing.meter": lambda _, data: {
        "display_name": named(data),
        "event_name": data.get("id", "stand_in"),
        "default_aggregation": {"formula": "sum"},
    },
    "billing_portal.configuration": lambda _call, _data: {"features": {}},
    "coupon": lambda _, data: {"percent_off": 10, **({"id": data["id"]} if "id" in data else {})},
    "customer": lambda _call, _data: {},
    "entitlements.feature": lambda _, data: {"name": named(data), "lookup_key": data.get("id", "stand_in")},
    "payment_method_configuration": lambda _, data: {"name": named(data)},
    "price": price,
    "product": lambda _, data: {"name": named(data), **({"id": data["id"]} if "id" in data else {})},
    "promotion_code": lambda call, _: {"promotion": {"type": "coupon", "coupon": made(call, call.kinds["coupon"], {})}},
    "shipping_rate": lambda _, data: {
        "display_name": named(data),
        "type": "fixed_amount",
        "fixed_amount": {"amount": 100, "currency": data.get("currency", "usd")},
    },
    "tax_rate": lambda _, data: {"display_name": named(data), "inclusive": False, "percentage": 10.0},
}
"""What creation needs, by kind."""
