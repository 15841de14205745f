"""What differs between a declared resource and its object, field by field, and who made it differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.kinds.values import clearable, comparable, map_members, members, refs_in, swap_refs
from reconciler.model import Address, Cause, Change, FieldChange, Observed, Pair, Part, Path, Properties, Ref, Resource
from reconciler.pair import Pairs, must_replace
from reconciler.stamp import digest


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of ids while comparing.

    `ids` are those of paired resources. `successors` says by what each object that leaves is followed.
    """

    project: str
    ids: Mapping[Address, str]
    successors: Mapping[str, Address]

    @classmethod
    def of(cls, pairs: Pairs, project: str) -> Known:
        paired = [(p.desired.address, p) for p in pairs.pairs if p.desired]
        successors = {o.id: address for address, p in paired for o in (*p.predecessors, *p.duplicates)}
        return cls(project, pairs.ids, successors)

    def settle(self, value: Any) -> Any:
        """Swap every Ref whose id is known for it."""
        return swap_refs(value, lambda ref: self.ids.get(ref.address, ref))


@dataclass(frozen=True, slots=True)
class Difference:
    """One pair's changes. `let_go` are values that stay, or stay behind, although nothing declares them any more.

    `settled` are the desired values with every known id in the place of its Ref. `restamp`: the stamp is out of date.
    """

    pair: Pair
    changes: tuple[Change, ...]
    settled: Properties
    let_go: tuple[Path, ...] = ()
    restamp: bool = False


def diff(pairs: Pairs, project: str) -> tuple[Difference, ...]:
    """Compare every pair. A pair without a declared resource is not compared: it leaves."""
    known = Known.of(pairs, project)
    return tuple(_difference(p, known) for p in pairs.pairs if p.desired)


def _difference(pair: Pair, known: Known) -> Difference:
    resource, observed = pair.desired, pair.observed
    assert resource is not None
    kind = BY_NAME[resource.address.kind]
    found: list[FieldChange]
    let_go: list[Path]
    if observed is None:
        old = pair.predecessors[0] if pair.predecessors else None
        found = list(_created(kind, resource, old, known))
        let_go = list(_left_behind(kind, resource, old)) if old else []
    else:
        found, let_go = _compared(kind, resource, observed, known)
    changes = []
    for part in Part:
        fields = tuple(c for c in found if _part(kind, c.path) is part)
        if fields or (part is Part.BODY and observed is None):
            changes.append(Change(resource.address, part, observed, resource, fields))
    restamp = observed is not None and (bool(let_go) or _stale_stamp(kind, resource, observed, known))
    settled = {path: known.settle(value) for path, value in resource.properties.items()}
    return Difference(pair, tuple(changes), settled, tuple(let_go), restamp)


def _part(kind: Kind, path: Path) -> Part:
    field = kind.field_at(path)
    return Part.LINKS if field and field.settable is Settable.ON_UPDATE else Part.BODY


def _created(kind: Kind, resource: Resource, old: Observed | None, known: Known) -> Iterator[FieldChange]:
    """A new object's fields, beside those of the one that it replaces, and what it takes over from it."""
    forcing = set(must_replace(kind, resource, old, known.ids)) if old else set()
    removed = {p for p in forcing if p not in resource.properties}
    for path in (*resource.properties, *sorted(removed)):
        field = _field(kind, path)
        after = known.settle(resource.properties.get(path))
        before = old.properties.get(path) if old else None
        if path in forcing or not (after is None or _is_default_on_update(field, after)):
            yield FieldChange(path, before, after, path in forcing, _cause(field, path, before, after, old, known))
    for path in _undeclared(kind, resource, old) if old else ():
        if _carried(_field(kind, path)):
            assert old is not None
            yield FieldChange(path, old.properties[path], old.properties[path], cause=Cause.FOLLOWED)


def _undeclared(kind: Kind, resource: Resource, old: Observed) -> Iterator[Path]:
    """What an object that is replaced has, and nothing declares: set in the Dashboard, or by other code."""
    declared = {*resource.properties, *(old.stamp.fields if old.stamp else ())}
    for path, value in old.properties.items():
        field = kind.field_at(path)
        if field is None or path in declared or field.settable not in (Settable.ALWAYS, Settable.ONCE):
            continue
        if comparable(field, value) != comparable(field, None):
            yield path


def _carried(field: Field) -> bool:
    """The successor takes over what is neither money nor unique: no amount is ever decided here."""
    in_currency = field.settable is Settable.ONCE and "*" in field.path
    return not (field.money or field.transfer or in_currency)


def _left_behind(kind: Kind, resource: Resource, old: Observed) -> Iterator[Path]:
    return (path for path in _undeclared(kind, resource, old) if not _carried(_field(kind, path)))


def _is_default_on_update(field: Field, after: Any) -> bool:
    """A field that creation does not take needs no second call to become what it is anyway."""
    return field.settable is Settable.ON_UPDATE and after == field.default


def _compared(kind: Kind, resource: Resource, observed: Observed, known: Known) -> tuple[list[FieldChange], list[Path]]:
    changes: list[FieldChange] = []
    let_go: list[Path] = []
    declared = observed.stamp.fields if observed.stamp else {}
    for path, value in resource.properties.items():
        field = _field(kind, path)
        before, after = observed.properties.get(path), known.settle(value)
        if not _same(field, path, before, after, observed):
            cause = _cause(field, path, before, after, observed, known)
            changes.append(FieldChange(path, before, after, cause=cause))
    for path in declared:
        removed = kind.field_at(path)
        if path in resource.properties or removed is None:
            continue
        before = observed.properties.get(path)
        if comparable(removed, before) == comparable(removed, None):
            continue
        if clearable(kind, path):
            cause = _cause(removed, path, before, None, observed, known)
            changes.append(FieldChange(path, before, removed.default, cause=cause))
        else:
            let_go.append(path)
    changed = {c.path for c in changes}
    changes += [
        c for c in _followed(kind, observed, known) if c.path not in changed and c.path not in resource.properties
    ]
    return changes, let_go


def _followed(kind: Kind, observed: Observed, known: Known) -> Iterator[FieldChange]:
    """Fields that nobody declared, but that point at something of ours that leaves (design 5.2)."""
    for path, before in observed.properties.items():
        field = kind.field_at(path)
        if field is None or field.refers_to is None or field.settable not in (Settable.ALWAYS, Settable.ON_UPDATE):
            continue
        if any(m in known.successors for m in members(field, before)):
            after = map_members(field, before, lambda _, m: _follow(m, known))
            yield FieldChange(path, before, after, cause=Cause.FOLLOWED)


def _follow(member: Any, known: Known) -> Any:
    successor = known.successors.get(member)
    return member if successor is None else known.settle(Ref(successor))


def _same(field: Field, path: Path, before: Any, after: Any, observed: Observed) -> bool:
    if any(refs_in(after)):
        return False
    wanted, is_now = comparable(field, after), comparable(field, before)
    if wanted == is_now:
        return True
    stamp = observed.stamp
    return bool(
        field.rewritten
        and stamp
        and stamp.fields.get(path) == digest(wanted)
        and stamp.returned.get(path) == digest(is_now)
    )


def _cause(field: Field, path: Path, before: Any, after: Any, observed: Observed | None, known: Known) -> Cause:
    """Digests tell who moved: observed ≠ stamp, somebody changed Stripe; desired ≠ stamp, somebody changed the YAML."""
    if field.refers_to and any(m in known.successors for m in members(field, before)):
        return Cause.FOLLOWED
    stamp = observed.stamp if observed else None
    applied = stamp.fields.get(path) if stamp else None
    if stamp is None or not stamp.readable:
        return Cause.UNKNOWN
    if applied is None:
        return Cause.EDITED
    drifted = digest(comparable(field, before)) != stamp.returned.get(path, applied)
    edited = any(refs_in(after)) or digest(comparable(field, after)) != applied
    return {(True, True): Cause.BOTH, (True, False): Cause.DRIFTED}.get((drifted, edited), Cause.EDITED)


def _stale_stamp(kind: Kind, resource: Resource, observed: Observed, known: Known) -> bool:
    """Whether the stamp says other than the truth about fields that are as they should be."""
    stamp = observed.stamp
    if stamp is None or not stamp.readable or (stamp.project, stamp.address) != (known.project, resource.address):
        return True
    if set(stamp.fields) != set(resource.properties):
        return True
    for path, value in resource.properties.items():
        field, after = _field(kind, path), known.settle(value)
        if any(refs_in(after)) or not _same(field, path, observed.properties.get(path), after, observed):
            continue
        if stamp.fields[path] != digest(comparable(field, after)):
            return True
    return False


def _field(kind: Kind, path: Path) -> Field:
    field = kind.field_at(path)
    assert field is not None, (kind.name, path)
    return field


def address_of(pair: Pair) -> Address:
    """The address of a pair: the declared one, else the one in the stamp."""
    if pair.desired:
        return pair.desired.address
    assert pair.observed is not None
    assert pair.observed.stamp is not None
    return pair.observed.stamp.address
