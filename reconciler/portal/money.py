"""Money, spans of time and numbers as people of a locale write them."""

from __future__ import annotations

from copy import copy
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision
from babel.units import format_compound_unit, format_unit

from reconciler.kinds.money import decimals, major_units
from reconciler.portal.local import ENGLISH, Local

_DAYS = {"day": 1, "week": 7}
_WIDTHS: tuple[Literal["long", "short"], ...] = ("long", "short")
"""Where both are the same in a language, CLDR has only the short words."""
_UNKNOWN = "duration-"
"""Stands in what Babel makes of a unit that it has no words for."""
_FINEST = 12
"""As many decimals of a smallest unit as Stripe takes."""


def locale_of(name: str) -> Locale:
    """`de`, `de-AT`, `pt_BR`. Raises ValueError for what is none."""
    try:
        return Locale.parse(name, sep="-" if "-" in name else "_")
    except (ValueError, UnknownLocaleError, TypeError):
        raise ValueError(f"{name!r} is no locale; write one such as de, fr-CA or pt-BR") from None


def money(minor: Fraction, currency: str, locale: Locale) -> Local:
    """Exact minor units as an amount of money, with every decimal that it has; 1900 usd is $19.00."""
    if major_units(0, currency) is None:
        return Local(f"{format_decimal(round(minor), locale=locale)} smallest units of {currency.upper()}", ENGLISH)
    places = decimals(currency)
    more = next((n for n in range(_FINEST + 1) if (minor * 10**n).denominator == 1), 0)
    major = major_units(str(round(minor * 10**more)), currency)
    assert major is not None
    value, shown = major.scaleb(-more), places + more
    if shown == get_currency_precision(currency.upper()):
        return Local(format_currency(value, currency.upper(), locale=locale), locale)
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (shown, shown)
    exact = format_currency(value, currency.upper(), pattern, locale=locale, currency_digits=False)
    return Local(str(exact), locale)


def each(amount: str, every: tuple[str, int] | None, locale: Locale) -> Local:
    """An amount with how often it is due: `$29.00 per month`, `$80.00 every 3 months`, `29,00 € pro Monat`."""
    if every is None:
        return amount if isinstance(amount, Local) else Local(amount, ENGLISH)
    interval, count = every
    if locale.language == "en":
        return Local(f"{amount} per {interval}" if count == 1 else f"{amount} every {count} {interval}s", locale)
    if count > 1:
        return Local(str(format_compound_unit(amount, None, span(interval, count, locale), locale=locale)), locale)
    texts = (str(format_compound_unit(amount, None, 1, f"duration-{interval}", w, locale=locale)) for w in _WIDTHS)
    return Local(next((t for t in texts if t != amount and _UNKNOWN not in t), f"{amount} / {interval}"), locale)


def span(interval: str, count: int, locale: Locale) -> Local:
    """`3 months`, `3 Monate`; in English where the locale's words for it are not known."""
    texts = (format_unit(count, f"duration-{interval}", width, locale=locale) for width in _WIDTHS)
    known = next((str(t) for t in texts if _UNKNOWN not in t), None)
    return Local(known, locale) if known else Local(f"{count} {interval}{'' if count == 1 else 's'}", ENGLISH)


def number(value: int, locale: Locale) -> str:
    """1,000."""
    return str(format_decimal(value, locale=locale))


def day(when: date, locale: Locale) -> Local:
    """A date in words."""
    return Local(format_date(when, "long", locale=locale), locale)


def later(when: date, every: tuple[str, int], times: int = 1) -> date:
    """The day so many intervals later, or earlier; in a shorter month its last one."""
    interval, count = every
    if interval in _DAYS:
        return when + timedelta(days=_DAYS[interval] * count * times)
    months = when.year * 12 + when.month - 1 + count * times * (12 if interval == "year" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return min(first + timedelta(days=when.day - 1), following - timedelta(days=1))
