"""Money, dates and Stripe's values in words. English, whatever locale a session asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from reconciler.emulator.store import Body

WHOLE = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THOUSANDTHS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
"""Currencies whose minor unit is the unit itself, or a thousandth of it (stripe-facts 6)."""
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
REASONS = {
    "customer_service": "Customer service was less than expected",
    "low_quality": "Quality was less than expected",
    "missing_features": "I need more features",
    "other": "Other reason",
    "switched_service": "I found an alternative",
    "too_complex": "Ease of use was less than expected",
    "too_expensive": "It's too expensive",
    "unused": "I no longer need it",
}
STATUS = {
    "active": "Active",
    "canceled": "Canceled",
    "incomplete": "Incomplete",
    "incomplete_expired": "Expired",
    "past_due": "Past due",
    "paused": "Paused",
    "trialing": "Trial",
    "unpaid": "Unpaid",
}


def money(minor: Decimal, currency: str) -> str:
    """An amount in minor units; fractions of one are shown."""
    from babel.numbers import format_currency, get_currency_symbol

    places = 0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2
    value = minor.scaleb(-places)
    whole = minor == minor.to_integral_value()
    apart = "\u00a0" if get_currency_symbol(currency.upper(), locale="en").isalpha() else ""
    pattern = f"¤{apart}#,##0" + ("." + "0" * places if places else "") + ("" if whole else "#" * 12)
    return format_currency(value, currency.upper(), pattern, locale="en", currency_digits=False)


def amount(price: Body, currency: str) -> Decimal | None:
    """What one unit costs in minor units of a currency of the price; None where that depends on the quantity."""
    held = {**price, **price["currency_options"].get(currency, {})}
    return None if held["unit_amount_decimal"] is None else Decimal(held["unit_amount_decimal"])


def cost(price: Body, currency: str, unit_label: str | None = None) -> str:
    """`$10.00 per seat every 3 months`."""
    each = amount(price, currency)
    recurring = price["recurring"]
    per = f" per {unit_label}" if unit_label else ""
    return f"{'Varies' if each is None else money(each, currency)}{per} {every(recurring)}"


def every(recurring: Mapping[str, Any]) -> str:
    one = recurring["interval_count"] == 1
    return f"per {recurring['interval']}" if one else f"every {span(recurring)}"


def span(period: Mapping[str, Any]) -> str:
    """`1 month`, `3 months`."""
    count = period["interval_count"]
    return f"{count} {period['interval']}{'' if count == 1 else 's'}"


def days(recurring: Mapping[str, Any]) -> int:
    """About how long a period is, to tell the shorter of two."""
    return int(DAYS[recurring["interval"]] * recurring["interval_count"])


def day(seconds: int) -> str:
    """`22 November 2026`, in UTC."""
    from babel.dates import format_date

    return format_date(datetime.fromtimestamp(seconds, UTC), "d MMMM y", locale="en")


def discount(coupon: Body, currency: str) -> str:
    """`20% off for 3 months`, or an amount in a currency of the coupon."""
    if coupon["percent_off"]:
        off = f"{coupon['percent_off']:g}%"
    else:
        off = money(Decimal({**coupon, **coupon["currency_options"].get(currency, {})}["amount_off"]), currency)
    months = coupon["duration_in_months"]
    length = {"once": "once", "forever": "for good", "repeating": f"for {months} month{'' if months == 1 else 's'}"}
    return f"{off} off {length[coupon['duration']]}"
