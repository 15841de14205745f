"""How prices look to people: what one costs, and by how much another is dearer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from reconciler.kinds import BY_NAME
from reconciler.kinds.compare import compared, is_packed_alike, signed
from reconciler.kinds.tariff import Tariff, charge
from reconciler.model import Properties
from reconciler.report.words import every, money


def whole(minor: Fraction, currency: str) -> str:
    """An amount, rounded to the smallest unit that people pay."""
    return money(round(minor), currency) or f"{round(minor):,} smallest units of {currency}"


def _first(properties: Properties) -> Tariff:
    """What a price asks for in its own currency."""
    tariffs = _tariffs(properties)
    return next(iter(tariffs.values()))


def _tariffs(properties: Properties) -> Mapping[str, Tariff]:
    found = next(k.tariffs for k in BY_NAME.values() if k.tariffs)
    return found(properties)


def amount(properties: Properties) -> str:
    """What one costs: `$19.00`; of tiers, what the first one does."""
    tariff = _first(properties)
    if tariff.tiers:
        return f"{tariff.mode}: from {_exact(charge(tariff, 1) or Fraction(0), tariff.currency)}"
    if tariff.amount is None:
        return "what the customer chooses"
    return _exact(tariff.amount, tariff.currency)


def _exact(minor: Fraction, currency: str) -> str:
    """An amount with every decimal that it has: prices have at most twelve."""
    value = Decimal(minor.numerator) / Decimal(minor.denominator)
    plain = str(int(value)) if value == int(value) else f"{value:f}"
    return money(plain, currency) or f"{plain} smallest units of {currency}"


def shown(properties: Properties) -> str:
    """A price as people say it: `$19.00 / month`, `graduated: from $10.00 / month, metered`."""
    tariff = _first(properties)
    packet = f" for {tariff.divide_by:,}" if tariff.divide_by > 1 else ""
    return amount(properties) + packet + every(properties) + (", metered" if tariff.metered else "")


def percent(before: Properties, after: Properties) -> str:
    """How much more or less the successor is: in its own currency where both have that, and in the others that both
    have where it is by another part there."""
    old, new = _tariffs(before), _tariffs(after)
    found = {c: _range(old[c], new[c]) for c in new if c in old}
    own = next(iter(new))
    first = found.pop(own, "") if own == next(iter(old)) else ""
    rest = [f"{part} {c.upper()}" for c, part in found.items() if part and part != first]
    text = ", ".join(filter(None, [first, *rest]))
    return f"{text} per month" if text and _first(before).every != _first(after).every else text


def _range(old: Tariff, new: Tariff) -> str:
    """`+26.3 %`; where amounts change by various parts, from the least to the most. Nothing where one was free, but
    that it is by packets now."""
    parts = [pair.change for pair in compared(old, new)]
    known = sorted(part for part in parts if part is not None)
    if not known or len(known) < len(parts):
        return "" if is_packed_alike(old, new) or not parts else _packets(new)
    return " to ".join(dict.fromkeys(signed(part) for part in (known[0], known[-1])))


def _packets(one: Tariff) -> str:
    return f"by packets of {one.divide_by:,}, rounded {one.rounding}" if one.divide_by > 1 else "by packets no more"
