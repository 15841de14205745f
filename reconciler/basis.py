"""What a plan rests on: the objects that it touches or names, as they were read, and what must not be there yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Settable
from reconciler.kinds.values import comparable, map_members, swap_refs
from reconciler.model import Action, Address, Basis, FieldChange, Observed, Path, Plan, Stamp, Verb
from reconciler.stamp import digest


def rests_on(plan: Plan, observed: Sequence[Observed]) -> tuple[Basis, ...]:
    """An entry for each object that an action touches, names, or is inside of, and for what points at one that leaves;
    and for each creation, and each natural key that moves, that nothing else bears the address or has the key."""
    touched = {(a.address.kind, a.id) for a in plan.actions if a.id}
    leaving = leaving_in(plan)
    around = {_parent(o) for o in observed if o.key in touched}
    free = [entry for a in plan.actions for entry in absent(a, observed)]
    taken = {b.address for b in free}, {(b.kind, b.key) for b in free if b.key}
    chosen = [
        o
        for o in observed
        if o.key in touched | named_in(plan) | around or points_at(o, leaving) or _stands_at(o, plan.project, *taken)
    ]
    order = list(BY_NAME)
    return tuple(sorted([*map(entry, chosen), *free], key=lambda b: (order.index(b.kind), b.id or "", str(b.address))))


def leaving_in(plan: Plan) -> set[tuple[str, str]]:
    """Kind and id of every object that the plan takes out of service."""
    return {(a.address.kind, a.id) for a in plan.actions if a.verb is Verb.RETIRE and a.id}


def named_in(plan: Plan) -> set[tuple[str, str]]:
    """Kind and id of every object that is there and that an action names."""
    found: set[tuple[str, str]] = set()
    for action in plan.actions:
        kind = BY_NAME[action.address.kind]
        for change in action.change.fields if action.change else ():
            found |= set(_members(kind.leaf(change.path), change.after))
    return found


def points_at(one: Observed, leaving: Collection[tuple[str, str]]) -> bool:
    """Whether an object in service names one of these, and is not inside of it."""
    if not (leaving and one.active):
        return False
    kind = BY_NAME[one.kind]
    inside = (kind.parent[1],) if kind.parent else None
    fields = (f for f in kind.referring if f.path != inside and f.path in one.properties)
    return any(member in leaving for f in fields for member in _members(f, one.properties[f.path]))


def _members(field: Field, value: Any) -> list[tuple[str, str]]:
    """Kind and id of everything that stands in a referring field."""
    found: list[tuple[str, str]] = []

    def note(kind: str, member: Any) -> None:
        if isinstance(member, str):
            found.append((kind, member))

    map_members(field, value, note)
    return found


def entry(one: Observed) -> Basis:
    """An object as the plan rests on it. Neither `updated` nor metadata of others is part of it."""
    kind, mark = BY_NAME[one.kind], one.stamp
    values = [[*path, comparable(kind.leaf(path), one.properties[path])] for path in stable(one)]
    flag = bool(kind.default_flag and one.properties.get((kind.default_flag,)))
    seen = digest(swap_refs(values, str))
    return Basis(one.kind, one.id, mark.address if mark else None, "", seen, mark_of(mark), one.active, flag)


def absent(action: Action, observed: Sequence[Observed]) -> Iterator[Basis]:
    """That there is nothing yet of what an action creates, or has the natural key that it gives; of the first of a kind
    with a default, also that the account has none."""
    kind, key = BY_NAME[action.address.kind], key_of(action)
    if action.verb is Verb.CREATE:
        flag = bool(kind.default_flag) and not any(o.kind == kind.name for o in observed)
        yield Basis(kind.name, None, action.address, str(key or ""), is_default=flag)
    elif key is not None and any(c.path == (kind.natural_key,) for c in _fields(action)):
        yield Basis(kind.name, None, action.address, str(key))


def _fields(action: Action) -> Sequence[FieldChange]:
    return action.change.fields if action.change else ()


def key_of(action: Action) -> Any:
    """The natural key, or the id of its own, that an action creates an object with; or None."""
    kind = BY_NAME[action.address.kind]
    properties = action.change.after.properties if action.change and action.change.after else {}
    return properties.get(("id",)) if kind.own_id else kind.key_of(properties)


def held_key(one: Observed) -> Any:
    """The natural key that an object holds, or its id where it chose that; or None."""
    kind = BY_NAME[one.kind]
    return one.id if kind.own_id else kind.key_of(one.properties)


def _stands_at(
    one: Observed, project: str, addresses: Collection[Address | None], keys: Collection[tuple[str, Any]]
) -> bool:
    bears = one.stamp is not None and one.stamp.project == project and one.stamp.address in addresses
    key = held_key(one)
    return bears or (key is not None and (one.kind, str(key)) in keys)


def stable(one: Observed, also: Sequence[Path] = ()) -> list[Path]:
    """The fields that two readings of an object have alike, or one has changed: those that come unasked, and those
    that our mark or `also` names."""
    kind = BY_NAME[one.kind]
    asked = {*also, *(one.stamp.fields if one.stamp else ())}

    def comes(path: Path) -> bool:
        field = kind.field_at(path)
        if field is None or field.settable is Settable.ATTACHED:
            return field is not None and path in also
        return path in asked or not (field.expand or path[0] == "metadata")

    return sorted(path for path in one.properties if comes(path))


def mark_of(mark: Stamp | None) -> str:
    """A digest of our mark on an object, or nothing. What Stripe rewrote is no part of it."""
    if mark is None:
        return ""
    fields = sorted((*path, value) for path, value in mark.fields.items())
    return digest([mark.project, str(mark.address), mark.readable, *fields])


def _parent(one: Observed) -> tuple[str, str]:
    """Kind and id of what an object is inside of, or nothing."""
    parent = BY_NAME[one.kind].parent
    return (parent[0], str(one.properties.get((parent[1],)))) if parent else ("", "")
