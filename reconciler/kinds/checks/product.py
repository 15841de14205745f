"""The rules of a product (stripe-facts 7)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.kind import Children, Objection

_FORBIDDEN = "<>\\\"'"


def check(data: Mapping[str, Any], children: Children) -> Iterator[Objection]:
    """What is wrong with a product as written; `prices` are those declared inside it."""
    yield from _descriptor(data.get("statement_descriptor"))
    yield from _good(data)
    yield from _default_price(data, children)
    yield from _tax_code(data)


def _descriptor(text: str | None) -> Iterator[Objection]:
    path = ("statement_descriptor",)
    if text is None:
        return
    if found := [c for c in text if c in _FORBIDDEN]:
        yield path, f"`statement_descriptor` contains {found[0]}", f"none of {' '.join(_FORBIDDEN)} may be in it"
    if foreign := [c for c in text if not _is_latin(c)]:
        yield (
            path,
            f"`statement_descriptor` contains {foreign[0]!r}",
            "card networks take Latin letters, digits and signs",
        )
    elif not any(c.isalpha() for c in text):
        yield path, f"`statement_descriptor` {text} has no letter", "at least one letter must be in it"


def _is_latin(character: str) -> bool:
    return " " <= character <= "~" or unicodedata.name(character, "").startswith("LATIN ")


def _good(data: Mapping[str, Any]) -> Iterator[Objection]:
    if data.get("type") != "good":
        return
    for key in ("unit_label", "statement_descriptor"):
        if data.get(key) is not None:
            yield (key,), f"`{key}` is for services only", f"leave `type: good` or `{key}` out"


def _default_price(data: Mapping[str, Any], children: Children) -> Iterator[Objection]:
    name, own = data.get("default_price"), data.get("prices") or {}
    if not isinstance(name, str):
        return
    parent, dot, short = name.rpartition(".")
    price = own.get(short)
    if dot:
        try:
            price = children(parent).get(short)
        except LookupError:
            return
        if price is not None and price is not own.get(short):
            yield ("default_price",), f"`default_price` {name} is a price of another product", _one_of(own)
            return
    if price is not None and price.get("active") is False:
        said = f"`default_price` {name} is out of service (`active: false`)"
        yield ("default_price",), said, _one_of({k: p for k, p in own.items() if p.get("active") is not False})


def _one_of(prices: Mapping[str, Any]) -> str:
    return f"it must be one of this product's own prices in service: {', '.join(prices) or 'there is none'}"


def _tax_code(data: Mapping[str, Any]) -> Iterator[Objection]:
    inner = (data.get("tax_details") or {}).get("tax_code")
    if inner and data.get("tax_code") and inner != data["tax_code"]:
        said = f"`tax_details.tax_code` {inner} is not `tax_code` {data['tax_code']}"
        yield ("tax_details", "tax_code"), said, "keep one of the two"
