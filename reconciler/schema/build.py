"""Kinds to JSON Schema (draft 2020-12): for editors, and for the gate that a merged document goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.kind import Default, Field, Kind, Settable, Shape
from reconciler.kinds.shapes import MAPS, NAME, text
from reconciler.kinds.values import clearable
from reconciler.schema.top import ROOT, VERSION, anywhere, names_of

ADOPT = Field("adopt", text(255), "The id of a live object that becomes this resource. Needed once.")
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Names = Mapping[str, Sequence[str]]


def json_schema(*, names: Names | None = None, overlay: bool = False) -> Shape:
    """The schema of one YAML file, for editors.

    Nothing is required where `defaults`, an include or an overlay may supply it. `names` are the declared names by
    kind, a child's as `pro.monthly`: references then accept only those. An overlay may take any resource out by null.
    """
    top = file_keys(overlay=overlay)
    for kind in children_of(None):
        top["properties"][kind.plural] = resources_of(kind, {"$ref": f"#/$defs/{kind.name}"}, overlay=overlay)
    return {
        "$schema": DIALECT,
        "title": "stripe-portal overlay" if overlay else "stripe-portal",
        **top,
        "$defs": {**{k.name: _with_children(k, overlay) for k in KINDS}, **top["$defs"], **references(names or {})},
    }


def file_keys(*, overlay: bool = False, required: bool = False) -> Shape:
    """The schema of what stands in a file besides resources."""
    shared = anywhere(text(1000)) if required else anywhere()
    shape = _closed(VERSION | ({} if overlay else ROOT) | shared)
    shape["properties"]["defaults"] = {
        "description": "Fields for every resource of a kind that does not declare them.",
        **_closed({k.name: {"$ref": f"#/$defs/{k.name}_defaults"} for k in KINDS}),
        "type": ["object", "null"],
    }
    shape["$defs"] = {f"{k.name}_defaults": resource_schema(k) for k in KINDS} | references({})
    return shape | ({"required": ["stripe_portal", "project"]} if required else {})


def resources_of(kind: Kind, member: Shape, *, overlay: bool = False) -> Shape:
    """The map from names to resources of a kind."""
    member = {"anyOf": [member, {"type": "null"}]} if overlay else member
    described = {"description": kind.doc} if kind.doc else {}
    return described | {"type": ["object", "null"], "propertyNames": names_of(kind), "additionalProperties": member}


def _with_children(kind: Kind, overlay: bool) -> Shape:
    shape = resource_schema(kind)
    for child in children_of(kind):
        shape["properties"][child.plural] = resources_of(child, {"$ref": f"#/$defs/{child.name}"}, overlay=overlay)
    return shape


def children_of(kind: Kind | None) -> tuple[Kind, ...]:
    """The kinds that are declared inside this one, or with None at the top level."""
    return tuple(k for k in KINDS if (k.parent and k.parent[0]) == (kind and kind.name))


def references(names: Names) -> dict[str, Shape]:
    """What may stand where a resource is named: a declared name, or `{id: …}` of an object that is not ours."""
    return {f"{k.name}_reference": _reference(k, names.get(k.name, ())) for k in KINDS}


def _reference(kind: Kind, names: Sequence[str]) -> Shape:
    known = dict.fromkeys([*names, *(n.partition(".")[2] for n in names if kind.parent and "." in n)])
    pattern = f"^{NAME}(\\.{NAME})?$" if kind.parent else f"^{NAME}$"
    named = {"title": f"the name of a {kind.name} declared here"}
    return {
        "title": f"{named['title']}, or `{{id: …}}` with Stripe's id of another",
        "anyOf": [
            named | ({"enum": list(known)} if known else {"type": "string", "pattern": pattern}),
            _closed({"id": {"type": "string", "minLength": 1, "maxLength": 255}}) | {"required": ["id"]},
        ],
    }


def resource_schema(kind: Kind, *, required: bool = False) -> Shape:
    """One resource without what is declared inside it. `required` also asks for the fields that must be there."""
    tree: dict[str, Any] = {}
    hints = kind.hints if kind.own_id else (*kind.hints, ADOPT)
    for field in (*kind.fields, *kind.spellings, *hints):
        if kind.parent and field.name == kind.parent[1]:
            continue
        node = tree
        for key in field.path[:-1]:
            node = node.setdefault(key, {})
        node[field.path[-1]] = field
    return _block(kind, tree, (), required)


def _block(kind: Kind, tree: Mapping[str, Any], path: tuple[str, ...], required: bool) -> Shape:
    """The object at `path`, whose members stand in `tree`."""
    around = next((b for b in kind.blocks if b.path == path), None)
    doc = around.doc if around else "" if path else kind.doc
    shapes = {key: _member(kind, node, (*path, key), required) for key, node in tree.items()}
    if "*" in shapes:
        shape: Shape = {"type": "object", **MAPS.get(path[-1], {}), "additionalProperties": shapes["*"]}
    else:
        shape = _closed(shapes)
        must = [key for key, node in tree.items() if _required(kind, node, (*path, key))]
        shape |= {"required": must} if required and must else {}
    if path and not _required(kind, tree, path) and any(_can_be_null(kind, f) for f in _leaves(tree)):
        shape["type"] = ["object", "null"]
    return {"description": doc, **shape} if doc else shape


def _member(kind: Kind, node: Any, path: tuple[str, ...], required: bool) -> Shape:
    if not isinstance(node, Field):
        return _block(kind, node, path, required)
    shape = node.shape if node.required or not _can_be_null(kind, node) else _or_null(node.shape)
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


def _takes_null(shape: Shape) -> bool:
    return any("null" in s.get("type", ()) for s in shape["anyOf"])


def _closed(properties: Mapping[str, Shape]) -> Shape:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _plain(value: Any) -> Any:
    return [_plain(v) for v in value] if isinstance(value, tuple) else value
