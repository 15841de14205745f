"""One resource as JSON Schema, from the table of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.kinds.kind import Clear, Default, Field, Kind, Settable, Shape
from reconciler.kinds.rules import hints_of
from reconciler.kinds.shapes import MAPS
from reconciler.kinds.values import clearable

_VARIABLE: Shape = {"type": "string", "pattern": "\\$\\{"}


def resource_schema(kind: Kind, *, required: bool = False, variables: bool = False) -> Shape:
    """One resource without what is declared inside it.

    `required` also asks for the fields that must be there; `variables` lets `${name}` stand in the place of any value.
    """
    tree: dict[str, Any] = {}
    for field in (*kind.fields, *kind.spellings, *hints_of(kind)):
        if kind.parent and field.name == kind.parent[1]:
            continue
        node = tree
        for key in field.path[:-1]:
            node = node.setdefault(key, {})
        node[field.path[-1]] = replace(field, shape=_or_variable(field.shape)) if variables else field
    return _block(kind, tree, (), required)


def _block(kind: Kind, tree: Mapping[str, Any], path: tuple[str, ...], required: bool) -> Shape:
    """The object at `path`, whose members stand in `tree`."""
    around = next((b for b in kind.blocks if b.path == path), None)
    doc = around.doc if around else "" if path else kind.doc
    shapes = {key: _member(kind, node, (*path, key), required) for key, node in tree.items()}
    if "*" in shapes:
        shape: Shape = {"type": "object", **MAPS.get(path[-1], {}), "additionalProperties": shapes["*"]}
    else:
        shape = closed(shapes)
        must = [key for key, node in tree.items() if _required(kind, node, (*path, key))]
        shape |= {"required": must} if required and must else {}
    if path and not _required(kind, tree, path) and any(_can_be_null(kind, f) for f in _leaves(tree)):
        shape["type"] = ["object", "null"]
    return {"description": doc, **shape} if doc else shape


def _member(kind: Kind, node: Any, path: tuple[str, ...], required: bool) -> Shape:
    if not isinstance(node, Field):
        return _block(kind, node, path, required)
    by_itself = node.clears_with is not Clear.NOTHING and not node.required
    shape = _or_null(node.shape) if by_itself and _can_be_null(kind, node) else node.shape
    default = node.default if node.default is not Default.ANY else None
    return {"description": node.doc, **shape} | ({} if default is None else {"default": _plain(default)})


def _required(kind: Kind, node: Any, path: tuple[str, ...]) -> bool:
    return node.required if isinstance(node, Field) else any(b.required for b in kind.blocks if b.path == path)


def _leaves(tree: Mapping[str, Any]) -> list[Field]:
    return [f for node in tree.values() for f in ([node] if isinstance(node, Field) else _leaves(node))]


def _can_be_null(kind: Kind, field: Field) -> bool:
    """Null clears what Stripe can clear; on what is fixed at creation, and on spellings of ours, it means absence."""
    ours = kind.field_at(field.path) is None
    return ours or field.settable is Settable.ON_CREATE or clearable(kind, field.path)


def _or_null(shape: Shape) -> Shape:
    if "enum" in shape:
        return {**shape, "enum": [*shape["enum"], None]}
    if "anyOf" in shape:
        return shape if _takes_null(shape) else {**shape, "anyOf": [*shape["anyOf"], {"type": "null"}]}
    if "type" in shape:
        types = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
        return {**shape, "type": [*types, "null"]}
    return {"anyOf": [shape, {"type": "null"}]}


def _or_variable(shape: Shape) -> Shape:
    """In a file, `${name}` may stand for a value, or in it, that only loading makes what the shape asks for."""
    if "properties" in shape:
        return {**shape, "properties": {k: _or_variable(v) for k, v in shape["properties"].items()}}
    if "items" in shape:
        return {**shape, "items": _or_variable(shape["items"])}
    if "$ref" in shape or (shape.get("type") == "string" and "pattern" not in shape):
        return shape
    outside: Shape = {k: shape[k] for k in ("title", "description", "examples") if k in shape}
    return {**outside, "anyOf": [{k: v for k, v in shape.items() if k not in outside}, _VARIABLE]}


def _takes_null(shape: Shape) -> bool:
    return any("null" in s.get("type", ()) for s in shape["anyOf"])


def _plain(value: Any) -> Any:
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


def closed(properties: Mapping[str, Shape]) -> Shape:
    """An object with these keys and no others."""
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}
