"""What people edited in Stripe since the last apply, and the plan overwrites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.kinds import BY_NAME
from reconciler.model import Action, Cause, Plan, Properties, Verb
from reconciler.report.rows import Note, Row, is_drift, values
from reconciler.report.words import amounts, printable


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody edited in Stripe at one address, and the plan overwrites."""

    address: str
    id: str
    rows: tuple[Row, ...]


def edits(plan: Plan) -> Iterator[Edit]:
    """What was edited in Stripe since the last apply, and is overwritten."""
    for action in plan.actions:
        if rows := tuple(_edited(plan, action)):
            gone = next((a.id for a in plan.actions if a.address == action.address and a.verb is Verb.RETIRE), None)
            yield Edit(printable(str(action.address)), printable(str(action.id or gone)), rows)


def _edited(plan: Plan, action: Action) -> Iterator[Row]:
    change = action.change
    now: Properties = change.after.properties if change and change.after else {}
    was: Properties = change.before.properties if change and change.before else now
    for one in change.fields if change else ():
        field = BY_NAME[action.address.kind].field_at(one.path)
        if field and is_drift(action, one):
            both = (Note("and in the YAML"),) if one.cause is Cause.BOTH else ()
            amount = amounts(field, one.path, one.before, one.after, was, now)
            yield Row(printable(".".join(one.path)), *values(field, one, plan.names), amount, both)
