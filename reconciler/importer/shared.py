"""`defaults`: what all resources of a kind share is said once, and what a project says once is not said again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler.importer.entry import Entry, merged
from reconciler.importer.values import spelled
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import filled
from reconciler.model import Address, Observed, Path

LIFTED = ("currency", "tax_behavior", "tax_code")
"""What a merchant means for everything that they sell. Another field that all share may be so by chance."""

FEW = 2
"""Up to as many resources say for themselves what they share."""

Defaults = Mapping[str, Mapping[str, Any]]


def lifted(entries: Sequence[Entry]) -> Defaults:
    """What all resources of a kind have, and have alike, by kind."""
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for one in entries:
        if not one.is_out:
            by_kind.setdefault(one.address.kind, []).append(one.whole)
    found: dict[str, dict[str, Any]] = {}
    for kind, resources in by_kind.items():
        for name in LIFTED if len(resources) > FEW else ():
            values = [data.get(name) for data in resources]
            if values[0] is not None and all(v == values[0] for v in values):
                found.setdefault(kind, {})[name] = values[0]
    return found


def without(defaults: Defaults, entries: Sequence[Entry], objects: Mapping[Address, Observed]) -> tuple[Entry, ...]:
    """The entries without what `defaults` say, and with what `defaults` would get wrong."""
    return tuple(
        _one(defaults[e.address.kind], e, objects[e.address]) if e.address.kind in defaults and not e.is_out else e
        for e in entries
    )


def _one(values: Mapping[str, Any], entry: Entry, one: Observed) -> Entry:
    explicit = _explicit(values, entry.whole, (), one)
    base = merged(entry.base, explicit) if entry.base else entry.base
    over = entry.over if entry.base else merged(entry.over, explicit)
    return replace(entry, base=_less(base, values), over=_less(over, values))


def _explicit(values: Mapping[str, Any], data: Mapping[str, Any], around: Path, one: Observed) -> dict[str, Any]:
    """What must be written so that a default does not fill it: the live value, or null."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        path, have = (*around, key), data.get(key)
        field = BY_NAME[one.kind].field_at(path)
        if field is None and isinstance(value, Mapping) and (have is None or isinstance(have, Mapping)):
            inner = _explicit(value, have or {}, path, one)
            nothing = have is None and all(v is None for v in inner.values())
            if inner:
                found[key] = None if nothing and key != "metadata" else inner
        elif field is not None and key not in data:
            found[key] = spelled(field, filled(field, one.properties.get(path)))
    return found


def _less(data: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what stands in `values` alike."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        same = values.get(key)
        if isinstance(value, Mapping) and isinstance(same, Mapping):
            if inner := _less(value, same):
                found[key] = inner
        elif key not in values or value != same or isinstance(value, bool) is not isinstance(same, bool):
            found[key] = value
    return found


def filled_in(data: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The data as loading fills it."""
    found = dict(data)
    for key, value in values.items():
        if key not in found:
            found[key] = value
        elif isinstance(value, Mapping) and isinstance(found[key], Mapping):
            found[key] = filled_in(found[key], value)
    return found
