"""Two tariffs compared: amounts that stand for each other, and by how much they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from reconciler.kinds.tariff import Tariff, charge


@dataclass(frozen=True, slots=True)
class Amounts:
    """Two amounts that stand for each other, in exact minor units; `quantity` says what for, where that is not one."""

    before: Fraction
    after: Fraction
    quantity: int = 1

    @property
    def change(self) -> Fraction | None:
        """The part by which it grows or shrinks; None from nothing."""
        return (self.after - self.before) / self.before if self.before else None


def comparable(old: Tariff, new: Tariff) -> bool:
    """Whether amounts of both can stand for each other: not in another currency, nor for what is paid once and again
    and again, for what is metered and what is not, or for what the customer chooses and what is fixed."""
    return _sort(old) == _sort(new)


def _sort(one: Tariff) -> tuple[str, bool, bool, bool]:
    return one.currency, one.every is None, one.metered, one.is_chosen


def compared(old: Tariff, new: Tariff) -> Iterator[Amounts]:
    """Amounts that stand for each other, but for those that are nothing before and after; none if not `comparable`.

    By the month where the intervals differ; tier by tier where both have the same ones, else what some quantities cost
    on both sides of every bound, which a packet is too. Of what the customer chooses, the least.
    """
    if not comparable(old, new):
        return
    spans = (1, 1) if old.every == new.every else (old.months or 1, new.months or 1)
    for before, after, quantity in _amounts(old, new):
        if before is not None and after is not None and (before or after):
            yield Amounts(before / spans[0], after / spans[1], quantity)


def _amounts(old: Tariff, new: Tariff) -> Iterator[tuple[Fraction | None, Fraction | None, int]]:
    if old.is_chosen:
        yield old.least, new.least, 1
    elif old.tiers and old.mode == new.mode and [t.up_to for t in old.tiers] == [t.up_to for t in new.tiers]:
        for was, now in zip(old.tiers, new.tiers, strict=True):
            yield was.unit, now.unit, 1
            yield was.flat, now.flat, 1
    else:
        tiers = {t.up_to for t in (*old.tiers, *new.tiers) if t.up_to is not None}
        bounds = tiers | {one.divide_by for one in (old, new) if one.divide_by > 1}
        many = {10 * max(tiers, default=1)} if old.tiers or new.tiers else set()
        for quantity in sorted({1, *bounds, *(b + 1 for b in bounds), *many}):
            yield charge(old, quantity), charge(new, quantity), quantity


def is_packed_alike(old: Tariff, new: Tariff) -> bool:
    """Whether both divide a quantity by the same, and round alike."""
    return old.divide_by == new.divide_by and (old.divide_by == 1 or old.rounding == new.rounding)


def signed(part: Fraction) -> str:
    """A change as people say it: 1/4 is `+25.0 %`."""
    tenths = abs(part) * 1000 + Fraction(1, 2)
    value = Decimal(int(tenths)) / 10
    return f"{'-' if part < 0 and value else '+' if value else ''}{value:.1f} %"
