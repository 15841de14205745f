"""What import comes to: the text of every file that is written, and what there is to say."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from reconciler import config
from reconciler.cli import pictures
from reconciler.cli.importing import Account, Home, data_in, known_in
from reconciler.cli.judge import Judge, changes, differing
from reconciler.importer import layout, names, text
from reconciler.importer.choose import choose, ordered
from reconciler.importer.compose import Scene
from reconciler.importer.entry import Entry
from reconciler.importer.settle import settle, together
from reconciler.importer.shared import Defaults
from reconciler.importer.twins import hint_of
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Kind
from reconciler.model import Address, FieldChange, Observed, Target
from reconciler.scaffold import IGNORE, header, ignored, schemas


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: every file that is written, and what there is to say."""

    files: Mapping[str, bytes]
    entries: Sequence[Entry]
    passed: Mapping[tuple[str, str], int]
    differs: Sequence[tuple[Address, FieldChange]]
    names: Mapping[str, str]
    env: str | None  # None in a project without environments
    twins: Sequence[Entry] = ()  # declared already: their ids in this account alone are new


def imported(
    home: Home,
    account: Account,
    kinds: Collection[str],
    env: str | None,
    cut: layout.Layout,
    *,
    archived: bool,
    variables: Mapping[str, str] | None = None,
) -> Imported:
    """The files that say what the account has and the YAML does not."""
    project, desired = home.desired.project, home.desired
    target, observed, pairs = account.target, account.observed, account.pairs
    usual = "live" if target.livemode else "test"
    chosen_env = (home.document.environment if home.document else None) or env or usual
    known = known_in(pairs)
    written = dict(_written(home))
    absent = {(a.kind, key) for a, key in written.items() if a not in desired.resources and key is not None}
    chosen = choose(observed, kinds, known, absent, project, archived=archived, unsure=account.unsure)
    taken = {*desired.resources, *written}
    given = names.addresses(ordered(KINDS), chosen.objects, known, taken, project)
    by_address = {given[o.kind, o.id]: o for o in chosen.objects if (o.kind, o.id) in given}
    objects = {a: by_address[a] for kind in ordered(KINDS) for a in _in_order(kind.name, by_address)}
    data: Mapping[str, Any] = home.document.data if home.document else {"stripe_portal": 1, "project": project}
    here = [Entry(a, {}, {hint_of(one): one.id}) for a, one in account.twins.items()]
    data = together(data, [(e, e.over) for e in here])
    known_changes = frozenset((a, c.path, repr(c.after)) for a, c in changes(pairs, project))
    local = {**home.files, **pictures.places(objects, account.pictures)}
    judge = Judge(observed, objects, local, known_changes)
    scene = Scene(project, objects, {**known, **given}, _children(data), account.pictures)
    entries, shared, whole = settle(scene, data, home.document.defaults if home.document else None, judge)
    entries = pictures.noted(entries, account)
    files: dict[str, bytes] = {}
    listed = _has_environments(home, {})
    if here or _is_new(home) or any(not e.is_out for e in entries):
        texts, used = _files(home, target, [*here, *entries], cut, chosen_env, shared)
        _check(home, texts, chosen_env, whole, variables)
        files = {path: content.encode() for path, content in texts.items()} | _beside(used, account)
        listed = _has_environments(home, texts)
    shown = chosen_env if listed else None
    return Imported(files, entries, chosen.passed, tuple(differing(pairs, project)), pairs.names, shown, here)


def _beside(used: Mapping[str, Sequence[text.Insert]], account: Account) -> dict[str, bytes]:
    """The images that each file names, beside it."""
    found: dict[str, bytes] = {}
    for path, inserts in used.items():
        for address, file in account.pictures.items():
            if address in account.contents and any(file.written in str(one.value) for one in inserts):
                found[(PurePosixPath(path).parent / file.written).as_posix()] = account.contents[address]
    return found


def _in_order(kind: str, objects: Mapping[Address, Observed]) -> list[Address]:
    mine = (a for a in objects if a.kind == kind)
    return sorted(mine, key=lambda a: (objects[a].created, a.name))


def _written(home: Home) -> Iterator[tuple[Address, Any]]:
    """Every address that stands in a file, left out of this environment or not, with its natural key."""
    for content in home.texts.values():
        yield from _inside(data_in(content), (k for k in KINDS if k.parent is None), "")


def _inside(data: Any, kinds: Iterable[Kind], around: str) -> Iterator[tuple[Address, Any]]:
    for kind in kinds:
        resources = data.get(kind.plural) if isinstance(data, Mapping) else None
        for name, resource in resources.items() if isinstance(resources, Mapping) else ():
            if isinstance(resource, Mapping):
                yield Address(kind.name, around + name), resource.get(kind.natural_key or "")
                yield from _inside(resource, (k for k in KINDS if k.parent and k.parent[0] == kind.name), f"{name}.")


def _children(data: Mapping[str, Any]) -> Callable[[str], Mapping[str, Mapping[str, Any]]]:
    def children(name: str) -> Mapping[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for kind in KINDS:
            parent = BY_NAME[kind.parent[0]] if kind.parent else None
            around = ((data.get(parent.plural) or {}).get(name) or {}) if parent else {}
            found |= around.get(kind.plural) or {}
        return found

    return children


def _files(
    home: Home, target: Target, entries: Sequence[Entry], cut: layout.Layout, env: str, shared: Defaults
) -> tuple[dict[str, str], dict[str, list[text.Insert]]]:
    """The text of every file that changes or is new, the root first, and what went into it."""
    root = home.root.name
    overlay = f"{layout.OVERLAYS}/{env}.yaml"
    base = {path: data_in(content) for path, content in home.texts.items() if path != overlay}
    found = layout.inserts(entries, base, cut, root, env)
    paths = [path for path in found if path not in (root, overlay)]
    if home.document is None:
        head = layout.head(home.desired.project, layout.patterns(paths), env, _pinned(target), shared)
        found[root] = [*head, *found.get(root, [])]
    else:
        given = [str(p) for p in base[root].get("include") or []]
        new = [p for p in paths if p not in base and not layout.is_included(p, given)]
        more = [text.Insert(("include",), new)] if new else []
        if _is_new(home) or (overlay in found and env not in (base[root].get("environments") or {})):
            more.append(text.Insert(("environments", env), _pinned(target)))
        if more:
            found[root] = [*more, *found.get(root, [])]
    found = {path: found[path] for path in sorted(found, key=lambda path: (path != root, path))}
    heads = {path: "" if path in home.texts else header(path) + "\n" for path in found}
    before = {path: (home.folder / path).read_bytes().decode() for path in found if path in home.texts}
    return {path: text.edited(before.get(path), more, heads[path]) for path, more in found.items()}, found


def _is_new(home: Home) -> bool:
    """Whether the environment that is imported into is none of those that the root file lists yet."""
    env = home.document.environment if home.document else None
    return env is not None and env not in (data_in(home.texts[home.root.name]).get("environments") or {})


def _pinned(target: Target) -> dict[str, Any]:
    """What a new environment says of its account: a live one is meant by name, and so is a connected one."""
    connected = {"stripe_account": target.account} if target.connected else {}
    return connected | (
        {"account": target.account, "livemode": True} if target.livemode and not target.emulator else {}
    )


def _check(
    home: Home, files: Mapping[str, str], env: str, whole: Mapping[str, Any], variables: Mapping[str, str] | None
) -> None:
    """Read the files as they will be, before any is written: they say what was meant, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in {**home.texts, **files}.items():
            where = Path(folder) / path
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_bytes(content.encode())
        chosen = env if _has_environments(home, files) else None
        document = config.load(Path(folder) / home.root.name, env=chosen, variables=variables)
        assert document.data == whole, "the files would say something else than was meant"


def _has_environments(home: Home, files: Mapping[str, str]) -> bool:
    root = files.get(home.root.name) or home.texts.get(home.root.name, "")
    return bool(data_in(root.removeprefix("\ufeff")).get("environments"))


def first_files(folder: Path) -> dict[str, bytes]:
    """What a new project has besides its YAML: the schemas for editors, and the .gitignore."""
    found = {name: content.encode() for name, content in schemas().items()}
    ignore = folder / IGNORE
    before = ignore.read_bytes() if ignore.exists() else b""
    more = ignored(before)
    return found | ({IGNORE: before + more} if more else {})
