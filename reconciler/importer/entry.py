"""What import says of one object, and what was decided about it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from reconciler.model import Address, Path


class Remedy(Enum):
    """What to do about something that cannot stand as it is."""

    LEAVE_OUT = "leave out"
    OVERLAY = "overlay"  # it holds in this account alone
    BY_ID = "by id"  # it names what is out of service, which the YAML cannot, and Stripe can
    ADOPT = "adopt"  # its natural key does not tell it from others


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that cannot stand. `path` is the place in the resource; () is all of it."""

    address: Address
    path: Path
    why: str
    remedy: Remedy = Remedy.LEAVE_OUT


@dataclass(frozen=True, slots=True)
class Rulings:
    """What became of every finding so far."""

    out: Mapping[tuple[Address, Path], str] = field(default_factory=dict)
    overlay: frozenset[tuple[Address, Path]] = frozenset()
    adopt: frozenset[Address] = frozenset()
    by_id: frozenset[tuple[Address, Path]] = frozenset()

    def after(self, findings: tuple[Finding, ...]) -> Rulings:
        """These and more. Who asks again for what did not help is left out."""
        out, overlay, adopt, by_id = dict(self.out), set(self.overlay), set(self.adopt), set(self.by_id)
        for one in findings:
            key = (one.address, one.path)
            if one.remedy is Remedy.ADOPT and one.address not in self.adopt:
                adopt.add(one.address)
            elif one.remedy is Remedy.OVERLAY and key not in self.overlay:
                overlay.add(key)
            elif one.remedy is Remedy.BY_ID and key not in self.by_id:
                by_id.add(key)
            elif key in self.out and one.path:  # what is at this place was left out, and it is still wrong
                out.setdefault((one.address, one.path[:-1]), one.why)
            else:
                out.setdefault(key, one.why)
        return Rulings(out, frozenset(overlay), frozenset(adopt), frozenset(by_id))


@dataclass(frozen=True, slots=True)
class Entry:
    """One object as YAML data: what holds everywhere, and what holds in this account alone.

    `notes` are what could not be expressed. An entry without data could not be expressed at all, and its notes say why.
    """

    address: Address
    base: Mapping[str, Any]
    over: Mapping[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> Mapping[str, Any]:
        """Both together."""
        return merged(self.base, self.over)

    @property
    def is_out(self) -> bool:
        return not (self.base or self.over)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Nested data with other data put over it; only what changes is copied."""
    found = dict(below)
    for key, value in above.items():
        have = found.get(key)
        both = isinstance(value, Mapping) and isinstance(have, Mapping)
        found[key] = merged(have, value) if both and isinstance(have, Mapping) else value
    return found
