"""What a price asks for, in each of its currencies: exact amounts for any quantity (stripe-facts 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from reconciler.model import Properties

MONTHS = {"day": Fraction(12, 365), "week": Fraction(12, 52), "month": Fraction(1), "year": Fraction(12)}
"""How many months an interval has: a year is 12 months, 52 weeks or 365 days."""
_AMOUNT, _TIERS, _LEAST = ("unit_amount",), ("tiers",), ("custom_unit_amount", "minimum")


@dataclass(frozen=True, slots=True)
class Tier:
    """Up to how many units, none being without end; minor units for each of them, and for coming into the tier."""

    up_to: int | None
    unit: Fraction
    flat: Fraction


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a price asks for in one currency, in exact minor units.

    `amount` None: tiers say it, or the customer does, who pays `least` at least. `every` is the interval and how many of them, or None for a price
    that is paid once. A quantity is divided by `divide_by` first, and rounded as `rounding` says.
    """

    currency: str
    amount: Fraction | None
    tiers: tuple[Tier, ...] = ()
    mode: str = ""
    divide_by: int = 1
    rounding: str = "up"
    every: tuple[str, int] | None = None
    metered: bool = False
    least: Fraction = Fraction(0)

    @property
    def is_chosen(self) -> bool:
        """Whether the customer chooses the amount."""
        return self.amount is None and not self.tiers

    @property
    def months(self) -> Fraction | None:
        """How long a billing period is."""
        return MONTHS[self.every[0]] * self.every[1] if self.every else None


def tariffs(properties: Properties) -> Mapping[str, Tariff]:
    """A price's tariff in each of its currencies, its own first."""
    base = str(properties[("currency",)])
    others = [p[1] for p in properties if p[0] == "currency_options" and len(p) > 1]
    return {
        c: _tariff(properties, c, ("currency_options", c) if c != base else ()) for c in dict.fromkeys([base, *others])
    }


def _tariff(properties: Properties, currency: str, at: tuple[str, ...]) -> Tariff:
    interval = properties.get(("recurring", "interval"))
    amount = properties.get((*at, *_AMOUNT))
    return Tariff(
        currency,
        None if amount is None else Fraction(str(amount)),
        tuple(_tier(t) for t in properties.get((*at, *_TIERS)) or ()),
        str(properties.get(("tiers_mode",)) or ""),
        properties.get(("transform_quantity", "divide_by")) or 1,
        str(properties.get(("transform_quantity", "round")) or "up"),
        (interval, properties.get(("recurring", "interval_count")) or 1) if interval else None,
        properties.get(("recurring", "usage_type")) == "metered",
        Fraction(str(properties.get((*at, *_LEAST)) or 0)),
    )


def _tier(tier: Mapping[str, Any]) -> Tier:
    unit, flat = (Fraction(str(tier.get(k) or 0)) for k in ("unit_amount", "flat_amount"))
    return Tier(None if tier["up_to"] == "inf" else int(tier["up_to"]), unit, flat)


def charge(tariff: Tariff, quantity: int) -> Fraction | None:
    """Minor units for one billing period, before discounts and taxes; None where the customer chooses."""
    if tariff.tiers:
        return (_graduated if tariff.mode == "graduated" else _volume)(tariff.tiers, quantity)
    if tariff.amount is None:
        return None
    packets, rest = divmod(quantity, tariff.divide_by)
    return tariff.amount * (packets + (1 if rest and tariff.rounding == "up" else 0))


def monthly(tariff: Tariff, quantity: int) -> Fraction | None:
    """Minor units a month; None where nothing is fixed: for what is metered, paid once, or chosen by the customer."""
    whole = charge(tariff, quantity)
    return None if whole is None or tariff.months is None or tariff.metered else whole / tariff.months


def _graduated(tiers: tuple[Tier, ...], quantity: int) -> Fraction:
    """Each tier prices its own units. The first is entered with nothing too, and its flat amount is due."""
    total, below = Fraction(0), 0
    for tier in tiers:
        if quantity <= below and below:
            break
        inside = (quantity if tier.up_to is None else min(quantity, tier.up_to)) - below
        total += tier.flat + tier.unit * inside
        below = quantity if tier.up_to is None else tier.up_to
    return total


def _volume(tiers: tuple[Tier, ...], quantity: int) -> Fraction:
    """The tier that the quantity comes to prices all units."""
    tier = next((t for t in tiers if t.up_to is None or quantity <= t.up_to), tiers[-1])
    return tier.flat + tier.unit * quantity
