"""JSON Schema fragments and value spellings that several kinds share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from reconciler.kinds.kind import Field, Shape

BOOLEAN: Shape = {"type": "boolean"}
NAME = "[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
"""The pattern of a resource's name."""

# `title` says in words what a pattern or a choice of shapes means, `examples` what fits: messages are made of both.
ID: Shape = {
    "title": "an id of Stripe, or `{id: …}`",
    "anyOf": [
        {"type": "string", "minLength": 1, "maxLength": 255},
        {
            "type": "object",
            "properties": {"id": {"type": "string", "minLength": 1, "maxLength": 255}},
            "required": ["id"],
            "additionalProperties": False,
        },
    ],
}
URL: Shape = {
    "title": "an http:// or https:// URL",
    "examples": ["https://acme.example"],
    "type": "string",
    "pattern": "^https?://[^ \\t\\r\\n]+$",
    "maxLength": 5000,
}
LOCAL_IMAGE = r"(?![ /~]|[A-Za-z][A-Za-z0-9+.-]*:)[^\x00-\x1f\\]+\.([pP][nN][gG]|[jJ][pP][eE]?[gG]|[wW][eE][bB][pP])"
"""The pattern of a path to a local image: relative, so neither /srv, ~/, C: nor a scheme, and with / between folders."""
IMAGE: Shape = URL | {
    "title": "an http:// or https:// URL, or the relative path of a .png, .jpg, .jpeg or .webp file",
    "examples": ["./images/pro.png", "https://acme.example/pro.png"],
    "pattern": f"^(https?://[^ \\t\\r\\n]+|{LOCAL_IMAGE})$",
}
SMALL_PICTURE = 512_000
"""Bytes of a `business_icon` or `business_logo`: 512 KB at docs.stripe.com/file-upload, in the smaller KB."""
CURRENCY: Shape = {
    "title": "a currency code in three lower-case letters",
    "examples": ["usd"],
    "type": "string",
    "pattern": "^[a-z]{3}$",
}
TAX_CODE: Shape = {
    "title": "a tax code of Stripe: txcd_ and 8 digits",
    "examples": ["txcd_10103001"],
    "type": "string",
    "pattern": "^txcd_[0-9]{8}$",
}
INTERVAL: Shape = {"enum": ["day", "week", "month", "year"]}
DECIMAL: Shape = {
    "title": "a number of minor units, 0 or more, with up to 12 decimals",
    "examples": ["0.05"],
    "type": ["number", "string"],
    "pattern": "^[0-9]+(\\.[0-9]{1,12})?$",
    "minimum": 0,
}
POSITIVE: Shape = {"title": "a number above 0", "type": "number", "exclusiveMinimum": 0}
MOMENT: Shape = {
    "title": "Unix seconds, or a time with its zone as in 2027-01-31T00:00:00Z",
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 9_999_999_999, "description": "seconds, not milliseconds"},
        {
            "title": "a time with seconds and its zone: Z, or +01:00",
            "examples": ["2027-01-31T00:00:00Z"],
            "type": "string",
            "pattern": "^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T"
            "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
        },
    ],
}


def text(maximum: int, minimum: int = 1) -> Shape:
    """A string of at most `maximum` characters."""
    return {"type": "string", "minLength": minimum, "maxLength": maximum}


OWN_ID: Shape = text(5000) | {
    "title": "an id of letters, digits and marks other than /",
    "pattern": "^(?!\\.{1,2}$)[!-.0-~]([ -.0-~]*[!-.0-~])?$",
}
"""Stripe takes any text (stripe-facts 2.7). What could not stand in a URL, or would not be seen, is refused."""


def whole(minimum: int = 0, maximum: int | None = None) -> Shape:
    """An integer between the bounds, both included."""
    return {"type": "integer", "minimum": minimum} | ({} if maximum is None else {"maximum": maximum})


def one_of(*values: str) -> Shape:
    return {"enum": list(values)}


def list_of(item: Shape, maximum: int | None = None, *, unique: bool = False) -> Shape:
    shape: dict[str, Any] = {"type": "array", "items": item}
    if maximum is not None:
        shape["maxItems"] = maximum
    if unique:
        shape["uniqueItems"] = True
    return shape


def object_of(required: tuple[str, ...] = (), **properties: Shape) -> Shape:
    shape: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return shape | ({"required": list(required)} if required else {})


def reference(kind: str) -> Shape:
    """The name of a declared resource of a kind, or `{id: …}` of an object that is not ours."""
    return {"$ref": f"#/$defs/{kind}_reference"}


def _text(value: Any) -> Any:
    """Empty text is how Stripe is told to delete a key: there is no key with it."""
    return None if value == "" else value


METADATA = Field(
    "metadata.*",
    {
        "title": "text of at most 500 characters, a number, true or false, or null",
        "anyOf": [{"type": "string", "maxLength": 500}, {"type": ["number", "boolean", "null"]}],
    },
    "Your own key, at most 40 characters, with text of at most 500. Keys that the YAML does not name are left alone.",
    clears_with="",
    canonical=_text,
)

MAPS: Mapping[str, Shape] = {
    # 50 keys in all, of which the stamp takes at least four (stripe-facts 15, 17).
    "metadata": {
        "maxProperties": 46,
        "propertyNames": {
            "title": "a metadata key of 1 to 40 characters without [ and ], not starting with stripe_portal",
            "pattern": "^(?!stripe_portal)[^\\[\\]]{1,40}$",
        },
    },
    "currency_options": {"propertyNames": CURRENCY},
}
"""What holds for the keys of a map, by the map's name."""


def exact(value: Any) -> Any:
    """A number to the one spelling that both sides share: an int where it is whole, else its decimal text."""
    if value is None or isinstance(value, bool):
        return value
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")


def moment(value: Any) -> Any:
    """A moment as Stripe's Unix seconds. Raises ValueError for a day that the calendar has not."""
    return int(datetime.fromisoformat(value).timestamp()) if isinstance(value, str) else value


def id_of(value: Any) -> Any:
    """The id in `{id: …}`, or the value itself."""
    return value["id"] if isinstance(value, Mapping) and set(value) == {"id"} else value


def fold_decimals(value: Any) -> Any:
    """Join `x` and `x_decimal` into one exact `x`, at any depth: never compare the text of decimals (stripe-facts 6)."""
    if isinstance(value, Mapping):
        folded = {k: fold_decimals(v) for k, v in value.items() if not _is_twin(k)}
        for key, twin in value.items():
            if _is_twin(key) and (twin is not None or key.removesuffix("_decimal") not in folded):
                folded[key.removesuffix("_decimal")] = exact(twin)
        return folded
    if isinstance(value, list | tuple):
        return tuple(fold_decimals(v) for v in value)
    return value


def unfold_decimals(value: Any) -> Any:
    """Spell a fractional amount `x_decimal`, as Stripe wants it, at any depth. The inverse of `fold_decimals`."""
    if isinstance(value, Mapping):
        return {
            f"{k}_decimal" if k in _AMOUNTS and isinstance(v, str) and v else k: unfold_decimals(v)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [unfold_decimals(v) for v in value]
    return value


_AMOUNTS = ("unit_amount", "flat_amount")


def _is_twin(key: Any) -> bool:
    return isinstance(key, str) and key.endswith("_decimal") and key.removesuffix("_decimal") in _AMOUNTS
