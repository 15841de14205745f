"""Keys that mean nothing where they stand: what was meant, or where they belong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.kinds import KINDS
from reconciler.kinds.kind import Kind
from reconciler.schema.words import nearest

_MANY = 30
_SERVER = ("object", "created", "updated", "livemode", "deleted", "url", "application")


def advice(key: str, known: Iterable[str], kind: Kind | None, path: tuple[str, ...]) -> tuple[str, str, str]:
    """For an unknown key: what ends the message, the hint, and the known key that was meant or ""."""
    names = list(known)
    if why := _reason(key, kind, path):
        return "", why, ""
    near = nearest(key, names)
    places = list(_elsewhere(key, kind, path))
    if places and not (near and any(step.isdigit() for step in path)):
        return "", f"it belongs in {' or '.join(places[:3])}", ""
    if near:
        return f"; did you mean `{near}`?", "", near
    return "", f"known here: {', '.join(names)}" if 0 < len(names) <= _MANY else "", ""


def _reason(key: str, kind: Kind | None, path: tuple[str, ...]) -> str:
    """Why a key that Stripe has is not one of ours."""
    if kind is None:
        return ""
    if kind.parent and (*path, key) == (kind.parent[1],):
        return f"a {kind.name} belongs to the {kind.parent[0]} that it is declared in; leave the line out"
    dotted = ".".join((*path, key))
    if dotted in kind.excluded:
        return f"left out on purpose: {kind.excluded[dotted]}"
    if dotted in kind.read_only or (not path and key in _SERVER):
        return "Stripe sets it; leave the line out"
    if dotted == "adopt" and kind.own_id:
        return f"write `id: …`: a {kind.name} keeps its id in every account, and is found by it"
    if dotted == "id" and not (kind.own_id or kind.part):
        return f"Stripe makes up the id; `adopt: …` takes over an existing {kind.name.replace('_', ' ')}"
    return ""


def _elsewhere(key: str, kind: Kind | None, path: tuple[str, ...]) -> Iterator[str]:
    """The places that know a key: in the same kind, else in the others."""
    for child in KINDS:
        if child.parent and child.plural == key and (kind is None or kind.parent is None):
            yield f"a {child.parent[0]}"
    inside = list(dict.fromkeys(_blocks_with(key, kind, path))) if kind else []
    yield from inside
    if not inside and kind:
        for other in KINDS:
            if other is not kind and any(f.name == key for f in (*other.fields, *other.spellings, *other.hints)):
                yield f"a {other.name.replace('_', ' ')}"


def _blocks_with(key: str, kind: Kind, path: tuple[str, ...]) -> Iterator[str]:
    for field in (*kind.fields, *kind.spellings):
        if key in field.path:
            around = field.path[: field.path.index(key)]
            if around != path and "*" not in around:
                yield f"`{'.'.join(around)}`" if around else f"the {kind.name.replace('_', ' ')} itself"
        elif key in field.shape.get("items", {}).get("properties", ()):
            yield f"an entry of `{field.name}`"
