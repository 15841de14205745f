"""What an answer means: one raw object of Stripe's as the rest of the tool sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler import stamp
from reconciler.errors import ApiFailure
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Kind
from reconciler.kinds.values import flatten, value_at
from reconciler.model import Observed, Pairs, Path


def read(kind: Kind, raw: Mapping[str, Any]) -> Observed:
    """One raw object of Stripe's as the rest of the tool sees it.

    Raises ApiFailure when a field is missing that was asked for: that is no value, and must not be taken for one.
    """
    for name in _missing(kind, raw):
        raise ApiFailure(f"GET {kind.path}", f"the answer lacks {name} of {raw.get('id')}, which was asked for")
    metadata = {str(k): str(v) for k, v in (raw.get("metadata") or {}).items()}
    lists = [(f, raw[f.name]["data"]) for f in kind.fields if f.rows and isinstance(raw.get(f.name), Mapping)]
    own = {**raw, "metadata": {k: v for k, v in metadata.items() if not stamp.is_stamp_key(k)}}
    own |= {f.name: rows for f, rows in lists}
    own = dict(kind.read(own) if kind.read else own)
    properties = flatten(kind, own, nulls=False)
    properties |= {tuple(name.split(".")): value_at(raw, name) for name in kind.read_only}
    active = bool(own.get("active", True))
    return Observed(
        kind=kind.name,
        id=raw["id"],
        stamp=stamp.decode(metadata),
        properties=properties,
        created=raw.get("created") or 0,
        active=active,
        metadata=metadata,
        rows={place: ident for f, rows in lists for place, ident in row_ids(f, rows).items()},
        ended=bool(kind.ended and kind.ended(raw)),
        lacks=tuple(_lacking(kind, raw)),
    )


def read_part(kind: Kind, account: Mapping[str, Any]) -> Observed:
    """A part of the account, as an object with the account's id."""
    part = value_at(account, kind.part)
    if not isinstance(part, Mapping):
        raise ApiFailure("GET /v1/account", f"the answer lacks {kind.part} of {account.get('id')}")
    return read(kind, {**part, "id": account["id"]})


def _missing(kind: Kind, raw: Mapping[str, Any]) -> Iterator[str]:
    """Includable fields that must be there, and are not (stripe-facts 2.4)."""
    for field in kind.fields:
        when = field.present_when
        if when and value_at(raw, when[0]) == when[1] and value_at(raw, field.name) is None:
            yield field.name


def _lacking(kind: Kind, raw: Mapping[str, Any]) -> Iterator[str]:
    """Includable members that did not come, and that may be unset: null is unset, absent is not asked for."""
    for name in dict.fromkeys(f.expand for f in kind.fields if f.expand and "*" not in f.expand and not f.present_when):
        around, _, last = name.rpartition(".")
        inside = value_at(raw, around) if around else raw
        if isinstance(inside, Mapping) and last not in inside:
            yield name


def check_complete(pairs: Pairs) -> None:
    """What did not come is no value, and matters for those alone for which the YAML declares it or did.

    Raises ApiFailure.
    """
    objects = ((p.desired, o) for p in pairs.pairs for o in (p.observed, *p.predecessors, *p.duplicates))
    for resource, one in objects:
        if resource is None or one is None:
            continue
        needed = {*resource.properties, *(one.stamp.fields if one.stamp else ())}
        for name in one.lacks:
            at = tuple(name.split("."))
            if any(path[: len(at)] == at for path in needed):
                call = f"GET {BY_NAME[one.kind].path}"
                raise ApiFailure(call, f"the answer lacks {name} of {one.id}, which was asked for")


def row_ids(field: Field, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[Path, str], str]:
    """The ids of rows, by what each is about."""
    about = ((row["id"], row[field.rows]) for row in rows)
    return {(field.path, one["id"] if isinstance(one, Mapping) else one): ident for ident, one in about}
