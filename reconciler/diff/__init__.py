"""What differs between a declared resource and its object, field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from reconciler.diff.cause import Known, cause_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.fixed import must_replace
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.kinds.values import applies, can_unset, comparable, filled, map_members, members, refs_in
from reconciler.model import (
    ACTIVE,
    Cause,
    Change,
    Difference,
    FieldChange,
    Observed,
    Pair,
    Pairs,
    Part,
    Path,
    Properties,
    Ref,
    Resource,
)
from reconciler.stamp import digest


def diff(pairs: Pairs, project: str) -> tuple[Difference, ...]:
    """Compare every pair. A pair without a declared resource is not compared: it leaves."""
    known = Known.of(pairs, project)
    return tuple(_difference(p, known) for p in pairs.pairs if p.desired)


def _difference(pair: Pair, known: Known) -> Difference:
    resource, observed = pair.desired, pair.observed
    assert resource is not None
    kind = BY_NAME[resource.address.kind]
    settled = {path: known.settle(_field(kind, path), value) for path, value in resource.properties.items()}
    found: list[FieldChange]
    let_go: list[Path]
    ended = False
    if observed is None:
        old = pair.predecessors[0] if pair.predecessors else None
        found = list(_created(kind, resource, settled, old, known))
        let_go = list(_left_behind(kind, resource, old)) if old else []
    else:
        found = _edited(kind, settled, observed, known)
        gone, let_go = _removed(kind, settled, observed, known)
        changed = {c.path for c in (*found, *gone)}
        if ended := _has_ended(kind, resource, observed, known):
            found = [c for c in found if c.path != ACTIVE and _field(kind, c.path).settable is not Settable.ON_CREATE]
        followed = [c for c in _followed(kind, observed, known) if c.path not in {*settled, *changed}]
        found = [c for c in (*found, *gone, *followed) if c.path not in let_go]
    changes = []
    for part in Part:
        fields = tuple(c for c in found if _part(kind, c.path) is part)
        if fields or (part is Part.BODY and observed is None):
            changes.append(Change(resource.address, part, observed, resource, fields))
    differing = {*let_go, *(c.path for c in found)}
    stale = observed is not None and _stale_stamp(kind, resource, settled, observed, differing, known)
    return Difference(pair, tuple(changes), settled, tuple(let_go), stale and kind.stampable, ended)


_PARTS = {Settable.ON_UPDATE: Part.LINKS, Settable.ATTACHED: Part.MEMBERS, Settable.SWITCHED: Part.SWITCH}


def _part(kind: Kind, path: Path) -> Part:
    return _PARTS.get(_field(kind, path).settable, Part.BODY)


def _has_ended(kind: Kind, resource: Resource, observed: Observed, known: Known) -> bool:
    """Whether an object, or something that it was made for, is used up or expired: nothing brings it back."""
    if kind.field_at(ACTIVE) is None:
        return observed.ended
    if observed.active or not resource.properties.get(ACTIVE, True):
        return False
    targets = (known.found.get(ref.address) for value in resource.properties.values() for ref in refs_in(value))
    return observed.ended or any(t is not None and t.ended for t in targets)


def _created(
    kind: Kind, resource: Resource, settled: Properties, old: Observed | None, known: Known
) -> Iterator[FieldChange]:
    """A new object's fields, beside those of the one that it replaces, and what it takes over from it."""
    forcing = set(must_replace(kind, resource, old, known.found)) if old else set()
    removed = {p for p in forcing if p not in settled}
    for path in (*settled, *sorted(removed)):
        field = _field(kind, path)
        after = filled(field, settled.get(path)) if field.required else settled.get(path)
        before = old.properties.get(path) if old else None
        if path in forcing or not _is_so_at_creation(field, after):
            yield FieldChange(path, before, after, path in forcing, cause_of(field, path, before, after, old, known))
    left = set(_left_behind(kind, resource, old)) if old else set()
    for path in _undeclared(kind, resource, old) if old else ():
        if path not in left:
            assert old is not None
            before = old.properties[path]
            after = map_members(_field(kind, path), before, lambda _, m: _follow(m, known))
            yield FieldChange(path, before, after, cause=Cause.FOLLOWED)


def _undeclared(kind: Kind, resource: Resource, old: Observed) -> Iterator[Path]:
    """What an object that is replaced has, and nothing declares: set in the Dashboard, or by other code."""
    declared = {*resource.properties, *(old.stamp.fields if old.stamp else ())}
    for path, value in old.properties.items():
        field = kind.field_at(path)
        if field is None or path in declared or field.settable not in _TAKEN_OVER:
            continue
        if field.settable is Settable.ON_UPDATE and field.refers_to:
            continue
        if comparable(field, value) != comparable(field, None):
            yield path


_TAKEN_OVER = (Settable.ALWAYS, Settable.ONCE, Settable.ON_UPDATE)


def _carried(field: Field) -> bool:
    """The successor takes over what is neither money nor unique: no amount is ever decided here."""
    in_currency = field.settable is Settable.ONCE and "*" in field.path
    return not (field.money or field.transfer or in_currency)


def _left_behind(kind: Kind, resource: Resource, old: Observed) -> Iterator[Path]:
    """Amounts and unique values; and with an amount the rest of what goes whole, which means another thing alone."""
    undeclared = list(_undeclared(kind, resource, old))
    alone = [path for path in undeclared if not _carried(_field(kind, path))]
    units = {unit for path in alone for unit in kind.units_around(path)}
    return (p for p in undeclared if p in alone or any(p[: len(unit)] == unit for unit in units))


def _is_so_at_creation(field: Field, after: Any) -> bool:
    """What is unset in a new object is not sent to be unset: Stripe refuses that (stripe-facts 2.2)."""
    if field.settable in (Settable.ON_UPDATE, Settable.SWITCHED) and after == field.default:
        return True
    return after is None or (after == () and not field.required)


def _edited(kind: Kind, settled: Properties, observed: Observed, known: Known) -> list[FieldChange]:
    """Declared fields that are not as declared."""
    changes = []
    for path, after in settled.items():
        field, before = _field(kind, path), observed.properties.get(path)
        if not _same(field, path, before, after, observed):
            cause = cause_of(field, path, before, after, observed, known)
            changes.append(FieldChange(path, before, after, cause=cause))
    return changes


def _removed(kind: Kind, settled: Properties, observed: Observed, known: Known) -> tuple[list[FieldChange], list[Path]]:
    """Fields that were declared and are no more, to be unset; and those that Stripe cannot unset, a null included."""
    stamped = observed.stamp.fields if observed.stamp else {}
    gone = [p for p in stamped if p not in settled and kind.field_at(p)]
    state = {**observed.properties, **settled, **dict.fromkeys(gone)}
    changes: list[FieldChange] = []
    let_go = []
    for path in (*gone, *(p for p, value in settled.items() if value is None)):
        field, before = _field(kind, path), observed.properties.get(path)
        if comparable(field, before) == comparable(field, None) or not applies(kind, path, state):
            continue
        if not can_unset(kind, path, state):
            let_go.append(path)
        elif path in stamped and path not in settled:
            cause = cause_of(field, path, before, None, observed, known)
            changes.append(FieldChange(path, before, field.default, cause=cause))
    return changes, let_go


def _followed(kind: Kind, observed: Observed, known: Known) -> Iterator[FieldChange]:
    """Fields that nobody declared, but that point at something of ours that leaves (design 5.2)."""
    for field in kind.referring if known.successors else ():
        if field.settable not in (Settable.ALWAYS, Settable.ON_UPDATE, Settable.ATTACHED):
            continue
        before = observed.properties.get(field.path)
        if any(m in known.successors for m in members(field, before)):
            after = map_members(field, before, lambda _, m: _follow(m, known))
            yield FieldChange(field.path, before, after, cause=Cause.FOLLOWED)


def _follow(member: Any, known: Known) -> Any:
    successor = known.successors.get(member)
    return member if successor is None else known.id_of(Ref(successor))


def _same(field: Field, path: Path, before: Any, after: Any, observed: Observed) -> bool:
    if field.refers_to and any(refs_in(after)):
        return False
    if after == before:
        return True
    wanted, is_now = comparable(field, after), comparable(field, before)
    if wanted == is_now:
        return True
    stamp = observed.stamp
    if field.write_only:
        return bool(stamp and (not stamp.readable or stamp.fields.get(path) == digest(wanted)))
    return bool(
        field.rewritten
        and stamp
        and stamp.fields.get(path) == digest(wanted)
        and stamp.returned.get(path) == digest(is_now)
    )


def _stale_stamp(
    kind: Kind,
    resource: Resource,
    settled: Properties,
    observed: Observed,
    differing: Collection[Path],
    known: Known,
) -> bool:
    """Whether the stamp says other than the truth about fields that are as they should be."""
    stamp = observed.stamp
    if stamp is None or not stamp.readable or (stamp.project, stamp.address) != (known.project, resource.address):
        return True
    if stamp.fields.keys() != settled.keys():
        return True
    return any(
        stamp.fields[path] != digest(comparable(_field(kind, path), value))
        for path, value in settled.items()
        if path not in differing
    )


def _field(kind: Kind, path: Path) -> Field:
    field = kind.field_at(path)
    assert field is not None, (kind.name, path)
    return field
