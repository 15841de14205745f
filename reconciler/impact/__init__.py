"""Whom a plan touches: the subscriptions to what it changes, and the revenue on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.impact.ledger import METERED, TRIAL, UNKNOWN, Ledger
from reconciler.impact.touched import Sold, Touched, touched
from reconciler.kinds import BY_NAME
from reconciler.model import Impact, Observed, Part, Plan
from reconciler.model.impact import SKIPPED

__all__ = ["touching"]


@dataclass(frozen=True, slots=True)
class _Lost:
    """What subscribers lose with members that go from a list, in words, and the ids by which they are listed."""

    text: str
    ids: tuple[str, ...]


def touching(gateway: Gateway, plan: Plan, observed: Sequence[Observed], *, read: bool = True) -> Plan:
    """The plan with whom it touches. Costs at most one list of subscriptions for each price that is affected.

    Without `read` nothing is asked, and every impact says so. What could not be read is said, and never fails a plan.
    """
    sold, why = Sold.of(observed), "" if read else SKIPPED
    door = gateway if read else None
    try:
        found, lost = list(touched(door, plan, sold)), list(_lost(door, plan, sold))
    except ApiFailure as failure:
        found, lost = list(touched(None, plan, sold)), list(_lost(None, plan, sold))
        why = failure.message
    ids = [*(i for one in found for i in one.ids), *(i for one in lost for i in one.ids)]
    ledger = Ledger(gateway, sold.kind.subscriptions, {i: sold.tariffs(i) for i in ids})
    if not why:
        ledger.read(ids)
    warnings = [f"{one.text}: {_counted(one, ledger, why)}" for one in lost]
    impact = tuple(_impact(one, ledger, why) for one in found)
    return replace(plan, impact=impact, warnings=(*plan.warnings, *warnings))


def _impact(one: Touched, ledger: Ledger, why: str) -> Impact:
    unread = why or ledger.failure(one.ids)
    if unread:
        return Impact(one.address, one.id, None, unread=unread, portals=one.portals, offered=one.offered)
    return Impact(
        one.address,
        one.id,
        ledger.count(one.ids),
        {c: str(amount) for c, amount in sorted(ledger.monthly(one.ids).items()) if amount},
        trial=ledger.count(one.ids, TRIAL),
        metered=ledger.count(one.ids, METERED),
        unknown=ledger.count(one.ids, UNKNOWN),
        portals=one.portals,
        offered=one.offered,
    )


def _lost(gateway: Gateway | None, plan: Plan, sold: Sold) -> Iterator[_Lost]:
    for action in plan.actions:
        kind = BY_NAME[action.address.kind]
        for change in action.change.fields if action.change and action.change.part is Part.MEMBERS else ():
            field = kind.field_at(change.path)
            gone = [m for m in change.before or () if m not in (change.after or ())]
            if field and field.lost_means and gone:
                names = ", ".join(plan.names.get(m, m) for m in gone)
                ids = tuple(i for i in sold.inside(gateway, kind, action.id or "") if sold.recurs(i))
                yield _Lost(f"{action.address}: without {names}, {field.lost_means}", ids)


def _counted(one: _Lost, ledger: Ledger, why: str) -> str:
    if unread := why or ledger.failure(one.ids):
        return f"how many could not be read ({unread})" if unread != SKIPPED else f"how many was not read ({unread})"
    count = ledger.count(one.ids)
    return f"{count} active subscription{'' if count == 1 else 's'}"
