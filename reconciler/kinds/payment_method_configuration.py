"""The kind `payment_method_configuration` (stripe-facts 5.2, 8, 18). It has no metadata, hence no stamp: its name tells
one from another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.checks.payment_method_configuration import check
from reconciler.kinds.kind import Children, Clear, Field, Kind, Retire, Settable
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import BOOLEAN, one_of, text

# fmt: off
_METHODS = (
    "acss_debit", "affirm", "afterpay_clearpay", "alipay", "alma", "amazon_pay", "apple_pay", "au_becs_debit",
    "bacs_debit", "bancontact", "billie", "bizum", "blik", "boleto", "card", "cartes_bancaires", "cashapp", "crypto",
    "customer_balance", "eps", "fpx", "giropay", "google_pay", "grabpay", "ideal", "jcb", "kakao_pay", "klarna",
    "konbini", "kr_card", "link", "mb_way", "mobilepay", "multibanco", "naver_pay", "nz_bank_account", "oxxo", "p24",
    "pay_by_bank", "payco", "paynow", "paypal", "paypay", "payto", "pix", "promptpay", "revolut_pay", "samsung_pay",
    "satispay", "scalapay", "sepa_debit", "sequra", "sofort", "sunbit", "swish", "twint", "upi", "us_bank_account",
    "wechat_pay", "zip",
)
_PREFERENCE = one_of("none", "off", "on")
_SAYS = """`"on"`, `"off"` (in quotes, or YAML reads true and false), or `none`: as its parent says, or Stripe."""
_FIELDS = (
    Field("name", text(100), "What it is called in the Dashboard, by which it is found.", clears_with=Clear.NOTHING),
    Field("active", BOOLEAN, "Whether it can be used. The default cannot be switched off.", settable=Settable.ON_UPDATE, default=True),
    # Nothing is unset: without a stamp nobody knows what was declared once, and `none` is a value like others.
    *(Field(f"{method}.display_preference.preference", _PREFERENCE, _SAYS, clears_with=Clear.NOTHING) for method in _METHODS),
)
# fmt: on


def _unspell(data: Mapping[str, Any], _: Children) -> Mapping[str, Any]:
    """`none` says nothing of a method: as the parent says, or Stripe."""
    return {k: v for k, v in data.items() if v != {"display_preference": {"preference": "none"}}}


_UNSEEN = "no answer has it, so that nobody could tell whether it is as declared"

PAYMENT_METHOD_CONFIGURATION = Kind(
    name="payment_method_configuration",
    plural="payment_method_configurations",
    service="payment_method_configurations",
    sdk="PaymentMethodConfiguration",
    scope=scope("Payment method configurations", "payment_method_configurations"),
    doc="Which payment methods customers are shown. It is made in the Dashboard; here it is adopted and kept as declared.",
    natural_key="name",
    stampable=False,
    creatable=False,
    default_flag="is_default",
    read_only=("is_default",),
    retire=Retire.NEVER,
    retired_means="can no longer be used for new payments",
    check=check,
    unspell=_unspell,
    excluded={
        "apple_pay_later": _UNSEEN,
        "fr_meal_voucher_conecs": _UNSEEN,
        "parent": "chosen when a configuration is made, which is not done here",
        "expand": "chosen by the reader",
    },
    hints=(Field("is_default", BOOLEAN, "This is the account's default configuration: it needs no name to be found."),),
    fields=_FIELDS,
)
