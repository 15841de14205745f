"""Several files to one tree: included files are joined without overlap, an overlay goes over them."""

from __future__ import annotations

from typing import Any

from reconciler.config.layout import CHILDREN, TOP
from reconciler.config.marks import Mark, Tree, items_of, twin_of
from reconciler.config.run import Run, nearest
from reconciler.config.secrets import shown
from reconciler.kinds.kind import Kind

Marks = dict[str, Mark]

LISTS = ("moved", "released")


def join(run: Run, into: Tree, other: Tree) -> None:
    """Add what another file declares. What both declare is noted with both places."""
    for key, value in other.data.items():
        mark = other.marks[key]
        have = into.data.get(key)
        if key == "stripe_portal":
            continue
        if key in LISTS and isinstance(have, list) and isinstance(value, list):
            have += value
            items_of(into.marks[key]).extend(items_of(mark))
        elif (key in TOP or key == "defaults") and isinstance(have, dict) and isinstance(value, dict):
            marks, more = twin_of(into.marks[key]), twin_of(mark)
            for name in value:
                what = f"{TOP[key].name if key in TOP else key}.{shown(name)}"
                _add(run, what, name, have, marks, value[name], more[name])
        elif have is None:
            into.data[key], into.marks[key] = value, mark
        elif value is not None:
            _add(run, shown(key), key, into.data, into.marks, value, mark)


def _add(run: Run, what: str, key: str, data: dict[str, Any], marks: Marks, value: Any, mark: Mark) -> None:
    if key in data:
        where = run.key_at(marks[key])
        run.refuse(run.key_at(mark), f"{what} is declared in two files", f"the other is at {where}; keep one")
    else:
        data[key], marks[key] = value, mark


def overlay(run: Run, tree: Tree, over: Tree) -> None:
    """Put the overlay of an environment over a tree: maps merge, lists and scalars replace.

    `null` for a whole resource leaves it out; `null` for a field stays, and clears it.
    """
    for key in over.data:
        if key != "stripe_portal":
            _entry(run, TOP, key, tree.data, tree.marks, over.data, over.marks)


def _entry(
    run: Run,
    named: dict[str, Kind],
    key: str,
    data: dict[str, Any],
    marks: Marks,
    over: dict[str, Any],
    over_marks: Marks,
) -> None:
    """One key of an overlay. Under the keys of `named` stand resources by their name."""
    value, mark = over[key], over_marks[key]
    if not isinstance(value, dict):
        data[key], marks[key] = value, mark
        return
    if not isinstance(data.get(key), dict):
        if key not in named:
            data[key], marks[key] = value, mark
            return
        data[key], marks[key] = {}, (mark[0] if isinstance(mark, tuple) else mark, {})
    if key in named:
        _resources(run, named[key], data[key], twin_of(marks[key]), value, twin_of(mark))
    else:
        for inner in value:
            _entry(run, {}, inner, data[key], twin_of(marks[key]), value, twin_of(mark))


def _resources(
    run: Run, kind: Kind, data: dict[str, Any], marks: Marks, over: dict[str, Any], over_marks: Marks
) -> None:
    for name, value in over.items():
        mark = over_marks[name]
        if value is None:
            if name in data:
                del data[name], marks[name]
            else:
                message = f"no {kind.name} {shown(name)} to leave out of this environment"
                run.refuse(run.key_at(mark), message, nearest(name, data))
        elif isinstance(value, dict) and isinstance(data.get(name), dict):
            for key in value:
                _entry(run, CHILDREN[kind.name], key, data[name], twin_of(marks[name]), value, twin_of(mark))
        else:
            data[name], marks[name] = value, mark
