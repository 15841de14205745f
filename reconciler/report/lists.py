"""Lists in a plan: one item a line, and of two lists what is different inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.kind import Field
from reconciler.kinds.values import members
from reconciler.model import Ref
from reconciler.report.words import printable, quoted, shown


def items(field: Field, value: Any, names: Mapping[str, str]) -> list[str]:
    """A list of objects, a line for each."""
    return [f"- {_plain(_named(field, item, names))}" for item in value]


def contents(field: Field, before: Any, after: Any, names: Mapping[str, str]) -> list[str]:
    """What is different inside two lists, a line each."""
    from deepdiff import DeepDiff

    if not field.unordered and not field.match_by and _is_long(before, after):
        return [*(f"- {line[2:]}" for line in items(field, before, names)), *_plus(items(field, after, names))]
    old, new = (_named(field, value, names) for value in (before, after))
    found = DeepDiff(old, new, ignore_order=field.unordered, view="tree", threshold_to_diff_deeper=0)
    lines = [_line(kind, level) for kind, levels in found.items() for level in levels]
    return sorted(lines, key=lambda line: line[2:]) or list(_swapped(field, before, after, names))


def _is_long(before: Any, after: Any) -> bool:
    """Positions tell one item from another only while none comes or goes."""
    return len(before) != len(after) and any(isinstance(v, Mapping) for v in (*before, *after))


def _plus(lines: list[str]) -> list[str]:
    return [f"+ {line[2:]}" for line in lines]


def _line(kind: str, level: Any) -> str:
    sign = "+" if "added" in kind else "-" if "removed" in kind else "~"
    path = [str(p) for p in level.path(output_format="list")]
    where = "".join(f"#{int(p) + 1}: " if p.isdigit() else f"{printable(p)}: " for p in path[:-1])
    where += "" if not path or path[-1].isdigit() else f"{printable(path[-1])}: "
    if sign == "~":
        return f"~ {where}{_plain(level.t1)} → {_plain(level.t2)}"
    return f"{sign} {where}{_plain(level.t2 if sign == '+' else level.t1)}"


def _swapped(field: Field, before: Any, after: Any, names: Mapping[str, str]) -> Iterator[str]:
    """Other ids under the same names: what a list of references follows."""
    was, now = members(field, before), members(field, after)
    gone, come = ([m for m in a if m not in b] for a, b in ((was, now), (now, was)))
    for old, new in zip(gone, come, strict=False):
        yield f"~ {shown(old, names, field)} → {shown(new, names, field)}"


def _named(field: Field, value: Any, names: Mapping[str, str]) -> Any:
    """Ids and Refs as text; a list whose items have a name of their own as a map by that name."""
    if isinstance(value, Ref):
        return _Name(names.get(str(value.address), str(value.address)))
    if isinstance(value, str):
        return _Name(names[value]) if field.refers_to and value in names else value
    if isinstance(value, Mapping):
        return {k: _named(field, v, names) for k, v in value.items()}
    if isinstance(value, tuple | list):
        named = [_named(field, v, names) for v in value]
        if field.match_by and named and all(isinstance(i, dict) and field.match_by in i for i in named):
            return {i[field.match_by]: {k: v for k, v in i.items() if k != field.match_by} for i in named}
        return named
    return {} if value is None and field.match_by else [] if value is None else value


def _plain(value: Any) -> str:
    """A value that has its names already."""
    if isinstance(value, Mapping):
        return ", ".join(f"{printable(str(k))}: {_plain(v)}" for k, v in value.items()) or "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_plain(v) for v in value)}]"
    if isinstance(value, bool) or value is None:
        return "none" if value is None else str(value).lower()
    if isinstance(value, _Name):
        return printable(value)
    return quoted(value) if isinstance(value, str) and (" " in value or not value.isprintable()) else str(value)


class _Name(str):
    """Text of ours, and no value: it is shown without quotes."""
