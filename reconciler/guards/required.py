"""Does something go live that lacks what customers, tax or code need?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.guards.allow import Objection
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.kinds.rules import REQUIRED
from reconciler.model import Action, Desired, Path, Plan, Verb

_WRITES = (Verb.CREATE, Verb.UPDATE, Verb.ADOPT, Verb.REVIVE)


def required(plan: Plan, desired: Desired) -> Iterator[Objection]:
    """What is created or updated in live without a value that `guards.required` asks for."""
    asked = desired.guards.get("required")
    names = REQUIRED if asked is None else asked
    seen: set[str] = set()
    for action in plan.actions if plan.target.livemode else ():
        address = str(action.address)
        if action.verb not in _WRITES or address in seen or not (action.change and action.change.fields):
            continue  # what is only adopted was there before, and is not made worse
        seen.add(address)
        kind, state = BY_NAME[action.address.kind], _state(action, desired)
        if lacking := [name for name in _asked_of(kind, state) if name in names and not _has(kind, state, name)]:
            text = f"{address} has no {' and no '.join(lacking)}, which guards.required asks for in live"
            yield Objection("required", address, text, "To do without", limit="required")


def _state(action: Action, desired: Desired) -> Mapping[Path, Any]:
    """The fields as they will be: those that are declared, and what else the object has."""
    old = action.change.before if action.change else None
    resource = desired.resources.get(action.address)
    return {**(old.properties if old else {}), **(resource.properties if resource else {})}


def _asked_of(kind: Kind, state: Mapping[Path, Any]) -> list[str]:
    fields = [f for f in kind.fields if f.needed]
    met = [f for f in fields if not f.needed_with or state.get(tuple(f.needed_with.split("."))) is not None]
    return list(dict.fromkeys(f.needed for f in met))


def _has(kind: Kind, state: Mapping[Path, Any], name: str) -> bool:
    return any(state.get(f.path) for f in kind.fields if f.needed == name)
