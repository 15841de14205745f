"""The rules of what a payment link asks its customers (the docstrings of the SDK)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds.kind import Objection

_At = tuple[str | int, ...]
_TYPES = ("dropdown", "numeric", "text")


def check_custom_fields(fields: Sequence[Mapping[str, Any]]) -> Iterator[Objection]:
    """Each key once, of letters and digits, with the members of its own type."""
    keys = [field["key"] for field in fields]
    for number, field in enumerate(fields):
        at, key, chosen = ("custom_fields", number), field["key"], field["type"]
        if not _is_plain(key):
            yield (*at, "key"), f"the key `{key}` of a custom field", "letters and digits alone are allowed"
        if key in keys[:number]:
            yield (*at, "key"), f"the key {key} is used twice", "each custom field needs a key of its own"
        for other in _TYPES:
            if other != chosen and field.get(other) is not None:
                yield (*at, other), f"`{other}` beside `type: {chosen}`", "keep one of the two"
        if chosen == "dropdown":
            yield from _dropdown(field.get("dropdown"), at)
        elif inner := field.get(chosen):
            yield from _lengths(inner, (*at, chosen))


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _dropdown(dropdown: Mapping[str, Any] | None, at: _At) -> Iterator[Objection]:
    if dropdown is None:
        advice = "list them: `dropdown: {options: [{label: Small, value: s}]}`"
        yield (*at, "type"), "`type: dropdown` without options", advice
        return
    values = [option["value"] for option in dropdown["options"]]
    for number, value in enumerate(values):
        here = (*at, "dropdown", "options", number, "value")
        if not _is_plain(value):
            yield (
                here,
                f"the value `{value}` of an option",
                "letters and digits alone are allowed; `label` is what is shown",
            )
        if value in values[:number]:
            yield here, f"the value {value} is used twice", "each option needs a value of its own"
    default = dropdown.get("default_value")
    if default is not None and default not in values:
        said = f"`default_value` {default} is not the value of an option"
        yield (*at, "dropdown", "default_value"), said, f"values are: {', '.join(dict.fromkeys(values))}"


def _lengths(inner: Mapping[str, Any], at: _At) -> Iterator[Objection]:
    low, high, default = (inner.get(k) for k in ("minimum_length", "maximum_length", "default_value"))
    if low is not None and high is not None and low > high:
        said = f"`minimum_length` {low} is above `maximum_length` {high}"
        yield (*at, "minimum_length"), said, "nothing could be typed"
    elif default is not None and not (low or 0) <= len(default) <= (high or len(default)):
        said = f"`default_value` has {len(default)} characters"
        yield (*at, "default_value"), said, "`minimum_length` and `maximum_length` must allow it"
