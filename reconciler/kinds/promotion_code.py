"""The kind `promotion_code`: what customers type to redeem a coupon (stripe-facts 8, 18)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from reconciler.kinds.checks.promotion_code import check
from reconciler.kinds.kind import Block, Children, Clear, Default, Field, Kind, Settable
from reconciler.kinds.money import LARGEST
from reconciler.kinds.scopes import Scope
from reconciler.kinds.shapes import BOOLEAN, CURRENCY, METADATA, MOMENT, moment, one_of, reference, text, whole

_CREATE = Settable.ON_CREATE
_CODE = text(500) | {
    "title": "a code of letters, digits and -",
    "examples": ["LAUNCH-20"],
    "pattern": "^[A-Za-z0-9-]+$",
}


def _spell(data: Mapping[str, Any], _: Children) -> Mapping[str, Any]:
    """`promotion: {coupon: launch}`: the only type there is goes without saying."""
    return {**data, "promotion": {**data["promotion"], "type": "coupon"}}


def _unspell(data: Mapping[str, Any], _: Children) -> Mapping[str, Any]:
    """The inverse of `_spell`."""
    return {**data, "promotion": {k: v for k, v in data["promotion"].items() if k != "type"}}


def _read(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out the first currency's own entry, which Stripe answers as on prices ([R]; no harm where it does not)."""
    held = raw["restrictions"]
    base = held.get("minimum_amount_currency")
    options = {c: o for c, o in (held.get("currency_options") or {}).items() if c != base}
    return {**raw, "restrictions": {**held, "currency_options": options}}


def _ended(raw: Mapping[str, Any]) -> bool:
    """Expired, or redeemed as often as it may be: Stripe refuses to switch it on again."""
    until, most = raw.get("expires_at"), raw.get("max_redemptions")
    return (until is not None and until <= time.time()) or (most is not None and raw["times_redeemed"] >= most)


# fmt: off
_FIELDS = (
    Field("promotion.coupon", reference("coupon"), "The coupon that it redeems.", required=True, settable=_CREATE, refers_to="coupon"),
    Field("promotion.type", one_of("coupon"), "Goes without saying: there is no other.", settable=_CREATE, default="coupon"),
    Field("code", _CODE, "What customers type: letters, digits and -. Stripe does not distinguish case, so it is sent in capitals. Left out, Stripe makes one up.", settable=_CREATE, default=Default.ANY, canonical=str.upper),
    Field("active", BOOLEAN, "Whether it can be redeemed.", default=True),
    Field("customer", text(255), "The id (cus_…) of the only customer who may use it; left out, everyone may.", settable=_CREATE, local=True),
    # Whether Stripe fills this in beside `customer` is unverified: what is not declared here must not replace a code.
    Field("customer_account", text(255), "The same, by the id of the customer's account (acct_…).", settable=_CREATE, default=Default.ANY, local=True),
    Field("expires_at", MOMENT, "When it expires: no later than the coupon. Unix seconds, or quoted text as in \"2027-01-31T00:00:00Z\".", settable=_CREATE, canonical=moment),
    Field("max_redemptions", whole(1), "How often it can be redeemed: no more than the coupon.", settable=_CREATE),
    Field("restrictions.first_time_transaction", BOOLEAN, "Only for customers who have not paid yet.", settable=_CREATE, default=False),
    Field("restrictions.minimum_amount", whole(1, LARGEST), "The least amount that an order must have, in minor units: 5000 is $50.00.", settable=_CREATE, money=True),
    Field("restrictions.minimum_amount_currency", CURRENCY, "The currency of `minimum_amount`: three lower-case letters.", settable=_CREATE),
    # That one currency cannot be taken out again is [R]; if wrong, an entry stays and the plan says so.
    Field("restrictions.currency_options.*.minimum_amount", whole(1, LARGEST), "Minor units of that currency. Stripe cannot take an entry out again.", required=True, clears_with=Clear.NOTHING, expand="restrictions.currency_options", money=True),
    METADATA,
)
# fmt: on

PROMOTION_CODE = Kind(
    name="promotion_code",
    plural="promotion_codes",
    service="promotion_codes",
    sdk="PromotionCode",
    scope=Scope("Promotion codes", ("promotion_code_read", "coupon_read"), ("promotion_code_write", "coupon_write")),
    doc="A code that customers type to redeem a coupon.",
    natural_key="code",
    key_within="customer",
    frees_key=True,  # a code is unique among active ones alone
    by_created=True,
    retired_means="can no longer be redeemed; discounts that it gave go on",
    check=check,
    spell=_spell,
    unspell=_unspell,
    read=_read,
    ended=_ended,
    excluded={"expand": "chosen by the reader"},
    fields=_FIELDS,
    blocks=(
        Block(name="promotion", doc="What it redeems.", required=True),
        Block(name="restrictions", doc="Who may redeem it, and from which amount."),
        Block(name="restrictions.currency_options", doc="The least amount in further currencies, by lower-case code."),
    ),
)
