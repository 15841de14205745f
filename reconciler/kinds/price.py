"""The kind `price` (stripe-facts 6, 18). A price never changes its amount: another amount is another price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.kinds.checks.price import check
from reconciler.kinds.kind import Block, Children, Clear, Field, Kind, Settable
from reconciler.kinds.money import decimals, major_units, minor_units
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import (
    BOOLEAN,
    CURRENCY,
    DECIMAL,
    INTERVAL,
    METADATA,
    exact,
    list_of,
    object_of,
    one_of,
    reference,
    text,
    whole,
)
from reconciler.kinds.tariff import tariffs
from reconciler.model import Properties

_CREATE, _ONCE = Settable.ON_CREATE, Settable.ONCE
_AMOUNT = whole(0, 99_999_999)
_EVERY = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}
_TAX = one_of("exclusive", "inclusive", "unspecified")
_MAJOR = {"type": "number", "minimum": 0}
_TIERS = list_of(
    object_of(
        ("up_to",),
        up_to={"anyOf": [whole(1), {"const": "inf"}]},
        unit_amount=_AMOUNT,
        unit_amount_decimal=DECIMAL,
        flat_amount=_AMOUNT,
        flat_amount_decimal=DECIMAL,
    )
)


def _tiers(value: Any) -> Any:
    """Tiers in one spelling: the last is `inf`, an amount of zero is left out (Stripe answers null or 0)."""
    return value and tuple(
        {"up_to": "inf" if t.get("up_to") is None else t["up_to"]}
        | {k: exact(t[k]) for k in ("unit_amount", "flat_amount") if t.get(k) and exact(t[k])}
        for t in value
    )


def _tiers_wire(value: Any) -> Any:
    return [t if len(t) > 1 else t | {"unit_amount": 0} for t in value]


def _spell(data: Mapping[str, Any], _: Children) -> Mapping[str, Any]:
    """`amount` is major units; tiers imply the billing scheme; custom amounts imply `enabled`."""
    spelled = _amount(data, data["currency"])
    if spelled.get("tiers"):
        spelled.setdefault("billing_scheme", "tiered")
    if options := spelled.get("currency_options"):
        spelled["currency_options"] = {c: o and _amount(o, c) for c, o in options.items()}
    return spelled


def _amount(data: Mapping[str, Any], currency: str) -> dict[str, Any]:
    spelled = {k: v for k, v in data.items() if k != "amount"}
    if (amount := data.get("amount")) is not None:
        spelled["unit_amount"] = minor_units(amount, currency)
    return spelled


def _unspell(data: Mapping[str, Any], _: Children) -> Mapping[str, Any]:
    """Major units where it is certain how Stripe counts the currency; tiers imply the billing scheme."""
    spelled = _major(data, data["currency"])
    if spelled.get("tiers"):
        spelled.pop("billing_scheme", None)
    if options := spelled.get("currency_options"):
        spelled["currency_options"] = {c: o and _major(o, c) for c, o in options.items()}
    return spelled


def _major(data: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """A whole `unit_amount` as `amount`, in its place; a fractional one stays in minor units. Tiers say what is 0."""
    if data.get("tiers"):
        data = {**data, "tiers": _tiers_wire(data["tiers"])}
    minor = data.get("unit_amount")
    major = major_units(minor, currency) if isinstance(minor, int) else None
    if major is None:
        return dict(data)
    amount = int(major) if not minor or not decimals(currency) else major
    return {("amount" if k == "unit_amount" else k): (amount if k == "unit_amount" else v) for k, v in data.items()}


def _called(properties: Properties) -> Sequence[str]:
    """`monthly`, `every-3-months`, `once`, `metered`; then with the currency."""
    interval, count = properties.get(("recurring", "interval")), properties.get(("recurring", "interval_count")) or 1
    metered = properties.get(("recurring", "usage_type")) == "metered"
    if interval is None:
        name = "custom" if properties.get(("custom_unit_amount", "enabled")) else "once"
    else:
        name = _EVERY[interval] if count == 1 else f"every-{count}-{interval}s"
        name = "metered" if metered and name == "monthly" else f"metered-{name}" if metered else name
    return name, f"{name}-{properties.get(('currency',))}"


def _read(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out the base currency's own entry (stripe-facts 6); `enabled` of a custom amount is write-only."""
    options = {c: _custom(o) for c, o in (raw.get("currency_options") or {}).items() if c != raw["currency"]}
    return _custom(raw) | ({"currency_options": options} if "currency_options" in raw else {})


def _custom(raw: Mapping[str, Any]) -> dict[str, Any]:
    custom = raw.get("custom_unit_amount")
    return dict(raw) | ({"custom_unit_amount": {**custom, "enabled": True}} if custom else {})


# fmt: off
_FIELDS = (
    Field("product", reference("product"), "The product that it belongs to: the one it is declared in.", settable=_CREATE, refers_to="product"),
    Field("active", BOOLEAN, "Whether it can be bought.", default=True),
    Field("nickname", text(5000), "Hidden from customers. Stripe documents no way to unset it.", clears_with=Clear.NOTHING),
    Field("lookup_key", text(200), "A name for your code, unique in the account, that moves to the successor when the price is replaced.", clears_with="", transfer="transfer_lookup_key", needed="lookup_key", needed_with="recurring.interval"),
    Field("currency", CURRENCY, "Three lower-case letters.", required=True, settable=_CREATE),
    Field("unit_amount", _AMOUNT, "The amount in minor units: 2900 is $29.00. 0 is free.", settable=_CREATE, canonical=exact, money=True),
    Field("billing_scheme", one_of("per_unit", "tiered"), "`tiered` goes with `tiers`.", settable=_CREATE, default="per_unit"),
    Field("tiers_mode", one_of("graduated", "volume"), "Whether each tier prices its own units, or the last one all.", settable=_CREATE),
    Field("tiers", _TIERS, "Ascending; the last is `up_to: inf`.", settable=_CREATE, expand="tiers", present_when=("billing_scheme", "tiered"), canonical=_tiers, wire=_tiers_wire),
    Field("transform_quantity.divide_by", whole(1), "Divide the quantity by this.", required=True, settable=_CREATE),
    Field("transform_quantity.round", one_of("up", "down"), "How to round after dividing.", required=True, settable=_CREATE),
    Field("custom_unit_amount.enabled", BOOLEAN, "The customer chooses the amount.", required=True, settable=_CREATE),
    Field("custom_unit_amount.minimum", _AMOUNT, "Minor units.", settable=_CREATE, money=True),
    Field("custom_unit_amount.maximum", _AMOUNT, "Minor units.", settable=_CREATE, money=True),
    Field("custom_unit_amount.preset", _AMOUNT, "Minor units.", settable=_CREATE, money=True),
    Field("recurring.interval", INTERVAL, "How often it is billed. Without `recurring`, once.", required=True, settable=_CREATE),
    Field("recurring.interval_count", whole(1, 1095), "Billed every so many intervals, three years at most.", settable=_CREATE, default=1),
    Field("recurring.usage_type", one_of("licensed", "metered"), "`metered` bills what a meter counts.", settable=_CREATE, default="licensed"),
    Field("recurring.meter", reference("meter"), "The meter that counts what is billed, with `usage_type: metered`.", settable=_CREATE, refers_to="meter"),
    Field("recurring.trial_period_days", whole(1, 730), "Legacy: put trials on subscriptions.", settable=_CREATE),
    Field("tax_behavior", _TAX, "Whether the amount includes tax. Fixed once it is inclusive or exclusive.", settable=_ONCE, default="unspecified", clears_with=Clear.NOTHING),
    Field("currency_options.*.unit_amount", _AMOUNT, "Minor units of that currency.", settable=_ONCE, clears_with=Clear.REPLACE, expand="currency_options", canonical=exact, money=True),
    Field("currency_options.*.tax_behavior", _TAX, "As for the base currency.", settable=_ONCE, default="unspecified", clears_with=Clear.NOTHING, expand="currency_options"),
    Field("currency_options.*.tiers", _TIERS, "As for the base currency.", settable=_ONCE, clears_with=Clear.REPLACE, expand="currency_options.*.tiers", canonical=_tiers, wire=_tiers_wire),
    Field("currency_options.*.custom_unit_amount.enabled", BOOLEAN, "The customer chooses the amount.", required=True, settable=_ONCE, clears_with=Clear.REPLACE, expand="currency_options"),
    Field("currency_options.*.custom_unit_amount.minimum", _AMOUNT, "Minor units.", settable=_ONCE, clears_with=Clear.REPLACE, expand="currency_options", money=True),
    Field("currency_options.*.custom_unit_amount.maximum", _AMOUNT, "Minor units.", settable=_ONCE, clears_with=Clear.REPLACE, expand="currency_options", money=True),
    Field("currency_options.*.custom_unit_amount.preset", _AMOUNT, "Minor units.", settable=_ONCE, clears_with=Clear.REPLACE, expand="currency_options", money=True),
    METADATA,
)
# fmt: on

PRICE = Kind(
    name="price",
    plural="prices",
    service="prices",
    sdk="Price",
    scope=scope("Prices", "plan"),
    doc="What a product costs, how often and in which currencies. Declared inside its product.",
    natural_key="lookup_key",
    parent=("product", "product"),
    by_created=True,
    subscriptions="price",
    tariffs=tariffs,
    retired_means="stops being sellable",
    check=check,
    spell=_spell,
    read=_read,
    unspell=_unspell,
    called=_called,
    excluded={
        "product_data": "creates a product that nothing declares; declare it under `products`",
        "transfer_lookup_key": "sent when the holder of the key is ours",
        "expand": "chosen by the reader",
    },
    spellings=(
        Field("amount", _MAJOR, "The amount in major units, written with the currency's decimals: 29.00"),
        Field("unit_amount_decimal", DECIMAL, "The amount in minor units with up to 12 decimals."),
        Field("currency_options.*.amount", _MAJOR, "The amount in major units, written with the currency's decimals."),
        Field("currency_options.*.unit_amount_decimal", DECIMAL, "The amount in minor units with up to 12 decimals."),
    ),
    fields=_FIELDS,
    blocks=(
        Block(name="recurring", doc="How often the price is billed. Left out, it is charged once."),
        Block(name="transform_quantity", doc="Bill per packet instead of per unit. Not with tiers."),
        Block(name="custom_unit_amount", doc="Pay what you want; for one-time prices."),
        Block(name="currency_options", doc="The price in further currencies, by lower-case code."),
        Block(name="currency_options.*.custom_unit_amount", unit=True),
    ),
)
