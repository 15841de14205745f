"""Which files make up a project: the root file, those that it includes, the overlay of an environment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from reconciler.config.marks import Mark
from reconciler.config.run import Run
from reconciler.config.secrets import shown
from reconciler.config.settings import said
from reconciler.errors import Unresolved

ROOT = "stripe-portal.yaml"
OVERLAYS = "environments"
_LISTED = 5
_INSIDE = "give a path inside the folder: catalogue/*.yaml"


_FIRST = "`stripe-portal import` writes that of an existing account, `stripe-portal init` a first one"


def locate(path: str | Path) -> Path:
    """The root file that a path means. Raises Unresolved with what to do."""
    given = Path(path)
    try:
        if given.is_dir():
            return _inside(given)
        if given.is_file():
            return given
    except OSError as error:
        raise Unresolved(f"{shown(Path(path).as_posix())}: {error.strerror}") from None
    raise Unresolved(f"{shown(Path(path).as_posix())}: no such file or folder; {_FIRST}")


def _inside(folder: Path) -> Path:
    if (folder / ROOT).is_file():
        return folder / ROOT
    found = sorted(f.name for f in folder.iterdir() if f.suffix in (".yaml", ".yml"))[:_LISTED]
    hint = f"; there is {', '.join(found)}: give its path, or name it {ROOT}" if found else ""
    where = "this folder" if folder == Path() else shown(folder.as_posix())
    raise Unresolved(f"no {ROOT} in {where}; {_FIRST}{hint}")


def overlay_of(root: Path, environment: str) -> Path | None:
    """The overlay of an environment, if there is one."""
    path = root.parent / OVERLAYS / f"{environment}.yaml"
    return path if path.is_file() else None


def included(run: Run, root: Path, patterns: Iterable[tuple[str, Mark]]) -> list[Path]:
    """The files that the patterns match, each once, in the order of their names. What is wrong is noted.

    The root file, overlays and hidden files never match.
    """
    found: set[Path] = set()
    for pattern, mark in patterns:
        what, reason = f"include {said(pattern)}", _refusal(pattern)
        matches = [] if reason else _matches(root, pattern)
        if reason:
            run.refuse(run.at(mark), f"{what}: {reason}", _INSIDE)
        elif not matches:
            run.refuse(run.at(mark), f"{what} matches no file", "paths begin at the folder of this file")
        for path in matches:
            if contained(root, path):
                found.add(path)
            else:
                name = path.relative_to(root.parent).as_posix()
                run.refuse(run.at(mark), f"{what}: {name} is a link that leads out of the project")
    return sorted(found)


def contained(root: Path, path: Path) -> bool:
    """Whether a path, with links followed, stays in the project's folder."""
    try:
        return path.resolve().is_relative_to(root.parent.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return False


def _refusal(pattern: str) -> str:
    """Why a pattern may not be used, or nothing."""
    path = PurePosixPath(pattern)
    if not pattern or pattern != pattern.strip() or any(ord(character) < 32 for character in pattern):
        return "not a path"
    if "\\" in pattern:
        return "write / between folders"
    if path.is_absolute() or pattern[1:2] == ":" or pattern.startswith("~"):
        return "an absolute path"
    if ".." in path.parts:
        return "leads out of the folder"
    if path.parts.count("**") > 1 or any("**" in part and part != "**" for part in path.parts):
        return "** stands once, between slashes"
    return "" if path.parts else "not a file"


def _matches(root: Path, pattern: str) -> list[Path]:
    folder = root.parent
    hidden = any(part.startswith(".") for part in PurePosixPath(pattern).parts)
    matches = []
    try:
        for path in folder.glob(pattern):
            parts = path.relative_to(folder).parts
            special = path == root or parts[0] == OVERLAYS or (not hidden and any(p.startswith(".") for p in parts))
            if not special and path.is_file():
                matches.append(path)
    except (OSError, ValueError, re.error):  # no name that the system could have: nothing matches
        pass
    return matches
