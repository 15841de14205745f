"""Which file each entry goes to: where its like stands already, else as the layout says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import chain, count
from pathlib import PurePosixPath
from typing import Any

from reconciler.importer.entry import Entry
from reconciler.importer.settle import place_of
from reconciler.importer.shared import Defaults
from reconciler.importer.text import Insert
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Kind

CATALOGUE, OVERLAYS = "catalogue", "environments"


class Layout(Enum):
    """How a project is cut into files, where there are none yet."""

    KIND = "kind"
    PRODUCT = "product"
    SINGLE = "single"


def inserts(
    entries: Sequence[Entry], files: Mapping[str, Any], layout: Layout, root: str, env: str
) -> dict[str, list[Insert]]:
    """What goes into each file, by its path. `files` are those that there are, the root first, and without overlays."""
    found: dict[str, list[Insert]] = {}
    homes: dict[tuple[str, ...], str] = {}
    for entry in entries:
        place = place_of(entry.address)
        if entry.is_out:
            continue
        if entry.base:
            home = homes[place] = _home(place, files, homes, layout, root)
            found.setdefault(home, []).append(Insert(place, entry.base, entry.notes, _has_children(entry, entries)))
        if entry.over:
            notes = () if entry.base else entry.notes
            overlay = str(PurePosixPath(OVERLAYS) / f"{env}.yaml")
            found.setdefault(overlay, []).append(Insert(place, entry.over, notes))
    for entry in entries:
        if entry.is_out:
            section = place_of(entry.address)[:1]
            home = next((h for p, h in homes.items() if p[:1] == section), root)
            if home in found:
                where = section if home != root or any(i.place[:1] == section for i in found[home]) else ("project",)
                found[home].append(Insert(where, None, entry.notes))
    return found


def _has_children(entry: Entry, entries: Sequence[Entry]) -> bool:
    if not _children(BY_NAME[entry.address.kind]):
        return False
    return any(e.base and e.address.name.startswith(f"{entry.address.name}.") for e in entries)


def _children(kind: Kind) -> tuple[Kind, ...]:
    return tuple(k for k in KINDS if k.parent and k.parent[0] == kind.name)


def _home(
    place: tuple[str, ...],
    files: Mapping[str, Any],
    homes: Mapping[tuple[str, ...], str],
    layout: Layout,
    root: str,
) -> str:
    plural, name = place[:2]
    if (plural, name) in homes:
        return homes[plural, name]
    having = {path: data[plural] for path, data in files.items() if isinstance(data.get(plural), Mapping)}
    for path, resources in having.items():
        if name in resources:
            return path
    if len(having) > 1 and all(len(resources) == 1 for resources in having.values()):
        own = str(PurePosixPath(next(iter(having))).parent / f"{name}.yaml")
        return _apart(own, files, homes) if own not in files else next(iter(having))
    if having:
        return next(iter(having))
    if layout is Layout.SINGLE:
        return root
    kind = next(k for k in KINDS if k.plural == plural)
    if layout is Layout.PRODUCT and _children(kind):
        return _apart(f"{CATALOGUE}/{plural}/{name}.yaml", files, homes)
    return f"{CATALOGUE}/{plural}.yaml"


def _apart(path: str, files: Mapping[str, Any], homes: Mapping[tuple[str, ...], str]) -> str:
    """A path that no other one becomes where capitals make no difference."""
    taken = {p.casefold() for p in files if p != path} | {p.casefold() for p in homes.values()}
    plain = PurePosixPath(path)
    numbered = (str(plain.with_stem(f"{plain.stem}-{number}")) for number in count(2))
    return next(p for p in chain([path], numbered) if p.casefold() not in taken)


def patterns(paths: Sequence[str]) -> list[str]:
    """What a new root includes: the folders that have files."""
    folders = dict.fromkeys(str(PurePosixPath(p).parent) for p in paths if not p.startswith(f"{OVERLAYS}/"))
    return [f"{folder}/*.yaml" for folder in folders]


def is_included(path: str, given: Sequence[str]) -> bool:
    """Whether one of the patterns takes a file in, as far as can be told without looking: else it is named itself."""
    plain = [pattern for pattern in given if "**" not in pattern]
    return path in given or any(PurePosixPath("/", path).match(f"/{pattern}") for pattern in plain)


def head(
    project: str, included: Sequence[str], env: str, settings: Mapping[str, Any], defaults: Defaults
) -> list[Insert]:
    """The beginning of a new root file."""
    found = [Insert(("stripe_portal",), 1), Insert(("project",), project)]
    if included:
        found.append(Insert(("include",), list(included)))
    found.append(Insert(("environments",), {env: dict(settings)}))
    if defaults:
        found.append(Insert(("defaults",), {kind: dict(values) for kind, values in defaults.items()}))
    return found
