"""Names that a person would have given: from the stamp, else from keys and ids, else names, else the kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count

from reconciler.importer.urls import plain
from reconciler.kinds.kind import Kind
from reconciler.kinds.shapes import NAME
from reconciler.kinds.values import map_members
from reconciler.model import Address, Observed

Key = tuple[str, str]
"""The kind and the id of an object: a product and a coupon may have the same id."""

LONGEST = 63
_LABELS = ("name", "display_name", "description", "nickname")
# Stripe's own: prod_, and for coupons eight letters and digits in no order that a word would have.
_RANDOM = re.compile(r"[a-z]+_[A-Za-z0-9]{8,}|(?![A-Z]+[0-9]*$|[A-Z]?[a-z]+[0-9]*$|[0-9]+[A-Za-z]*$)[A-Za-z0-9]{8}")


def addresses(
    kinds: Iterable[Kind],
    objects: Sequence[Observed],
    known: Mapping[Key, Address],
    taken: Collection[Address],
    project: str,
) -> dict[Key, Address]:
    """The address of every object, whatever the order of the list.

    `known` are objects that have one already, `taken` are addresses that nothing new may have. A kind comes behind the
    one that it is declared in. An object without its parent in the YAML gets no address.
    """
    found = dict(known)
    used = {*taken, *known.values()}
    for kind in kinds:
        mine = sorted((o for o in objects if o.kind == kind.name), key=lambda o: (o.created, o.id))
        for candidates in (_stamped, _keyed, _described, partial(_selling, found), _numbered):
            first: dict[str, tuple[str, ...]] = {}
            for one in mine:
                around = _around(kind, one, found)
                if around is None:
                    continue
                names = tuple(candidates(kind, one, around, project))
                if (kind.name, one.id) in found:
                    if names and found[kind.name, one.id].name == around + names[0]:
                        first.setdefault(around + names[0], names)
                    continue
                free = (a for n in _distinct(names, first, around) if (a := Address(kind.name, around + n)) not in used)
                if (address := next(free, None)) is not None:
                    found[kind.name, one.id] = address
                    used.add(address)
    return {key: address for key, address in found.items() if key not in known}


def is_made_up(ident: str) -> bool:
    """Whether an id looks like one that Stripe made up, and nobody chose."""
    return bool(_RANDOM.fullmatch(ident))


def _around(kind: Kind, one: Observed, found: Mapping[Key, Address]) -> str | None:
    """`pro.` in front of the name of what is declared inside the product pro."""
    if kind.parent is None:
        return ""
    parent = found.get((kind.parent[0], str(one.properties.get((kind.parent[1],)))))
    return f"{parent.name}." if parent else None


def _distinct(names: tuple[str, ...], first: dict[str, tuple[str, ...]], around: str) -> Iterator[str]:
    """The shortest name that says how an object differs from the first that wanted the same; then that with numbers."""
    if not names:
        return
    other = first.setdefault(around + names[0], names)
    yield from (names[:1] if names == other else (name for name, its in zip(names, other, strict=True) if name != its))
    yield from (f"{names[0][: LONGEST - 5]}-{number}" for number in count(2))


def _stamped(kind: Kind, one: Observed, around: str, project: str) -> Iterator[str]:
    """The name in a stamp of this project."""
    del around
    if one.stamp and one.stamp.project == project and one.stamp.address.kind == kind.name:
        name = one.stamp.address.name.rpartition(".")[2]
        if re.fullmatch(NAME, name):
            yield name


def _keyed(kind: Kind, one: Observed, around: str, project: str) -> Iterator[str]:
    """A natural key that somebody chose, without the name of what it stands in."""
    del project
    value = one.properties.get((kind.natural_key,)) if kind.natural_key else None
    if not isinstance(value, str) or (kind.own_id and is_made_up(value)):
        return
    said = kind.natural_key in _LABELS or not re.fullmatch(NAME, value)
    name = slug(plain(value)) if said else value
    parent = around.removesuffix(".")
    inside = name[len(parent) :].lstrip("_-") if parent and name.lower().startswith(parent.lower()) else name
    if re.fullmatch(NAME, inside):
        yield inside


def _described(kind: Kind, one: Observed, around: str, project: str) -> Iterator[str]:
    """What the kind calls it, else what people do."""
    del around, project
    if kind.called:
        yield from kind.called(one.properties)
        return
    label = next((text for label in _LABELS if (text := one.properties.get((label,)))), "")
    if name := slug(str(label)):
        yield name
    elif one.properties.get((kind.default_flag,)):
        yield "default"


def _selling(found: Mapping[Key, Address], kind: Kind, one: Observed, around: str, project: str) -> Iterator[str]:
    """By what it cannot be without: a payment link by what it sells."""
    del around, project
    rows = [f for f in kind.referring if f.required]
    values = [(f, one.properties.get(f.path)) for f in rows]
    keys: list[Key] = []
    for field, value in values:
        map_members(field, value, lambda to, member: keys.append((to, str(member))))
    names = [found[key].name for key in keys if key in found]
    for said in ([n.partition(".")[0] for n in names], names):
        if name := slug(" ".join(dict.fromkeys(said))):
            yield name


def _numbered(kind: Kind, one: Observed, around: str, project: str) -> Iterator[str]:
    del one, around, project
    yield f"{kind.name}-1"


def slug(text: str) -> str:
    """`Über Pro! 🚀` as uber-pro; nothing where no letter or digit of ASCII is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9_]+", plain)
    name = ""
    for word in words:
        longer = f"{name}-{word}" if name else word[: LONGEST - 5]
        if len(longer) > LONGEST - 5:
            break
        name = longer
    name = name.strip("_-")
    return name if re.fullmatch(NAME, name) else ""
