"""JSON Schema for a merged document: a fast judge for everything, and a slow one for the reasons of what fails.

Each resource is judged by itself, so that one mistake among 40,000 resources costs what one resource costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from reconciler.kinds import BY_NAME, PARTS
from reconciler.kinds.inside import children_of
from reconciler.kinds.kind import Shape
from reconciler.schema.build import file_keys, references
from reconciler.schema.failure import Failure
from reconciler.schema.messages import Finding, Subject, explain
from reconciler.schema.resource import resource_schema
from reconciler.schema.top import names_of
from reconciler.schema.words import matches, types_of

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator
    from jsonschema_rs import Draft202012Validator


@cache
def schema_of(kind: str) -> Shape:
    """The schema of one merged resource, or with "" of a document without the inside of its resources."""
    shape = resource_schema(BY_NAME[kind], required=True) if kind else file_keys(required=True)
    for inside in children_of(BY_NAME.get(kind)):
        shape["properties"][inside.plural] = {"type": ["object", "null"], "propertyNames": names_of(inside)}
    for part in () if kind else PARTS:
        shape["properties"][part.plural] = {}
    marked: Shape = _marked(shape | {"$defs": shape.get("$defs", {}) | references({})})
    return marked


def _marked(node: Any) -> Any:
    """Mark every integer as `whole`, so that the fast judge refuses one that is written with decimals."""
    if isinstance(node, list):
        return [_marked(v) for v in node]
    if not isinstance(node, dict):
        return node
    marked = {k: _marked(v) for k, v in node.items()}
    return marked | {"whole": True} if "integer" in types_of(node) else marked


class _Whole:
    """To JSON Schema 29.00 is an integer. To people it is not 29 minor units."""

    def __init__(self, _parent: Shape, _value: object, _path: list[str | int]):
        pass

    def validate(self, instance: object) -> None:
        if isinstance(instance, Decimal):
            raise ValueError("not written as an integer")


@cache
def judge(kind: str) -> Draft202012Validator:
    """The fast judge of a kind, or with "" of the document around the resources."""
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(schema_of(kind), keywords={"whole": _Whole})


@cache
def reasons(kind: str) -> Validator:
    """The slow judge, who knows why. A differential test holds both equal."""
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(_validator: object, value: str, instance: object, _schema: object) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not matches(value, instance):
            yield ValidationError("")

    validator: Validator = extend(Draft202012Validator, {"pattern": pattern})(schema_of(kind))  # type: ignore[no-untyped-call]
    return validator


def passes(kind: str, data: object) -> bool:
    """Say whether a resource of a kind, or with "" a document, is what its schema asks for."""
    try:
        return judge(kind).is_valid(data)
    except ValueError:  # a text that is not Unicode
        return False


def findings(kind: str, name: str, data: Any) -> list[Finding]:
    """What the schema has against a resource, or with "" against a document around its resources."""
    if passes(kind, data):
        return []
    subject = Subject(name, BY_NAME.get(kind), schema_of(kind))
    return list(explain([_failure(e) for e in reasons(kind).iter_errors(data)], subject))


def _failure(error: ValidationError) -> Failure:
    choices: dict[object, list[Failure]] = {}
    for inner in error.context or ():
        choices.setdefault(inner.relative_schema_path[0], []).append(_failure(inner))
    return Failure(
        place=tuple(error.absolute_path),
        keyword=str(error.validator),
        limit=error.validator_value,
        shape=cast(Shape, error.schema),
        value=error.instance,
        name="propertyNames" in error.absolute_schema_path,
        inner=tuple(map(tuple, choices.values())),
    )
