"""The rules of a payment link (stripe-facts 8; the docstrings of the SDK)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds.checks.custom_fields import check_custom_fields
from reconciler.kinds.kind import Children, Objection
from reconciler.kinds.payment_link_lists import FEWEST, MOST

_ONE_TIME = ("application_fee_amount", "payment_intent_data")
_RECURRING = ("application_fee_percent", "payment_method_collection", "subscription_data")


def check(data: Mapping[str, Any], children: Children) -> Iterator[Objection]:
    """What is wrong with a payment link as written; `children` knows the prices of each product."""
    listed, optional = data["line_items"], data.get("optional_items") or ()
    yield from _items(listed, "line_items")
    yield from _items(optional, "optional_items")
    if len(listed) + len(optional) > 20:
        said = f"{len(listed)} line items and {len(optional)} optional items"
        yield ("optional_items",), said, "at most 20 are allowed together"
    if data.get("active") is not False:
        yield from _in_service(listed, "line_items", children)
        yield from _in_service(optional, "optional_items", children)
    yield from _mode(data, [_price(v["price"], children) for v in listed])
    yield from _completion(data.get("after_completion") or {})
    yield from check_custom_fields(data.get("custom_fields") or ())
    percent = data.get("application_fee_percent")
    if percent is not None and round(percent, 2) != percent:
        yield (
            ("application_fee_percent",),
            f"`application_fee_percent` is {percent}",
            "at most two decimals are allowed",
        )


def _items(items: Sequence[Mapping[str, Any]], key: str) -> Iterator[Objection]:
    """Each price once, with limits that leave a quantity to choose."""
    names = [_name(item["price"]) for item in items]
    for number, item in enumerate(items):
        if names[number] in names[:number]:
            yield (
                (key, number, "price"),
                f"the price {names[number]} is listed twice",
                "give it once, with its quantity",
            )
        limits = item.get("adjustable_quantity") or {}
        low, high = limits.get("minimum", FEWEST), limits.get("maximum", MOST)
        if limits and low > high:
            place = "maximum" if "maximum" in limits else "minimum"
            said = f"`minimum` {low} is above `maximum` {high}"
            advice = "customers must have a quantity to choose"
            advice += "" if "maximum" in limits else f"; without `maximum`, {MOST} is the most"
            yield (key, number, "adjustable_quantity", place), said, advice


def _name(reference: Any) -> str:
    return str(reference["id"]) if isinstance(reference, Mapping) else str(reference)


def _price(reference: Any, children: Children) -> Mapping[str, Any] | None:
    """The price as declared, `{}` where it has problems itself; None for one that is not declared here."""
    if not isinstance(reference, str):
        return None
    product, _, short = reference.rpartition(".")
    try:
        return children(product).get(short)
    except LookupError:
        return None


def _in_service(items: Sequence[Mapping[str, Any]], key: str, children: Children) -> Iterator[Objection]:
    for number, item in enumerate(items):
        price = _price(item["price"], children)
        if price and price.get("active") is False:
            said = f"the price {item['price']} is out of service (`active: false`)"
            yield (key, number, "price"), said, "a link that takes payments needs prices in service"


def _mode(data: Mapping[str, Any], prices: Sequence[Mapping[str, Any] | None]) -> Iterator[Objection]:
    """What is only for links that sell a subscription, and what only for those that sell none."""
    if any(price and price.get("recurring") for price in prices):
        for key in _ONE_TIME:
            if data.get(key) is not None:
                yield (key,), f"`{key}` on a link with a recurring price", "it is for links with one-time prices alone"
    elif all(prices):
        for key in _RECURRING:
            if data.get(key) is not None:
                yield (key,), f"`{key}` on a link without a recurring price", "it is for links that sell a subscription"


def _completion(completion: Mapping[str, Any]) -> Iterator[Objection]:
    if not completion:
        return
    chosen = completion["type"]
    if chosen == "redirect" and not completion.get("redirect"):
        yield (
            ("after_completion", "type"),
            "`type: redirect` without `redirect`",
            "say where: `redirect: {url: https://…}`",
        )
    for other in {"hosted_confirmation", "redirect"} - {chosen}:
        if completion.get(other):
            yield ("after_completion", other), f"`{other}` beside `type: {chosen}`", "keep one of the two"
