"""`defaults`: what fills the undeclared fields of every resource of a kind."""

from __future__ import annotations

from typing import Any

from reconciler.config.layout import CHILDREN, TOP
from reconciler.config.marks import Mark, Tree, twin_of
from reconciler.config.merge import Marks
from reconciler.config.run import Run, nearest
from reconciler.config.secrets import shown
from reconciler.config.settings import a, entries
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Block, Field, Kind

Defaults = dict[str, tuple[dict[str, Any], Marks]]
"""Values and marks by kind."""


def take(run: Run, tree: Tree) -> Defaults:
    """The defaults of a tree. What has the wrong shape is noted and left out."""
    found: Defaults = {}
    for name, value, mark in entries(run, tree, "defaults", "defaults: {price: {currency: usd}}"):
        kind = BY_NAME.get(name)
        if kind is None:
            run.refuse(run.key_at(mark), f"defaults for an unknown kind {shown(name)}", nearest(name, BY_NAME))
        elif not isinstance(value, dict):
            run.refuse(run.at(mark), f"the defaults of {name} are {a(value)}, not a map", f"write `{name}: {{…}}`")
        else:
            found[name] = value, twin_of(mark)
            _check(run, kind, twin_of(mark))
    return found


def _check(run: Run, kind: Kind, marks: dict[str, Mark]) -> None:
    """Refuse a key that no resource of the kind could have, once instead of at every resource."""
    rows: tuple[Field | Block, ...] = (*kind.fields, *kind.blocks, *kind.spellings, *kind.hints)
    known = dict.fromkeys((*(row.path[0] for row in rows), *CHILDREN[kind.name]))
    for key in [key for key in marks if key not in known]:
        run.refuse(run.key_at(marks[key]), f"a {kind.name} has no field {shown(key)}", nearest(key, known))


def fill(tree: Tree, defaults: Defaults) -> None:
    """Fill every resource. Maps of defaults are shared between resources, so nothing may change them afterwards."""
    if defaults:
        for plural, kind in TOP.items():
            _resources(kind, tree.data.get(plural), tree.marks.get(plural), defaults)


def _resources(kind: Kind, resources: Any, mark: Mark | None, defaults: Defaults) -> None:
    if not isinstance(resources, dict) or mark is None:
        return
    values = defaults.get(kind.name)
    for name, resource in resources.items():
        if not isinstance(resource, dict):
            continue
        marks = twin_of(twin_of(mark)[name])
        if values:
            _fill(resource, marks, *values)
        for plural, child in CHILDREN[kind.name].items():
            _resources(child, resource.get(plural), marks.get(plural), defaults)


def _fill(data: dict[str, Any], marks: Marks, values: dict[str, Any], value_marks: Marks) -> None:
    for key, value in values.items():
        if key not in data:
            data[key], marks[key] = value, value_marks[key]
        elif isinstance(value, dict) and isinstance(data[key], dict) and data[key] is not value:
            _fill(data[key], twin_of(marks[key]), value, twin_of(value_marks[key]))
