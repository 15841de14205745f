"""What YAML takes from an account by id, and ids of a throwaway emulator in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Kind
from reconciler.kinds.values import map_members
from reconciler.model import Address, Desired, Ref, Resource


@dataclass(frozen=True, slots=True)
class Foreign:
    """An object that is named by id and not declared. `path` is that of its kind, or "" where only Stripe knows it.

    `parent` is what it belongs to, as far as the place says where it is named; `user` is the resource that names it.
    """

    id: str
    path: str
    user: Resource
    parent: Ref | str | None = None


def foreign(desired: Desired) -> Iterator[Foreign]:
    """Everything that is named by id, in the order in which it is needed."""
    for address in desired.order:
        resource = desired.resources[address]
        for path, value in resource.properties.items():
            row = BY_NAME[address.kind].leaf(path)
            if row.local:
                yield from (Foreign(v, "", resource) for v in _texts(value))
            elif isinstance(row.refers_to, str):
                kind = BY_NAME[row.refers_to]
                around = Ref(address) if kind.parent and kind.parent[0] == address.kind else None
                yield from (Foreign(v, kind.path, resource, around) for v in _texts(value))
            elif row.refers_to:
                for item in value or ():
                    yield from _in_item(resource, row.refers_to, item)


def _in_item(resource: Resource, refers: Mapping[str, str], item: Mapping[str, Any]) -> Iterator[Foreign]:
    """The objects of one item of a list, parents first: `{product: {id: …}, prices: [{id: …}]}`."""
    kinds = {member: BY_NAME[kind] for member, kind in refers.items() if member in item}
    for member, kind in sorted(kinds.items(), key=lambda one: one[1].parent is not None):
        around = next((item[m] for m, k in kinds.items() if kind.parent and k.name == kind.parent[0]), None)
        yield from (Foreign(v, kind.path, resource, around) for v in _texts(item[member]))


def _texts(value: Any) -> list[str]:
    return [v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, str)]


def adopting(desired: Desired) -> dict[Address, str]:
    """The ids that `adopt:` names, of what could be created as well."""
    hints = ((a, r.hints.get("adopt")) for a, r in desired.resources.items() if BY_NAME[a.kind].creatable)
    return {address: hint for address, hint in hints if isinstance(hint, str)}


def without_hints(desired: Desired, addresses: Mapping[Address, Any]) -> Desired:
    """The same, with these resources to be created instead of adopted."""
    dropped = {
        a: replace(r, hints={k: v for k, v in r.hints.items() if k != "adopt"})
        for a, r in desired.resources.items()
        if a in addresses
    }
    return replace(desired, resources={**desired.resources, **dropped})


def swapped(desired: Desired, ids: Mapping[str, Any]) -> Desired:
    """The same, with other ids, or Refs, where objects are named by these."""
    if not ids:
        return desired
    resources = {a: _swapped(BY_NAME[a.kind], r, ids) for a, r in desired.resources.items()}
    return replace(desired, resources=resources)


def _swapped(kind: Kind, resource: Resource, ids: Mapping[str, Any]) -> Resource:
    def swap(row: Field, value: Any) -> Any:
        return map_members(row, value, lambda _, v: ids.get(v, v) if isinstance(v, str) else v)

    properties = {path: swap(kind.leaf(path), value) for path, value in resource.properties.items()}
    hints = {k: ids.get(v, v) if k == "adopt" else v for k, v in resource.hints.items()}
    return replace(resource, properties=properties, hints=hints)


def masking(ids: Mapping[str, str], url: str) -> Callable[[Any], Any]:
    """What puts the ids of people in the place of an emulator's, and says of its URLs only that there are some."""
    known = "|".join(re.escape(one) for one in sorted(ids, key=len, reverse=True))
    pattern = re.compile(
        f"{re.escape(url)}[^\\s\"',;)]*" + (f"|(?<![A-Za-z0-9_])(?:{known})(?![A-Za-z0-9_])" if known else "")
    )

    def masked(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda m: ids.get(m[0], "https://…"), value)
        if isinstance(value, Mapping):
            return {masked(k): masked(v) for k, v in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(masked(v) for v in value)
        if is_dataclass(value) and not isinstance(value, type):
            inside = {f.name: getattr(value, f.name) for f in fields(value)}
            changed = {name: new for name, old in inside.items() if (new := masked(old)) != old}
            return replace(value, **changed) if changed else value
        return value

    return masked
