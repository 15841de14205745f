"""Which live object bears which address, without a state file (design 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from reconciler.kinds import BY_NAME
from reconciler.kinds.fixed import must_replace
from reconciler.kinds.inside import moved
from reconciler.kinds.kind import Default, Kind, Settable
from reconciler.kinds.values import comparable
from reconciler.model import ACTIVE, Address, Desired, How, Observed, Pair, Pairs, Resource
from reconciler.stamp import digest


def pair(desired: Desired, observed: Sequence[Observed], *, takeover: Sequence[str] = ()) -> Pairs:
    """Pair by stamp, then by id or hint, then by natural key. `takeover` names projects whose stamps count as ours.

    An object is paired once. What another project owns and nothing declares stays with it, takeover or not.
    """
    found = _Index(desired, observed, takeover)
    pairs: list[Pair] = []
    unsettled: set[Address] = set()
    problems: list[str] = []
    placed: dict[Address, Observed] = {}
    taken: set[str] = set()
    for address in _settling_order(desired):
        resource = desired.resources[address]
        kind = BY_NAME[address.kind]
        one = _pair_one(kind, resource, found, placed, taken, problems)
        pairs.append(one)
        if one.observed:
            placed[address] = one.observed
        taken |= {o.id for o in (one.observed, *one.predecessors, *one.duplicates) if o}
        own = resource.properties.get(("id",)) if kind.own_id else None
        taken_id = (kind.name, own) in found.by_id and own not in {o.id for o in one.predecessors}
        if one.observed is None and one.predecessors and taken_id:
            problems.append(f"{address}: the account has another {kind.name} {own} already: choose another id")
        if one.observed is None or _key_moves(kind, one):
            unsettled.add(address)
    pairs += [Pair(None, o) for owned in found.ours.values() for o in owned if o.active and o.id not in taken]
    return Pairs(tuple(pairs), frozenset(unsettled), tuple(problems), tuple(found.warnings))


def _settling_order(desired: Desired) -> Sequence[Address]:
    """Those that name the account's default first: they take it before any stamp is looked at."""
    hinted = [a for a in desired.order if desired.resources[a].hints.get(BY_NAME[a.kind].default_flag)]
    first = set(hinted)
    return [*hinted, *(a for a in desired.order if a not in first)]


class _Index:
    """Observed objects by what they can be found by. Built once; nothing changes it afterwards."""

    def __init__(self, desired: Desired, observed: Sequence[Observed], takeover: Sequence[str]):
        self.desired = desired
        self.ours: dict[Address, list[Observed]] = {}
        self.theirs: dict[Address, list[Observed]] = {}
        self.warnings: list[str] = []
        self.by_id = {(o.kind, o.id): o for o in observed}
        self.by_kind: dict[str, list[Observed]] = {}
        self.by_key: dict[tuple[str, object], Observed] = {}
        for o in observed:
            self.by_kind.setdefault(o.kind, []).append(o)
            kind = BY_NAME[o.kind]
            key = kind.natural_key if o.active or not kind.frees_key else None
            if key and (value := o.properties.get((key,))) is not None:
                self.by_key.setdefault((o.kind, value), o)
            if o.stamp and _is_copied(o):
                if o.active and o.stamp.project == desired.project:
                    self.warnings.append(_copied(o))
            elif o.stamp and o.stamp.project in (desired.project, *takeover):
                owned = self.ours if o.stamp.project == desired.project else self.theirs
                owned.setdefault(moved(desired.moved, o.stamp.address), []).append(o)

    def borne_by(self, one: Observed) -> Address | None:
        """The address that an object of ours, or of a project that is taken over, bears today."""
        address = moved(self.desired.moved, one.stamp.address) if one.stamp else None
        if address is None:
            return None
        known = (*self.ours.get(address, ()), *self.theirs.get(address, ()))
        return address if any(one is o for o in known) else None


def _is_copied(one: Observed) -> bool:
    """Whether the stamp of what is sold came with metadata that somebody copied from another object.

    What is fixed at creation always agrees with a stamp of its own: a clone at another price bears one that does not,
    and is somebody's deal. Archiving it as our old price would be wrong (design 4 would; this is the safe reading).
    """
    kind, stamp = BY_NAME[one.kind], one.stamp
    fixed = [f for f in kind.fixed if f.settable is Settable.ON_CREATE and "*" not in f.path and not f.write_only]
    known = [f for f in fixed if stamp and f.path in stamp.fields and f.default is not Default.ANY]
    return any(stamp and stamp.fields[f.path] != digest(comparable(f, one.properties.get(f.path))) for f in known)


def _copied(one: Observed) -> str:
    assert one.stamp is not None
    return (
        f"{one.id} bears the mark of {one.stamp.address}, copied with the metadata of another object: "
        f"it is left alone. Take off its metadata keys that begin with stripe_portal, so that nobody takes it for ours"
    )


def _pair_one(
    kind: Kind,
    resource: Resource,
    found: _Index,
    placed: Mapping[Address, Observed],
    taken: Collection[str],
    problems: list[str],
) -> Pair:
    address = resource.address
    stamped = [o for o in found.ours.get(address, ()) if o.id not in taken and _may_serve(kind, resource, o)]
    own = [o for o in stamped if o.active and o.stamp and o.stamp.address == address]
    came = [o for o in stamped if o.active and o.stamp and o.stamp.address != address]
    if own and came:
        origin = str(came[0].stamp.address if came[0].stamp else "")
        problems.append(
            f"{address}: {origin} cannot move here, where {own[0].id} is already: move or retire {address} first, "
            f"in an apply of its own"
        )
    chosen = _account_default(kind, resource, found)
    if chosen is not None and chosen.id not in taken:
        others = tuple(o for o in stamped if o.id != chosen.id and o.active)
        return Pair(resource, chosen, (), others, How.DEFAULT if len(others) == len(stamped) else How.STAMP)
    if stamped:
        return _pair_stamped(kind, resource, stamped, placed)
    theirs = [o for o in found.theirs.get(address, ()) if o.id not in taken]
    held, how = (_best(kind, resource, theirs, placed)[0], How.STAMP) if theirs else _unstamped(kind, resource, found)
    lost = [o for o in (held, *found.ours.get(address, ())) if o and not _may_serve(kind, resource, o)]
    if lost and held in (None, lost[0]):
        found.warnings.append(
            f"{address}: {lost[0].id} is out of service for good: Stripe brings none back. A new one takes its place"
        )
        return Pair(resource, None)
    if held and held.id in taken and how is How.NATURAL_KEY and not kind.unique_key:
        return Pair(resource, None)
    if held and held.id in taken:
        other = next((a for a, one in placed.items() if one.id == held.id), "another resource")
        problems.append(f"{address}: {held.id} is {other} already; one object cannot be two resources")
        return Pair(resource, None)
    if held is None:
        if hint := resource.hints.get("adopt"):
            problems.append(f"{address}: there is no {kind.name} {hint} to adopt in this account")
        return Pair(resource, None)
    was = found.borne_by(held)
    if not theirs and was and (was in found.ours or was in found.desired.resources):
        if how is How.ID or kind.own_id:
            problems.append(
                f"{address}: {held.id} is already {was}. If it was renamed, say so in the YAML: "
                f"moved: [{{from: {was}, to: {address}}}]"
            )
        return Pair(resource, None)
    if fixed := must_replace(kind, resource, held, placed):
        fields = ", ".join(".".join(p) for p in fixed)
        problems.append(
            f"{address}: {held.id}, found by {how.value if how else ''}, differs in {fields}, which cannot change. An "
            f"adoption never replaces: write the values that it has, or give the new one another "
            f"{kind.natural_key if how is How.NATURAL_KEY else 'name'}"
        )
    return Pair(resource, held, how=how)


def _best(
    kind: Kind, resource: Resource, stamped: Sequence[Observed], placed: Mapping[Address, Observed]
) -> tuple[Observed, Collection[str]]:
    """The winner equals the desired fixed values, then has the declared id, then is active, then is oldest.

    With it, the ids of those that are not equal.
    """
    unequal = {o.id for o in stamped if must_replace(kind, resource, o, placed)}
    declared_id = resource.properties.get(("id",), resource.hints.get("adopt"))
    age = {o.id: (o.created, -n) for n, o in enumerate(stamped)}  # lists are newest first, within a second too
    best = min(stamped, key=lambda o: (o.id in unequal, o.id != declared_id, not o.active, age[o.id]))
    return best, unequal


def _pair_stamped(
    kind: Kind, resource: Resource, stamped: Sequence[Observed], placed: Mapping[Address, Observed]
) -> Pair:
    best, unequal = _best(kind, resource, stamped, placed)
    live = [o for o in stamped if o.active]
    if best.id in unequal:
        return Pair(resource, None, predecessors=tuple(live))
    return Pair(
        resource,
        best,
        predecessors=tuple(o for o in live if o.id in unequal),
        duplicates=tuple(o for o in live if o.id not in unequal and o.id != best.id),
        how=How.STAMP,
    )


def _account_default(kind: Kind, resource: Resource, found: _Index) -> Observed | None:
    """The account's default bears the resource that says so, whatever its stamp (stripe-facts 5.1)."""
    if not resource.hints.get(kind.default_flag):
        return None
    return next((o for o in found.by_kind.get(kind.name, ()) if o.properties.get((kind.default_flag,))), None)


def _may_serve(kind: Kind, resource: Resource, one: Observed) -> bool:
    """Whether an object can become what is asked for: some kinds never come back into service."""
    return one.active or kind.revivable or not resource.properties.get(ACTIVE, True)


def _unstamped(kind: Kind, resource: Resource, found: _Index) -> tuple[Observed | None, How | None]:
    hint = resource.properties.get(("id",)) if kind.own_id else resource.hints.get("adopt")
    if hint and (held := found.by_id.get((kind.name, hint))):
        return held, How.ID
    if kind.natural_key and (value := resource.properties.get((kind.natural_key,))):
        held = found.by_key.get((kind.name, value))
        return held, How.NATURAL_KEY if held else None
    return None, None


def _key_moves(kind: Kind, one: Pair) -> bool:
    """Whether a natural key is to be taken that an archived object may hold."""
    if not (kind.natural_key and one.desired and one.observed):
        return False
    path = (kind.natural_key,)
    wanted = one.desired.properties.get(path)
    return wanted is not None and wanted != one.observed.properties.get(path)
