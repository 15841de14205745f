"""The resources of a document, as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.inside import parts
from reconciler.kinds.kind import Kind
from reconciler.model import Address, Place


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource: its data may be anything, and still holds what is declared inside it."""

    kind: Kind
    address: Address
    place: Place
    data: Any
    parent: str  # the name of the resource around it, or ""


def children_of(kind: Kind | None) -> tuple[Kind, ...]:
    """The kinds that are declared inside this one, or with None at the top level."""
    return tuple(k for k in KINDS if (k.parent and k.parent[0]) == (kind and kind.name))


def declared(data: Mapping[str, Any]) -> Iterator[Declared]:
    """Every resource, parents before children."""
    for kind in children_of(None):
        yield from _inside(kind, data, (), "")
    for kind, address, value in parts(data):
        yield Declared(kind, address, (kind.plural,), value, "")


def _inside(kind: Kind, data: Mapping[str, Any], place: Place, parent: str) -> Iterator[Declared]:
    written = data.get(kind.plural)
    if not isinstance(written, Mapping):
        return
    for name, value in written.items():
        address = Address(kind.name, f"{parent}.{name}" if parent else name)
        here = Declared(kind, address, (*place, kind.plural, name), value, parent)
        yield here
        if isinstance(value, Mapping):
            for child in children_of(kind):
                yield from _inside(child, value, here.place, here.address.name)
