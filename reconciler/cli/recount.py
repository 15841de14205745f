"""Who subscribes to what a saved plan touches, counted again: a plan may lie for days before it is applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler import impact
from reconciler.gateway import Gateway
from reconciler.model import Observed, Plan, Verb


def recount(plan: Plan, gateway: Gateway, observed: Sequence[Observed]) -> Plan:
    """The plan with its impact as it is now, as far as it was read when it was made. Never raises for an answer."""
    was_read = any(one.subscriptions is not None for one in plan.impact)
    return impact.touching(gateway, plan, observed) if was_read else plan


def newly_subscribed(plan: Plan, fresh: Plan) -> Iterator[str]:
    """What leaves without a successor, had no subscriber when that was reviewed, and has some now."""
    coming = {a.address for a in plan.actions if a.verb in (Verb.CREATE, Verb.REVIVE)}
    before = {one.id: one.subscriptions for one in plan.impact if not one.offered}
    for one in fresh.impact:
        if one.offered or one.address in coming or before.get(one.id) != 0 or not one.subscriptions:
            continue
        many = f"{one.subscriptions:,} subscription{'' if one.subscriptions == 1 else 's'}"
        yield f"{one.address} ({one.id}) got {many}, and the plan takes it out of service"
