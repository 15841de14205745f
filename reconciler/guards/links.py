"""Does a URL stop working that customers may hold?"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.allow import Objection
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field
from reconciler.model import Action, Plan, Verb


def links(plan: Plan) -> Iterator[Objection]:
    """URLs that stop working, each with the rule that lets them."""
    for action in plan.actions:
        old = action.change.before if action.change else None
        if old is None or action.change is None:
            continue
        for field in BY_NAME[action.address.kind].fields:
            url = old.properties.get(tuple(field.publishes.split("."))) if field.publishes else None
            off = any(c.path == field.path and c.before and not c.after for c in action.change.fields)
            if url and (off or action.verb is Verb.RETIRE):
                text = f"{action.address}: the link {url}, which customers may hold, stops working"
                text += _instead(plan, action, field)
                yield Objection(field.link_rule, str(action.address), text, "To do it all the same")


def _instead(plan: Plan, retired: Action, field: Field) -> str:
    """The URL that a successor has, where one is known before it is made."""
    for action in plan.actions:
        if action.address == retired.address and action.verb in (Verb.CREATE, Verb.REVIVE):
            back = action.change.before if action.change and action.verb is Verb.REVIVE else None
            url = back.properties.get(tuple(field.publishes.split("."))) if back else None
            return f"; instead: {url or 'a new one, known once it is made'}"
    return ""
