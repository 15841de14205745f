"""What a schema cannot say: the rules of each kind, and what must be unique in a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import Problem
from reconciler.kinds.inside import Declared, children_of
from reconciler.model import Address, Document, Place, Source


def broken_rules(
    document: Document, sound: Sequence[Declared], unsound: Sequence[Declared]
) -> Iterator[tuple[Address, Problem]]:
    """What the rules have against resources that the schema has nothing against."""
    yield from _checks(document, sound, unsound)
    yield from _twice(document, sound)
    yield from _defaults(document, sound)


def _checks(
    document: Document, sound: Sequence[Declared], unsound: Sequence[Declared]
) -> Iterator[tuple[Address, Problem]]:
    inside: dict[str, dict[str, Mapping[str, Any]]] = {}
    for resource in (*sound, *unsound):
        if children_of(resource.kind):
            inside.setdefault(resource.address.name, {})
    for resource, data in (*((r, r.data) for r in sound), *((r, {}) for r in unsound)):
        if resource.kind.parent:
            inside[resource.parent][str(resource.place[-1])] = data
    for resource in sound:
        if resource.kind.check is None:
            continue
        data = dict(resource.data)
        for child in children_of(resource.kind):
            data[child.plural] = inside[resource.address.name]
        for path, message, hint in resource.kind.check(data, inside.__getitem__):
            at = position(document, resource.place, path, resource.data)
            yield resource.address, Problem(at, f"{resource.address}: {message}", hint)


def position(document: Document, place: Place, path: Place, data: Any) -> Source:
    """Where to point for a value: at a scalar itself, at the key of a list, a map, or what is not there."""
    value = data
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return document.key_at((*place, *path[: path.index(key)]))
    listed = bool(path) and isinstance(path[-1], int)
    whole = isinstance(value, Mapping | list) and not listed
    return (document.key_at if whole else document.at)((*place, *path))


def _twice(document: Document, sound: Sequence[Declared]) -> Iterator[tuple[Address, Problem]]:
    """Natural keys and adopted ids are unique in an account, archived objects included (stripe-facts 6)."""
    first: dict[tuple[str, str, Any], Declared] = {}
    for resource in sound:
        natural_key = resource.kind.natural_key if resource.kind.unique_key else None
        for key in filter(None, (natural_key, "adopt")):
            value = resource.data.get(key)
            if value is None:
                continue
            field = resource.kind.field_at((key,))
            same = field.canonical(value) if field and field.canonical else value
            within = resource.data.get(resource.kind.key_within) if key != "adopt" else None
            other = first.setdefault((resource.kind.name, key, (same, within)), resource)
            if other is not resource:
                where = document.at((*other.place, key))
                message = f"{resource.address}: `{key}` {value} is taken by {other.address} ({where})"
                yield resource.address, Problem(document.at((*resource.place, key)), message, "choose another")


def _defaults(document: Document, sound: Sequence[Declared]) -> Iterator[tuple[Address, Problem]]:
    """An account has one default object of a kind."""
    first: dict[str, Declared] = {}
    for resource in sound:
        flag = resource.kind.default_flag
        if flag and resource.data.get(flag) is True:
            other = first.setdefault(resource.kind.name, resource)
            if other is not resource:
                message = f"{resource.address}: `{flag}: true` is already said of {other.address}"
                at = document.at((*resource.place, flag))
                yield resource.address, Problem(at, message, "an account has one default; keep one of the two")
