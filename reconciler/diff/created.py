"""The fields of an object that is made anew, and what becomes of those of the one that it replaces."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from reconciler.diff.cause import Known, cause_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.fixed import must_replace
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.kinds.values import comparable, filled
from reconciler.model import Cause, FieldChange, Observed, Path, Properties, Resource

_TAKEN_OVER = (Settable.ALWAYS, Settable.ONCE, Settable.ON_UPDATE)


def created(
    resource: Resource, settled: Properties, old: Observed | None, known: Known
) -> tuple[list[FieldChange], list[Path]]:
    """A new object's fields, beside those of the one that it replaces; and what it does not take over from that one."""
    kind = BY_NAME[resource.address.kind]
    forcing = must_replace(kind, resource, old, known.found) if old else []
    changes = []
    for path in (*settled, *(p for p in forcing if p not in settled)):
        field = kind.leaf(path)
        after = filled(field, settled.get(path)) if field.required else settled.get(path)
        before = old.properties.get(path) if old else None
        if path in forcing or not _is_so_at_creation(field, after):
            cause = cause_of(field, path, before, after, old, known)
            changes.append(FieldChange(path, before, after, path in forcing, cause))
    undeclared = dict(_undeclared(kind, resource, old)) if old else {}
    left = _left_behind(kind, undeclared)
    for path, before in undeclared.items():
        if path not in left:
            changes.append(FieldChange(path, before, known.follow(kind.leaf(path), before), cause=Cause.FOLLOWED))
    return changes, left


def _is_so_at_creation(field: Field, after: Any) -> bool:
    """What is unset in a new object is not sent to be unset: Stripe refuses that (stripe-facts 2.2)."""
    if field.settable in (Settable.ON_UPDATE, Settable.SWITCHED) and after == field.default:
        return True
    return after is None or (after == () and not field.required)


def _undeclared(kind: Kind, resource: Resource, old: Observed) -> Iterator[tuple[Path, Any]]:
    """What an object that is replaced has, and nothing declares: set in the Dashboard, or by other code."""
    declared = {*resource.properties, *(old.stamp.fields if old.stamp else ())}
    for path, value in old.properties.items():
        field = kind.field_at(path)
        if field is None or path in declared or field.settable not in _TAKEN_OVER:
            continue
        if field.settable is Settable.ON_UPDATE and field.refers_to:
            continue
        if comparable(field, value) != comparable(field, None):
            yield path, value


def _left_behind(kind: Kind, undeclared: Collection[Path]) -> list[Path]:
    """Amounts and unique values; and with an amount the rest of what goes whole, which means another thing alone."""
    alone = [path for path in undeclared if not _carried(kind.leaf(path))]
    units = {unit for path in alone for unit in kind.units_around(path)}
    return [p for p in undeclared if p in alone or any(p[: len(unit)] == unit for unit in units)]


def _carried(field: Field) -> bool:
    """The successor takes over what is neither money nor unique: no amount is ever decided here."""
    in_currency = field.settable is Settable.ONCE and "*" in field.path
    return not (field.money or field.transfer or in_currency)
