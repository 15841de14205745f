"""Stripe's smallest currency units (stripe-facts 6, currencies)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from reconciler.kinds.shapes import exact

ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
UNCERTAIN = frozenset({"isk", "ugx"})
"""Without decimals to people, with two to Stripe, say some sources and not others: `amount` is refused for them."""
LARGEST = 99_999_999
"""The most minor units that a price can have: eight digits (stripe-facts 6)."""


def decimals(currency: str) -> int:
    """How many decimals Stripe's smallest unit of a currency has."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def minor_units(amount: int | Decimal, currency: str) -> int | str:
    """An amount in major units as Stripe's smallest units: 29.00 usd is 2900, 0.0005 usd is "0.05".

    Raises ValueError with the reason, and behind a `; ` with what to write, when the text of the amount has two readings
    or is nothing that Stripe takes.
    """
    places = decimals(currency)
    if currency in UNCERTAIN:
        raise ValueError(
            f"`amount` is not certain in {currency}, which Stripe counts by rules of its own; write `unit_amount`, in "
            "the unit that Stripe's list of currencies gives"
        )
    if isinstance(amount, int) and amount != 0 and places:
        major, minor = f"{amount}.{'0' * places}", f"{Decimal(amount).scaleb(-places):f}"
        raise ValueError(
            f"`amount: {amount}` in {currency} has two readings; write {major} for {major} {currency}, "
            f"or {minor} for {minor} {currency}"
        )
    if isinstance(amount, Decimal) and places == 2 and amount >= 1 and amount.as_tuple().exponent == -3:
        raise ValueError(
            f"`amount: {amount}` in {currency} has two readings, as some write thousands so; write "
            f"{str(amount).replace('.', '')}.00, or unit_amount_decimal: {amount.scaleb(2):f}"
        )
    if isinstance(amount, Decimal) and not places:
        whole = f"write {int(amount)}" if amount == int(amount) else "write a whole number"
        raise ValueError(f"`amount: {amount}` has decimals, and {currency} has none; {whole}")
    value = exact(Decimal(amount).scaleb(places))
    if places == 3 and (isinstance(value, str) or value % 10):
        raise ValueError(
            f"`amount: {amount}` is too fine; Stripe takes {currency} in steps of 0.010, so that the third decimal is 0"
        )
    assert isinstance(value, int | str)
    return value


def major_units(minor: int | str, currency: str) -> Decimal | None:
    """Smallest units as major units, or None where it is not certain how Stripe counts the currency."""
    return None if currency in UNCERTAIN else Decimal(str(minor)).scaleb(-decimals(currency))


def said(minor: Fraction, currency: str) -> str:
    """Smallest units as people write them: 1900 usd is `19.00 usd`. What has no end is rounded to a smallest unit."""
    if currency in UNCERTAIN:
        return f"{round(minor)} smallest units of {currency}"
    places = decimals(currency)
    major = minor / 10**places
    ends = next((p for p in range(places, places + 13) if (major * 10**p).denominator == 1), places)
    return f"{Decimal(round(major * 10**ends)).scaleb(-ends):f} {currency}"
