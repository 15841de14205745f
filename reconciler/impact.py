"""Whom a plan touches: the subscriptions to what it changes."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Kind
from reconciler.model import Action, Part, Plan

_SERVED = ("active", "past_due", "trialing")
"""The states in which a subscription gives its customer what was bought."""


def of_detaching(gateway: Gateway, plan: Plan) -> Iterator[str]:
    """What subscribers lose with the members that go from a list, and how many subscriptions that touches."""
    for action in plan.actions:
        kind = BY_NAME[action.address.kind]
        for change in action.change.fields if action.change and action.change.part is Part.MEMBERS else ():
            field = kind.field_at(change.path)
            gone = [m for m in change.before or () if m not in (change.after or ())]
            if field and field.lost_means and gone:
                names = ", ".join(plan.names.get(m, m) for m in gone)
                yield f"{action.address}: without {names}, {field.lost_means}: {_counted(gateway, kind, action)}"


def _counted(gateway: Gateway, kind: Kind, action: Action) -> str:
    try:
        held = _subscriptions(gateway, kind, action.id or "")
    except ApiFailure as failure:
        return f"how many could not be read ({failure.message})"
    return f"{len(held)} active subscription{'' if len(held) == 1 else 's'}"


def _subscriptions(gateway: Gateway, kind: Kind, ident: str) -> set[str]:
    """The ids of subscriptions in service to an object, or to what is inside of it, archived objects included."""
    if kind.subscriptions:
        rows = gateway.list("/v1/subscriptions", {kind.subscriptions: ident}, windowed=False)
        return {row["id"] for row in rows if row.get("status") in _SERVED}
    held: set[str] = set()
    for child in KINDS:
        if child.parent and child.parent[0] == kind.name and child.subscriptions:
            for served in filter(None, (child.served, child.unserved)):
                for row in gateway.list(child.path, {child.parent[1]: ident, **served}):
                    held |= _subscriptions(gateway, child, row["id"])
    return held
