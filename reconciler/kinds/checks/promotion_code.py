"""The rules of a promotion code (SDK docstrings; stripe-facts 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.checks.amounts import check_minor
from reconciler.kinds.checks.currencies import check_options
from reconciler.kinds.checks.moments import check_moment
from reconciler.kinds.kind import Children, Objection


def check(data: Mapping[str, Any], _: Children) -> Iterator[Objection]:
    """What is wrong with a promotion code as written."""
    if data.get("customer") is not None and data.get("customer_account") is not None:
        yield ("customer_account",), "`customer_account` beside `customer`", "one of them says who may use it"
    yield from check_moment(data.get("expires_at"), "expires_at")
    yield from _minimum(data.get("restrictions") or {})


def _minimum(restrictions: Mapping[str, Any]) -> Iterator[Objection]:
    at = ("restrictions",)
    amount, currency = restrictions.get("minimum_amount"), restrictions.get("minimum_amount_currency")
    options = restrictions.get("currency_options")
    if amount is not None and currency is None:
        advice = "add it, as in `minimum_amount_currency: usd`"
        yield (*at, "minimum_amount"), "`minimum_amount` without `minimum_amount_currency`", advice
    if currency is not None and amount is None:
        advice = "add `minimum_amount`, in minor units"
        yield (*at, "minimum_amount_currency"), "`minimum_amount_currency` without `minimum_amount`", advice
    if amount is None and options:  # recall
        yield (*at, "currency_options"), "`currency_options` without `minimum_amount`", "give the first currency there"
    if amount is not None and currency is not None:
        yield from check_minor(amount, currency, (*at, "minimum_amount"))
    yield from check_options(options, "minimum_amount", currency, "`minimum_amount`", at)
