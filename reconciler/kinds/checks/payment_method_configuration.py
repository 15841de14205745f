"""The rules of a payment method configuration (stripe-facts 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.kind import Children, Objection


def check(data: Mapping[str, Any], _: Children) -> Iterator[Objection]:
    """What is wrong with a payment method configuration as written."""
    if not data.get("is_default") and data.get("name") is None and data.get("adopt") is None:
        advice = "write the `name` that it has in the Dashboard, or `is_default: true` for the account's default"
        yield (), "neither `name` nor `is_default`, by which it could be found", advice
    if data.get("is_default") and data.get("active") is False:
        said = "`active: false` on the account's default configuration"
        yield ("active",), said, "Stripe refuses that: leave `active` or `is_default` out"
