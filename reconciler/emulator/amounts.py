"""The forms that an amount takes: integer, decimal, tiers, chosen by the customer, per currency (stripe-facts 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from reconciler.emulator.currencies import check_amount, code_of
from reconciler.emulator.errors import Refusal, exclusive, missing_parameter
from reconciler.emulator.store import Body
from reconciler.emulator.validate import bracketed

FORMS = ("unit_amount", "unit_amount_decimal", "custom_unit_amount")


def amounts(sent: Mapping[str, Any], currency: str, tiered: bool, recurring: bool, name: str = "") -> Body:
    """The amount members of a price, or of one of its currencies, as stored. Exactly one form must be sent: one of
    three, or tiers where the price is tiered. `name` is the bracketed place of `sent`."""
    given = [form for form in FORMS if form in sent]
    blank: Body = {"custom_unit_amount": None, "tiers": None, "unit_amount": None, "unit_amount_decimal": None}
    if tiered:
        if given:
            raise exclusive(bracketed(name, "tiers"), bracketed(name, given[0]))
        if "tiers" not in sent:
            raise missing_parameter(bracketed(name, "tiers"))
        return {**blank, "tiers": tiers(sent["tiers"], currency, bracketed(name, "tiers"))}
    if "tiers" in sent:
        text = "`tiers` can only be used with `billing_scheme=tiered`."
        raise Refusal(text, param=bracketed(name, "tiers"))
    if len(given) > 1:
        raise exclusive(*(bracketed(name, form) for form in given))
    if not given:
        raise missing_parameter(bracketed(name, "unit_amount"))
    if given == ["custom_unit_amount"]:
        return {**blank, "custom_unit_amount": chosen(sent["custom_unit_amount"], currency, recurring, name)}
    return {**blank, **one_amount(sent, "unit_amount", currency, name)}


def one_amount(sent: Mapping[str, Any], stem: str, currency: str, name: str) -> Body:
    """`<stem>` and `<stem>_decimal` of whichever was sent: a whole decimal fills the integer too, a fraction leaves it
    null, and the text is normalised (stripe-facts 6)."""
    if stem in sent and f"{stem}_decimal" in sent:
        raise exclusive(bracketed(name, stem), bracketed(name, f"{stem}_decimal"))
    if stem in sent:
        check_amount(sent[stem], currency, bracketed(name, stem))
        return {stem: sent[stem], f"{stem}_decimal": str(sent[stem])}
    if f"{stem}_decimal" not in sent:
        return {stem: None, f"{stem}_decimal": None}
    value = Decimal(sent[f"{stem}_decimal"])
    check_amount(value.__floor__(), currency, bracketed(name, f"{stem}_decimal"))
    whole = value == value.to_integral_value()
    text = str(int(value)) if whole else format(value.normalize(), "f")
    return {stem: int(value) if whole else None, f"{stem}_decimal": text}


def tiers(sent: Sequence[Mapping[str, Any]], currency: str, name: str) -> list[Body]:
    """Ascending tiers, the last one without end: `inf` when written, null when read."""
    result = []
    last = 0
    for position, tier in enumerate(sent):
        place = bracketed(name, str(position))
        final = position == len(sent) - 1
        up_to = tier["up_to"]
        if (up_to == "inf") != final:
            text = "The last tier, and only the last, must have `up_to` set to `inf`."
            raise Refusal(text, param=bracketed(place, "up_to"))
        if not final and up_to <= last:
            text = "Tiers must be sorted in ascending order of `up_to`, which must be positive."
            raise Refusal(text, param=bracketed(place, "up_to"))
        last = last if final else up_to
        body = {
            **one_amount(tier, "flat_amount", currency, place),
            **one_amount(tier, "unit_amount", currency, place),
            "up_to": None if final else up_to,
        }
        if body["flat_amount_decimal"] is None and body["unit_amount_decimal"] is None:
            raise missing_parameter(bracketed(place, "unit_amount"))
        result.append(body)
    return result


def chosen(sent: Mapping[str, Any], currency: str, recurring: bool, name: str) -> Body:
    """An amount that the customer chooses; one-time prices only, `enabled` is never returned (stripe-facts 6, 18)."""
    place = bracketed(name, "custom_unit_amount")
    if not sent["enabled"]:
        raise Refusal("`enabled` must be true for a custom unit amount.", param=bracketed(place, "enabled"))
    if recurring:
        raise Refusal("`custom_unit_amount` is only supported on one-time prices.", param=place)
    body = {key: sent.get(key) for key in ("maximum", "minimum", "preset")}
    for key, value in body.items():
        if value is not None:
            check_amount(value, currency, bracketed(place, key))
    ordered = [value for value in (body["minimum"], body["preset"], body["maximum"]) if value is not None]
    if ordered != sorted(ordered):
        raise Refusal("`minimum` ≤ `preset` ≤ `maximum` must hold for a custom unit amount.", param=place)
    return body


def options(before: Mapping[str, Body], sent: Mapping[str, Any], price: Body) -> dict[str, Body]:
    """The further currencies of a price after a write: merged per currency; within one, an amount replaces the form it
    had, and a tax behaviour once given stays (stripe-facts 2.3, 6). Whether the base currency may be sent is unknown;
    the emulator refuses it."""
    result = dict(before)
    for key, option in sent.items():
        name = bracketed("currency_options", key)
        currency = code_of(key, name)
        if currency == price["currency"]:
            raise Refusal(f"`{currency}` is the price's own currency and cannot be one of its options.", param=name)
        held = result.get(currency)
        body = dict(held or {"tax_behavior": "unspecified"})
        if held is None or any(form in option for form in (*FORMS, "tiers")):
            tiered, recurring = price["billing_scheme"] == "tiered", price["recurring"] is not None
            body.update(amounts(option, currency, tiered, recurring, name))
        if "tax_behavior" in option:
            body["tax_behavior"] = tax_behavior(body["tax_behavior"], option["tax_behavior"], name)
        result[currency] = body
    return result


def tax_behavior(before: str | None, sent: str, name: str = "") -> str:
    """`unspecified` may become something once, and then stays (stripe-facts 6)."""
    if before not in (None, "unspecified", sent):
        text = f"The `tax_behavior` has already been set to `{before}` and cannot be changed."
        raise Refusal(text, param=bracketed(name, "tax_behavior"))
    return sent
