"""The kind `shipping_rate` (stripe-facts 8, 18). Nearly everything of it is frozen, its name too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.checks.shipping_rate import check
from reconciler.kinds.kind import Block, Clear, Field, Kind, Settable
from reconciler.kinds.money import LARGEST
from reconciler.kinds.scopes import Scope
from reconciler.kinds.shapes import BOOLEAN, CURRENCY, METADATA, TAX_CODE, one_of, text, whole

_CREATE, _ONCE = Settable.ON_CREATE, Settable.ONCE
_AMOUNT = whole(0, LARGEST)
_TAX = one_of("exclusive", "inclusive", "unspecified")
_UNIT = one_of("business_day", "day", "hour", "month", "week")


def _read(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out the base currency's own entry, as the community's Terraform provider met it."""
    held = raw.get("fixed_amount")
    if not held:
        return raw
    options = {c: o for c, o in (held.get("currency_options") or {}).items() if c != held["currency"]}
    return {**raw, "fixed_amount": {**held, "currency_options": options}}


# fmt: off
_FIELDS = (
    Field("display_name", text(100), "Shown to customers at checkout.", required=True, settable=_CREATE),
    Field("active", BOOLEAN, "Whether it can be chosen.", settable=Settable.ON_UPDATE, default=True),
    Field("type", one_of("fixed_amount"), "There is no other.", settable=_CREATE, default="fixed_amount"),
    Field("fixed_amount.amount", _AMOUNT, "Minor units: 500 is $5.00. 0 is free.", required=True, settable=_CREATE, money=True),
    Field("fixed_amount.currency", CURRENCY, "Three lower-case letters.", required=True, settable=_CREATE),
    # That one currency cannot be taken out again is [R]; if wrong, an entry stays and the plan says so.
    Field("fixed_amount.currency_options.*.amount", _AMOUNT, "Minor units of that currency. Stripe cannot take an entry out again.", required=True, clears_with=Clear.NOTHING, expand="fixed_amount.currency_options", money=True),
    # That it stays once given is [R], as on prices; if wrong, a change replaces a rate that could have been updated.
    Field("fixed_amount.currency_options.*.tax_behavior", _TAX, "As for the base currency.", settable=_ONCE, default="unspecified", clears_with=Clear.NOTHING, expand="fixed_amount.currency_options"),
    Field("tax_behavior", _TAX, "Whether the amount includes tax. Fixed once it is inclusive or exclusive.", settable=_ONCE, default="unspecified", clears_with=Clear.NOTHING),
    Field("tax_code", TAX_CODE, "Stripe's tax code; that of shipping is txcd_92010001.", settable=_CREATE),
    Field("delivery_estimate.minimum.unit", _UNIT, "What `value` counts.", required=True, settable=_CREATE),
    Field("delivery_estimate.minimum.value", whole(1), "At least so many.", required=True, settable=_CREATE),
    Field("delivery_estimate.maximum.unit", _UNIT, "What `value` counts.", required=True, settable=_CREATE),
    Field("delivery_estimate.maximum.value", whole(1), "At most so many.", required=True, settable=_CREATE),
    METADATA,
)
# fmt: on

SHIPPING_RATE = Kind(
    name="shipping_rate",
    plural="shipping_rates",
    service="shipping_rates",
    sdk="ShippingRate",
    # One of the two for writing is misspelled in the schema of manifests, and may be so elsewhere (stripe-facts 11).
    scope=Scope("Shipping rates", ("shipping_rate_read",), ("shipping_rate_write", "shpping_rate_write")),
    doc="What shipping costs and how long it takes, for payment links and Checkout.",
    known_by=("display_name",),
    by_created=True,
    retired_means="can no longer be chosen for new purchases",
    check=check,
    read=_read,
    excluded={"expand": "chosen by the reader"},
    fields=_FIELDS,
    blocks=(
        Block(name="fixed_amount", doc="What it costs: `amount` in minor units, and `currency`.", required=True),
        Block(name="fixed_amount.currency_options", doc="The amount in further currencies, by lower-case code."),
        Block(name="delivery_estimate", doc="How long it takes; a bound that is left out is none."),
    ),
)
