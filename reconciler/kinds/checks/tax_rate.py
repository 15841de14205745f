"""The rules of a tax rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from reconciler.kinds.kind import Children, Objection


def check(data: Mapping[str, Any], _: Children) -> Iterator[Objection]:
    """What is wrong with a tax rate as written. At most four decimals is recall."""
    percentage = data["percentage"]
    if Decimal(percentage) * 10_000 % 1:
        yield ("percentage",), f"`percentage` {percentage} is too fine", "Stripe takes four decimals at most"
