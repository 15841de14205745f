"""What leaves, seen in the account as it will be: who points at it, and what stays in service around it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.inside import is_inside
from reconciler.model import ACTIVE, Address, Desired, Difference, FieldChange, Observed
from reconciler.plan.pointers import Pointer, pointers_at


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that nothing declares, or that another stands in for: a successor, or the one that it equals."""

    address: Address
    observed: Observed
    successor: Address | None = None
    equals: Observed | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The account as it will be: who points at what leaves, and what stays in service around it.

    `takers` are declared with each natural key, `coming` have no object yet.
    """

    project: str
    pointers: Mapping[str, Sequence[Pointer]]
    by_id: Mapping[str, Observed]
    leaving: Collection[str]
    served: Collection[str]
    takers: Mapping[tuple[str, Any], Address]
    coming: Collection[Address]

    @classmethod
    def of(
        cls,
        desired: Desired,
        observed: Sequence[Observed],
        differences: Sequence[Difference],
        candidates: Sequence[Candidate],
        switched: Sequence[Observed],
    ) -> Scene:
        later = {(c.path, d.pair.observed.id): c.after for d in differences if d.pair.observed for c in fields_of(d)}
        leaving = {c.observed.id for c in candidates if not stays(c, desired)}
        kept = {d.pair.observed.id for d in differences if d.pair.observed and d.settled.get(ACTIVE, True)}
        active = {o.id for o in observed if o.active}
        pointers = pointers_at(observed, later, leaving | {o.id for o in switched})
        served = (active | kept) - leaving - {o.id for o in switched}
        coming = {d.pair.address for d in differences if d.pair.observed is None}
        by_id = {o.id: o for o in observed}
        return cls(desired.project, pointers, by_id, leaving, served, _takers(desired), coming)

    def held(self, one: Observed) -> list[Pointer]:
        """What Stripe does not let it leave for."""
        return [p for p in self.pointers.get(one.id, ()) if p.holds]

    def loose(self, one: Observed) -> list[Pointer]:
        """What goes on pointing at it, and is not inside of it."""
        found = (p for p in self.pointers.get(one.id, ()) if p.holder.active and p.holder.id not in self.leaving)
        return [p for p in found if not p.is_inside]

    def is_out_already(self, candidate: Candidate) -> bool:
        """Out of service with its parent, under which Stripe does not let it be archived (design 5.3)."""
        kind = BY_NAME[candidate.observed.kind]
        if kind.parent is None:
            return False
        parent = self.by_id.get(str(candidate.observed.properties.get((kind.parent[1],))))
        if parent is None:
            return True
        if parent.id in self.served:
            return False
        return bool(self.held(candidate.observed)) or not (parent.active or candidate.successor)


def fields_of(difference: Difference) -> Iterator[FieldChange]:
    for change in difference.changes:
        yield from change.fields


def stays(candidate: Candidate, desired: Desired) -> str:
    """Why an object is let go and not retired, or nothing."""
    one, flag = candidate.observed, BY_NAME[candidate.observed.kind].default_flag
    if _is_released(desired, candidate.address):
        return "stays as it is"
    if flag and one.properties.get((flag,)):
        return "stays in service, as the account's default does"
    if flag and candidate.equals and candidate.equals.properties.get((flag,)):
        return f"stays as it is: {candidate.address} is the account's default {candidate.equals.id} now"
    return ""


def _is_released(desired: Desired, address: Address) -> bool:
    return any(r == address or is_inside(address, r) for r in desired.released)


def _takers(desired: Desired) -> dict[tuple[str, Any], Address]:
    """Who is declared with each natural key."""
    found: dict[tuple[str, Any], Address] = {}
    for address, resource in desired.resources.items():
        key = BY_NAME[address.kind].key_of(resource.properties)
        if key is not None:
            found.setdefault((address.kind, key), address)
    return found
