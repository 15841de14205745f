"""The resources of a document, as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.kind import Kind
from reconciler.model import Address, Place
from reconciler.schema.build import children_of


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource: its data may be anything, and still holds what is declared inside it."""

    kind: Kind
    address: Address
    place: Place
    data: Any


def declared(data: Mapping[str, Any]) -> Iterator[Declared]:
    """Every resource, parents before children."""
    for kind in children_of(None):
        yield from _inside(kind, data, (), "")


def _inside(kind: Kind, data: Mapping[str, Any], place: Place, prefix: str) -> Iterator[Declared]:
    written = data.get(kind.plural)
    if not isinstance(written, Mapping):
        return
    for name, value in written.items():
        here = Declared(kind, Address(kind.name, f"{prefix}{name}"), (*place, kind.plural, name), value)
        yield here
        if isinstance(value, Mapping):
            for child in children_of(kind):
                yield from _inside(child, value, here.place, f"{prefix}{name}.")
