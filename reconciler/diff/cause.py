"""Who made a field differ, as the digests in the stamp tell (design 4), and what is known of ids while comparing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field
from reconciler.kinds.values import comparable, map_members, members, refs_in, swap_refs
from reconciler.model import ACTIVE, Address, Cause, Observed, Pairs, Path, Ref
from reconciler.stamp import digest


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of ids while comparing.

    `ids` and `found` are the ids and the objects of paired resources. `successors` says by what each object that
    leaves is followed. `moving` are the digests of values that move between objects, such as lookup keys, and that one
    of ours has.
    """

    project: str
    ids: Mapping[Address, str]
    found: Mapping[Address, Observed]
    successors: Mapping[str, Address]
    moving: Collection[tuple[Path, str]] = ()

    @classmethod
    def of(cls, pairs: Pairs, project: str) -> Known:
        """Nothing follows to where it would find a successor that is out of service."""
        paired = [(p.desired.address, p) for p in pairs.pairs if p.desired and p.desired.properties.get(ACTIVE, True)]
        successors = {o.id: address for address, p in paired for o in (*p.predecessors, *p.duplicates)}
        ours = (o for p in pairs.pairs for o in (p.observed, *p.predecessors, *p.duplicates) if o)
        moving = {(f.path, digest(o.properties.get(f.path))) for o in ours for f in BY_NAME[o.kind].moving}
        return cls(project, pairs.ids, pairs.found, successors, moving)

    def settle(self, field: Field, value: Any) -> Any:
        """Swap every Ref whose id is known for it."""
        return swap_refs(value, self.id_of) if field.refers_to else value

    def follow(self, field: Field, value: Any) -> Any:
        """The value with a successor in the place of every object of ours that leaves."""
        return map_members(field, value, lambda _, member: self._successor(member))

    def _successor(self, member: Any) -> Any:
        successor = self.successors.get(member)
        return member if successor is None else self.id_of(Ref(successor))

    def id_of(self, ref: Ref) -> str | Ref:
        return self.ids.get(ref.address, ref)


def cause_of(field: Field, path: Path, before: Any, after: Any, observed: Observed | None, known: Known) -> Cause:
    """Digests tell who moved: observed ≠ stamp, somebody changed Stripe; desired ≠ stamp, somebody changed the YAML."""
    if field.refers_to and any(m in known.successors for m in members(field, before)):
        return Cause.FOLLOWED
    stamp = observed.stamp if observed else None
    applied = stamp.fields.get(path) if stamp else None
    if stamp is None or not stamp.readable:
        return Cause.UNKNOWN
    if applied is None:
        return Cause.EDITED
    taken = before is None and (path, applied) in known.moving  # by ourselves, in an apply that did not come to its end
    drifted = not taken and digest(comparable(field, before)) != stamp.returned.get(path, applied)
    edited = bool(field.refers_to and any(refs_in(after))) or digest(comparable(field, after)) != applied
    return {(True, True): Cause.BOTH, (True, False): Cause.DRIFTED}.get((drifted, edited), Cause.EDITED)
