"""A price in words: what it costs in each currency, by tier and how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from babel import Locale

from reconciler.kinds.tariff import Tariff, charge, tariffs
from reconciler.model import Properties
from reconciler.portal.money import each, money, number, span

_TAX = {"exclusive": "plus tax", "inclusive": "tax included"}


@dataclass(frozen=True, slots=True)
class Said:
    """A price, said: the short form, and the rest by line. `tariff` is the one in its own currency."""

    text: str
    detail: tuple[str, ...]
    tariff: Tariff


def said(price: Properties, unit: str, locale: Locale) -> Said:
    """What customers read. `unit` is what one is called, or empty."""
    found = tariffs(price)
    own, *others = found.values()
    return Said(_amount(own, unit, locale), tuple(_details(price, own, others, unit, locale)), own)


def _amount(tariff: Tariff, unit: str, locale: Locale) -> str:
    if tariff.tiers:
        least = money(charge(tariff, 1) or Fraction(0), tariff.currency, locale)
        return each(f"from {least}", tariff.every, locale)
    if tariff.amount is None:
        return "an amount that the customer chooses"
    amount = money(tariff.amount, tariff.currency, locale)
    if tariff.divide_by > 1:
        amount += f" for every {number(tariff.divide_by, locale)} {_several(unit)}"
    return each(amount, tariff.every, locale)


def _several(unit: str) -> str:
    return f"{unit}s" if unit else "units"


def _details(price: Properties, own: Tariff, others: Sequence[Tariff], unit: str, locale: Locale) -> Iterator[str]:
    """The tiers line by line, what else holds for the price in one, and a line for each further currency."""
    if own.tiers:
        yield from _tiers(own, unit, locale)
    days = price.get(("recurring", "trial_period_days"))
    about = (
        f"for each {unit}" if unit and not own.tiers and own.divide_by == 1 else "",
        f"rounded {own.rounding} to whole packets" if own.divide_by > 1 else "",
        "billed for what is used" if own.metered else "",
        "" if own.every else "paid once",
        _TAX.get(str(price.get(("tax_behavior",))), ""),
        f"free for the first {span('day', days, locale)}" if days else "",
    )
    if said := " · ".join(filter(None, about)):
        yield said
    for tariff in others:
        tax = _TAX.get(str(price.get(("currency_options", tariff.currency, "tax_behavior"))), "")
        amounts = "; ".join(_tiers(tariff, unit, locale))
        yield " · ".join(filter(None, (f"or {_amount(tariff, unit, locale)}", amounts, tax)))


def _tiers(tariff: Tariff, unit: str, locale: Locale) -> Iterator[str]:
    """`first 50 seats: $0.60 each`; where one tier prices all units, `51 to 500 seats: $0.45 each`."""
    below, graduated = 0, tariff.mode == "graduated"
    for tier in tariff.tiers:
        first, last = number(below + 1, locale), tier.up_to
        if last is None:
            where = f"from {first} {_several(unit)} on" if below else f"every {unit or 'unit'}"
        elif graduated and not below:
            where = f"the first {number(last, locale)} {_several(unit)}"
        else:
            where = f"{first} to {number(last, locale)} {_several(unit)}"
        parts = [f"{money(tier.unit, tariff.currency, locale)} each"] if tier.unit or not tier.flat else []
        parts += [f"{money(tier.flat, tariff.currency, locale)} flat"] if tier.flat else []
        yield f"{where}: {' and '.join(parts)}" + ("" if graduated else ", for all of them")
        below = last or below
