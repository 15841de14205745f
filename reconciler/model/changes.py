"""What differs, and who made it differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from reconciler.model.names import Address, Path, Properties
from reconciler.model.states import Observed, Pair, Resource


class Cause(Enum):
    """Who made a field differ, as the digests in the stamp tell."""

    EDITED = "edited"
    DRIFTED = "drifted"
    BOTH = "both"
    FOLLOWED = "followed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `after` None means unset."""

    path: Path
    before: Any
    after: Any
    forces_replacement: bool = False
    cause: Cause = Cause.UNKNOWN


class Part(Enum):
    """What goes to Stripe together.

    LINKS are the fields that can only be set once the object and what it refers to exist. SWITCH is the one field that
    takes a call of its own for on and for off, MEMBERS are lists that take a call for each member.
    """

    BODY = "body"
    LINKS = "links"
    MEMBERS = "members"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between a declared resource and its object, or the coming and going of either."""

    address: Address
    part: Part
    before: Observed | None
    after: Resource | None
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One pair's changes. `let_go` are values that stay, or stay behind, although nothing declares them any more.

    `settled` are the desired values with every known id in the place of its Ref. `restamp`: the stamp is out of date.
    `ended`: it is out of service by itself and for good, and stays so.
    """

    pair: Pair
    changes: tuple[Change, ...]
    settled: Properties
    let_go: tuple[Path, ...] = ()
    restamp: bool = False
    ended: bool = False
