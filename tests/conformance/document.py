"""Stripe's OpenAPI document as a judge: of what is sent, and of what is answered.

The document describes JSON. A form holds nothing but text, so `_sent` rewrites each schema to one of texts: an integer
becomes a text of digits, a text that may not be empty gets a minimum length. What the document leaves open for the sake
of later versions (further members, further values) is closed: nothing that it doesn't know may be sent or answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

Schema = Mapping[str, Any]
FORM = "application/x-www-form-urlencoded"
METADATA = {"type": "object", "maxProperties": 50, "propertyNames": {"pattern": r"^[^\[\]]{1,40}$"}}
TEXTS: Mapping[str, Schema] = {
    "boolean": {"enum": ["true", "false"]},
    "integer": {"type": "string", "pattern": "^-?[0-9]+$"},
    "number": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
}
PATTERNS = {"currency": "^[a-z]{3}$", "decimal": r"^[0-9]+(\.[0-9]{1,12})?$"}
DELETED: Schema = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "object": {"type": "string"}, "deleted": {"enum": [True]}},
    "required": ["id", "object", "deleted"],
}
"""What is left of an object. The document comes from the SDK, which has the same class for it as for the object."""
RELEASED_BY_EMPTY = {("Price.update", "lookup_key")}
"""What the document doesn't show as emptyable, and Stripe unsets when it is sent empty (stripe-facts 4)."""


class Document:
    """The operations of an OpenAPI document, each with a validator for every direction."""

    def __init__(self, path: Path) -> None:
        self.raw: Schema = json.loads(path.read_text(encoding="utf-8"))
        # A product's description takes 40,000 characters, and the document has 5,000 in answers (stripe-facts 18).
        self.raw["components"]["schemas"]["product"]["properties"]["description"]["maxLength"] = 40_000
        self.version: str = self.raw["info"]["version"]
        self._operations = [
            (
                method.upper(),
                re.compile(re.sub(r"\{\w+\}", "([^/]+)", template)),
                Operation(self.raw, method, operation),
            )
            for template, item in sorted(self.raw["paths"].items(), key=lambda pair: "{" in pair[0])
            for method, operation in item.items()
        ]

    def operation(self, method: str, path: str) -> Operation | None:
        return next((o for m, pattern, o in self._operations if m == method and pattern.fullmatch(path)), None)

    def named(self, name: str) -> Operation:
        return next(o for _, _, o in self._operations if o.name == name)


class Operation:
    """One operation: what may be sent to it, and what it may answer."""

    def __init__(self, document: Schema, method: str, raw: Schema) -> None:
        self._document, self._raw, self._method = document, raw, method
        self.name: str = raw["operationId"]
        self._answer: Schema = raw["responses"]["200"]["content"]["application/json"]["schema"]
        if self.name.endswith(".delete"):
            self._answer = DELETED

    @cached_property
    def sendable(self) -> Schema:
        """The schema of the query or of the form."""
        if self._method == "post":
            body: Schema = self._raw["requestBody"]["content"][FORM]["schema"]
            return body
        query = [p for p in self._raw["parameters"] if p["in"] == "query"]
        return {
            "type": "object",
            "properties": {p["name"]: p["schema"] for p in query},
            "required": [p["name"] for p in query if p["required"]],
            "additionalProperties": False,
        }

    def sent(self, tree: Mapping[str, Any]) -> Iterator[str]:
        """What is wrong with decoded parameters."""
        yield from _errors(self._request, tree)
        for path in tree.get("expand", ()):
            if not self._reaches(self._answer, path.split(".")):
                yield f"expand: the answer has no {path}"
            if path.count(".") > 3:
                yield f"expand: {path} is deeper than four levels"

    def answered(self, status: int, body: bytes) -> Iterator[str]:
        """What is wrong with an answer."""
        try:
            answer = json.loads(body)
        except ValueError:
            yield "the answer is not JSON"
            return
        yield from _errors(self._response if status < 400 else self._error, answer)

    def parameters(self) -> set[tuple[str, ...]]:
        """The path of every value that may be sent, as `leaves` spells it."""
        return set(_parameters(self.sendable))

    @cached_property
    def _request(self) -> jsonschema_rs.Validator:
        schema = dict(_sent(self.sendable))
        for operation, name in RELEASED_BY_EMPTY:
            if operation == self.name:
                schema["properties"] = {
                    **schema["properties"],
                    name: {"anyOf": [schema["properties"][name], {"const": ""}]},
                }
        return jsonschema_rs.validator_for(schema)

    @cached_property
    def _response(self) -> jsonschema_rs.Validator:
        return self._validator(self._answer)

    @cached_property
    def _error(self) -> jsonschema_rs.Validator:
        return self._validator(self._raw["responses"]["default"]["content"]["application/json"]["schema"])

    def _validator(self, schema: Schema) -> jsonschema_rs.Validator:
        return jsonschema_rs.validator_for({**_closed(schema), "components": _closed(self._document["components"])})

    def _reaches(self, schema: Schema, path: list[str]) -> bool:
        """Whether a path leads to a member of the answer."""
        if "$ref" in schema:
            return self._reaches(self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], path)
        if "anyOf" in schema:
            return any(self._reaches(one, path) for one in schema["anyOf"])
        if "items" in schema:
            return self._reaches(schema["items"], path)
        if not path:
            return True
        inner = schema.get("properties", {}).get(path[0], schema.get("additionalProperties"))
        return isinstance(inner, Mapping) and self._reaches(inner, path[1:])


def decode(encoded: str) -> dict[str, Any]:
    """A form or a query as a tree of texts. Raises ValueError for a spelling that Stripe wouldn't read as meant."""
    tree: dict[str, Any] = {}
    for name, value in (
        parse_qsl(encoded, keep_blank_values=True, strict_parsing=True, errors="strict") if encoded else ()
    ):
        if not re.fullmatch(r"[^\[\]]+(\[[^\[\]]+\])*(\[\])?", name):
            raise ValueError(f"{name}: not the name of a parameter")
        *around, last = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        at: Any = tree
        for part in around:
            at = at.setdefault(part, {})
            if not isinstance(at, dict):
                raise ValueError(f"{name}: a value before, and a map here")
        last = last or str(len(at))
        if last in at:
            raise ValueError(f"{name}: sent twice")
        at[last] = value
    found: dict[str, Any] = _with_lists(tree)
    return found


def leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every value in a tree of parameters; `*` stands for a place in a list and for a currency."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            star = path and path[-1] in ("currency_options", "metadata")
            yield from leaves(value, (*path, "*" if star else key))
    elif isinstance(tree, list):
        for value in tree:
            yield from leaves(value, (*path, "*"))
    else:
        yield path


def _parameters(schema: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    inner = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), Mapping):
        inner["*"] = schema["additionalProperties"]
    if "items" in schema:
        inner["*"] = schema["items"]
    for key, one in inner.items():
        yield from _parameters(one, (*path, key))
    for one in schema.get("anyOf", ()):
        yield from _parameters(one, path)
    if not inner and "anyOf" not in schema:
        yield path


def _with_lists(tree: Any) -> Any:
    """Maps whose keys are 0, 1, 2… as lists. Other numbers stay keys, and no schema has those."""
    if not isinstance(tree, dict):
        return tree
    inner = {key: _with_lists(value) for key, value in tree.items()}
    numbered = inner and list(inner) == [str(n) for n in range(len(inner))]
    return list(inner.values()) if numbered else inner


def _sent(schema: Schema, name: str = "") -> Schema:
    """A schema of JSON values as one of a form's texts."""
    if "anyOf" in schema:
        return {"anyOf": [_sent(one, name) for one in schema["anyOf"]]}
    if "enum" in schema:
        return {"enum": schema["enum"]}
    if not schema:
        return {"type": "string"}  # a file, which stands there by its name
    kind = schema["type"]
    if name == "metadata" and kind == "object":
        return {**METADATA, "additionalProperties": {"type": "string", "maxLength": 500}}
    if kind == "object":
        rest = schema.get("additionalProperties", False)
        return {
            "type": "object",
            "properties": {key: _sent(inner, key) for key, inner in schema.get("properties", {}).items()},
            "required": schema.get("required", []),
            "additionalProperties": _sent(rest) if isinstance(rest, Mapping) else rest,
        }
    if kind == "array":
        return {"type": "array", "items": _sent(schema["items"]), "maxItems": schema.get("maxItems", 1000)}
    if kind == "string":
        pattern = PATTERNS.get(schema.get("format", ""), schema.get("pattern", ""))
        return {"type": "string", "minLength": 1, "maxLength": schema.get("maxLength", 40_000), "pattern": pattern}
    return TEXTS[kind]


def _closed(schema: Any) -> Any:
    """A schema of answers: `nullable` in JSON Schema's words, and no members beside those that are named."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    inner = {key: _closed(value) for key, value in schema.items() if key not in ("nullable", "format")}
    if schema.get("type") == "object" and "properties" in schema:
        inner.setdefault("additionalProperties", False)
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner


def _errors(validator: jsonschema_rs.Validator, value: Any) -> Iterator[str]:
    for error in validator.iter_errors(value):
        yield f"{'.'.join(map(str, error.instance_path)) or 'as a whole'}: {error.message[:300]}"
