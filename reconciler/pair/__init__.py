"""Which live object bears which address, without a state file (design 4)."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.model import Address, Desired, Observed, Pair, Pairs
from reconciler.pair.claim import Scene, pair_one
from reconciler.pair.index import Index


def pair(desired: Desired, observed: Sequence[Observed], *, takeover: Sequence[str] = ()) -> Pairs:
    """Pair by stamp, then by id or hint, then by natural key. `takeover` names projects whose stamps count as ours.

    An object is paired once. What another project owns and nothing declares stays with it, takeover or not.
    """
    scene = Scene(Index(desired, observed, takeover))
    found, problems = scene.found, scene.problems
    pairs: list[Pair] = []
    unsettled: set[Address] = set()
    for address in _settling_order(desired):
        resource = desired.resources[address]
        kind = BY_NAME[address.kind]
        one = pair_one(kind, resource, scene)
        pairs.append(one)
        if one.observed:
            scene.placed[address] = one.observed
        scene.taken.update(o.key for o in (one.observed, *one.predecessors, *one.duplicates) if o)
        own = resource.properties.get(("id",)) if kind.own_id else None
        taken_id = (kind.name, own) in found.by_id and own not in {o.id for o in one.predecessors}
        if one.observed is None and one.predecessors and taken_id:
            problems.append(f"{address}: the account has another {kind.name} {own} already: choose another id")
        if one.observed is None or _key_moves(kind, one):
            unsettled.add(address)
    pairs += [Pair(None, o) for owned in found.ours.values() for o in owned if o.active and o.key not in scene.taken]
    return Pairs(tuple(pairs), frozenset(unsettled), tuple(problems), tuple(found.warnings))


def _settling_order(desired: Desired) -> Sequence[Address]:
    """Those that name the account's default first: they take it before any stamp is looked at."""
    hinted = [a for a in desired.order if desired.resources[a].hints.get(BY_NAME[a.kind].default_flag)]
    first = set(hinted)
    return [*hinted, *(a for a in desired.order if a not in first)]


def _key_moves(kind: Kind, one: Pair) -> bool:
    """Whether a natural key is to be taken that an archived object may hold."""
    if not (kind.natural_key and one.desired and one.observed):
        return False
    path = (kind.natural_key,)
    wanted = one.desired.properties.get(path)
    return wanted is not None and wanted != one.observed.properties.get(path)
