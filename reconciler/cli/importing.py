"""What import begins with: the folder as it is, and the account."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler import images, uploads
from reconciler.cli import pictures
from reconciler.cli.stages import declared
from reconciler.config.files import ROOT
from reconciler.config.run import Run
from reconciler.errors import Usage
from reconciler.gateway import Gateway
from reconciler.importer.layout import OVERLAYS
from reconciler.importer.names import Key
from reconciler.importer.twins import hinted, twins
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.inside import declared as declared_in
from reconciler.model import Address, Desired, Document, LocalFile, Observed, Pairs, Place, Target
from reconciler.observed import Progress, fetch, with_all_members
from reconciler.pair import pair
from reconciler.scaffold import project_name


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that is imported into. `texts` are its files by path, the root first; a new one has none."""

    root: Path
    desired: Desired
    document: Document | None = None
    files: Mapping[Place, LocalFile] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.root.parent


@dataclass(frozen=True, slots=True)
class Account:
    """What was read: every object, what of it the YAML declares, and the images that were uploaded from here.

    `twins` are objects that the YAML declares under the ids of another account, by their addresses; `unsure` are those
    that may be one of several, and why they are not taken.
    """

    target: Target
    observed: Sequence[Observed]
    pairs: Pairs
    pictures: Mapping[Address, LocalFile]
    contents: Mapping[Address, bytes]
    twins: Mapping[Address, Observed] = field(default_factory=dict)
    unsure: Mapping[Key, str] = field(default_factory=dict)


def home_at(path: Path, env: str | None, project: str | None, variables: Mapping[str, str]) -> Home:
    """The project in a folder, or a new one. Raises Invalid, Unresolved, and Usage where its name is another."""
    root = path if path.suffix in (".yaml", ".yml") else path / ROOT
    if not root.is_file():
        return Home(root, Desired(project or project_name(root.parent), {}, ()))
    alone = not data_in(_text(root)).get("environments")
    document, desired = declared(root, None if alone else env, variables)
    if project and project != desired.project:
        raise Usage(f"--project {project}: the project in {root} is {desired.project}")
    paths = [Path(file) for file in document.files]
    texts = {p.relative_to(root.parent).as_posix(): _text(p) for p in paths}
    return Home(root, desired, document, images.find(document)[0], texts)


def data_in(content: str) -> dict[str, Any]:
    """What stands in a file, whatever is wrong with it."""
    from reconciler.config.reader import read as parsed  # brings in PyYAML

    tree = parsed(content.encode(), "", Run())
    return tree.data if tree else {}


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def read(
    home: Home,
    gateway: Gateway,
    target: Target,
    kinds: Collection[str],
    progress: Progress,
    *,
    archived: bool,
    unread: Callable[[str], None],
) -> Account:
    """The account, as far as the import needs it, and what of it the YAML declares already."""
    declares = {a.kind for a in home.desired.resources}
    wanted = [k for k in BY_NAME.values() if k.name in kinds or k.name in declares]
    hidden: set[str] = set()
    observed = fetch(gateway, home.desired, wanted, every=True, progress=progress, unread=hidden.add)
    desired, observed, urls = uploads.recognised(gateway, home.desired, observed)
    done: set[str] = set()
    missing = {k.name for k in wanted} if archived else set[str]()
    while True:
        pairs = pair(desired, observed)
        missing |= {a.kind for a in pairs.unsettled}
        if not missing - done:
            break
        chosen = [k for k in wanted if k.name in missing - done]
        done |= missing
        found = fetch(gateway, home.desired, chosen, active=False, every=True, progress=progress, unread=hidden.add)
        observed += uploads.with_files(found, urls)
    observed = with_all_members(gateway, observed, progress)
    same = twins(desired, observed, pair(desired, observed), kinds, _pinned(home))
    pairs = pair(hinted(desired, same.found), observed)
    known = known_in(pairs)
    files, contents = pictures.fetched([o for o in observed if (o.kind, o.id) not in known], urls)
    for kind in KINDS:
        if kind.plural in hidden:
            unread(kind.plural)
    return Account(target, observed, pairs, files, contents, same.found, same.unsure)


def _pinned(home: Home) -> set[Address]:
    """The resources whose ids stand in the overlay already."""
    overlay = home.texts.get(f"{OVERLAYS}/{home.document.environment}.yaml") if home.document else None
    found = declared_in(data_in(overlay)) if overlay else ()
    return {d.address for d in found if isinstance(d.data, Mapping) and d.data.keys() & {"id", "adopt"}}


def known_in(pairs: Pairs) -> dict[Key, Address]:
    """The address of every object that the YAML declares, surplus ones too."""
    found: dict[Key, Address] = {}
    for one in pairs.pairs:
        if one.desired:
            same = (o for o in (one.observed, *one.predecessors, *one.duplicates) if o)
            found |= {(o.kind, o.id): one.desired.address for o in same}
    return found
