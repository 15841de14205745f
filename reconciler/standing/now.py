"""The account as it was just read, beside a saved plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.basis import entry, held_key, key_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import swap_refs
from reconciler.model import Action, Address, Observed, Plan


@dataclass(frozen=True, slots=True)
class Now:
    """Every object that was read, by kind and id, and the ids of what the plan has created so far."""

    plan: Plan
    objects: Mapping[tuple[str, str], Observed]
    ids: Mapping[Address, str]

    def of(self, kind: str, ident: str | None) -> Observed | None:
        return self.objects.get((kind, ident or ""))

    def settled(self, value: Any) -> Any:
        """The value with the id of everything that was created in the place of its Ref."""
        return swap_refs(value, lambda ref: self.ids.get(ref.address, ref))

    def is_held(self, kind: str, key: Any) -> bool:
        """Whether something that the plan has made holds a natural key."""
        made = set(self.ids.values())
        return any(o.kind == kind and o.id in made and held_key(o) == key for o in self.objects.values())


def born(now: Now, action: Action) -> Iterator[Observed]:
    """What is there now of that which an action creates: it bears the address, or has the key."""
    before = {(b.kind, b.id): b for b in now.plan.basis if b.id}
    key, kind = key_of(action), BY_NAME[action.address.kind]
    for one in now.objects.values():
        if one.kind != kind.name or before.get((one.kind, one.id)) == entry(one):
            continue
        known = (one.kind, one.id) in before and not (kind.own_id and one.id == key)
        marked = one.stamp and one.stamp.project == now.plan.project and one.stamp.address == action.address
        is_it = marked or (key is not None and held_key(one) == key)
        if is_it and not known and (one.active or _is_made_so(action, one)):
            yield one


def _is_made_so(action: Action, one: Observed) -> bool:
    """Whether an object out of service is what an action makes like that: another one was there before."""
    if not action.makes_inactive or action.stamp is None or one.stamp is None:
        return False
    return action.stamp.fields.items() <= one.stamp.fields.items()
