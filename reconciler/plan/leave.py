"""Which objects leave service, which cannot, and who still points at them (design 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.kinds import BY_NAME
from reconciler.kinds.inside import moved
from reconciler.kinds.kind import Kind, Retire
from reconciler.model import ACTIVE, Address, Cause, Desired, Difference, FieldChange, Observed, Pairs, Verb
from reconciler.plan.pointers import Pointer
from reconciler.plan.scene import Candidate, Scene, fields_of, stays
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


def leaving(desired: Desired, observed: Sequence[Observed], pairs: Pairs, differences: Sequence[Difference]) -> Leave:
    """Decide for every object of ours that no resource declares any more, and for those that are replaced."""
    found = [_unmarked(desired), *(_impossible(d, desired, observed) for d in differences)]
    candidates = list(_candidates(desired, pairs))
    switched = {d.pair.address: d.pair.observed for d in differences if d.pair.observed and _switched_off(d)}
    if candidates or switched:
        scene = Scene.of(desired, observed, differences, candidates, list(switched.values()))
        found += [_decided(c, desired, scene) for c in candidates]
        found += [_switched(address, one, scene) for address, one in switched.items()]
    return Leave(
        tuple(x for one in found for x in one.going),
        tuple(x for one in found for x in one.warnings),
        tuple(x for one in found for x in one.refusals),
    )


def _unmarked(desired: Desired) -> Leave:
    """What is moved or released and bears no mark: there is none to change or to take off, and people should know."""
    lines = [(f"moved: {old}", old, "found by its {key}, whatever its name") for old in desired.moved]
    lines += [(f"released: {old}", old, "left as it is") for old in desired.released]
    said = []
    for what, address, instead in lines:
        kind = BY_NAME[address.kind]
        if not kind.stampable:
            said.append(f"{what} carries no mark: it is {instead.format(key=kind.natural_key)}. The line can go")
    return Leave((), tuple(said))


def _decided(candidate: Candidate, desired: Desired, scene: Scene) -> Leave:
    address, one = candidate.address, candidate.observed
    kind, held, loose = BY_NAME[one.kind], scene.held(one), scene.loose(one)
    if why := stays(candidate, desired):
        if taker := _taker(kind, one, scene):
            return Leave((), (), (_keeps(kind, candidate, taker),))
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
    warnings += [f"{same}, and is retired"] if same else _secret_is_another(candidate, scene)
    return Leave((_retired(kind, candidate, scene),), tuple(warnings))


def _taker(kind: Kind, one: Observed, scene: Scene) -> Address | None:
    """Who is declared with the natural key of an object, where only one can have it."""
    return scene.takers.get((kind.name, kind.key_of(one.properties))) if kind.unique_key and not kind.own_id else None


def _keeps(kind: Kind, candidate: Candidate, taker: Address) -> str:
    """Why nothing of ours takes the natural key of what is let go: from then on it is not ours (design 4)."""
    address, one, key = candidate.address, candidate.observed, kind.natural_key or ""
    return (
        f"{address}: {one.id} is released and keeps its {key} {one.properties.get((key,))}, which {taker} would take. "
        f"Retire {address} instead, by taking it out of `released`, or give {taker} another {key}"
    )


def _secret_is_another(candidate: Candidate, scene: Scene) -> list[str]:
    """What the code must be given that checks signatures, where another object takes over, under a new name or not."""
    address, one = candidate.address, candidate.observed
    kind = BY_NAME[one.kind]
    taker = candidate.successor or scene.takers.get((kind.name, kind.key_of(one.properties)))
    if not kind.secret or (candidate.successor is None and taker not in scene.coming):
        return []
    whose = f"{address}: {one.id}, which leaves, signs with a secret of its own"
    return [f"{whose}. {'Its successor' if taker == address else taker} has another, which the Dashboard shows"]


def _switched(address: Address, one: Observed, scene: Scene) -> Leave:
    """A declared resource that leaves service by `active: false`."""
    warnings = [f"{p} still points at {one.id}, which leaves service" for p in scene.loose(one) if not p.holds]
    return Leave((), tuple(warnings), tuple(_held(address, one, p) for p in scene.held(one)))


def _switched_off(difference: Difference) -> bool:
    """Whether a declared resource leaves service by `active: false`."""
    return any(c.path == ACTIVE and c.after is False for c in fields_of(difference))


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
        fixed = ", ".join(".".join(c.path) for c in fields_of(difference) if c.forces_replacement)
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


def _candidates(desired: Desired, pairs: Pairs) -> Iterator[Candidate]:
    """Those that leave, with the address that takes their place, if any."""
    for one in pairs.pairs:
        if one.desired:
            for old in one.predecessors:
                yield Candidate(one.desired.address, old, one.desired.address)
            for old in one.duplicates:
                yield Candidate(one.desired.address, old, one.desired.address, one.observed)
    alone = [
        Candidate(moved(desired.moved, p.address), p.observed) for p in pairs.pairs if not p.desired and p.observed
    ]
    yield from sorted(alone, key=lambda c: (c.address, c.observed.created, c.observed.id))


def _retired(kind: Kind, candidate: Candidate, scene: Scene) -> Leaving:
    one = candidate.observed
    drifted = one.stamp is not None and one.stamp.fields.get(ACTIVE) == digest(False)
    switch = FieldChange(ACTIVE, one.active, False, cause=Cause.DRIFTED if drifted else Cause.EDITED)
    reason = _consequence(kind, candidate, scene)
    return Leaving(candidate.address, one, Verb.RETIRE, reason, (switch,) if kind.retire is Retire.ARCHIVE else ())


def _consequence(kind: Kind, candidate: Candidate, scene: Scene) -> str:
    """What retiring it means to code that uses it, by its id or by its natural key."""
    one, successor = candidate.observed, candidate.successor
    text = f"{one.id} {kind.leaving_means}"
    if not kind.natural_key:
        return text
    value = one.properties.get((kind.natural_key,))
    taker = scene.takers.get((kind.name, kind.key_of(one.properties)))
    if kind.frees_key and successor and taker == successor:
        return f"{text}; it goes first, and is made anew with the same {kind.natural_key}; what it counted begins anew"
    renamed = f"; if {taker} is a new name for it, say moved: [{{from: {candidate.address}, to: {taker}}}]"
    if not kind.unique_key:
        return text + (renamed if taker in scene.coming and taker != successor else "")
    if kind.own_id:
        return text
    if not value:
        needs = f"; it has no {kind.natural_key}, so code that uses this id must be changed"
        return text + (needs if successor else "")
    if taker is None:
        return f"{text}; code that uses this id or {kind.natural_key} {value} fails"
    follows = f"code that uses {kind.natural_key} {value} follows"
    return f"{text}; code that uses this id fails, {follows}{'' if taker == successor else renamed}"
