"""The lists of a payment link: what an item may say, and the one spelling that YAML and Stripe share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.shapes import BOOLEAN, list_of, object_of, one_of, reference, text, whole

FEWEST, MOST = 0, 99
"""How few and how many of an item the customer may choose, where nothing is said (SDK docstring)."""

_ITEM = object_of(
    ("price",),
    price=reference("price"),
    quantity=whole(1),
    adjustable_quantity=object_of(("enabled",), enabled=BOOLEAN, minimum=whole(0, 999_999), maximum=whole(1, 999_999)),
)
_TYPED = object_of(default_value=text(5000), minimum_length=whole(1), maximum_length=whole(1))
_OPTION = object_of(("label", "value"), label=text(100), value=text(100))
_CUSTOM_FIELD = object_of(
    ("key", "label", "type"),
    key=text(200),
    label=object_of(("custom", "type"), custom=text(100), type=one_of("custom")),
    optional=BOOLEAN,
    type=one_of("dropdown", "numeric", "text"),
    dropdown=object_of(("options",), default_value=text(100), options=list_of(_OPTION, 200) | {"minItems": 1}),
    numeric=_TYPED,
    text=_TYPED,
)
LINE_ITEMS = list_of(_ITEM, 20) | {"minItems": 1}
OPTIONAL_ITEMS = list_of(_ITEM, 10)
SHIPPING_OPTIONS = list_of(object_of(("shipping_rate",), shipping_rate=reference("shipping_rate")))
CUSTOM_FIELDS = list_of(_CUSTOM_FIELD, 3)
INVOICE_FIELDS = list_of(object_of(("name", "value"), name=text(40), value=text(140)), 4)


def items(value: Any) -> Any:
    """Line items and optional items: price, quantity, and the limits where customers may choose the quantity."""
    return tuple(_item(v) for v in value)


def _item(row: Mapping[str, Any]) -> Mapping[str, Any]:
    item = {"price": _id(row["price"]), "quantity": row.get("quantity") or 1}
    limits = row.get("adjustable_quantity")
    if not limits or not limits["enabled"]:
        return item
    most = limits.get("maximum")
    filled = {"enabled": True, "minimum": limits.get("minimum") or FEWEST, "maximum": MOST if most is None else most}
    return item | {"adjustable_quantity": filled}


def line_items_wire(value: Any) -> Any:
    """What is off is sent, because a row that exists would keep its limits."""
    return [{"adjustable_quantity": {"enabled": False}} | v for v in value]


def shipping_options(value: Any) -> Any:
    """The rates, without the amounts that Stripe puts beside them."""
    return tuple({"shipping_rate": _id(v["shipping_rate"])} for v in value)


def _id(value: Any) -> Any:
    """The id of a whole object of Stripe's. `{id: …}` is a reference of the YAML, and stays one."""
    return value["id"] if isinstance(value, Mapping) and "object" in value else value


def custom_fields(value: Any) -> Any:
    """Without what Stripe fills in: `optional: false`, and nulls for whatever was not said."""
    return tuple(_custom_field(v) for v in value)


def _custom_field(field: Mapping[str, Any]) -> Mapping[str, Any]:
    chosen = {k: v for k, v in (field.get(field["type"]) or {}).items() if v is not None}
    spelled = {"key": field["key"], "label": field["label"], "type": field["type"]}
    return spelled | ({"optional": True} if field.get("optional") else {}) | ({field["type"]: chosen} if chosen else {})


def invoice_fields(value: Any) -> Any:
    return tuple({"name": v["name"], "value": v["value"]} for v in value)
