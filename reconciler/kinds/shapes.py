"""JSON Schema fragments and value spellings that several kinds share."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.kinds.kind import Field, Shape

BOOLEAN: Shape = {"type": "boolean"}
ID: Shape = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"], "additionalProperties": False},
    ]
}
URL: Shape = {"type": "string", "pattern": "^https?://[^\\s]+$", "maxLength": 5000}
CURRENCY: Shape = {"type": "string", "pattern": "^[a-z]{3}$"}
INTERVAL: Shape = {"enum": ["day", "week", "month", "year"]}
DECIMAL: Shape = {"type": ["number", "string"], "pattern": "^-?[0-9]+(\\.[0-9]{1,12})?$"}
POSITIVE: Shape = {"type": "number", "exclusiveMinimum": 0}


def text(maximum: int, minimum: int = 1) -> Shape:
    """A string of at most `maximum` characters."""
    return {"type": "string", "minLength": minimum, "maxLength": maximum}


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


METADATA = Field(
    "metadata.*",
    {"anyOf": [{"type": "string", "maxLength": 500}, {"type": ["number", "boolean", "null"]}]},
    "Your own key, at most 40 characters, with text of at most 500. Keys that the YAML does not name are left alone.",
    clears_with="",
)


def exact(value: Any) -> Any:
    """A number to the one spelling that both sides share: an int where it is whole, else its decimal text."""
    if value is None or isinstance(value, bool):
        return value
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")


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
