"""Addresses of what is declared inside something else, or is a part of the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds import BY_NAME, PARTS
from reconciler.kinds.kind import Kind
from reconciler.model import Address


def moved(moves: Mapping[Address, Address], address: Address) -> Address:
    """The address under which a stamp's address lives now: its own move, or that of a resource around it."""
    if address in moves:
        return moves[address]
    parent = BY_NAME[address.kind].parent
    for old, new in moves.items() if parent else ():
        if parent and parent[0] == old.kind and address.name.startswith(f"{old.name}."):
            inside = Address(address.kind, new.name + address.name.removeprefix(old.name))
            return moves.get(inside, inside)
    return address


def parts(data: Mapping[str, Any]) -> Iterator[tuple[Kind, Address, Any]]:
    """What a document declares of the account itself, as written."""
    for kind in PARTS:
        if data.get(kind.plural) is not None:
            yield kind, Address(kind.name, "account"), data[kind.plural]
