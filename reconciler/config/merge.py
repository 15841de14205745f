"""Several files to one tree: included files are joined without overlap, an overlay goes over them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.config.layout import CHILDREN, TOP
from reconciler.config.marks import Tree, items_of
from reconciler.config.run import Run, nearest
from reconciler.config.secrets import shown
from reconciler.kinds.kind import Kind

LISTS = ("moved", "released", "silence")


def join(run: Run, into: Tree, other: Tree) -> None:
    """Add what another file declares. What both declare is noted with both places."""
    for key, value in other.data.items():
        have = into.data.get(key)
        if key == "stripe_portal":
            continue
        if key in LISTS and isinstance(have, list) and isinstance(value, list):
            have += value
            items_of(into.marks[key]).extend(items_of(other.marks[key]))
        elif (key in TOP or key == "defaults") and isinstance(have, dict) and isinstance(value, dict):
            what = TOP[key].name if key in TOP else key
            for name in value:
                _add(run, f"{what}.{shown(name)}", name, into.inside(key), other.inside(key))
        elif have is None:
            into.put(key, value, other.marks[key])
        elif value is not None:
            _add(run, shown(key), key, into, other)


def _add(run: Run, what: str, key: str, into: Tree, other: Tree) -> None:
    if key in into.data:
        hint = f"the other is at {run.key_at(into.marks[key])}; keep one"
        run.refuse(run.key_at(other.marks[key]), f"{what} is declared in two files", hint)
    else:
        into.put(key, other.data[key], other.marks[key])


def overlay(run: Run, tree: Tree, over: Tree) -> None:
    """Put the overlay of an environment over a tree: maps merge, lists and scalars replace.

    `null` for a whole resource leaves it out; `null` for a field stays, and clears it.
    """
    for key in over.data:
        if key != "stripe_portal":
            _entry(run, TOP, key, tree, over)


def _entry(run: Run, named: Mapping[str, Kind], key: str, into: Tree, over: Tree) -> None:
    """One key of an overlay. Under the keys of `named` stand resources by their name."""
    value, mark = over.data[key], over.marks[key]
    both = isinstance(value, dict) and isinstance(into.data.get(key), dict)
    if key in named and isinstance(value, dict):
        if not both:
            into.put(key, {}, (mark[0] if isinstance(mark, tuple) else mark, {}))
        _resources(run, named[key], into.inside(key), over.inside(key))
    elif both:
        for inner in value:
            _entry(run, {}, inner, into.inside(key), over.inside(key))
    else:
        into.put(key, value, mark)


def _resources(run: Run, kind: Kind, into: Tree, over: Tree) -> None:
    for name, value in over.data.items():
        mark = over.marks[name]
        if isinstance(value, dict) and isinstance(into.data.get(name), dict):
            for key in value:
                _entry(run, CHILDREN[kind.name], key, into.inside(name), over.inside(name))
        elif value is not None:
            into.put(name, value, mark)
        elif name in into.data:
            into.drop(name)
        else:
            message = f"no {kind.name} {shown(name)} to leave out of this environment"
            run.refuse(run.key_at(mark), message, nearest(name, into.data))
