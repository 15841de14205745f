"""Who names whom: the fields of observed objects that hold the ids of others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.kinds.values import members
from reconciler.model import Observed, Path


@dataclass(frozen=True, slots=True)
class Pointer:
    """A field of an observed object that names another object."""

    holder: Observed
    field: Field

    def __str__(self) -> str:
        whose = f"{self.holder.stamp.address} " if self.holder.stamp else ""
        return f"{whose}{self.holder.id} ({self.field.name})"

    @property
    def holds(self) -> bool:
        return self.field.holds

    @property
    def is_inside(self) -> bool:
        """Whether it only says inside of what its holder is."""
        parent = BY_NAME[self.holder.kind].parent
        return parent is not None and parent[1] == self.field.name


def pointers_at(
    observed: Sequence[Observed], later: Mapping[tuple[Path, str], Any], at: Collection[str]
) -> dict[str, list[Pointer]]:
    """Who will point at the objects with these ids. `later` are the fields of declared resources that change."""
    found: dict[str, list[Pointer]] = {}
    for one in observed:
        for field in BY_NAME[one.kind].referring:
            value = one.properties.get(field.path)
            for member in members(field, later.get((field.path, one.id), value)):
                if member in at:
                    found.setdefault(member, []).append(Pointer(one, field))
    return found


def referers(kind: Kind, one: Observed) -> Iterator[str]:
    """What an object points at by fields that outlive its retirement, so that it goes before them."""
    for field in kind.referring:
        if field.settable is not Settable.ON_UPDATE:
            yield from members(field, one.properties.get(field.path))
