"""Lists whose members each take a call: a killed apply may have left them half-way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.model import Action, Observed, Part
from reconciler.standing.now import Now


def is_on_its_way(now: Now, one: Observed, action: Action | None) -> bool:
    """Whether the lists that an action is to change are as they were, as they will be, or in between."""
    if action is None or action.change is None or action.change.part is not Part.MEMBERS:
        return True
    for change in action.change.fields:
        before, after = set(change.before or ()), set(map(now.settled, change.after or ()))
        if not before & after <= set(one.properties.get(change.path) or ()) <= before | after:
            return False
    return True


def rest_of(now: Now, action: Action, one: Observed | None) -> Action:
    """The action without those members of lists that came or went already."""
    if one is None or action.change is None or action.change.part is not Part.MEMBERS:
        return action
    rows = set(one.rows.values())

    def is_there(name: str, member: Any) -> bool:
        return now.settled(member) in (one.properties.get((name,)) or ())

    left = {
        name: {
            "attach": tuple(m for m in calls["attach"] if not is_there(name, m)),
            "detach": tuple(r for r in calls["detach"] if r in rows),
        }
        for name, calls in action.params.items()
    }
    return replace(action, params=left)
