"""The kind `coupon` (stripe-facts 8, 18). What it takes off never changes: another discount is another coupon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.checks.coupon import check
from reconciler.kinds.kind import Block, Clear, Default, Field, Kind, Retire, Settable
from reconciler.kinds.money import LARGEST
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import (
    CURRENCY,
    METADATA,
    MOMENT,
    OWN_ID,
    exact,
    list_of,
    moment,
    one_of,
    reference,
    text,
    whole,
)

_CREATE = Settable.ON_CREATE
_PERCENT = {"title": "a number above 0, at most 100", "type": "number", "exclusiveMinimum": 0, "maximum": 100}
_PRODUCTS = list_of(reference("product"), unique=True) | {"minItems": 1}


def _read(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out the base currency's own entry, which Stripe answers as on prices ([R]; no harm where it does not)."""
    options = {c: o for c, o in (raw.get("currency_options") or {}).items() if c != raw["currency"]}
    return {**raw, "currency_options": options}


# fmt: off
_FIELDS = (
    Field("id", OWN_ID, "Stripe's coupon id, the same in every account. Left out, Stripe makes one up.", settable=_CREATE, default=Default.ANY),
    Field("name", text(40), "Shown to customers, on invoices and receipts. Left out, they see the id. Stripe cannot unset it.", clears_with=Clear.NOTHING),
    Field("percent_off", _PERCENT, "Percent, above 0, at most 100, with at most two decimals. Either this or `amount_off`.", settable=_CREATE, canonical=exact),
    Field("amount_off", whole(1, LARGEST), "Minor units: 500 is $5.00. Either this or `percent_off`.", settable=_CREATE, money=True),
    Field("currency", CURRENCY, "The currency of `amount_off`: three lower-case letters.", settable=_CREATE),
    Field("currency_options.*.amount_off", whole(1, LARGEST), "Minor units of that currency.", required=True, settable=Settable.ONCE, clears_with=Clear.REPLACE, expand="currency_options", money=True),
    Field("duration", one_of("forever", "once", "repeating"), "How long it discounts a subscription: always, its first invoice, or some months.", settable=_CREATE, default="once"),
    Field("duration_in_months", whole(1), "How many months, with `duration: repeating`.", settable=_CREATE),
    Field("applies_to.products", _PRODUCTS, "The products that it discounts; left out, all.", settable=_CREATE, refers_to="product", unordered=True, expand="applies_to"),
    Field("max_redemptions", whole(1), "How often it can be redeemed, by all customers together.", settable=_CREATE),
    Field("redeem_by", MOMENT, "When it can be redeemed for the last time: at most five years from now. Unix seconds, or quoted text as in \"2027-01-31T00:00:00Z\".", settable=_CREATE, canonical=moment),
    METADATA,
)
# fmt: on

COUPON = Kind(
    name="coupon",
    plural="coupons",
    service="coupons",
    sdk="Coupon",
    scope=scope("Coupons", "coupon"),
    doc="A discount. Customers redeem it through promotion codes, or your code applies it by its id.",
    known_by=("name",),
    natural_key="id",
    own_id=True,
    frees_key=True,
    revivable=False,
    retire=Retire.DELETE,
    retired_means="can no longer be redeemed: existing discounts survive, promotion codes for it are of no use any more",
    read_only=("valid",),
    by_created=True,
    served={},
    unserved=None,
    check=check,
    read=_read,
    ended=lambda raw: not raw["valid"],
    excluded={"expand": "chosen by the reader"},
    fields=_FIELDS,
    blocks=(
        Block(name="currency_options", doc="What it takes off in further currencies, by lower-case code."),
        Block(name="applies_to", doc="What it discounts."),
    ),
)
