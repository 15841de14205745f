"""Addresses of what is declared inside something else."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds import BY_NAME
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
