"""Objects of another account that are what the YAML declares already: alike in what it says, under ids of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

from reconciler.importer.likeness import Likeness
from reconciler.importer.names import Key, is_made_up
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Kind, Settable
from reconciler.model import ACTIVE, Address, Desired, How, Observed, Pair, Pairs, Resource

Fits = Callable[[Resource, Observed], bool]


@dataclass(frozen=True, slots=True)
class Twins:
    """The object of each resource that found none by itself, and why some others are nobody's: they may be either's."""

    found: Mapping[Address, Observed] = field(default_factory=dict)
    unsure: Mapping[Key, str] = field(default_factory=dict)


def twins(
    desired: Desired, observed: Sequence[Observed], pairs: Pairs, kinds: Collection[str], pinned: Collection[Address]
) -> Twins:
    """What is alike in one way alone, the most alike first. `pinned` say for themselves which object they are.

    Where several are alike none is taken: which price customers have is nothing to guess.
    """
    placed = dict(pairs.found)
    found: dict[Address, Observed] = {}
    unsure: dict[Key, str] = {}
    for kind in (k for k in _ordered() if k.name in kinds and _may_have(k)):
        free = [r for r in _free(kind, pairs, observed) if r.address not in pinned]
        for resource in free:
            placed.pop(resource.address, None)
        taken = {o.id for a, o in placed.items() if a.kind == kind.name} | _bound(kind, pairs)
        live = [o for o in observed if o.kind == kind.name and o.id not in taken and _is_open(kind, o)]
        like = Likeness(kind, placed, desired.resources)
        for bucket, several in like.buckets(free, live):
            made, rest, left = _matched(kind, like, bucket, several)
            if not kind.unique_key:  # their key will have one of them anyway: then in the order in which they were made
                made |= {r.address: o for r, o in zip(rest, left, strict=False)}
            else:
                unsure |= dict(_doubts(kind, like, rest, left))
            placed |= made
            found |= made
    return Twins(found, unsure)


def hinted(desired: Desired, found: Mapping[Address, Observed]) -> Desired:
    """The resources with the ids of their objects."""
    resources = dict(desired.resources)
    for address, one in found.items():
        mine, key = resources[address], hint_of(one)
        if key == "id":
            resources[address] = replace(mine, properties={**mine.properties, ("id",): one.id})
        else:
            resources[address] = replace(mine, hints={**mine.hints, key: one.id})
    return replace(desired, resources=resources)


def hint_of(one: Observed) -> str:
    """The key of the YAML that says which object a resource is."""
    return "id" if _BY_NAME[one.kind].own_id else "adopt"


_BY_NAME = {kind.name: kind for kind in KINDS}


def _ordered() -> Iterator[Kind]:
    """The kinds, each behind those that its objects need to exist first."""
    needs: dict[str, set[str]] = {}
    for kind in KINDS:
        fields = (f.refers_to for f in kind.referring if f.settable is not Settable.ON_UPDATE)
        names = {n for to in fields for n in ([to] if isinstance(to, str) else (to or {}).values())}
        needs[kind.name] = names & _BY_NAME.keys()
    return (_BY_NAME[name] for name in TopologicalSorter(needs).static_order())


def _may_have(kind: Kind) -> bool:
    """Whether an object can be the same under another id: not where a key that never changes is all that it is."""
    key = kind.field_at((kind.natural_key,)) if kind.natural_key else None
    return kind.own_id or key is None or key.settable is not Settable.ON_CREATE


def _free(kind: Kind, pairs: Pairs, observed: Sequence[Observed]) -> Iterator[Resource]:
    """The resources that have no object, or one only because it has a key that several have."""
    several = [kind.key_of(o.properties) for o in observed if o.kind == kind.name]

    def is_free(pair: Pair, one: Resource) -> bool:
        if pair.observed is None:
            return not pair.predecessors
        by_key = pair.how is How.NATURAL_KEY and not kind.unique_key
        return by_key and several.count(kind.key_of(one.properties)) > 1

    for pair in pairs.pairs:
        one = pair.desired
        if one is None or one.address.kind != kind.name or one.hints.get("adopt") or one.hints.get(kind.default_flag):
            continue
        if is_free(pair, one):
            yield one


def _bound(kind: Kind, pairs: Pairs) -> set[str]:
    return {o.id for p in pairs.pairs for o in (*p.predecessors, *p.duplicates) if o.kind == kind.name}


def _is_open(kind: Kind, one: Observed) -> bool:
    """Whether nothing says whose an object is."""
    return one.stamp is None and not one.ended and not one.properties.get((kind.default_flag,))


def _matched(
    kind: Kind, like: Likeness, free: Sequence[Resource], live: Sequence[Observed]
) -> tuple[dict[Address, Observed], Sequence[Resource], Sequence[Observed]]:
    """Who is alike one object alone, which is alike nobody else; and who is left over."""
    made: dict[Address, Observed] = {}
    ways: tuple[Fits, ...] = (like.is_pointed_at_alike, like.is_same, like.is_equal, like.is_alike)
    for fits in ways:
        pairs = [(r, o) for r in free for o in live if _could_be(kind, r, o) and fits(r, o)]
        for resource, one in pairs:
            if sum(r is resource or o is one for r, o in pairs) == 1:
                made[resource.address] = one
        ids = {o.id for o in made.values()}
        free, live = [r for r in free if r.address not in made], [o for o in live if o.id not in ids]
    return made, free, sorted(live, key=lambda o: (o.created, o.id))


def _doubts(
    kind: Kind, like: Likeness, free: Sequence[Resource], live: Sequence[Observed]
) -> Iterator[tuple[Key, str]]:
    """Each object that is left over and alike resources that are, with the reason why it is nobody's."""
    for one in live:
        may_be = [r for r in free if _could_be(kind, r, one) and (like.is_equal(r, one) or like.is_alike(r, one))]
        if may_be:
            names = " or ".join(str(r.address) for r in may_be)
            yield (kind.name, one.id), f"that may be {names}: say which is which in the overlay, by `{hint_of(one)}:`"


def _could_be(kind: Kind, resource: Resource, one: Observed) -> bool:
    """Whether no key that somebody chose says otherwise, and both are in service or not."""
    if resource.properties.get(ACTIVE, True) is not one.active:
        return False
    if kind.own_id:
        return is_made_up(str(resource.properties.get(("id",)) or "")) or is_made_up(one.id)
    mine, its = kind.key_of(resource.properties), kind.key_of(one.properties)
    return mine is None or its is None or mine == its
