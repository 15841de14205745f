"""Where resources stand in a file, as the kinds say."""

from __future__ import annotations

from enum import Enum

from reconciler.kinds import KINDS, PARTS
from reconciler.kinds.kind import Kind

TOP: dict[str, Kind] = {kind.plural: kind for kind in KINDS if kind.parent is None}
"""The kinds that stand at the top of a file, by their key."""

CHILDREN: dict[str, dict[str, Kind]] = {
    kind.name: {child.plural: child for child in KINDS if child.parent and child.parent[0] == kind.name}
    for kind in (*KINDS, *PARTS)
}
"""The kinds that stand inside a resource of a kind, by their key."""

_NAMED = frozenset([*(kind.plural for kind in KINDS), "environments"])


class Role(Enum):
    """What the keys of a map are."""

    FIELDS = "fields"
    NAMES = "names"  # of resources: one that is called metadata is not metadata
    METADATA = "metadata"  # whose scalars are their text


def role(key: str | int, around: Role) -> Role:
    """The role of a map that stands under a key of a map of another role."""
    if around is Role.NAMES:
        return Role.FIELDS
    if key == "metadata":
        return Role.METADATA
    return Role.NAMES if key in _NAMED else Role.FIELDS
