"""Which objects leave service, which cannot, and who still points at them (design 4 and 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from reconciler.cause import ACTIVE
from reconciler.diff import Difference, address_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind, Retire, Settable
from reconciler.kinds.values import members
from reconciler.model import Address, Cause, Desired, FieldChange, Observed, Path, Verb
from reconciler.pair import Pairs, moved
from reconciler.stamp import digest


@dataclass(frozen=True, slots=True)
class Leaving:
    """An object that is retired or released, and why, in words for people."""

    address: Address
    observed: Observed
    verb: Verb
    reason: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Leave:
    """Everything that goes, what must be said about it, and what must not go."""

    going: tuple[Leaving, ...]
    warnings: tuple[str, ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pointer:
    """A field of an observed object that names another object."""

    holder: Observed
    path: Path
    holds: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An object that nothing declares, or that another stands in for: a successor, or the one that it equals."""

    address: Address
    observed: Observed
    successor: Address | None = None
    equals: Observed | None = None


def leaving(desired: Desired, observed: Sequence[Observed], pairs: Pairs, differences: Sequence[Difference]) -> Leave:
    """Decide for every object of ours that no resource declares any more, and for those that are replaced."""
    going: list[Leaving] = []
    warnings: list[str] = []
    candidates = list(_candidates(desired, pairs))
    refusals = [r for d in differences for r in _impossible(d, desired, observed)]
    switched = [(d, d.pair.observed) for d in differences if d.pair.observed and _switched_off(d)]
    if not candidates and not switched:
        return Leave((), (), tuple(refusals))
    pointers = _pointers(observed, {o.id for o in (*(c.observed for c in candidates), *(o for _, o in switched))})
    repointed = {(c.path, d.pair.observed.id) for d in differences if d.pair.observed for c in _fields(d)}
    by_id = {o.id: o for o in observed}
    going_ids = {c.observed.id for c in candidates}
    out = {o.id for _, o in switched} | going_ids
    kept = {d.pair.observed.id for d in differences if d.pair.observed and d.settled.get(ACTIVE, True)}
    for candidate in candidates:
        address, one = candidate.address, candidate.observed
        kind = BY_NAME[one.kind]
        still = [p for p in pointers.get(one.id, []) if (p.path, p.holder.id) not in repointed]
        holding = [p for p in still if p.holds]
        loose = [p for p in still if p.holder.active and p.holder.id not in going_ids and _follows_late(p)]
        parent = by_id.get(_parent(kind, one))
        served = parent is not None and parent.id not in out and (parent.active or parent.id in kept)
        if _is_released(desired, address):
            going.append(Leaving(address, one, Verb.RELEASE, "stays as it is, and is no longer ours"))
        elif kind.default_flag and one.properties.get((kind.default_flag,)):
            going.append(
                Leaving(
                    address, one, Verb.RELEASE, "stays in service, as the account's default does, and is no longer ours"
                )
            )
        elif kind.retire is Retire.NEVER:
            warnings.append(f"{address}: {one.id} stays in service: its kind is never retired automatically")
        elif kind.parent and not served and (parent is None or holding or not (parent.active or candidate.successor)):
            continue  # out of service with its parent, under which Stripe does not let it be archived (design 5.3)
        elif holding:
            refusals.append(_held(address, one, holding[0]))
        elif candidate.equals and any(_is_foreign(desired, p.holder) for p in loose):
            warnings.append(f"{address}: {one.id} is the same as {candidate.equals.id}, and stays: {_named(loose)}")
        else:
            going.append(_retired(kind, candidate))
            warnings += [f"{_one(p)} still points at {one.id}, which leaves service" for p in loose]
            if candidate.equals:
                warnings.append(f"{address}: {one.id} is the same as {candidate.equals.id}, and is retired")
    for difference, one in switched:
        still = [p for p in pointers.get(one.id, []) if (p.path, p.holder.id) not in repointed]
        refusals += [_held(address_of(difference.pair), one, p) for p in still if p.holds]
        loose = [p for p in still if p.holder.active and p.holder.id not in going_ids and _follows_late(p)]
        warnings += [f"{_one(p)} still points at {one.id}, which leaves service" for p in loose if not p.holds]
    return Leave(tuple(going), tuple(warnings), tuple(refusals))


def _fields(difference: Difference) -> Iterator[FieldChange]:
    for change in difference.changes:
        yield from change.fields


def _switched_off(difference: Difference) -> bool:
    """Whether a declared resource leaves service by `active: false`."""
    return any(c.path == ACTIVE and c.after is False for c in _fields(difference))


def _impossible(difference: Difference, desired: Desired, observed: Sequence[Observed]) -> Iterator[str]:
    """What cannot be done to this one object, whatever else happens."""
    pair, address = difference.pair, address_of(difference.pair)
    kind, old = BY_NAME[address.kind], pair.observed
    if kind.default_flag and not difference.settled.get(ACTIVE, True):
        if old and old.properties.get((kind.default_flag,)) and _switched_off(difference):
            yield f"{address}: {old.id} is the account's default, which Stripe never lets go out of service"
        named = any(r.hints.get(kind.default_flag) for r in desired.resources.values())
        if old is None and not named and not any(o.kind == kind.name for o in observed):
            yield (
                f"{address} would become the account's default, as there is none yet, and Stripe never lets that go "
                f"out of service: declare the default first, with {kind.default_flag}: true"
            )
    own = difference.settled.get(("id",)) if kind.own_id else None
    if old is None and own and any(o.id == own for o in pair.predecessors):
        fixed = ", ".join(".".join(c.path) for c in _fields(difference) if c.forces_replacement)
        yield f"{address}: {fixed} cannot change, and a new {kind.name} cannot have the id {own} again: choose another"


def _held(address: Address, one: Observed, pointer: _Pointer) -> str:
    field, holder = pointer.path[-1], pointer.holder.id
    return (
        f"{address}: {one.id} cannot be archived while it is the {field} of {holder}; "
        f"declare another {field} there, or keep {address}"
    )


def _follows_late(pointer: _Pointer) -> bool:
    """Whether somebody could still point it elsewhere."""
    field = BY_NAME[pointer.holder.kind].field_at(pointer.path)
    return field is not None and field.settable is not Settable.ON_CREATE


def _is_foreign(desired: Desired, holder: Observed) -> bool:
    return holder.stamp is None or holder.stamp.project != desired.project


def _one(pointer: _Pointer) -> str:
    return f"{pointer.holder.id} ({'.'.join(pointer.path)})"


def _named(pointers: Sequence[_Pointer]) -> str:
    return ", ".join(map(_one, pointers)) + " points at it"


def _candidates(desired: Desired, pairs: Pairs) -> Iterator[_Candidate]:
    """Those that leave, with the address that takes their place, if any."""
    for one in pairs.pairs:
        if one.desired:
            for old in one.predecessors:
                yield _Candidate(one.desired.address, old, one.desired.address)
            for old in one.duplicates:
                yield _Candidate(one.desired.address, old, one.desired.address, one.observed)
    alone = [
        _Candidate(moved(desired.moved, address_of(p)), p.observed) for p in pairs.pairs if not p.desired and p.observed
    ]
    yield from sorted(alone, key=lambda c: (c.address, c.observed.created, c.observed.id))


def _retired(kind: Kind, candidate: _Candidate) -> Leaving:
    one = candidate.observed
    drifted = one.stamp is not None and one.stamp.fields.get(ACTIVE) == digest(False)
    fields = (FieldChange(ACTIVE, True, False, cause=Cause.DRIFTED if drifted else Cause.EDITED),)
    reason = _consequence(kind, one, candidate.successor)
    return Leaving(candidate.address, one, Verb.RETIRE, reason, fields)


def _consequence(kind: Kind, one: Observed, successor: Address | None) -> str:
    text = f"{one.id} {kind.retired_means}"
    if kind.natural_key and not kind.own_id:
        value = one.properties.get((kind.natural_key,))
        if successor and value:
            return f"{text}; code that uses this id fails, code that uses {kind.natural_key} {value} follows"
        if successor:
            return f"{text}; it has no {kind.natural_key}, so code that uses this id must be changed"
        if value:
            return f"{text}; code that uses this id or {kind.natural_key} {value} fails"
    return text


def _is_released(desired: Desired, address: Address) -> bool:
    parent = BY_NAME[address.kind].parent
    return any(
        r == address or (parent and parent[0] == r.kind and address.name.startswith(f"{r.name}."))
        for r in desired.released
    )


def _parent(kind: Kind, one: Observed) -> str:
    return str(one.properties.get((kind.parent[1],))) if kind.parent else ""


def _pointers(observed: Sequence[Observed], at: Collection[str]) -> dict[str, list[_Pointer]]:
    """Who points at the objects with these ids."""
    found: dict[str, list[_Pointer]] = {}
    for one in observed:
        for field in BY_NAME[one.kind].referring:
            for member in members(field, one.properties.get(field.path)):
                if member in at:
                    found.setdefault(member, []).append(_Pointer(one, field.path, field.holds))
    return found


def referers(kind: Kind, one: Observed) -> Iterator[str]:
    """What an object points at by fields that outlive its retirement, so that it goes before them."""
    for field in kind.referring:
        if field.settable is not Settable.ON_UPDATE:
            yield from members(field, one.properties.get(field.path))
