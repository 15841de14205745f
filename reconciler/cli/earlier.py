"""What the YAML declared at a revision of git, read as if it lay in its folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from reconciler import config
from reconciler.cli.revision import Revision, write
from reconciler.cli.stages import declared
from reconciler.config import settings
from reconciler.config.files import OVERLAYS
from reconciler.config.run import Run
from reconciler.config.syntax import content
from reconciler.errors import Invalid, Unresolved, Usage
from reconciler.kinds.shapes import LOCAL_IMAGE
from reconciler.model import Desired, Document, Place

NOTHING = Desired("", {}, ())
_SAID = 5


def declared_at(
    revision: Revision, root: str, folder: Path, environment: str | None, variables: Mapping[str, str]
) -> tuple[Desired, list[str]]:
    """What was declared, and what to tell the reader where that is nothing. `folder` is ours, and is filled.

    The environment is the one that is planned, where there were any. Raises Unresolved when it was not right.
    """
    if root not in revision.entries:
        return NOTHING, [f"{revision} has no {revision.prefix}{root}: compared with an account without anything in it"]
    _lay(revision, [*(p for p, e in revision.entries.items() if e.is_link), root], folder)
    try:
        patterns, environments = _steering(folder / root)
        if environments and environment not in environments:
            if environment is None:
                raise Unresolved("it has several environments, and the YAML that is planned has none")
            return NOTHING, [f"{revision} has no environment {environment}: compared with an account without anything"]
        chosen = environment if environments else None
        _lay(revision, _wanted(revision, patterns, chosen), folder)
        return _declared(revision, folder / root, folder, chosen, dict(variables)), []
    except (Invalid, Unresolved, Usage) as error:
        lines = str(error).split("\n") if not isinstance(error, Invalid) else [*map(str, error.problems[:_SAID])]
        more = len(error.problems) - _SAID if isinstance(error, Invalid) else 0
        told = "\n".join([*lines, *([f"and {more} more"] if more > 0 else [])])
        told = told.replace(f"{folder.as_posix()}/", f"{revision.label}:{revision.prefix}")
        raise Unresolved(
            f"the YAML at {revision} is not right, so that nothing can be compared with it:\n{told}"
        ) from None


def _steering(root: Path) -> tuple[list[str], list[str]]:
    """The patterns of `include` and the environments of a root file; what is wrong with it shows when it is loaded."""
    from reconciler.config.reader import read  # brings in PyYAML

    run = Run()
    tree = read(content(root), root.as_posix(), run)
    if tree is None:
        raise Invalid(run.problems)
    return [pattern for pattern, _ in settings.patterns(run, tree)], list(settings.environments(run, tree))


def _wanted(revision: Revision, patterns: Iterable[str], environment: str | None) -> list[str]:
    """Every file that an include could match, by its name alone, and the overlay."""
    lasts = [PurePosixPath(pattern).name for pattern in patterns]
    overlay = f"{OVERLAYS}/{environment}.yaml"
    return [p for p in revision.entries if p == overlay or any(fnmatchcase(PurePosixPath(p).name, n) for n in lasts)]


def _declared(
    revision: Revision, root: Path, folder: Path, environment: str | None, variables: dict[str, str]
) -> Desired:
    while True:
        try:
            document = config.load(root, env=environment, variables=variables)
            break
        except Usage as error:  # a variable that came with the change
            news = [n for n in variables if str(error).startswith(f"--var {n}: no such variable")]
            if not news:
                raise
            del variables[news[0]]
    _lay(revision, _images(document, folder), folder)
    return declared(root, environment, variables)[1]


def _images(document: Document, folder: Path) -> Iterator[str]:
    """The paths in the folder of every text that could be that of a local image."""
    for place, text in _texts(document.data, ()):
        if re.fullmatch(LOCAL_IMAGE, text):
            yield os.path.relpath(os.path.normpath(Path(document.at(place).file).parent / text), folder)


def _texts(data: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(data, str):
        yield place, data
    for key, value in data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ():
        yield from _texts(value, (*place, key))


def _lay(revision: Revision, paths: Iterable[str], folder: Path) -> None:
    """Write files, and where a path leads over links what it leads to."""
    known = list(paths)
    write(revision, known, folder)
    real = os.path.realpath(folder)
    write(revision, [os.path.relpath(os.path.realpath(folder / path), real) for path in known], folder)
