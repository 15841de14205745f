"""Which objects of an account are imported, and why the others are not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.importer.names import Key
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Kind
from reconciler.model import Observed


@dataclass(frozen=True, slots=True)
class Chosen:
    """Objects to import, and how many are passed over, by kind and reason."""

    objects: tuple[Observed, ...]
    passed: dict[tuple[str, str], int]


def choose(
    observed: Sequence[Observed],
    kinds: Collection[str],
    known: Collection[Key],
    absent: Collection[tuple[str, Any]],
    project: str,
    *,
    archived: bool,
    unsure: Mapping[Key, str] | None = None,
) -> Chosen:
    """Everything of the kinds that is in service, or with `archived` all; nothing that the YAML declares already, and
    nothing of another project. An object goes with the one that it is inside of.

    `absent` are kinds with the natural keys that the YAML leaves out of this environment, `unsure` are objects that may
    be declared already, with the reason why nobody can tell.
    """
    here: set[Key] = set(known)
    keys = _holders(observed, known)
    found: list[Observed] = []
    passed: dict[tuple[str, str], int] = {}
    for kind in ordered(KINDS):
        for one in (o for o in observed if o.kind == kind.name and kind.name in kinds):
            if (one.kind, one.id) in here:
                continue
            why = (unsure or {}).get((one.kind, one.id), "")
            why = why or _passed_over(kind, one, here, project, archived=archived)
            if not why and keys.get((kind.name, kind.key_of(one.properties)), one.id) != one.id:
                why = f"out of service, whose {kind.natural_key} another has now"
            if kind.natural_key and (kind.name, one.properties.get((kind.natural_key,))) in absent:
                why = "which the YAML leaves out of this environment"
            if why:
                passed[kind.name, why] = passed.get((kind.name, why), 0) + 1
                continue
            here.add((one.kind, one.id))
            found.append(one)
    return Chosen(tuple(found), passed)


def _holders(observed: Sequence[Observed], known: Collection[Key]) -> dict[tuple[str, Any], str]:
    """Who has each natural key that may go from one object to another: who is in service, else who is declared, else
    who had it last."""
    found: dict[tuple[str, Any], Observed] = {}
    for one in observed:
        kind = BY_NAME[one.kind]
        key = kind.key_of(one.properties) if kind.frees_key and kind.unique_key else None
        if key is None:
            continue
        other = found.setdefault((one.kind, key), one)
        found[one.kind, key] = max(other, one, key=lambda o: (o.active, (o.kind, o.id) in known, o.created, o.id))
    return {key: one.id for key, one in found.items()}


def ordered(kinds: Iterable[Kind]) -> list[Kind]:
    """The kinds, each right behind the one that it is declared in."""
    kinds = tuple(kinds)
    tops = (k for k in kinds if k.parent is None)
    return [one for top in tops for one in (top, *(k for k in kinds if k.parent and k.parent[0] == top.name))]


def with_children(names: Iterable[str]) -> set[str]:
    """The kinds, and those that are declared inside them."""
    wanted = set(names)
    return wanted | {k.name for k in KINDS if k.parent and k.parent[0] in wanted}


def _passed_over(kind: Kind, one: Observed, here: set[Key], project: str, *, archived: bool) -> str:
    if one.stamp and one.stamp.project != project:
        return f"of project {one.stamp.project}, which --project {one.stamp.project} imports"
    if not archived and (not one.active or one.ended):
        return "out of service, which --include-archived imports"
    if kind.parent and (kind.parent[0], one.properties.get((kind.parent[1],))) not in here:
        return f"of a {BY_NAME[kind.parent[0]].name} that is not imported"
    return ""
