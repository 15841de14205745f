"""What a plan rests on: the objects that it touches or names, as they were read, and what must not be there yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Settable
from reconciler.kinds.values import comparable, swap_refs
from reconciler.model import Action, Address, Basis, Observed, Path, Plan, Stamp, Verb
from reconciler.stamp import digest


def rests_on(plan: Plan, observed: Sequence[Observed]) -> tuple[Basis, ...]:
    """An entry for each object that an action touches, sends the id of, or is inside of; and for each creation that
    nothing but what is listed here bears the address, or has the natural key."""
    touched = {a.id for a in plan.actions if a.id}
    named = {text for a in plan.actions for text in _texts(a.params)}
    inside = {_parent(o) for o in observed if o.id in touched}
    created = [a for a in plan.actions if a.verb is Verb.CREATE]
    taken = {a.address for a in created}, {(a.address.kind, key_of(a)) for a in created}
    chosen = [o for o in observed if o.id in touched | named | inside or _stands_at(o, plan.project, *taken)]
    return tuple(
        sorted(
            [*map(entry, chosen), *(absent(a, observed) for a in created)],
            key=lambda b: (list(BY_NAME).index(b.kind), b.id or "", str(b.address)),
        )
    )


def entry(one: Observed) -> Basis:
    """An object as the plan rests on it. Neither `updated` nor metadata of others is part of it."""
    kind, mark = BY_NAME[one.kind], one.stamp
    values = [[*path, comparable(kind.leaf(path), one.properties[path])] for path in stable(one)]
    flag = bool(kind.default_flag and one.properties.get((kind.default_flag,)))
    seen = digest(swap_refs(values, str))
    return Basis(one.kind, one.id, mark.address if mark else None, "", seen, mark_of(mark), one.active, flag)


def absent(action: Action, observed: Sequence[Observed]) -> Basis:
    """That there is nothing yet of what an action creates; of the first of a kind with a default, that it has none."""
    kind = BY_NAME[action.address.kind]
    flag = bool(kind.default_flag) and not any(o.kind == kind.name for o in observed)
    return Basis(kind.name, None, action.address, str(key_of(action) or ""), is_default=flag)


def key_of(action: Action) -> Any:
    """The natural key, or the id of its own, that an action creates an object with; or None."""
    kind = BY_NAME[action.address.kind]
    properties = action.change.after.properties if action.change and action.change.after else {}
    return properties.get(("id",)) if kind.own_id else kind.key_of(properties)


def held_key(one: Observed) -> Any:
    """The natural key that an object holds, or its id where it chose that; or None."""
    kind = BY_NAME[one.kind]
    return one.id if kind.own_id else kind.key_of(one.properties)


def _stands_at(one: Observed, project: str, addresses: Collection[Address], keys: Collection[tuple[str, Any]]) -> bool:
    bears = one.stamp is not None and one.stamp.project == project and one.stamp.address in addresses
    key = held_key(one)
    return bears or (key is not None and (one.kind, key) in keys)


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


def _parent(one: Observed) -> str | None:
    parent = BY_NAME[one.kind].parent
    return one.properties.get((parent[1],)) if parent else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
