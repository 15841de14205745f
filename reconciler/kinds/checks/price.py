"""The rules of a price (stripe-facts 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.checks.amounts import FORMS, check_amount, check_tiers
from reconciler.kinds.checks.intervals import too_long
from reconciler.kinds.kind import Children, Objection


def check(data: Mapping[str, Any], _: Children) -> Iterator[Objection]:
    """What is wrong with a price as written."""
    currency, tiers = data["currency"], data.get("tiers")
    yield from _scheme(data)
    if tiers is not None or data.get("billing_scheme") != "tiered":
        yield from check_amount(data, currency, (), tiered=tiers is not None)
    if tiers is not None:
        yield from check_tiers(tiers, currency, ("tiers",))
    yield from _currencies(data)
    yield from _recurring(data.get("recurring") or {})
    if data.get("custom_unit_amount") is not None and data.get("recurring") is not None:
        said = "`custom_unit_amount` is for one-time prices only"
        yield ("custom_unit_amount",), said, "leave `recurring` out, or give the price an amount"


def _scheme(data: Mapping[str, Any]) -> Iterator[Objection]:
    scheme, tiers, mode = data.get("billing_scheme"), data.get("tiers"), data.get("tiers_mode")
    if scheme == "tiered" and tiers is None:
        yield ("billing_scheme",), "`billing_scheme: tiered` without `tiers`", "list the tiers, or leave the line out"
    if scheme == "per_unit" and tiers is not None:
        yield ("billing_scheme",), "`billing_scheme: per_unit` beside `tiers`", "leave the line out: tiers imply it"
    if tiers is not None and mode is None:
        advice = "`graduated`: each tier prices its own units; `volume`: the last tier reached prices all"
        yield ("tiers",), "`tiers` without `tiers_mode`", advice
    if mode is not None and tiers is None and scheme != "tiered":
        yield ("tiers_mode",), "`tiers_mode` without `tiers`", "list the tiers, or leave the line out"
    if tiers is not None and data.get("transform_quantity") is not None:
        yield ("transform_quantity",), "`transform_quantity` beside `tiers`", "Stripe takes one of them"


def _currencies(data: Mapping[str, Any]) -> Iterator[Objection]:
    tiered = data.get("tiers") is not None or data.get("billing_scheme") == "tiered"
    for currency, option in (data.get("currency_options") or {}).items():
        at = ("currency_options", currency)
        if currency == data["currency"]:
            yield at, f"`currency_options` repeats {currency}, the currency of the price", "leave the entry out"
            continue
        if option is None:
            continue
        tiers = option.get("tiers")
        if tiered and tiers is None:
            yield at, f"no `tiers` for {currency}", "the price has tiers, so every currency needs its own"
        elif tiers is not None and not tiered:
            yield (*at, "tiers"), f"`tiers` for {currency}, but not for the price", f"use one of {', '.join(FORMS)}"
            continue
        yield from check_amount(option, currency, at, tiered=tiered)
        if tiers is not None:
            yield from check_tiers(tiers, currency, (*at, "tiers"))


def _recurring(recurring: Mapping[str, Any]) -> Iterator[Objection]:
    if not recurring:
        return
    interval, count = recurring["interval"], recurring.get("interval_count")
    if advice := too_long(interval, count):
        yield ("recurring", "interval_count"), f"billed every {count} {interval}s", advice
    metered, meter = recurring.get("usage_type") == "metered", recurring.get("meter")
    if metered and meter is None:
        yield (
            ("recurring", "usage_type"),
            "`usage_type: metered` without `meter`",
            "name the meter that counts it, as in `meter: calls`",
        )
    if meter is not None and not metered:
        yield ("recurring", "meter"), "`meter` without `usage_type: metered`", "add `usage_type: metered`"
    if isinstance(meter, Mapping) and not meter["id"].startswith("mtr_"):
        advice = "it begins with mtr_; a meter that is declared here goes by its name alone"
        yield ("recurring", "meter"), f"`meter` {meter['id']} is not the id of a meter", advice
