"""Kinds to JSON Schema, and a document to everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reconciler.errors import Problem
from reconciler.kinds.inside import Declared, declared
from reconciler.model import Address, Document, Place
from reconciler.schema.build import json_schema
from reconciler.schema.gate import findings, passes
from reconciler.schema.messages import Finding
from reconciler.schema.rules import broken_rules, position
from reconciler.schema.words import one_line

__all__ = ["Findings", "check", "json_schema", "render"]


@dataclass(frozen=True)
class Findings:
    """What is wrong with a document. `broken` are the resources concerned, which later stages leave alone."""

    problems: tuple[Problem, ...]
    broken: frozenset[Address]


def check(document: Document) -> Findings:
    """Everything that is wrong in a merged document, each at its line and column, in the order of the files."""
    found: list[tuple[Address | None, Problem]] = []
    resources = {resource.place: resource for resource in declared(document.data)}
    for finding in findings("", "", document.data):
        named = resources.get(finding.place)
        found.append((named.address if named else None, _problem(document, (), finding, document.data)))
    sound: list[Declared] = []
    unsound: list[Declared] = []
    for resource in resources.values():
        (sound if passes(resource.kind.name, resource.data) else unsound).append(resource)
    for resource in unsound:
        for finding in findings(resource.kind.name, str(resource.address), resource.data):
            named = resources.get((*resource.place, *finding.place), resource)
            problem = _problem(document, resource.place, finding, resource.data)
            found.append((named.address, _of_overlay(document, resource, problem)))
    found += broken_rules(document, sound, unsound)
    return Findings(_once(found), frozenset(address for address, _ in found if address))


def _problem(document: Document, place: Place, finding: Finding, data: Any) -> Problem:
    at = document.key_at((*place, *finding.place)) if finding.on_key else position(document, place, finding.place, data)
    return Problem(at, finding.message, finding.hint)


def _of_overlay(document: Document, resource: Declared, problem: Problem) -> Problem:
    """A resource that stands in the overlay alone may be one that has another name in the other files."""
    over = f"environments/{document.environment}.yaml"
    if not document.key_at(resource.place).file.replace("\\", "/").endswith(over):
        return problem
    alone = f"Only {over} declares {resource.address}: if it was renamed in the other files, rename it here too"
    return replace(problem, hint=" ".join(filter(None, [problem.hint, alone])))


def _once(found: Sequence[tuple[Address | None, Problem]]) -> tuple[Problem, ...]:
    """Sorted by place. What `defaults` brought into many resources is said of the first of them."""
    same: dict[Problem, list[Problem]] = {}
    for address, problem in found:
        problem = Problem(problem.source, one_line(problem.message), one_line(problem.hint))
        said = problem.message.replace(one_line(str(address)), "") if address else problem.message
        same.setdefault(replace(problem, message=said), []).append(problem)
    return tuple(
        sorted(
            first if not more else replace(first, message=f"{first.message}; the same in {len(more)} more")
            for first, *more in same.values()
        )
    )


def render() -> Mapping[str, str]:
    """The committed schema files by name, with their text."""
    schemas = {"": json_schema(), "overlay.": json_schema(overlay=True)}
    return {
        f"stripe-portal.{part}schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for part, schema in schemas.items()
    }
