"""The rules of a shipping rate (SDK docstrings; stripe-facts 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.checks.amounts import check_minor
from reconciler.kinds.checks.currencies import check_options
from reconciler.kinds.kind import Children, Objection


def check(data: Mapping[str, Any], _: Children) -> Iterator[Objection]:
    """What is wrong with a shipping rate as written."""
    amount = data["fixed_amount"]
    at, currency = ("fixed_amount",), amount["currency"]
    yield from check_minor(amount["amount"], currency, (*at, "amount"))
    yield from check_options(amount.get("currency_options"), "amount", currency, "the rate", at)
    yield from _estimate(data.get("delivery_estimate") or {})


def _estimate(estimate: Mapping[str, Any]) -> Iterator[Objection]:
    least, most = estimate.get("minimum"), estimate.get("maximum")
    if least and most and least["unit"] == most["unit"] and least["value"] > most["value"]:
        said = f"`maximum` of {most['value']} {most['unit']} is below `minimum` of {least['value']}"
        yield ("delivery_estimate", "maximum", "value"), said, "the minimum must not be more than the maximum"
