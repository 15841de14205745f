"""The rules of amounts and tiers: of a price, and of each of its currencies (stripe-facts 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from reconciler.kinds.kind import Objection
from reconciler.kinds.money import LARGEST, THREE_DECIMAL, major_units, minor_units

FORMS = ("amount", "unit_amount", "unit_amount_decimal", "custom_unit_amount")

_At = tuple[str | int, ...]


def check_amount(data: Mapping[str, Any], currency: str, at: _At, *, tiered: bool) -> Iterator[Objection]:
    """Exactly one amount, or none beside tiers, and one that Stripe takes. `at` is the place of `data`."""
    given = [form for form in FORMS if data.get(form) is not None]
    if tiered:
        for form in given:
            yield (*at, form), f"`{form}` beside `tiers`", "the tiers carry the amounts; leave it out"
    elif not given:
        said = f"no amount for {currency}" if at else "no amount"
        yield at, said, f"write `amount`, as in `amount: 29.00`; 0 is free. Or one of {', '.join(FORMS[1:])}"
    for form in given[1:] if not tiered else ():
        yield (*at, form), f"`{form}` beside `{given[0]}`", "exactly one of them says what the price is"
    if data.get("amount") is not None:
        yield from _major(data["amount"], currency, (*at, "amount"))
    for form in ("unit_amount", "unit_amount_decimal"):
        yield from check_minor(data.get(form), currency, (*at, form))
    yield from _custom(data.get("custom_unit_amount"), currency, (*at, "custom_unit_amount"))


def _major(amount: int | Decimal, currency: str, at: _At) -> Iterator[Objection]:
    try:
        minor = minor_units(amount, currency)
    except ValueError as reason:
        said, _, advice = str(reason).partition("; ")
        yield at, said, advice
        return
    yield from _bounded(Decimal(minor), currency, at, f"`amount` {_written(amount)}")


def check_minor(amount: int | str | Decimal | None, currency: str, at: _At) -> Iterator[Objection]:
    """An amount in minor units, whole or not."""
    if amount is None:
        return
    said = f"`{at[-1]}` {_written(amount)}"
    if currency in THREE_DECIMAL and Decimal(amount) % 10:
        yield at, f"{said} is too fine for {currency}", "Stripe takes it in steps of 10: the last digit must be 0"
    yield from _bounded(Decimal(amount), currency, at, said)


def _written(amount: int | str | Decimal) -> str:
    return format(amount, "f") if isinstance(amount, Decimal) else str(amount)


def _bounded(minor: Decimal, currency: str, at: _At, said: str) -> Iterator[Objection]:
    if minor > LARGEST:
        major = major_units(LARGEST, currency)
        most = f"{LARGEST:,} minor units are the most" + (f", {major:,} {currency}" if major is not None else "")
        yield at, f"{said} is more than Stripe takes", most
    if -int(minor.normalize().as_tuple().exponent) > 12:
        yield at, f"{said} has too many decimals", "a minor unit has 12 decimals at most"


def _custom(custom: Mapping[str, Any] | None, currency: str, at: _At) -> Iterator[Objection]:
    if custom is None:
        return
    if not custom["enabled"]:
        yield (*at, "enabled"), f"`{at[-1]}` with `enabled: false`", "leave `custom_unit_amount` out instead"
    limits = [(k, custom[k]) for k in ("minimum", "preset", "maximum") if custom.get(k) is not None]
    for (low, less), (high, more) in pairwise(limits):
        if less > more:
            yield (*at, high), f"`{high}` {more} is below `{low}` {less}", "minimum ≤ preset ≤ maximum"
    for key, amount in limits:
        yield from check_minor(amount, currency, (*at, key))


def check_tiers(tiers: Sequence[Mapping[str, Any]], currency: str, at: _At) -> Iterator[Objection]:
    """Tiers that grow, end in `inf` and carry an amount each."""
    if not tiers:
        yield at, "`tiers` is empty", "at least one tier is needed; the last is `up_to: inf`"
    for number, tier in enumerate(tiers):
        here, up_to, last = (*at, number), tier["up_to"], number == len(tiers) - 1
        before = tiers[number - 1]["up_to"] if number else 0
        if last and up_to != "inf":
            yield (*here, "up_to"), f"the last tier ends at {up_to}", "the last tier is `up_to: inf`"
        if up_to == "inf" and not last:
            yield (
                (*here, "up_to"),
                "only the last tier is `up_to: inf`",
                "give this one a number, or remove those below",
            )
        elif "inf" not in (up_to, before) and up_to <= before:
            yield (
                (*here, "up_to"),
                f"tier `up_to: {up_to}` follows `up_to: {before}`",
                "each tier must end above the last",
            )
        yield from _tier_amounts(tier, currency, here)


def _tier_amounts(tier: Mapping[str, Any], currency: str, at: _At) -> Iterator[Objection]:
    given = {name: [k for k in (name, f"{name}_decimal") if k in tier] for name in ("unit_amount", "flat_amount")}
    if not any(given.values()):
        yield at, "a tier without an amount", "write `unit_amount` for each unit, `flat_amount` for the tier, or both"
    for name, keys in given.items():
        if len(keys) == 2:
            yield (*at, keys[1]), f"`{keys[1]}` beside `{name}`", "one of them says what it costs"
        for key in keys:
            yield from check_minor(tier[key], currency, (*at, key))
