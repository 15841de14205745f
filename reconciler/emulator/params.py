"""What a call accepts, at every depth, read out of the SDK's own parameter types (stripe-facts 14.6)."""

from __future__ import annotations

import functools
import importlib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

REQUEST_OPTIONS = frozenset(
    {
        "api_key",
        "stripe_version",
        "stripe_account",
        "stripe_context",
        "max_network_retries",
        "idempotency_key",
        "content_type",
        "headers",
    }
)
"""Create types inherit these from the SDK; they are headers, not parameters."""

SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}
NAMES = {**{name: getattr(typing, name) for name in typing.__all__}, "StripeContext": object}


@dataclass(frozen=True)
class Shape:
    """One parameter: the union of everything it may be.

    `scalars` of string, integer, number, decimal, boolean, file; `values` of an enum; `fields` of an object with its
    `required` ones; `item` of a list; `entry` of a map with free keys; `emptyable` when `""` unsets it. The SDK calls
    most enums open (`Literal[…] | str`); the emulator knows one API version and takes the listed values only."""

    scalars: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()
    fields: Mapping[str, Shape] | None = None
    required: frozenset[str] = frozenset()
    item: Shape | None = None
    entry: Shape | None = None
    emptyable: bool = False


@functools.cache
def shape_of(name: str) -> Shape:
    """The parameters of a call by the name of their SDK type: `PriceCreateParams`, `billing.MeterListParams`."""
    module, _, attribute = f"stripe.params.{name}".rpartition(".")
    return read(getattr(importlib.import_module(module), attribute))


def read(annotation: Any) -> Shape:
    """A type annotation → `Shape`."""
    if hasattr(annotation, "__required_keys__"):
        return read_fields(annotation)
    if annotation is Any:  # the SDK's word for a file, and for nothing else
        return Shape(scalars=frozenset({"file"}))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if getattr(origin, "_name", None) == "NotRequired":
        return read(arguments[0])
    if origin in (Union, types.UnionType):
        return functools.reduce(union, map(read, arguments))
    if origin is Literal:
        return Shape(values=tuple(value for value in arguments if value), emptyable="" in arguments)
    if origin is list:
        return Shape(item=read(arguments[0]))
    if origin is dict:
        return Shape(entry=read(arguments[1]))
    if annotation in SCALARS:
        return Shape(scalars=frozenset({SCALARS[annotation]}))
    if getattr(annotation, "__name__", "") == "Decimal":
        return Shape(scalars=frozenset({"decimal"}))
    if getattr(origin, "__name__", "") == "UntypedStripeObject":
        return Shape()  # always beside the dict that says the same
    raise TypeError(f"the SDK uses a parameter type that the emulator cannot read: {annotation!r}")


def read_fields(annotation: Any) -> Shape:
    hints = typing.get_type_hints(annotation, localns=NAMES, include_extras=True)
    kept = {name: hint for name, hint in hints.items() if name not in REQUEST_OPTIONS}
    optional = {name for name, hint in kept.items() if getattr(get_origin(hint), "_name", None) == "NotRequired"}
    fields = {name: read(hint) for name, hint in kept.items()}
    return Shape(fields=fields, required=frozenset(kept.keys() - optional))


def union(left: Shape, right: Shape) -> Shape:
    scalars = left.scalars | right.scalars
    values = left.values + right.values
    if values:
        scalars -= {"string"}
    return Shape(
        scalars=scalars,
        values=values,
        fields=left.fields if left.fields is not None else right.fields,
        required=left.required | right.required,
        item=left.item or right.item,
        entry=left.entry or right.entry,
        emptyable=left.emptyable or right.emptyable,
    )
