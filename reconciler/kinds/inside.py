"""What a document declares: at its top, inside something else, or as a part of the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import BY_NAME, KINDS, PARTS
from reconciler.kinds.kind import Kind
from reconciler.model import Address, Place


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource as written: its data may be anything, and still holds what is declared inside it."""

    kind: Kind
    address: Address
    place: Place
    data: Any
    parent: str = ""  # the name of the resource around it


def children_of(kind: Kind | None) -> tuple[Kind, ...]:
    """The kinds that are declared inside this one, or with None at the top level."""
    return tuple(k for k in KINDS if (k.parent and k.parent[0]) == (kind and kind.name))


def declared(data: Mapping[str, Any]) -> Iterator[Declared]:
    """Every resource, parents before children, and the account's parts behind them all."""
    yield from _within(None, data, (), "")
    for kind in PARTS:
        if data.get(kind.plural) is not None:
            yield Declared(kind, Address(kind.name, "account"), (kind.plural,), data[kind.plural])


def _within(around: Kind | None, data: Any, place: Place, parent: str) -> Iterator[Declared]:
    for kind in children_of(around) if isinstance(data, Mapping) else ():
        written = data.get(kind.plural)
        for name, value in written.items() if isinstance(written, Mapping) else ():
            address = Address(kind.name, f"{parent}.{name}" if parent else name)
            here = Declared(kind, address, (*place, kind.plural, name), value, parent)
            yield here
            yield from _within(kind, value, here.place, address.name)


def is_inside(address: Address, around: Address) -> bool:
    """Whether the one is declared inside the other."""
    parent = BY_NAME[address.kind].parent
    return parent is not None and parent[0] == around.kind and address.name.startswith(f"{around.name}.")


def moved(moves: Mapping[Address, Address], address: Address) -> Address:
    """The address under which a stamp's address lives now: its own move, or that of a resource around it."""
    if address in moves:
        return moves[address]
    for old, new in moves.items() if BY_NAME[address.kind].parent else ():
        if is_inside(address, old):
            inside = Address(address.kind, new.name + address.name.removeprefix(old.name))
            return moves.get(inside, inside)
    return address
