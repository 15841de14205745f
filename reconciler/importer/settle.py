"""Compose, let somebody judge, and compose again without what was refused, until nothing is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from reconciler.importer.compose import Scene, compose
from reconciler.importer.entry import Entry, Finding, Rulings
from reconciler.importer.shared import Defaults, filled_in, lifted, without
from reconciler.kinds import BY_NAME
from reconciler.model import Address, Path, Place

ROUNDS = 40
"""Each finding leaves something out, so that there is an end; this many rounds are more than any account needs."""

DEEPEST = 3
"""A resource stands no deeper than under so many keys and its name."""

Judge = Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[Finding]]
"""Told what the project would declare in this environment, and in one that has no overlay; says what cannot stand."""


def settle(
    scene: Scene, declared: Mapping[str, Any], defaults: Defaults | None, judge: Judge
) -> tuple[tuple[Entry, ...], Defaults, Mapping[str, Any]]:
    """The entries of everything that can be imported, the defaults that they count on, and all that is then declared.

    `declared` is what the YAML says already. With `defaults` None, what is shared becomes the defaults.
    """
    rulings = Rulings()
    for _ in range(ROUNDS):
        entries = compose(scene, rulings)
        shared = lifted(entries) if defaults is None else defaults
        entries = without(shared, entries, scene.objects)
        whole = together(declared, [(e, _filled(e.whole, e, shared)) for e in entries])
        base = together(declared, [(e, _filled(e.base, e, shared)) for e in entries])
        findings = judge(whole, base)
        if not findings:
            return entries, shared, whole
        rulings = rulings.after(tuple(findings))
    raise AssertionError([f"{f.address}: {f.why}" for f in findings])


def _filled(data: Mapping[str, Any], entry: Entry, defaults: Defaults) -> Mapping[str, Any]:
    return filled_in(data, defaults.get(entry.address.kind, {})) if data else data


def together(declared: Mapping[str, Any], entries: Sequence[tuple[Entry, Mapping[str, Any]]]) -> dict[str, Any]:
    """A document with more resources; what was there is not changed."""
    data: dict[str, Any] = dict(declared)
    fresh: set[int] = {id(data)}
    for entry, resource in entries:
        if not resource:
            continue
        at = data
        for key in place_of(entry.address)[:-1]:
            inner = at.get(key) or {}
            if id(inner) not in fresh:
                inner = dict(inner)
                fresh.add(id(inner))
                at[key] = inner
            at = inner
        name = place_of(entry.address)[-1]
        at[name] = {**resource, **{k: v for k, v in (at.get(name) or {}).items() if k not in resource}}
        fresh.add(id(at[name]))
    return data


def less(declared: Mapping[str, Any], places: Collection[tuple[str, ...]], at: tuple[str, ...] = ()) -> dict[str, Any]:
    """A document without some resources."""
    return {
        key: less(value, places, (*at, key)) if isinstance(value, Mapping) and len(at) < DEEPEST else value
        for key, value in declared.items()
        if (*at, key) not in places
    }


def place_of(address: Address) -> tuple[str, ...]:
    """Where a resource stands in the YAML."""
    kind = BY_NAME[address.kind]
    if kind.parent is None:
        return kind.plural, address.name
    parent, _, name = address.name.partition(".")
    return BY_NAME[kind.parent[0]].plural, parent, kind.plural, name


def address_at(place: Place) -> tuple[Address, Path]:
    """The address of the resource that a place of a document is in, and the rest of the place."""
    texts = tuple(str(step) for step in place)
    kind = next((k for k in BY_NAME.values() if k.parent is None and k.plural == texts[0]), None) if texts else None
    if kind is None or len(texts) < 2:
        return Address("", ""), texts
    inside = (k for k in BY_NAME.values() if k.parent and k.parent[0] == kind.name)
    child = next((k for k in inside if k.plural in texts[2:3]), None)
    if child is not None and len(texts) > 3:
        return Address(child.name, f"{texts[1]}.{texts[3]}"), texts[4:]
    return Address(kind.name, texts[1]), texts[2:]
