"""Which object bears one resource, and what speaks against it (design 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.kinds.fixed import must_replace
from reconciler.kinds.kind import Kind, Settable
from reconciler.model import ACTIVE, Address, How, Observed, Pair, Resource
from reconciler.pair.index import Index
from reconciler.stamp import digest


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known while resources find their objects: `placed` and `taken` grow with each that has."""

    found: Index
    placed: dict[Address, Observed] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def pair_one(kind: Kind, resource: Resource, scene: Scene) -> Pair:
    """Who bears the address: the account's default where the resource says so, else by stamp, else what is found."""
    found, address = scene.found, resource.address
    stamped = [o for o in found.ours.get(address, ()) if o.key not in scene.taken and _may_serve(kind, resource, o)]
    own = [o for o in stamped if o.active and o.stamp and o.stamp.address == address]
    came = [o for o in stamped if o.active and o.stamp and o.stamp.address != address]
    if own and came:
        origin = str(came[0].stamp.address if came[0].stamp else "")
        scene.problems.append(
            f"{address}: {origin} cannot move here, where {own[0].id} is already: move or retire {address} first, "
            f"in an apply of its own"
        )
    chosen = _account_default(kind, resource, found)
    if chosen is not None and chosen.key not in scene.taken:
        others = tuple(o for o in stamped if o.id != chosen.id and o.active)
        return Pair(resource, chosen, (), others, How.DEFAULT if len(others) == len(stamped) else How.STAMP)
    if stamped:
        return _pair_stamped(kind, resource, stamped, scene.placed)
    theirs = [o for o in found.theirs.get(address, ()) if o.key not in scene.taken]
    if theirs:
        return _fitting(kind, resource, _best(kind, resource, theirs, scene.placed)[0], How.STAMP, scene)
    return _pair_unstamped(kind, resource, scene)


def _pair_unstamped(kind: Kind, resource: Resource, scene: Scene) -> Pair:
    """What bears no stamp of the address: by id or hint, or by natural key, where nothing speaks against it."""
    found, address, nothing = scene.found, resource.address, Pair(resource, None)
    held, how = _named(kind, resource, found, scene.taken)
    lost = [o for o in (held, *found.ours.get(address, ())) if o and not _may_serve(kind, resource, o)]
    if lost and held in (None, lost[0]):
        if held and held.stamp is None and resource.hints.get("adopt"):
            scene.problems.append(
                f"{address}: {held.id} is out of service for good: Stripe brings none back. Name another, or leave out "
                f"adopt: to make one"
            )
            return nothing
        found.warnings.append(
            f"{address}: {lost[0].id} is out of service for good: Stripe brings none back. A new one takes its place"
        )
        return nothing
    if held is None or how is None:
        if hint := resource.hints.get("adopt"):
            instead = next((f": {hint} is a {name}" for name, ident in found.by_id if ident == hint), "")
            scene.problems.append(f"{address}: there is no {kind.name} {hint} to adopt in this account{instead}")
        return nothing
    if held.key in scene.taken:
        if how is How.ID or kind.unique_key:
            other = next((a for a, one in scene.placed.items() if one.id == held.id), "another resource")
            scene.problems.append(f"{address}: {held.id} is {other} already; one object cannot be two resources")
        return nothing
    if how is How.NATURAL_KEY and not kind.stampable and (several := found.in_service(kind, resource))[1:]:
        scene.problems.append(
            f"{address}: {', '.join(o.id for o in several)} have this {kind.natural_key}, and none can bear a mark: "
            f"say which with adopt: and its id"
        )
        return nothing
    alike = () if kind.unique_key or how is not How.NATURAL_KEY else _alike(kind, resource, found, scene.taken)
    if len(free := [o.id for o in alike if o.active and o.stamp is None]) > 1:
        key = kind.natural_key
        scene.problems.append(
            f"{address}: {' and '.join(free)} have the {key} {kind.key_of(resource.properties)} already, and no owner. "
            f"To make one of them {address}: {' or '.join(f'adopt: {i}' for i in free)}. "
            f"To leave them alone: give {address} another {key}"
        )
        return nothing
    was = found.borne_by(held)
    if was and (was in found.ours or was in found.desired.resources):
        if how is How.ID or kind.own_id:
            scene.problems.append(
                f"{address}: {held.id} is already {was}. If it was renamed, say so in the YAML: "
                f"moved: [{{from: {was}, to: {address}}}]"
            )
        return nothing
    return _fitting(kind, resource, held, how, scene)


def _fitting(kind: Kind, resource: Resource, held: Observed, how: How, scene: Scene) -> Pair:
    """The pair of a resource and an object that it takes over, which must fit: an adoption never replaces."""
    if fixed := must_replace(kind, resource, held, scene.placed):
        fields = ", ".join(".".join(p) for p in fixed)
        if not kind.stampable:
            scene.problems.append(
                f"{resource.address}: {held.id} differs in {fields}, which cannot change. Write the values that it "
                f"has, or choose another {kind.natural_key}"
            )
            return Pair(resource, held, how=how)
        scene.problems.append(
            f"{resource.address}: {held.id}, found by {how.value}, differs in {fields}, which cannot change. An "
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
    live = [o for o in stamped if o.active or _may_wake(kind, o)]
    if best.id in unequal and best.ended and not live and _only_its_target_went(kind, resource, best, placed):
        return Pair(_as_it_was(kind, resource, best), best, how=How.STAMP)
    if best.id in unequal:
        return Pair(resource, None, predecessors=tuple(live))
    return Pair(
        resource,
        best,
        predecessors=tuple(o for o in live if o.id in unequal),
        duplicates=tuple(o for o in live if o.id not in unequal and o.id != best.id),
        how=How.STAMP,
    )


def _only_its_target_went(kind: Kind, resource: Resource, one: Observed, placed: Mapping[Address, Observed]) -> bool:
    """Whether nobody asks for another object: what it was made for is replaced, and it is used up or expired anyway."""
    rows = (kind.field_at(path) for path in must_replace(kind, resource, one, placed))
    return all(row is not None and row.refers_to for row in rows)


def _as_it_was(kind: Kind, resource: Resource, one: Observed) -> Resource:
    """The resource as the object that stays over: it names what the object names, so that its stamp remains true."""
    fixed = [f.path for f in kind.referring if f.settable is Settable.ON_CREATE]
    own = {path: one.properties[path] for path in fixed if path in resource.properties and path in one.properties}
    return replace(resource, properties={**resource.properties, **own})


def _may_wake(kind: Kind, one: Observed) -> bool:
    """Whether an object that Stripe put out of service, not we, could come back and hold its key again."""
    mark = one.stamp.fields.get(ACTIVE) if one.stamp else None
    return kind.frees_key and kind.revivable and not one.ended and mark == digest(True)


def _account_default(kind: Kind, resource: Resource, found: Index) -> Observed | None:
    """The account's default bears the resource that says so, whatever its stamp (stripe-facts 5.1). A part is alone."""
    if kind.part:
        return next(iter(found.by_kind.get(kind.name, ())), None)
    if not resource.hints.get(kind.default_flag):
        return None
    return next((o for o in found.by_kind.get(kind.name, ()) if o.properties.get((kind.default_flag,))), None)


def _may_serve(kind: Kind, resource: Resource, one: Observed) -> bool:
    """Whether an object can become what is asked for: some kinds never come back into service."""
    return one.active or kind.revivable or not resource.properties.get(ACTIVE, True)


def _named(
    kind: Kind, resource: Resource, found: Index, taken: Collection[tuple[str, str]]
) -> tuple[Observed | None, How | None]:
    hint = resource.properties.get(("id",)) if kind.own_id else resource.hints.get("adopt")
    if hint and (held := found.by_id.get((kind.name, hint))):
        return held, How.ID
    if resource.hints.get("adopt"):
        return None, None
    same = _alike(kind, resource, found, taken)
    return (min(same, key=lambda o: not o.active), How.NATURAL_KEY) if same else (None, None)


def _alike(kind: Kind, resource: Resource, found: Index, taken: Collection[tuple[str, str]]) -> Sequence[Observed]:
    """The objects with the natural key; where several may have it, those that no other resource has or asks for."""
    same = found.by_key.get((kind.name, kind.key_of(resource.properties)), [])
    if kind.unique_key:
        return same
    meant = {r.hints.get("adopt") for a, r in found.desired.resources.items() if a.kind == kind.name}
    return [o for o in same if o.key not in taken and o.id not in meant and not found.borne_by(o)]
