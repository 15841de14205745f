"""The account as it was just read, beside a saved plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.basis import entry, held_key, key_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import swap_refs
from reconciler.model import ACTIVE, Action, Address, Observed, Plan, Verb


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

    def creates(self, address: Address | None) -> bool:
        """Whether the plan makes an object of its own for an address."""
        return any(a.verb is Verb.CREATE and a.address == address for a in self.plan.actions)

    def is_held(self, kind: str, key: Any) -> bool:
        """Whether something that the plan touches or has made holds a natural key."""
        mine = {a.address for a in self.plan.actions}
        same = (o for o in self.objects.values() if o.kind == kind and held_key(o) == key)
        return any(o.stamp and o.stamp.project == self.plan.project and o.stamp.address in mine for o in same)


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
    """Whether an object out of service is what an action makes: like that from the start, or an earlier run of the same
    plan made it and it left since. Where what left can come back, the plan would have taken any other like it."""
    if action.stamp is None or one.stamp is None:
        return False
    kind = BY_NAME[one.kind]
    given_up = {ACTIVE, *(f.path for f in kind.moving)} if not action.makes_inactive else set()
    made = {p: d for p, d in action.stamp.fields.items() if p not in given_up}
    can_tell = action.makes_inactive or kind.revivable
    return can_tell and made.items() <= one.stamp.fields.items()
