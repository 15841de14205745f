"""Values that only one object can have, and that move from one to another, such as lookup keys (design 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.model import Desired, Difference, Observed, Path


class Holders:
    """Who has each value that moves from one object to another, such as a lookup key (design 4)."""

    def __init__(self, desired: Desired, observed: Sequence[Observed], differences: Sequence[Difference]):
        self.project = desired.project
        self.paired = {d.pair.observed.id: d for d in differences if d.pair.observed}
        self.by_value: dict[tuple[str, Path, Any], list[Observed]] = {}
        for one in observed:
            for field in BY_NAME[one.kind].moving:
                if (value := one.properties.get(field.path)) is not None:
                    self.by_value.setdefault((one.kind, field.path, value), []).append(one)

    def others(self, kind: Kind, path: Path, value: Any, old: Observed | None) -> Iterator[tuple[Observed, bool]]:
        """Every other object that has the value, and whether it is ours to take it from."""
        for one in self.by_value.get((kind.name, path, value), ()):
            if old is None or one.id != old.id:
                yield one, self._may_lose(one, path)

    def _may_lose(self, one: Observed, path: Path) -> bool:
        """One of ours gives up what the YAML gave it; what somebody else gave it stays, unless it leaves."""
        if one.id in self.paired:
            return path in self.paired[one.id].settled or bool(one.stamp and path in one.stamp.fields)
        return bool(one.stamp and one.stamp.project == self.project)


def transfers(kind: Kind, values: Mapping[Path, Any], old: Observed | None, holders: Holders) -> dict[str, bool]:
    """Move a unique value over, when whoever holds it is ours (design 4)."""
    params = {}
    for path, value in values.items():
        field = kind.field_at(path)
        if field and field.transfer and any(ours for _, ours in holders.others(kind, path, value, old)):
            params[field.transfer] = True
    return params
