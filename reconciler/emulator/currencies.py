"""Currencies that prices may have, and the largest amounts (stripe-facts 6)."""

from __future__ import annotations

from reconciler.emulator.errors import Refusal

LISTED = """
aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf clp cny
cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk
jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad
ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std svc szl
thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
"""
CODES = frozenset(LISTED.split())
LARGEST = 99_999_999
LARGEST_OF = dict.fromkeys(["clp", "cop", "huf", "idr", "jpy", "krw", "lbp", "pyg", "uzs", "vnd"], 999999999999)
"""Low-value currencies allow more; which ones and how much is recall (stripe-facts 6)."""


def code_of(text: str, param: str) -> str:
    """A supported code in lower case, as answers show it."""
    if text.lower() not in CODES:
        supported = ", ".join(sorted(CODES))
        message = f"Invalid currency: {text.lower()}. Stripe currently supports these currencies: {supported}"
        raise Refusal(message, param=param)
    return text.lower()


def check_amount(amount: int, currency: str, param: str) -> None:
    """Zero is a price; less, or more than Stripe takes, isn't."""
    if amount < 0:
        raise Refusal("Invalid non-negative integer", code="parameter_invalid_integer", param=param)
    if amount > LARGEST_OF.get(currency, LARGEST):
        text = f"Amount must be no more than {LARGEST_OF.get(currency, LARGEST)} in {currency}"
        raise Refusal(text, code="amount_too_large", param=param)
