"""What to list, how to list it, and what an answer means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from reconciler import stamp
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway, item
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.kinds.values import flatten
from reconciler.model import Desired, Observed, Pair, Pairs, Path, Resource

Progress = Callable[[str, int], None]
"""Called with a kind's plural and the number of objects read so far."""

AT_ONCE = 8
"""As many sub-collections are read at the same time; the gateway paces them."""


def fetch(
    gateway: Gateway,
    desired: Desired,
    kinds: Iterable[Kind] = KINDS,
    *,
    active: bool = True,
    every: bool = False,
    progress: Progress | None = None,
    unread: Callable[[str], None] = lambda _: None,
) -> tuple[Observed, ...]:
    """List every object of the kinds, in service or (active=False) out of it; the kinds at the same time.

    Kinds that carry no mark are read only where the YAML declares one: nothing else of them can be ours. Kinds that
    nothing declares and that the key may not read are left out; `unread` is told their plurals. With `every`, all of
    the kinds are read, and of an object also what is hidden under a key, whatever the YAML declares.
    Raises ApiFailure when Stripe refuses, or leaves out what it was asked to include.
    """
    declares = {a.kind for a in desired.resources}

    def one(kind: Kind) -> list[Observed]:
        declared = {p for a, r in desired.resources.items() if a.kind == kind.name for p in r.properties}
        expand = expansions(kind, declared)
        try:
            found = listed(kind, expand)
        except ApiFailure as failure:
            if failure.status != 403 or kind.name in declares:
                raise
            unread(kind.plural)
            return []
        stamped = {p for o in found if o.stamp and o.stamp.project == desired.project for p in o.stamp.fields}
        hidden = _under_keys(kind, found) if every else set()
        wider = expansions(kind, declared | stamped | hidden)
        return found if wider == expand else listed(kind, wider)  # something in a map is no longer declared

    def listed(kind: Kind, expand: Sequence[str]) -> list[Observed]:
        params = dict(kind.served if active else kind.unserved or {})
        if expand:
            params["expand"] = [f"data.{path}" for path in expand]
        report = partial(progress, kind.plural) if progress else None
        raws = gateway.list(kind.path, params, windowed=kind.by_created, progress=report)
        found = [read(kind, _whole(gateway, kind, raw)) for raw in raws]
        return found if active else [o for o in found if not o.active]

    wanted = [k for k in kinds if every or k.stampable or k.name in declares]
    chosen = [k for k in wanted if active or k.unserved is not None]
    if not chosen:
        return ()
    with ThreadPoolExecutor(len(chosen)) as pool:
        try:
            return tuple(o for found in pool.map(one, chosen) for o in found)
        except BaseException:
            gateway.close()  # ends the other lists, which nobody waits for any more
            raise


def with_members(gateway: Gateway, pairs: Pairs) -> Pairs:
    """Read the lists that stand in collections of their own, of those objects alone for which the YAML declares them
    or did: it takes a call for each object (stripe-facts 2.5).

    Raises ApiFailure when Stripe refuses.
    """

    def one(pair: Pair) -> Pair:
        resource = pair.desired
        if resource is None or not any(f.settable is Settable.ATTACHED for f in BY_NAME[pair.address.kind].fields):
            return pair
        found = whole(pair.observed, resource) if pair.observed else None
        return replace(pair, observed=found, predecessors=tuple(whole(o, resource) for o in pair.predecessors))

    def whole(found: Observed, resource: Resource) -> Observed:
        stamped = found.stamp.fields if found.stamp else ()
        for field in BY_NAME[found.kind].fields:
            if field.settable is Settable.ATTACHED and (field.path in resource.properties or field.path in stamped):
                found = _with_rows(gateway, found, field)
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return replace(pairs, pairs=tuple(pool.map(one, pairs.pairs)))


def with_all_members(
    gateway: Gateway, observed: Sequence[Observed], progress: Progress | None = None
) -> tuple[Observed, ...]:
    """Read the lists that stand in collections of their own, of every object: a call for each (stripe-facts 2.5).

    Where nothing was found that such a list could name, there is nothing to read. Raises ApiFailure when Stripe
    refuses.
    """
    kinds = {o.kind for o in observed}
    done = count(1)

    def one(found: Observed) -> Observed:
        for field in BY_NAME[found.kind].fields:
            if field.settable is Settable.ATTACHED and field.refers_to in kinds:
                found = _with_rows(gateway, found, field)
                if progress:
                    progress(f"{found.kind} {field.name}", next(done))
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(one, observed))


def _with_rows(gateway: Gateway, found: Observed, field: Field) -> Observed:
    raw = {field.name: _rows(gateway, BY_NAME[found.kind], found.id, field)}
    members = flatten(BY_NAME[found.kind], raw, nulls=False)
    properties = {**found.properties, **members}
    return replace(found, properties=properties, rows={**found.rows, **_row_ids(field, raw[field.name])})


def _rows(gateway: Gateway, kind: Kind, ident: str, field: Field) -> Sequence[Mapping[str, Any]]:
    return gateway.list(f"{item(kind.path, ident)}/{field.name}", {})


def _whole(gateway: Gateway, kind: Kind, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object with every row of the lists that came with it: an answer holds the first few only."""
    for field in kind.fields:
        if field.rows and field.expand and isinstance(page := raw.get(field.name), Mapping) and page.get("has_more"):
            raw = {**raw, field.name: {"data": _rows(gateway, kind, raw["id"], field)}}
    return raw


def _row_ids(field: Field, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[Path, str], str]:
    """The ids of rows, by what each is about."""
    about = ((row["id"], row[field.rows]) for row in rows)
    return {(field.path, one["id"] if isinstance(one, Mapping) else one): ident for ident, one in about}


def expansions(kind: Kind, paths: Collection[Path]) -> list[str]:
    """The includable fields of a kind, as paths to expand (stripe-facts 2.4). `*` becomes each key in `paths`."""
    found: set[str] = set()
    for field in kind.fields:
        if "*" in field.expand:
            star = field.path.index("*")
            found |= {field.expand.replace("*", p[star]) for p in paths if kind.field_at(p) is field}
        elif field.expand:
            found.add(field.expand)
    return sorted(found)


def _under_keys(kind: Kind, found: Iterable[Observed]) -> set[Path]:
    """The paths, under each key in use, of what is hidden there, of objects that have the same besides the map."""
    paths: set[Path] = set()
    for field in kind.fields:
        star = field.path.index("*") if "*" in field.expand else None
        if star is None:
            continue
        around, inside = field.path[:star], field.path[star + 1 :]
        having = (o.properties for o in found if o.properties.get(inside) is not None)
        paths |= {(*p[: star + 1], *inside) for o in having for p in o if p[:star] == around}
    return paths


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
        rows={place: ident for f, rows in lists for place, ident in _row_ids(f, rows).items()},
        ended=bool(kind.ended and kind.ended(raw)),
    )


def _missing(kind: Kind, raw: Mapping[str, Any]) -> Iterator[str]:
    """Includable fields that are not there: unset is null, absent is not asked for (stripe-facts 2.4)."""
    for field in kind.fields:
        if field.present_when:
            if value_at(raw, field.present_when[0]) == field.present_when[1] and value_at(raw, field.name) is None:
                yield field.name
        elif field.expand and "*" not in field.expand:
            around, _, name = field.expand.rpartition(".")
            inside = value_at(raw, around) if around else raw
            if isinstance(inside, Mapping) and name not in inside:
                yield field.expand


def value_at(raw: Mapping[str, Any], name: str) -> Any:
    """What stands at a dotted name in a raw object, or None."""
    value: Any = raw
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
