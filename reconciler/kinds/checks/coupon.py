"""The rules of a coupon (SDK docstrings; stripe-facts 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from reconciler.kinds.checks.amounts import check_minor
from reconciler.kinds.checks.currencies import check_options
from reconciler.kinds.checks.moments import check_moment
from reconciler.kinds.kind import Children, Objection


def check(data: Mapping[str, Any], _: Children) -> Iterator[Objection]:
    """What is wrong with a coupon as written."""
    percent, amount = data.get("percent_off"), data.get("amount_off")
    if percent is not None and amount is not None:
        yield ("amount_off",), "`amount_off` beside `percent_off`", "exactly one of them says what it takes off"
    elif percent is None and amount is None:
        yield (), "neither `percent_off` nor `amount_off`", "say what it takes off, as in `percent_off: 20`"
    # Two decimals are what Stripe announced for it (pinax-stripe-light 613). More might come back rounded, and a
    # discount that reads back as another one would be deleted and made again by every apply.
    if percent is not None and Decimal(percent) * 100 % 1:
        yield ("percent_off",), f"`percent_off` {percent} is too fine", "Stripe keeps two decimals"
    yield from _currency(data, amount)
    yield from _duration(data.get("duration") or "once", data.get("duration_in_months"))
    yield from check_moment(data.get("redeem_by"), "redeem_by")


def _currency(data: Mapping[str, Any], amount: int | None) -> Iterator[Objection]:
    currency = data.get("currency")
    if amount is None:
        for key in ("currency", "currency_options"):
            if data.get(key):
                yield (key,), f"`{key}` without `amount_off`", "a percentage needs no currency; leave it out"
        return
    if currency is None:
        yield ("amount_off",), "`amount_off` without `currency`", "add it, as in `currency: usd`"
    else:
        yield from check_minor(amount, currency, ("amount_off",))
    yield from check_options(data.get("currency_options"), "amount_off", currency, "the coupon")


def _duration(duration: str, months: int | None) -> Iterator[Objection]:
    if duration == "repeating" and months is None:
        yield (
            ("duration",),
            "`duration: repeating` without `duration_in_months`",
            "add it, as in `duration_in_months: 3`",
        )
    elif duration != "repeating" and months is not None:
        yield (
            ("duration_in_months",),
            "`duration_in_months` without `duration: repeating`",
            "add it, or leave the months out",
        )
