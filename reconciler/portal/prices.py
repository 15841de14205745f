"""A price in words: what it costs in each currency, by tier and how often."""

from __future__ import annotations

from collections.abc import Iterator
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


def said(price: Properties, unit: str, locale: Locale, currency: str = "") -> Said | None:
    """What customers with a subscription in that currency read; None where the price has no amount in it.

    `unit` is what one is called, or empty. Without a currency it is the price's own.
    """
    found = tariffs(price)
    own = found.get(currency) if currency else next(iter(found.values()))
    return Said(_amount(own, unit, locale), tuple(_details(price, own, unit, locale)), own) if own else None


def elsewhere(price: Properties, unit: str, locale: Locale, currency: str) -> Iterator[str]:
    """What it costs in every currency but one, each in one line."""
    for tariff in tariffs(price).values():
        if tariff.currency != currency:
            amounts = "; ".join(_tiers(tariff, unit, locale))
            yield " · ".join(filter(None, (_amount(tariff, unit, locale), amounts, _tax(price, tariff))))


def _tax(price: Properties, tariff: Tariff) -> str:
    """What is said of tax, which each currency has its own of."""
    own = tariff.currency == price[("currency",)]
    place = ("tax_behavior",) if own else ("currency_options", tariff.currency, "tax_behavior")
    return _TAX.get(str(price.get(place)), "")


def _amount(tariff: Tariff, unit: str, locale: Locale) -> str:
    if tariff.tiers:
        least = money(charge(tariff, 1) or Fraction(0), tariff.currency, locale)
        return each(least, tariff.every, locale).within("from ")
    if tariff.amount is None:
        return "an amount that the customer chooses"
    amount = money(tariff.amount, tariff.currency, locale)
    if tariff.divide_by > 1:
        packets = f"{amount} for every {number(tariff.divide_by, locale)} {_several(unit)}"
        return str(each(packets, tariff.every, locale))
    return each(amount, tariff.every, locale)


def _several(unit: str) -> str:
    return f"{unit}s" if unit else "units"


def _details(price: Properties, own: Tariff, unit: str, locale: Locale) -> Iterator[str]:
    """The tiers line by line, and what else holds for the price in one."""
    if own.tiers:
        yield from _tiers(own, unit, locale)
    days = price.get(("recurring", "trial_period_days"))
    about = (
        f"for each {unit}" if unit and not own.tiers and own.divide_by == 1 else "",
        f"rounded {own.rounding} to whole packets" if own.divide_by > 1 else "",
        "billed for what is used" if own.metered else "",
        "" if own.every else "paid once",
        _tax(price, own),
        "free for the first " if days else "",
    )
    text = " · ".join(filter(None, about))
    if text:
        yield span("day", days, locale).within(text) if days else text


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
