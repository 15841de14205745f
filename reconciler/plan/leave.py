"""Which objects leave service, which cannot, and who still points at them (design 4 and 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.kinds import BY_NAME
from reconciler.kinds.inside import moved
from reconciler.kinds.kind import Kind, Retire
from reconciler.model import ACTIVE, Address, Cause, Desired, Difference, FieldChange, Observed, Pairs, Verb
from reconciler.plan.pointers import Pointer, pointers_at
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

    going: tuple[Leaving, ...] = ()
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An object that nothing declares, or that another stands in for: a successor, or the one that it equals."""

    address: Address
    observed: Observed
    successor: Address | None = None
    equals: Observed | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    """The account as it will be: who points at what leaves, and what stays in service around it."""

    project: str
    pointers: Mapping[str, Sequence[Pointer]]
    by_id: Mapping[str, Observed]
    leaving: Collection[str]
    served: Collection[str]

    @classmethod
    def of(
        cls,
        desired: Desired,
        observed: Sequence[Observed],
        differences: Sequence[Difference],
        candidates: Sequence[_Candidate],
        switched: Sequence[Observed],
    ) -> _Scene:
        later = {(c.path, d.pair.observed.id): c.after for d in differences if d.pair.observed for c in _fields(d)}
        leaving = {c.observed.id for c in candidates if not _stays(c, desired)}
        kept = {d.pair.observed.id for d in differences if d.pair.observed and d.settled.get(ACTIVE, True)}
        active = {o.id for o in observed if o.active}
        pointers = pointers_at(observed, later, leaving | {o.id for o in switched})
        served = (active | kept) - leaving - {o.id for o in switched}
        return cls(desired.project, pointers, {o.id: o for o in observed}, leaving, served)

    def held(self, one: Observed) -> list[Pointer]:
        """What Stripe does not let it leave for."""
        return [p for p in self.pointers.get(one.id, ()) if p.holds]

    def loose(self, one: Observed) -> list[Pointer]:
        """What goes on pointing at it, and is not inside of it."""
        found = (p for p in self.pointers.get(one.id, ()) if p.holder.active and p.holder.id not in self.leaving)
        return [p for p in found if not p.is_inside]

    def is_out_already(self, candidate: _Candidate) -> bool:
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


def leaving(desired: Desired, observed: Sequence[Observed], pairs: Pairs, differences: Sequence[Difference]) -> Leave:
    """Decide for every object of ours that no resource declares any more, and for those that are replaced."""
    found = [_impossible(d, desired, observed) for d in differences]
    candidates = list(_candidates(desired, pairs))
    switched = {d.pair.address: d.pair.observed for d in differences if d.pair.observed and _switched_off(d)}
    if candidates or switched:
        scene = _Scene.of(desired, observed, differences, candidates, list(switched.values()))
        found += [_decided(c, desired, scene) for c in candidates]
        found += [_switched(address, one, scene) for address, one in switched.items()]
    return Leave(
        tuple(x for one in found for x in one.going),
        tuple(x for one in found for x in one.warnings),
        tuple(x for one in found for x in one.refusals),
    )


def _decided(candidate: _Candidate, desired: Desired, scene: _Scene) -> Leave:
    address, one = candidate.address, candidate.observed
    kind, held, loose = BY_NAME[one.kind], scene.held(one), scene.loose(one)
    if why := _stays(candidate, desired):
        return Leave((Leaving(address, one, Verb.RELEASE, f"{why}, and is no longer ours"),))
    if kind.retire is Retire.NEVER:
        return Leave((), (f"{address}: {one.id} stays in service: its kind is never retired automatically",))
    if scene.is_out_already(candidate):
        still = f"{address}: {one.id} stays active under its archived {kind.parent[0]}" if kind.parent and held else ""
        return Leave((), (f"{still}: Stripe archives no default, and sells nothing of it",) if still else ())
    if held:
        return Leave((), (), (_held(address, one, held[0]),))
    same = f"{address}: {one.id} is the same as {candidate.equals.id}" if candidate.equals else ""
    if same and any(p.holder.stamp is None or p.holder.stamp.project != scene.project for p in loose):
        return Leave((), (f"{same}, and stays: {', '.join(map(str, loose))} points at it",))
    warnings = [f"{p} still points at {one.id}, which leaves service" for p in loose]
    return Leave((_retired(kind, candidate, desired),), (*warnings, *([f"{same}, and is retired"] if same else [])))


def _stays(candidate: _Candidate, desired: Desired) -> str:
    """Why an object is let go and not retired, or nothing."""
    one, flag = candidate.observed, BY_NAME[candidate.observed.kind].default_flag
    if _is_released(desired, candidate.address):
        return "stays as it is"
    if flag and one.properties.get((flag,)):
        return "stays in service, as the account's default does"
    if flag and candidate.equals and candidate.equals.properties.get((flag,)):
        return f"stays as it is: {candidate.address} is the account's default {candidate.equals.id} now"
    return ""


def _switched(address: Address, one: Observed, scene: _Scene) -> Leave:
    """A declared resource that leaves service by `active: false`."""
    warnings = [f"{p} still points at {one.id}, which leaves service" for p in scene.loose(one) if not p.holds]
    return Leave((), tuple(warnings), tuple(_held(address, one, p) for p in scene.held(one)))


def _fields(difference: Difference) -> Iterator[FieldChange]:
    for change in difference.changes:
        yield from change.fields


def _switched_off(difference: Difference) -> bool:
    """Whether a declared resource leaves service by `active: false`."""
    return any(c.path == ACTIVE and c.after is False for c in _fields(difference))


def _impossible(difference: Difference, desired: Desired, observed: Sequence[Observed]) -> Leave:
    """What cannot be done to this one object, whatever else happens."""
    pair, address = difference.pair, difference.pair.address
    kind, old = BY_NAME[address.kind], pair.observed
    refusals = []
    if kind.default_flag and not difference.settled.get(ACTIVE, True):
        if old and old.properties.get((kind.default_flag,)) and _switched_off(difference):
            refusals.append(f"{address}: {old.id} is the account's default, which Stripe never lets go out of service")
        named = any(r.hints.get(kind.default_flag) for r in desired.resources.values())
        if old is None and not named and not any(o.kind == kind.name for o in observed):
            refusals.append(
                f"{address} would become the account's default, as there is none yet, and Stripe never lets that go "
                f"out of service: declare the default first, with {kind.default_flag}: true"
            )
    if old is None and not kind.creatable:
        refusals.append(
            f"{address}: the account has no such {kind.name}, and none is made here: make it in the Dashboard, or name "
            f"one that is there with adopt: and its id"
        )
    own = difference.settled.get(("id",)) if kind.own_id and not kind.frees_key else None
    if old is None and own and any(o.id == own for o in pair.predecessors):
        fixed = ", ".join(".".join(c.path) for c in _fields(difference) if c.forces_replacement)
        refusals.append(
            f"{address}: {fixed} cannot change, and a new {kind.name} cannot have the id {own} again: choose another"
        )
    return Leave((), (), tuple(refusals))


def _held(address: Address, one: Observed, pointer: Pointer) -> str:
    field, holder = pointer.field.name, pointer.holder.id
    return (
        f"{address}: {one.id} cannot be archived while it is the {field} of {holder}; "
        f"declare another {field} there, or keep {address}"
    )


def _candidates(desired: Desired, pairs: Pairs) -> Iterator[_Candidate]:
    """Those that leave, with the address that takes their place, if any."""
    for one in pairs.pairs:
        if one.desired:
            for old in one.predecessors:
                yield _Candidate(one.desired.address, old, one.desired.address)
            for old in one.duplicates:
                yield _Candidate(one.desired.address, old, one.desired.address, one.observed)
    alone = [
        _Candidate(moved(desired.moved, p.address), p.observed) for p in pairs.pairs if not p.desired and p.observed
    ]
    yield from sorted(alone, key=lambda c: (c.address, c.observed.created, c.observed.id))


def _retired(kind: Kind, candidate: _Candidate, desired: Desired) -> Leaving:
    one = candidate.observed
    drifted = one.stamp is not None and one.stamp.fields.get(ACTIVE) == digest(False)
    switch = FieldChange(ACTIVE, True, False, cause=Cause.DRIFTED if drifted else Cause.EDITED)
    reason = _consequence(kind, candidate, desired)
    return Leaving(candidate.address, one, Verb.RETIRE, reason, (switch,) if kind.retire is Retire.ARCHIVE else ())


def _consequence(kind: Kind, candidate: _Candidate, desired: Desired) -> str:
    """What retiring it means to code that uses it, by its id or by its natural key."""
    one, successor = candidate.observed, candidate.successor
    text = f"{one.id} {kind.retired_means}"
    if not kind.natural_key:
        return text
    path = (kind.natural_key,)
    value = one.properties.get(path)
    if kind.frees_key and successor and desired.resources[successor].properties.get(path) == value:
        return f"{text}; it goes first, and is made anew with the same {kind.natural_key}"
    if kind.own_id:
        return text
    if not value:
        needs = f"; it has no {kind.natural_key}, so code that uses this id must be changed"
        return text + (needs if successor else "")
    takers = (a for a, r in desired.resources.items() if a.kind == kind.name and r.properties.get(path) == value)
    taker = next(takers, None)
    if taker is None:
        return f"{text}; code that uses this id or {kind.natural_key} {value} fails"
    renamed = f"; if {taker} is a new name for it, say moved: [{{from: {candidate.address}, to: {taker}}}]"
    follows = f"code that uses {kind.natural_key} {value} follows"
    return f"{text}; code that uses this id fails, {follows}{'' if taker == successor else renamed}"


def _is_released(desired: Desired, address: Address) -> bool:
    parent = BY_NAME[address.kind].parent
    return any(
        r == address or (parent and parent[0] == r.kind and address.name.startswith(f"{r.name}."))
        for r in desired.released
    )
