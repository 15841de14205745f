"""What of an object is declared: the fields that differ from the server's defaults, in the spelling of the YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Default, Field, Kind
from reconciler.kinds.shapes import MOMENT, exact, unfold_decimals
from reconciler.kinds.values import comparable, filled
from reconciler.model import ACTIVE, Observed, Path
from reconciler.stamp import digest


def declared(kind: Kind, one: Observed, project: str) -> dict[Path, Any]:
    """The canonical value of every field to declare, in the order of the table.

    Of an object that bears this project's stamp, just what was declared of it; None is a null. Of others what is not as
    the server would have it; None is a value that the YAML needs and Stripe does not tell.
    """
    mark = one.stamp if one.stamp and one.stamp.project == project and one.stamp.readable else None
    paths = set(mark.fields if mark else unusual(kind, one))
    parent = (kind.parent[1],) if kind.parent else None
    paths = {p for p in paths if kind.field_at(p) and p != parent}
    if one.active:
        paths.discard(ACTIVE)
    paths |= set(_needed(kind, paths))
    found: dict[Path, Any] = {}
    for path in sorted(paths, key=lambda p: (_order(kind.name)[_field(kind, p).name], p)):
        field = _field(kind, path)
        value = one.properties.get(path)
        if field.write_only:
            value = _guessed(field, mark.fields[path] if mark and path in mark.fields else "")
        found[path] = filled(field, value)
    return found


def unusual(kind: Kind, one: Observed) -> Iterator[Path]:
    """What is not as the server would have it."""
    for path, value in one.properties.items():
        field = kind.field_at(path)
        if field is None or field.write_only:
            continue
        known = (comparable(field, None), comparable(field, field.usual))
        if comparable(field, value) not in known:
            yield path


def _needed(kind: Kind, paths: set[Path]) -> Iterator[Path]:
    """The fields that must stand beside others, and at the top."""
    required = [f.path for f in kind.fields if f.required]
    blocks = {b.path for b in kind.blocks if b.required}
    have, grown = set(paths), True
    while grown:
        around = {p[:n] for p in have for n in range(1, len(p))} | blocks | {()}
        wanted = {a + path[-1:] for path in required for a in around if _same(path[:-1], a)} - have
        grown = bool(wanted)
        have |= wanted
    yield from have


def _same(pattern: Path, path: Path) -> bool:
    return len(pattern) == len(path) and all(a in ("*", b) for a, b in zip(pattern, path, strict=True))


def is_required(kind: Kind, path: Path) -> bool:
    """Whether the object around a field cannot be written without it."""
    field = kind.field_at(path)
    return bool(field and field.required)


def _guessed(field: Field, stamped: str) -> Any:
    """The value that a digest was made of, where there are few that it can be."""
    choices = (True, False) if field.shape.get("type") == "boolean" else field.shape.get("enum", ())
    return next((value for value in choices if digest(comparable(field, value)) == stamped), None)


@cache
def _order(name: str) -> Mapping[str, int]:
    return {field.name: n for n, field in enumerate(BY_NAME[name].fields)}


def spelled(field: Field, value: Any) -> Any:
    """A canonical value, ids already swapped, as YAML data."""
    if value is None or value is Default.ANY:
        return None
    if field.shape == MOMENT and isinstance(value, int):
        text = datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return text if text.startswith("2") else value
    if field.canonical is exact and isinstance(value, str) and field.shape.get("type") == "number":
        return Decimal(value)
    return thawed(value)


def thawed(value: Any) -> Any:
    """Tuples to lists, at any depth."""
    if isinstance(value, Mapping):
        return {k: thawed(v) for k, v in value.items()}
    return [thawed(v) for v in value] if isinstance(value, list | tuple) else value


def people_s(data: Mapping[str, Any]) -> dict[str, Any]:
    """Fractions of a minor unit under their own key, and as numbers."""
    found = _numbers(unfold_decimals(data))
    assert isinstance(found, dict)
    return found


def _numbers(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {k: _numbers(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_numbers(v) for v in value]
    return Decimal(value) if key.endswith("_decimal") and isinstance(value, str) else value


def _field(kind: Kind, path: Path) -> Field:
    field = kind.field_at(path)
    assert field is not None, (kind.name, path)
    return field
