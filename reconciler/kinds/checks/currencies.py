"""The rules of amounts in further currencies: of a coupon, a promotion code, a shipping rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.checks.amounts import check_minor
from reconciler.kinds.kind import Objection


def check_options(
    options: Mapping[str, Any] | None, name: str, base: str | None, of: str, at: tuple[str, ...] = ()
) -> Iterator[Objection]:
    """Other currencies than the base, with amounts that Stripe takes. `name` is the amount in an entry, `of` says whose
    the base currency is, `at` is where the map stands."""
    for currency, option in (options or {}).items():
        here = (*at, "currency_options", currency)
        if currency == base:
            yield here, f"`currency_options` repeats {currency}, the currency of {of}", "leave the entry out"
        elif option is not None:
            yield from check_minor(option[name], currency, (*here, name))
