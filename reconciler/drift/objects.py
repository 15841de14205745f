"""Objects that came and went since the last apply, as far as the stamps of others tell: a deleted one has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.kinds import BY_NAME
from reconciler.kinds.fixed import is_copied
from reconciler.kinds.inside import moved
from reconciler.kinds.values import comparable, refs_in, swap_refs
from reconciler.model import ACTIVE, Address, Desired, FieldChange, How, Observed, Pairs, Stamp
from reconciler.stamp import digest

Told = tuple[Address, Observed, str]
"""Whose it is, the object, and what there is to say of it."""


def ended_by_hand(address: Address, desired: Desired, observed: Sequence[Observed]) -> Observed | None:
    """The object of ours at an address that somebody has taken out of service for good: we had it in service."""
    for one in observed:
        mark = one.stamp
        if mark is None or one.active or one.ended or mark.project != desired.project:
            continue
        if moved(desired.moved, mark.address) == address and mark.fields.get(ACTIVE) == digest(True):
            return one
    return None


def known_ids(pairs: Pairs) -> Mapping[Address, str]:
    """The id of every declared resource, whether or not its object is there; of those that declare none, if it is."""
    chosen = (p.desired for p in pairs.pairs if p.desired and BY_NAME[p.address.kind].own_id)
    own = {r.address: str(ident) for r in chosen if (ident := r.properties.get(("id",)))}
    return {**own, **pairs.ids}


def deleted(address: Address, pairs: Pairs, ids: Mapping[Address, str]) -> bool:
    """Whether a resource that is not there once was: something of ours was applied that names it by its own id."""
    for pair in pairs.pairs:
        one = pair.observed or next(iter(pair.predecessors), None)
        mark = one.stamp if one else None
        if not (pair.desired and mark) or mark.fields.get(ACTIVE) == digest(False):
            continue
        for path, value in pair.desired.properties.items():
            names_it = any(ref.address == address for ref in refs_in(value))
            if names_it and is_applied(mark, pair.address, FieldChange(path, None, value), ids):
                return True
    return False


def is_applied(mark: Stamp, address: Address, change: FieldChange, ids: Mapping[Address, str]) -> bool:
    """Whether a field was last applied with the value that it is to have, but that a Ref in it is not there now."""
    field = BY_NAME[address.kind].leaf(change.path)
    settled = swap_refs(change.after, lambda ref: ids.get(ref.address, ref))
    return not any(refs_in(settled)) and mark.fields.get(change.path) == digest(comparable(field, settled))


def copies(desired: Desired, observed: Sequence[Observed], pairs: Pairs) -> Iterator[Told]:
    """Objects that bear our mark because somebody copied it with another object's metadata."""
    for pair in pairs.pairs:
        if pair.observed and pair.how is How.STAMP:
            for one in (*pair.duplicates, *filter(_has_another_id, pair.predecessors)):
                yield pair.address, one, f"is a copy of {pair.observed.id}, which the next apply retires"
    for one in observed:
        if one.stamp and one.active and one.stamp.project == desired.project and is_copied(one):
            text = "bears a mark that was copied with the metadata of another object; take it off, or it stays so"
            yield one.stamp.address, one, text


def _has_another_id(one: Observed) -> bool:
    """Whether its stamp says that it was made with another id of its own."""
    applied = one.stamp.fields.get(("id",)) if one.stamp else None
    return applied is not None and applied != digest(one.id)


def surplus(observed: Sequence[Observed], pairs: Pairs) -> Iterator[Told]:
    """Objects of ours in service that the YAML does not ask for any more."""
    served = in_service(observed)
    for pair in pairs.pairs:
        if pair.desired is None and pair.observed and (pair.observed.kind, pair.observed.id) in served:
            yield pair.address, pair.observed, "is declared no more"
        elif pair.desired and pair.observed:
            for one in pair.predecessors:
                if (one.kind, one.id) in served and not _has_another_id(one):
                    yield pair.address, one, f"is still in service beside {pair.observed.id}, which took its place"


def in_service(observed: Sequence[Observed]) -> set[tuple[str, str]]:
    """Kind and id of what is in service. What is inside something that is out of service is so too (design 5.3)."""
    active = {(o.kind, o.id) for o in observed if o.active}
    around = {(o.kind, o.id): BY_NAME[o.kind].parent for o in observed}
    inside = ((o, around[o.kind, o.id]) for o in observed if o.active)
    return {
        (o.kind, o.id) for o, parent in inside if not parent or (parent[0], o.properties.get((parent[1],))) in active
    }
