"""Whom a plan touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.names import Address

SKIPPED = "--no-impact was given"
"""Why nothing was read, where nobody wanted it."""


@dataclass(frozen=True, slots=True)
class Impact:
    """The subscriptions in service to one object that leaves, or to what a portal offers no more.

    `subscriptions` is None where they were not read, and `unread` says why. `monthly` is the recurring revenue on the
    object, by currency: exact minor units a month, as the text of a fraction (`760000`, `4750/3`). Not in it are
    subscriptions on `trial`, those that are `metered`, and those whose amount is `unknown`: how many these are.
    `portals` are the addresses of those that offer the successor instead; `offered` are the ids of prices that the
    portal at `address` offers no more, and empty for everything else.
    """

    address: Address
    id: str
    subscriptions: int | None
    monthly: Mapping[str, str] = field(default_factory=dict)
    unread: str = ""
    trial: int = 0
    metered: int = 0
    unknown: int = 0
    portals: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
