"""Decoded text → typed parameters, or the refusal that Stripe would give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.emulator.errors import Refusal, empty_parameter, missing_parameter, unknown_parameters
from reconciler.emulator.params import Shape
from reconciler.emulator.uploads import Upload

TEXT_LIMIT = 5000
INTEGER = re.compile(r"-?\d{1,18}")
DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
BOOLEANS = {"true": True, "false": False}

Sizes = Mapping[str, int]
"""Longest text or list per dotted path; list positions are left out, free map keys are `*`,
a text within a list ends in `[]`."""


def typed(shape: Shape, tree: dict[str, Any], sizes: Sizes, emptyable: frozenset[str]) -> dict[str, Any]:
    """Every parameter in its type: text, int, float, bool, list, dict; decimals stay text; `""` where it unsets.
    `emptyable` names paths that accept `""` although the SDK's types don't say so (stripe-facts 4)."""
    unknown = tuple(strangers(shape, tree, ""))
    if unknown:
        raise unknown_parameters(unknown)
    return convert_fields(shape, tree, "", "", Rules(sizes, emptyable))


@dataclass(frozen=True)
class Rules:
    """What the SDK's types don't know, handed down together."""

    sizes: Sizes
    emptyable: frozenset[str]


def strangers(shape: Shape, node: Any, name: str) -> Iterator[str]:
    """Names at any depth that the call doesn't take; the type of a value is judged later."""
    if not isinstance(node, dict):
        return
    if shape.fields is not None:
        for key, value in node.items():
            field = shape.fields.get(key)
            if field is None:
                yield bracketed(name, key)
            else:
                yield from strangers(field, value, bracketed(name, key))
    elif shape.item or shape.entry:
        inner = shape.item or shape.entry or shape
        for key, value in node.items():
            yield from strangers(inner, value, bracketed(name, key))


def convert(shape: Shape, node: Any, name: str, path: str, rules: Rules) -> Any:
    """One value. `name` is in brackets for messages, `path` is dotted for the tables."""
    if isinstance(node, Upload) or "file" in shape.scalars:
        return read_file(shape, node, name)
    if isinstance(node, dict):
        return convert_container(shape, node, name, path, rules)
    if node == "":
        if shape.emptyable or path in rules.emptyable or path.startswith("metadata.") or ".metadata." in path:
            return ""
        raise empty_parameter(name)
    if node in shape.values:
        return node
    for kind, read in READERS:
        if kind in shape.scalars:
            return read(node, name, path, rules.sizes)
    if shape.values:
        raise invalid_choice(name, shape.values)
    raise Refusal(f"Invalid {'array' if shape.item else 'object'}", param=name, judged=True)


def convert_container(shape: Shape, node: dict[str, Any], name: str, path: str, rules: Rules) -> Any:
    if shape.fields is not None:
        return convert_fields(shape, node, name, path, rules)
    if shape.item:
        if not all(key.isdigit() for key in node):
            raise Refusal("Invalid array", param=name, judged=True)
        most = rules.sizes.get(path)
        if most is not None and len(node) > most:
            text = f"Array {name} exceeded maximum {most} allowed elements."
            raise Refusal(text, param=name, judged=True)
        inner = path if shape.item.fields is not None else f"{path}[]"
        return [convert(shape.item, node[key], bracketed(name, key), inner, rules) for key in sorted(node, key=int)]
    if shape.entry:
        inner = f"{path}.*" if shape.entry.fields is not None else f"{path}."
        return {key: convert(shape.entry, value, bracketed(name, key), inner, rules) for key, value in node.items()}
    expected = "integer" if "integer" in shape.scalars else "string"
    raise Refusal(f"Invalid {expected}: {node!r}", param=name, judged=True)


def convert_fields(shape: Shape, node: dict[str, Any], name: str, path: str, rules: Rules) -> dict[str, Any]:
    assert shape.fields is not None
    for key in shape.fields:
        if key in shape.required and key not in node:
            raise missing_parameter(bracketed(name, key), judged=True)
    return {
        key: convert(shape.fields[key], value, bracketed(name, key), f"{path}.{key}" if path else key, rules)
        for key, value in node.items()
    }


def read_file(shape: Shape, node: Any, name: str) -> Upload:
    """A file where one belongs, and nowhere else."""
    if not isinstance(node, Upload):
        raise Refusal("Invalid file: must be uploaded as multipart/form-data.", param=name, judged=True)
    if "file" not in shape.scalars:
        raise Refusal("Invalid string: a file was sent instead.", param=name, judged=True)
    return node


def read_boolean(text: str, name: str, _path: str, _sizes: Sizes) -> bool:
    if text not in BOOLEANS:
        raise Refusal(f"Invalid boolean: {text}", param=name, judged=True)
    return BOOLEANS[text]


def read_integer(text: str, name: str, _path: str, _sizes: Sizes) -> int:
    if not INTEGER.fullmatch(text):
        raise Refusal(f"Invalid integer: {text}", code="parameter_invalid_integer", param=name, judged=True)
    return int(text)


def read_number(text: str, name: str, _path: str, _sizes: Sizes) -> float:
    if not DECIMAL.fullmatch(text):
        raise Refusal(f"Invalid decimal: {text}", param=name, judged=True)
    return float(text)


def read_decimal(text: str, name: str, _path: str, _sizes: Sizes) -> str:
    """At most 12 decimal places (stripe-facts 6); exponents are not decimals."""
    if not DECIMAL.fullmatch(text) or len(text.partition(".")[2]) > 12:
        raise Refusal(f"Invalid decimal: {text}; must contain at most 12 decimal places.", param=name, judged=True)
    return text


def read_text(text: str, name: str, path: str, sizes: Sizes) -> str:
    most = sizes.get(path, TEXT_LIMIT)
    if len(text) > most and not path.endswith("metadata."):
        shown = text if len(text) < 30 else f"{text[:12]}...{text[-12:]}"
        raise Refusal(f"Invalid string: {shown}; must be at most {most} characters", param=name, judged=True)
    return text


READERS = (
    ("boolean", read_boolean),
    ("integer", read_integer),
    ("number", read_number),
    ("decimal", read_decimal),
    ("string", read_text),
)


def invalid_choice(name: str, values: tuple[str, ...]) -> Refusal:
    listed = f"{', '.join(values[:-1])}, or {values[-1]}" if len(values) > 1 else values[0]
    return Refusal(f"Invalid {name}: must be one of {listed}", param=name, judged=True)


def bracketed(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key
