"""What differs between a declared resource and its object, field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from reconciler.diff.cause import Known, cause_of
from reconciler.diff.created import created
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.kinds.values import applies, can_unset, comparable, members, refs_in
from reconciler.model import (
    ACTIVE,
    PROTECT,
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
    Resource,
    Stamp,
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
    settled = {path: known.settle(kind.leaf(path), value) for path, value in resource.properties.items()}
    stale = ended = False
    if observed is None:
        found, let_go = created(resource, settled, next(iter(pair.predecessors), None), known)
    else:
        ended = _has_ended(kind, resource, observed, known)
        found, let_go = _changed(kind, settled, observed, known, ended=ended)
        differing = {*let_go, *(c.path for c in found)}
        stale = kind.stampable and _is_stale(observed.stamp, resource, settled, differing, known)
    changes = []
    for part in Part:
        fields = tuple(c for c in found if _PARTS.get(kind.leaf(c.path).settable, Part.BODY) is part)
        if fields or (part is Part.BODY and observed is None):
            changes.append(Change(resource.address, part, observed, resource, fields))
    return Difference(pair, tuple(changes), settled, tuple(let_go), stale, ended)


_PARTS = {Settable.ON_UPDATE: Part.LINKS, Settable.ATTACHED: Part.MEMBERS, Settable.SWITCHED: Part.SWITCH}


def _has_ended(kind: Kind, resource: Resource, observed: Observed, known: Known) -> bool:
    """Whether an object, or something that it was made for, is used up or expired: nothing brings it back."""
    if kind.field_at(ACTIVE) is None:
        return observed.ended
    if observed.active or not resource.properties.get(ACTIVE, True):
        return False
    targets = (known.found.get(ref.address) for value in resource.properties.values() for ref in refs_in(value))
    return observed.ended or any(t is not None and t.ended for t in targets)


def _changed(
    kind: Kind, settled: Properties, observed: Observed, known: Known, *, ended: bool
) -> tuple[list[FieldChange], list[Path]]:
    """How the fields of an object are to change; and those that stay, although nothing declares them any more."""
    found = _edited(kind, settled, observed, known)
    if ended:
        found = [c for c in found if c.path != ACTIVE and kind.leaf(c.path).settable is not Settable.ON_CREATE]
    gone, let_go = _removed(kind, settled, observed, known)
    looked_at = {*settled, *(c.path for c in gone)}
    followed = (c for c in _followed(kind, observed, known) if c.path not in looked_at)
    return [c for c in (*found, *gone, *followed) if c.path not in let_go], let_go


def _edited(kind: Kind, settled: Properties, observed: Observed, known: Known) -> list[FieldChange]:
    """Declared fields that are not as declared."""
    changes = []
    for path, after in settled.items():
        field, before = kind.leaf(path), observed.properties.get(path)
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
        field, before = kind.leaf(path), observed.properties.get(path)
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
            yield FieldChange(field.path, before, known.follow(field, before), cause=Cause.FOLLOWED)


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


def _is_stale(
    stamp: Stamp | None, resource: Resource, settled: Properties, differing: Collection[Path], known: Known
) -> bool:
    """Whether the stamp says other than the truth about fields that are as they should be."""
    if stamp is None or not stamp.readable or (stamp.project, stamp.address) != (known.project, resource.address):
        return True
    if stamp.protected != resource.protected or stamp.fields.keys() - {PROTECT} != settled.keys():
        return True
    kind = BY_NAME[resource.address.kind]
    return any(
        stamp.fields[path] != digest(comparable(kind.leaf(path), value))
        for path, value in settled.items()
        if path not in differing
    )
