"""Kinds to JSON Schema (draft 2020-12): for editors, and for the gate that a merged document goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.kinds import KINDS, PARTS
from reconciler.kinds.inside import children_of
from reconciler.kinds.kind import Kind, Shape
from reconciler.kinds.shapes import NAME, text
from reconciler.schema.resource import closed, resource_schema
from reconciler.schema.top import ROOT, VERSION, anywhere, names_of

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
    for kind in PARTS:
        top["properties"][kind.plural] = {"anyOf": [{"$ref": f"#/$defs/{kind.name}"}, {"type": "null"}]}
    kinds = (*KINDS, *PARTS)
    return {
        "$schema": DIALECT,
        "title": "stripe-portal overlay" if overlay else "stripe-portal",
        **top,
        "$defs": {**{k.name: _with_children(k, overlay) for k in kinds}, **top["$defs"], **references(names or {})},
    }


def file_keys(*, overlay: bool = False, required: bool = False) -> Shape:
    """The schema of what stands in a file besides resources."""
    shared = anywhere(text(1000)) if required else anywhere()
    shape = closed(VERSION | ({} if overlay else ROOT) | shared)
    shape["properties"]["defaults"] = {
        "description": "Fields for every resource of a kind that does not declare them.",
        **closed({k.name: {"$ref": f"#/$defs/{k.name}_defaults"} for k in KINDS}),
        "type": ["object", "null"],
    }
    shape["$defs"] = {f"{k.name}_defaults": resource_schema(k, variables=not required) for k in KINDS} | references({})
    return shape | ({"required": ["stripe_portal", "project"]} if required else {})


def resources_of(kind: Kind, member: Shape, *, overlay: bool = False) -> Shape:
    """The map from names to resources of a kind."""
    member = {"anyOf": [member, {"type": "null"}]} if overlay else member
    described = {"description": kind.doc} if kind.doc else {}
    return described | {"type": ["object", "null"], "propertyNames": names_of(kind), "additionalProperties": member}


def _with_children(kind: Kind, overlay: bool) -> Shape:
    shape = resource_schema(kind, variables=True)
    for child in children_of(kind):
        shape["properties"][child.plural] = resources_of(child, {"$ref": f"#/$defs/{child.name}"}, overlay=overlay)
    return shape


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
            closed({"id": {"type": "string", "minLength": 1, "maxLength": 255}}) | {"required": ["id"]},
        ],
    }
