"""Does a plan change more than somebody would have expected?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.guards.allow import Allow, Objection, unnamed
from reconciler.guards.departures import lost
from reconciler.kinds.rules import LIMITS
from reconciler.model import Address, Cause, Desired, Observed, Plan, Verb

FEW = 10
"""Up to so many owned objects, any share may change at once (octoDNS's safety threshold)."""


def limit(desired: Desired, name: str) -> int:
    """A limit in percent, as the YAML sets it."""
    given: Mapping[str, Any] = desired.guards
    return int(given.get(name, LIMITS[name]) if given.get(name) is not None else LIMITS[name])


def shares(plan: Plan, desired: Desired, observed: Sequence[Observed], allows: Sequence[Allow]) -> Iterator[Objection]:
    """How much is retired, and how much is updated, of what is ours. What an `--allow` names is not counted."""
    owned = sum(1 for o in observed if o.active and o.stamp and o.stamp.project == desired.project)
    if any(a.verb is Verb.RETIRE for a in plan.actions) and not desired.resources:
        text = f"the YAML declares nothing, and this account has {owned} objects of project {desired.project}"
        yield Objection("retire", "", text, "To retire them all")
        return
    gone = unnamed((a.address for a in lost(plan, desired)), allows, "retire")
    yield from _share("retire", "retired", len(gone), owned, desired, "retirements")
    changed = unnamed(updated(plan), allows, "update")
    yield from _share("update", "updated", len(changed), owned, desired, "updates")


def _share(rule: str, what: str, many: int, owned: int, desired: Desired, name: str) -> Iterator[Objection]:
    most = limit(desired, name)
    if owned > FEW and many * 100 > most * owned:
        yield Objection(rule, "", f"{many} of {owned} objects would be {what}, more than {most}%", limit=name)


def updated(plan: Plan) -> list[Address]:
    """What changes in place and by itself: not what follows something else, not what is replaced, and not what had no
    value until now, as after an apply that stopped half-way."""
    found = {
        a.address: None
        for a in plan.actions
        if a.verb is Verb.UPDATE and a.change and a.change.before is not None
        if any(c.cause is not Cause.FOLLOWED and c.before not in (None, ()) for c in a.change.fields)
    }
    return list(found)
