"""The files that `accept` writes: made, read as they will be, and only then written, all or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler import images
from reconciler.accept import Accepted, accept, differing, is_meant
from reconciler.accept.wanted import Scene, Wanted, wanted
from reconciler.cli.atomic import write
from reconciler.cli.stages import Survey, declared
from reconciler.config.files import OVERLAYS, overlay_of
from reconciler.drift import Finding
from reconciler.errors import Invalid, UnsafePlan
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.inside import declared as declared_in
from reconciler.kinds.values import comparable, swap_refs
from reconciler.model import Address, Desired, Document, Place, Properties, Resource, Source


@dataclass(frozen=True, slots=True)
class Written:
    """Every field that was written, with where it stands now; what there is to note; names for ids."""

    fields: tuple[tuple[Wanted, Source], ...]
    notes: tuple[str, ...]
    names: Mapping[str, str]


def write_into(
    env: str | None,
    variables: Mapping[str, str],
    document: Document,
    desired: Desired,
    found: Survey,
    findings: Sequence[Finding],
) -> Written:
    """Write what was changed in Stripe into the files. Raises UnsafePlan, and then no file was changed."""
    ids = found.pairs.ids
    addresses = {(a.kind, ident): a for a, ident in ids.items()}
    files = {**found.urls, **{a: f.written for a, f in desired.files.items()}}
    scene = Scene(addresses, files, lambda name: _children(document.data, name))
    at = {d.address: d.place for d in declared_in(document.data)}
    wishes = [
        (one, at[finding.address])
        for finding in findings
        for one in wanted(finding, desired.resources[finding.address], _settled(desired, finding.address, ids), scene)
    ]
    texts = {file: Path(file).read_bytes().decode("utf-8") for file in document.files}
    made = accept(document, texts, wishes)
    if made.refusals:
        raise UnsafePlan([str(one) for one in made.refusals])
    with tempfile.TemporaryDirectory() as folder:
        new, then = _read_anew(Path(folder), document, desired, made, env, variables)
        _check(document, desired, new, then, wishes, ids)
        moved = {str(Path(folder) / _relative(document, file)): file for file in document.files}
        fields = []
        for one, place in wishes:
            source = new.at((*place, *one.change.path))
            fields.append((one, Source(moved.get(source.file, source.file), source.line, source.column)))
        notes = (*_shared(document, made), *_followed(desired, then, wishes, ids))
    write({Path(file): text.encode() for file, text in made.texts.items()})
    return Written(tuple(fields), notes, {**found.pairs.names, **{str(a): f.written for a, f in desired.files.items()}})


def _children(data: Mapping[str, Any], name: str) -> Mapping[str, Mapping[str, Any]]:
    """What is declared inside the named resource, by short name."""
    found: dict[str, Mapping[str, Any]] = {}
    for kind in KINDS:
        around = (data.get(BY_NAME[kind.parent[0]].plural) or {}).get(name) or {} if kind.parent else {}
        found |= around.get(kind.plural) or {}
    return found


def _settled(desired: Desired, address: Address, ids: Mapping[Address, str]) -> Properties:
    resource: Resource = desired.resources[address]
    return {p: swap_refs(v, lambda ref: ids.get(ref.address, ref)) for p, v in resource.properties.items()}


def _relative(document: Document, file: str) -> Path:
    return Path(file).relative_to(Path(document.files[0]).parent)


def _read_anew(
    folder: Path,
    document: Document,
    desired: Desired,
    made: Accepted,
    env: str | None,
    variables: Mapping[str, str],
) -> tuple[Document, Desired]:
    """The project as it will be, out of a copy. Raises UnsafePlan where it would not be fit."""
    root = Path(document.files[0])
    for file in document.files:
        where = folder / _relative(document, file)
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(made.texts[file].encode() if file in made.texts else Path(file).read_bytes())
    for place, picture in images.find(document)[0].items() if desired.files else ():
        where = (folder / _relative(document, document.at(place).file)).parent / picture.written
        where.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture.location, where)
    try:
        return declared(folder / root.name, env, variables)
    except Invalid as invalid:
        prefix = f"{folder.as_posix()}/"
        raise UnsafePlan(
            [f"the YAML would not be valid: {str(p).replace(prefix, '')}; write it by hand" for p in invalid.problems]
        ) from None


def _check(
    document: Document,
    desired: Desired,
    new: Document,
    then: Desired,
    wishes: Sequence[tuple[Wanted, Place]],
    ids: Mapping[Address, str],
) -> None:
    """Every field is as in Stripe, and nothing else has changed in what the files say. Raises UnsafePlan."""
    meant = [(*place, *one.change.path) for one, place in wishes]
    stray = [p for p in differing(document.data, new.data) if not is_meant(p, meant)]
    wrong = [f"{'.'.join(map(str, place))} would change, too" for place in stray]
    for one, _ in wishes:
        values = _settled(then, one.address, ids) if one.address in then.resources else {}
        if comparable(one.row, values.get(one.change.path)) != comparable(one.row, one.change.before):
            wrong.append(f"{one.address} {'.'.join(one.change.path)} would not be as it is in Stripe")
    if wrong or desired.resources.keys() != then.resources.keys():
        at = [f"{document.at((*place, *one.change.path))}" for one, place in wishes]
        raise UnsafePlan([*wrong, f"write it by hand, at {', '.join(at)}"])


def _shared(document: Document, made: Accepted) -> Iterator[str]:
    """Which of the files that change hold for other environments, too."""
    root = Path(document.files[0])
    folder = root.parent / OVERLAYS
    there = {p.stem for p in folder.glob("*.yaml")} - {document.environment}
    own = overlay_of(root, document.environment) if document.environment else None
    base = [file for file in made.texts if own is None or Path(file) != own]
    if document.environment and there and base:
        yield f"{', '.join(base)}: this holds for every environment, not only for {document.environment}"


def _followed(
    desired: Desired, then: Desired, wishes: Sequence[tuple[Wanted, Place]], ids: Mapping[Address, str]
) -> Iterator[str]:
    """What means something else now although nobody touched it: `prices: all` of a price that is out of service."""
    chosen = {(one.address, one.change.path) for one, _ in wishes}
    for address in then.resources:
        old, new = _settled(desired, address, ids), _settled(then, address, ids)
        for path in dict.fromkeys([*old, *new]):
            if old.get(path) != new.get(path) and (address, path) not in chosen:
                yield f"{address} {'.'.join(path)} follows from this; `plan` shows it"
