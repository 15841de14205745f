"""What of an object can never change (design 3, ON_CREATE and ONCE)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.kind import Clear, Default, Field, Kind, Settable
from reconciler.kinds.values import comparable, swap_refs
from reconciler.model import Address, Observed, Path, Properties, Ref, Resource


def must_replace(kind: Kind, resource: Resource, observed: Observed, ids: Mapping[Address, str]) -> list[Path]:
    """The fields in which an object can never become what is desired (design 3, ON_CREATE and ONCE)."""
    asked, has = resource.properties, observed.properties
    declared = observed.stamp.fields if observed.stamp else {}
    differing = []
    for field, path in _fixed(kind, asked, has):
        wanted, before = asked.get(path), has.get(path)
        if field.refers_to:
            wanted = swap_refs(wanted, lambda ref: ids.get(ref.address, ref))
        if wanted != before and _differs(field, path in asked, path in declared, wanted, before):
            differing.append(path)
    return sorted(differing)


def _fixed(kind: Kind, asked: Properties, has: Properties) -> Iterator[tuple[Field, Path]]:
    """The fields that Stripe does not let change, those in maps under every key in use."""
    maps = {field.path[0] for field in kind.fixed if "*" in field.path}
    for field in kind.fixed:
        if "*" not in field.path:
            yield field, field.path
    for path in {p for p in (*asked, *has) if p[0] in maps} if maps else ():
        found = kind.field_at(path)
        if found and "*" in found.path and found.settable in (Settable.ON_CREATE, Settable.ONCE):
            yield found, path


def _differs(field: Field, asked: bool, declared: bool, wanted: Any, before: Any) -> bool:
    if field.settable is Settable.ON_CREATE:
        if not asked and field.default is Default.ANY:
            return False
        return isinstance(wanted, Ref) or bool(comparable(field, wanted) != comparable(field, before))
    if before is None or before == field.default:
        return False
    if asked:
        return bool(comparable(field, wanted) != comparable(field, before))
    return declared and field.clears_with is Clear.REPLACE
