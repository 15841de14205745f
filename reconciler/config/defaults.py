"""`defaults`: what fills the undeclared fields of every resource of a kind."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.config.layout import CHILDREN, TOP
from reconciler.config.marks import Tree
from reconciler.config.run import Run, nearest
from reconciler.config.secrets import shown
from reconciler.config.settings import a, entries
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Block, Field, Kind


def take(run: Run, tree: Tree) -> dict[str, Tree]:
    """The defaults of a tree, by kind. What has the wrong shape is noted and left out."""
    found: dict[str, Tree] = {}
    for name, value, mark in entries(run, tree, "defaults", "defaults: {price: {currency: usd}}"):
        kind = BY_NAME.get(name)
        if kind is None:
            run.refuse(run.key_at(mark), f"defaults for an unknown kind {shown(name)}", nearest(name, BY_NAME))
        elif kind.part:
            run.refuse(
                run.key_at(mark),
                f"{name} takes no defaults",
                f"there is one in an account: write it under `{kind.plural}:`",
            )
        elif not isinstance(value, dict):
            run.refuse(run.at(mark), f"the defaults of {name} are {a(value)}, not a map", f"write `{name}: {{…}}`")
        else:
            found[name] = tree.inside("defaults").inside(name)
            _check(run, kind, found[name])
    return found


def _check(run: Run, kind: Kind, values: Tree) -> None:
    """Refuse a key that no resource of the kind could have, once instead of at every resource."""
    rows: tuple[Field | Block, ...] = (*kind.fields, *kind.blocks, *kind.spellings, *kind.hints)
    known = dict.fromkeys((*(row.path[0] for row in rows), *CHILDREN[kind.name]))
    for key, mark in values.marks.items():
        if key not in known:
            run.refuse(run.key_at(mark), f"a {kind.name} has no field {shown(key)}", nearest(key, known))


def fill(tree: Tree, defaults: Mapping[str, Tree]) -> None:
    """Fill every resource. Maps of defaults are shared between resources, so nothing may change them afterwards."""
    if defaults:
        _children(TOP, tree, defaults)


def _children(kinds: Mapping[str, Kind], around: Tree, defaults: Mapping[str, Tree]) -> None:
    for plural, kind in kinds.items():
        if not isinstance(around.data.get(plural), dict):
            continue
        resources = around.inside(plural)
        for name, value in resources.data.items():
            if isinstance(value, dict):
                resource = resources.inside(name)
                if kind.name in defaults:
                    _fill(resource, defaults[kind.name])
                _children(CHILDREN[kind.name], resource, defaults)


def _fill(resource: Tree, values: Tree) -> None:
    for key, value in values.data.items():
        have = resource.data.get(key)
        if key not in resource.data:
            resource.put(key, value, values.marks[key])
        elif isinstance(value, dict) and isinstance(have, dict) and have is not value:
            _fill(resource.inside(key), values.inside(key))
