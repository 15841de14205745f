"""The way from a path to a Document, one stage after the other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.config import defaults, files, merge, settings, variables
from reconciler.config.marks import Sources, Tree
from reconciler.config.run import Run
from reconciler.config.syntax import content
from reconciler.errors import Invalid, Unresolved
from reconciler.model import Document, Source

_ROOT_ONLY = (*settings.STEERING, "project")


def load(
    path: str | Path = ".",
    *,
    env: str | None = None,
    variables: Mapping[str, str] | None = None,
) -> Document:
    """One environment of a project, from a file or from a folder with stripe-portal.yaml.

    Raises Invalid with every problem of all files, Unresolved when the file or the environment does not exist, Usage
    when there are several environments and `env` chooses none.
    """
    return _load(files.locate(path), env, variables or {})


def _load(root: Path, env: str | None, given: Mapping[str, str]) -> Document:
    run = Run()
    overrides = variables.given(given)
    try:
        tree = _read(run, root)
    except OSError as error:
        raise Unresolved(f"{root}: {error.strerror}") from None
    if tree is None:
        raise Invalid(run.problems)
    settings.version(run, tree, required=True)
    before = len(run.problems)
    declared = settings.environments(run, tree)
    environment = None
    if len(run.problems) == before:
        environment = settings.choose(declared, env, lambda name: files.overlay_of(root, name) is not None)
    known = settings.variables(run, tree)
    patterns = settings.patterns(run, tree)
    for path in files.included(run, root, patterns):
        _include(run, tree, path)
    if environment and (over := files.overlay_of(root, environment)):
        _overlay(run, tree, root, over)
    return _finish(run, tree, environment, declared, known, overrides)


def _read(run: Run, path: Path) -> Tree | None:
    from reconciler.config.reader import read  # brings in PyYAML

    return read(content(path), path.as_posix(), run)


def _read_part(run: Run, path: Path) -> Tree | None:
    """A file besides the root: that it cannot be read is one problem among others."""
    try:
        return _read(run, path)
    except OSError as error:
        run.refuse(Source(path.as_posix(), 1, 1), f"cannot be read: {error.strerror}")
        return None


def _include(run: Run, tree: Tree, path: Path) -> None:
    """Add an included file."""
    other = _read_part(run, path)
    if other is not None:
        settings.version(run, other, required=False)
        _without(run, other, _ROOT_ONLY, "stands in the root file only", "move it there")
        merge.join(run, tree, other)


def _overlay(run: Run, tree: Tree, root: Path, path: Path) -> None:
    """Put the overlay file of the environment over the tree."""
    if not files.contained(root, path):
        run.refuse(Source(path.as_posix(), 1, 1), "a link that leads out of the project", "put the file itself here")
        return
    over = _read_part(run, path)
    if over is not None:
        settings.version(run, over, required=False)
        _without(run, over, settings.STEERING, "cannot stand in an overlay", "variables: environments.<name>.vars")
        merge.overlay(run, tree, over)


def _without(run: Run, tree: Tree, keys: tuple[str, ...], why: str, hint: str) -> None:
    """Refuse some top-level keys, and go on without them."""
    for key in keys:
        if key in tree.data:
            run.refuse(run.key_at(tree.marks[key]), f"{key} {why}", hint)
            tree.drop(key)


def _finish(
    run: Run,
    tree: Tree,
    environment: str | None,
    declared: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> Document:
    """Put variables and defaults into the merged tree, and hand over what is not steering."""
    chosen = declared.get(environment or "", {})
    merge.overlay(run, tree, settings.limits(tree, environment))
    for key in settings.STEERING:
        tree.drop(key)
    own = chosen.get("vars") or {}
    used = variables.replace(run, tree, {**known, **own, **overrides})
    shared = defaults.take(run, tree)
    defaults.fill(tree, shared)
    tree.drop("defaults")
    run.check()
    for settings_of in declared.values():
        known = {**known, **(settings_of.get("vars") or {})}
    variables.unused(overrides, known, used)
    return Document(
        data=tree.data,
        sources=Sources(run.files, tree.marks),
        keys=Sources(run.files, tree.marks, of_keys=True),
        files=tuple(run.files),
        environment=environment,
        settings=chosen,
        defaults={kind: values.data for kind, values in shared.items()},
    )
