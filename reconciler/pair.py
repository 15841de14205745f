"""Which live object bears which address, without a state file (design 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Clear, Default, Kind, Settable
from reconciler.kinds.values import comparable, swap_refs
from reconciler.model import Address, Desired, How, Observed, Pair, Path, Ref, Resource


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair; and the addresses for which archived objects may matter, so that a second pass reads them."""

    pairs: tuple[Pair, ...]
    unsettled: frozenset[Address]
    problems: tuple[str, ...] = ()

    @property
    def ids(self) -> Mapping[Address, str]:
        """The id of every declared resource that has an object."""
        return {p.desired.address: p.observed.id for p in self.pairs if p.desired and p.observed}


def pair(desired: Desired, observed: Sequence[Observed], *, takeover: Sequence[str] = ()) -> Pairs:
    """Pair by stamp, then by id or hint, then by natural key. `takeover` names projects whose stamps count as ours."""
    found = _Index(desired, observed, takeover)
    pairs: list[Pair] = []
    unsettled: set[Address] = set()
    problems: list[str] = []
    ids: dict[Address, str] = {}
    taken: set[str] = set()
    for address in _settling_order(desired):
        resource = desired.resources[address]
        kind = BY_NAME[address.kind]
        one = _pair_one(kind, resource, found, ids, problems)
        pairs.append(one)
        if one.observed:
            ids[address] = one.observed.id
        taken |= {o.id for o in (one.observed, *one.predecessors, *one.duplicates) if o}
        if one.observed is None or _key_moves(kind, one):
            unsettled.add(address)
    for owned in found.ours:
        if owned.id not in taken and owned.active:
            pairs.append(Pair(None, owned))
    return Pairs(tuple(pairs), frozenset(unsettled), tuple(problems))


def _settling_order(desired: Desired) -> Sequence[Address]:
    """Those that name the account's default first: they take it before any stamp is looked at."""
    hinted = [a for a in desired.order if BY_NAME[a.kind].pair and desired.resources[a].hints]
    return [*hinted, *(a for a in desired.order if a not in set(hinted))]


class _Index:
    """Observed objects by what they can be found by. Built once; nothing changes it afterwards."""

    def __init__(self, desired: Desired, observed: Sequence[Observed], takeover: Sequence[str]):
        projects = {desired.project, *takeover}
        self.desired = desired
        self.ours = [o for o in observed if o.stamp and o.stamp.project in projects]
        self.by_address: dict[Address, list[Observed]] = {}
        for o in self.ours:
            assert o.stamp is not None
            self.by_address.setdefault(moved(desired.moved, o.stamp.address), []).append(o)
        self.by_id = {(o.kind, o.id): o for o in observed}
        self.by_kind: dict[str, list[Observed]] = {}
        self.by_key: dict[tuple[str, object], Observed] = {}
        for o in observed:
            self.by_kind.setdefault(o.kind, []).append(o)
            key = BY_NAME[o.kind].natural_key
            if key and (value := o.properties.get((key,))) is not None:
                self.by_key.setdefault((o.kind, value), o)


def moved(moves: Mapping[Address, Address], address: Address) -> Address:
    """The address under which a stamp's address lives now: its own move, or that of a resource around it."""
    for old, new in moves.items():
        if address == old:
            return new
        if (
            address.name.startswith(f"{old.name}.")
            and (parent := BY_NAME[address.kind].parent)
            and parent[0] == old.kind
        ):
            return Address(address.kind, new.name + address.name.removeprefix(old.name))
    return address


def _pair_one(kind: Kind, resource: Resource, found: _Index, ids: Mapping[Address, str], problems: list[str]) -> Pair:
    address = resource.address
    stamped = found.by_address.get(address, [])
    chosen = kind.pair(resource, tuple(found.by_kind.get(kind.name, ()))) if kind.pair else None
    if chosen is not None:
        others = [o for o in stamped if o.id != chosen.id and o.active]
        return Pair(resource, chosen, (), tuple(others), How.STAMP if chosen in stamped else How.DEFAULT)
    if stamped:
        return _pair_stamped(kind, resource, stamped, ids)
    held, how = _unstamped(kind, resource, found)
    if held is None:
        if hint := resource.hints.get("adopt"):
            problems.append(f"{address}: there is no {kind.name} {hint} to adopt in this account")
        return Pair(resource, None)
    if held.stamp and held.stamp.project == found.desired.project:
        if how is How.ID or kind.own_id:
            was = held.stamp.address
            problems.append(
                f"{address}: {held.id} is already {was}. If it was renamed, say so in the YAML: "
                f"moved: [{{from: {was}, to: {address}}}]"
            )
        return Pair(resource, None)
    fixed = must_replace(kind, resource, held, ids)
    if fixed:
        fields = ", ".join(".".join(p) for p in fixed)
        problems.append(
            f"{address}: {held.id}, found by {how.value if how else ''}, differs in {fields}, which cannot change. An "
            f"adoption never replaces: write the values that it has, or give the new one another "
            f"{kind.natural_key if how is How.NATURAL_KEY else 'name'}"
        )
    return Pair(resource, held, how=how)


def _pair_stamped(kind: Kind, resource: Resource, stamped: Sequence[Observed], ids: Mapping[Address, str]) -> Pair:
    """The winner equals the desired fixed values, then has the declared id, then is active, then is oldest."""
    unequal = {o.id for o in stamped if must_replace(kind, resource, o, ids)}
    declared_id = resource.properties.get(("id",), resource.hints.get("adopt"))
    best = min(stamped, key=lambda o: (o.id in unequal, o.id != declared_id, not o.active, o.created, o.id))
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


def must_replace(kind: Kind, resource: Resource, observed: Observed, ids: Mapping[Address, str]) -> list[Path]:
    """The fields in which an object can never become what is desired (design 3, ON_CREATE and ONCE)."""

    def settled(value: object) -> object:
        return swap_refs(value, lambda ref: ids.get(ref.address, ref))

    differing: list[Path] = []
    declared = observed.stamp.fields if observed.stamp else {}
    paths = {*resource.properties, *observed.properties, *(f.path for f in kind.fields if "*" not in f.path)}
    for path in paths:
        field = kind.field_at(path)
        if field is None or field.settable not in (Settable.ON_CREATE, Settable.ONCE):
            continue
        before = comparable(field, observed.properties.get(path))
        wanted = settled(resource.properties.get(path))
        if field.settable is Settable.ON_CREATE:
            if path not in resource.properties and field.default is Default.ANY:
                continue
            differs = _has_ref(wanted) or comparable(field, wanted) != before
        elif before is None or before == field.default:
            differs = False
        elif path in resource.properties:
            differs = comparable(field, wanted) != before
        else:
            differs = path in declared and field.clears_with is Clear.REPLACE
        if differs:
            differing.append(path)
    return sorted(differing)


def _has_ref(value: object) -> bool:
    return isinstance(value, Ref)
