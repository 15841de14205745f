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


def flatten(kind: Kind, nested: Mapping[str, Any], *, nulls: bool = True) -> dict[Path, Any]:
    """Take every field of the kind out of nested data.

    A null that Stripe can unset is a value too, and a null block counts as null for each field in it; not so without
    `nulls`, as in an answer of Stripe's.
    """
    found: dict[Path, Any] = {}
    for field, path, value in _leaves(kind.tree, fold_decimals(nested), ()):
        if value is not None:
            found[path] = freeze(field.canonical(value) if field.canonical else value)
        elif nulls and clearable(kind, path):
            found[path] = None
    return found


def _leaves(tree: Mapping[str, Any], data: Any, done: Path) -> Iterator[tuple[Field, Path, Any]]:
    for key, node in tree.items():
        if data is None:
            inside: tuple[str, ...] = () if key == "*" else (key,)
        elif isinstance(data, Mapping):
            inside = tuple(data) if key == "*" else (key,) if key in data else ()
        else:
            return
        for name in inside:
            value = None if data is None else data[name]
            if isinstance(node, Field):
                yield node, (*done, name), value
            else:
                yield from _leaves(node, value, (*done, name))


def freeze(value: Any) -> Any:
    """Lists to tuples, at any depth."""
    if isinstance(value, Mapping):
        return {k: freeze(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return tuple(freeze(v) for v in value)
    return value


def value_at(raw: Mapping[str, Any], name: str) -> Any:
    """What stands at a dotted name in a raw object, or None."""
    value: Any = raw
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
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


def parameters(
    kind: Kind,
    values: Mapping[Path, Any],
    base: Properties,
    *,
    creating: bool = False,
    rows: Mapping[tuple[Path, str], str] | None = None,
) -> dict[str, Any]:
    """Stripe's parameters, nested, that bring `values` about. None unsets.

    `base` is what the object's fields will be besides, from which a unit's other members are sent along. `rows` are
    the ids of a live object's rows, by which an update names them.
    """
    state = {**base, **values}
    sent: dict[Path, Any] = {}
    for path, value in values.items():
        for unit in kind.units_around(path):
            for p, v in state.items():
                if p[: len(unit)] == unit and v is not None and applies(kind, p, state):
                    sent.setdefault(p, _spelled(kind, p, v))
        block, around = _around(kind, path)
        if block and value is None and _goes_whole(block, around, state):
            sent[around] = block.clears_with
            continue
        if applies(kind, path, state):
            sent[path] = _spelled(kind, path, value, rows)
    if creating:
        sent |= _required(kind, sent)
    nested: dict[str, Any] = {}
    for path, value in sent.items():
        at = nested
        for key in path[:-1]:
            at = at.setdefault(key, {})
        at[path[-1]] = value
    spelled = unfold_decimals(nested)
    assert isinstance(spelled, dict)
    for key in reversed(kind.part.split(".") if kind.part else ()):
        spelled = {key: spelled}
    return spelled


def applies(kind: Kind, path: Path, state: Properties) -> bool:
    """Say whether the object has such a field at all, in this state of its others."""
    field = kind.field_at(path)
    if field is None or field.only_when is None:
        return field is not None
    name, needed = field.only_when
    other = kind.field_at(tuple(name.split(".")))
    return other is not None and filled(other, state.get(other.path)) == needed


def can_unset(kind: Kind, path: Path, state: Properties) -> bool:
    """Say whether Stripe can unset the field of an object that will be in `state`, where it is None already."""
    if not clearable(kind, path):
        return False
    field, (block, around) = kind.field_at(path), _around(kind, path)
    if field is not None and field.clears_with is Clear.DEFAULT and field.default is not None:
        return True
    alone = field is not None and field.clears_with not in (Clear.DEFAULT, Clear.NOTHING)
    return alone or (block is not None and _goes_whole(block, around, state))


def _around(kind: Kind, path: Path) -> tuple[Block | None, Path]:
    """The block that a field stands in, and the block's own path there."""
    block = kind.block_of(path)
    return block, path[: len(block.path)] if block else ()


def _goes_whole(block: Block, around: Path, state: Properties) -> bool:
    """Whether Stripe unsets the block as a whole, and nothing in it stays."""
    if block.clears_with is Clear.NOTHING:
        return False
    return all(v is None for p, v in state.items() if p[: len(around)] == around)


def _required(kind: Kind, sent: Mapping[Path, Any]) -> dict[Path, Any]:
    """A default out of every block that Stripe wants at creation and that would be empty: it cannot be sent empty."""
    wanted = [b.path for b in kind.blocks if b.required and not any(p[: len(b.path)] == b.path for p in sent)]
    rows = [next(f for f in kind.fields if f.path[: len(path)] == path and f.required) for path in wanted]
    return {row.path: row.default for row in rows}


def _spelled(kind: Kind, path: Path, value: Any, rows: Mapping[tuple[Path, str], str] | None = None) -> Any:
    field = kind.field_at(path)
    assert field is not None, path
    if value is None or value == ():
        value = field.default if field.clears_with is Clear.DEFAULT else field.clears_with
    value = field.wire(value) if field.wire else value
    return _with_row_ids(field, value, rows) if field.rows and rows else value


def _with_row_ids(field: Field, items: Any, rows: Mapping[tuple[Path, str], str]) -> list[Any]:
    """Items as an update takes them: by the id of their row, without what can never change."""
    return [
        {"id": rows[field.path, item[field.rows]], **{k: v for k, v in item.items() if k not in field.fixed}}
        for item in items
    ]
