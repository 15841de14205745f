"""Values of a kind: nested data to canonical properties and back to Stripe's parameters.

YAML and Stripe's answers go through the same `flatten`, so that two equal things look equal to whoever compares them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.kinds.kind import Block, Clear, Default, Field, Kind, Settable
from reconciler.kinds.shapes import fold_decimals, unfold_decimals
from reconciler.model import Path, Properties, Ref

_MISSING = object()


def flatten(kind: Kind, nested: Mapping[str, Any]) -> dict[Path, Any]:
    """Take every field of the kind out of nested data. A null block counts as null for each field that can be unset."""
    folded = fold_decimals(nested)
    found: dict[Path, Any] = {}
    for field in kind.fields:
        for path, value in _pick(folded, field.path):
            if value is not None:
                found[path] = freeze(field.canonical(value) if field.canonical else value)
            elif clearable(kind, path):
                found[path] = None
    return found


def _pick(data: Any, pattern: Path, done: Path = ()) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        yield done, data
    elif data is None:
        if "*" not in pattern:
            yield done + pattern, None
    elif isinstance(data, Mapping):
        for key in list(data) if pattern[0] == "*" else [pattern[0]]:
            if key in data:
                yield from _pick(data[key], pattern[1:], (*done, key))


def freeze(value: Any) -> Any:
    """Lists to tuples, at any depth."""
    if isinstance(value, Mapping):
        return {k: freeze(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return tuple(freeze(v) for v in value)
    return value


def clearable(kind: Kind, path: Path) -> bool:
    """Say whether Stripe can unset the field, by itself or with the block that it stands in."""
    field = kind.field_at(path)
    if field is None:
        return False
    if field.clears_with is Clear.DEFAULT:
        return field.default is not None and field.settable is not Settable.ON_CREATE
    block = kind.block_of(path)
    return field.clears_with is not Clear.NOTHING or (block is not None and block.clears_with is not Clear.NOTHING)


def filled(field: Field, value: Any) -> Any:
    """The value, or what the server fills in for none."""
    return field.default if value is None and field.default is not Default.ANY else value


def comparable(field: Field, value: Any) -> Any:
    """The value as it is compared and digested: defaults filled in, sets in one order. Refs must be ids by now."""
    value = filled(field, value)
    return _sorted(value) if field.unordered else value


def _sorted(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(sorted(map(_sorted, value), key=lambda v: json.dumps(v, sort_keys=True, default=str)))
    if isinstance(value, Mapping):
        return {k: _sorted(v) for k, v in value.items()}
    return value


def swap_refs(value: Any, swap: Callable[[Ref], Any]) -> Any:
    """Put `swap(ref)` in the place of every Ref, at any depth."""
    if isinstance(value, Ref):
        return swap(value)
    if isinstance(value, Mapping):
        return {k: swap_refs(v, swap) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(swap_refs(v, swap) for v in value)
    return value


def refs_in(value: Any) -> Iterator[Ref]:
    """Every Ref in a value, at any depth."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for v in value.values():
            yield from refs_in(v)
    elif isinstance(value, list | tuple):
        for v in value:
            yield from refs_in(v)


def map_members(field: Field, value: Any, swap: Callable[[str, Any], Any]) -> Any:
    """Put `swap(kind, member)` in the place of everything in a referring field that names an object."""
    if value is None or field.refers_to is None:
        return value
    if isinstance(field.refers_to, str):
        kind = field.refers_to
        return tuple(swap(kind, v) for v in value) if isinstance(value, tuple) else swap(kind, value)
    refers = field.refers_to
    return tuple(
        {
            k: (tuple(swap(refers[k], x) for x in v) if isinstance(v, tuple) else swap(refers[k], v))
            if k in refers
            else v
            for k, v in item.items()
        }
        for item in value
    )


def members(field: Field, value: Any) -> list[Any]:
    """Everything in a referring field that names an object."""
    found: list[Any] = []
    map_members(field, value, lambda _, member: found.append(member))
    return found


def parameters(kind: Kind, values: Mapping[Path, Any], base: Properties) -> dict[str, Any]:
    """Stripe's parameters, nested, that bring `values` about. None unsets.

    `base` is what the object's fields will be besides, from which a unit's other members are sent along.
    """
    sent: dict[Path, Any] = {}
    for path, value in values.items():
        block = kind.block_of(path)
        if block and block.unit:
            inside = {p: v for p, v in base.items() if p[: len(block.path)] == block.path and v is not None}
            for p, v in inside.items():
                sent.setdefault(p, _spelled(kind, p, v))
        if (cleared := _cleared_whole(kind, path, value, block, base, values)) is not None:
            sent = {p: v for p, v in sent.items() if p[: len(cleared.path)] != cleared.path}
            sent[cleared.path] = cleared.clears_with
        else:
            sent[path] = _spelled(kind, path, value)
    nested: dict[str, Any] = {}
    for path, value in sent.items():
        at = nested
        for key in path[:-1]:
            at = at.setdefault(key, {})
        at[path[-1]] = value
    spelled = unfold_decimals(nested)
    assert isinstance(spelled, dict)
    return spelled


def _spelled(kind: Kind, path: Path, value: Any) -> Any:
    field = kind.field_at(path)
    assert field is not None, path
    if value is None or value == ():
        value = field.default if field.clears_with is Clear.DEFAULT else field.clears_with
    return field.wire(value) if field.wire else value


def _cleared_whole(
    kind: Kind, path: Path, value: Any, block: Block | None, base: Properties, values: Mapping[Path, Any]
) -> Block | None:
    """The block to unset whole, when a member goes that cannot be unset alone and no other member stays."""
    field = kind.field_at(path)
    if value is not None or block is None or block.clears_with is Clear.NOTHING or field is None:
        return None
    if field.clears_with not in (Clear.NOTHING, Clear.DEFAULT):
        return None
    others = [p for p in {**base, **values} if p[: len(block.path)] == block.path]
    return block if all(values.get(p, base.get(p)) is None for p in others) else None
