"""Lists that stand in collections of their own under an object (stripe-facts 2.5, 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import Any

from reconciler.gateway import Gateway, item
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.kinds.values import flatten
from reconciler.model import ACTIVE, Observed, Pair, Pairs, Resource
from reconciler.observed.read import row_ids

Progress = Callable[[str, int], None]
"""Called with a kind's plural and the number of objects read so far."""

AT_ONCE = 8
"""As many sub-collections are read at the same time; the gateway paces them."""


def with_members(gateway: Gateway, pairs: Pairs) -> Pairs:
    """Read the lists that stand in collections of their own, of those objects alone for which the YAML declares them
    or did: it takes a call for each object (stripe-facts 2.5). Where something leaves that such a list could name, it
    is read of every declared object, as it must follow.

    Raises ApiFailure when Stripe refuses.
    """
    leaving = _leaving(pairs)

    def one(pair: Pair) -> Pair:
        resource = pair.desired
        if resource is None or not any(f.settable is Settable.ATTACHED for f in BY_NAME[pair.address.kind].fields):
            return pair
        found = filled(pair.observed, resource) if pair.observed else None
        return replace(pair, observed=found, predecessors=tuple(filled(o, resource) for o in pair.predecessors))

    def filled(found: Observed, resource: Resource) -> Observed:
        stamped = found.stamp.fields if found.stamp else ()
        for field in BY_NAME[found.kind].fields:
            declared = field.path in resource.properties or field.path in stamped
            if field.settable is Settable.ATTACHED and (declared or field.refers_to in leaving):
                found = _with_rows(gateway, found, field)
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return replace(pairs, pairs=tuple(pool.map(one, pairs.pairs)))


def with_attached(gateway: Gateway, observed: Sequence[Observed], pairs: Pairs) -> tuple[Observed, ...]:
    """The objects with what `with_members` has read; where something leaves that a list in a collection of its own
    could name, also with that list of every object that nobody declares: it may go on pointing there.

    Raises ApiFailure when Stripe refuses.
    """
    leaving = _leaving(pairs)
    known = {(o.kind, o.id): o for p in pairs.pairs if p.desired for o in (p.observed, *p.predecessors) if o}

    def one(found: Observed) -> Observed:
        found = known.get((found.kind, found.id), found)
        for field in BY_NAME[found.kind].fields if leaving else ():
            unread = field.settable is Settable.ATTACHED and field.path not in found.properties
            if unread and field.refers_to in leaving:
                found = _with_rows(gateway, found, field)
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(one, observed))


def _leaving(pairs: Pairs) -> set[str]:
    """The kinds of which something is replaced or retired."""
    return {
        o.kind
        for p in pairs.pairs
        for o in (*p.predecessors, *p.duplicates, *([p.observed] if p.observed and _goes(p) else []))
    }


def _goes(pair: Pair) -> bool:
    in_service = pair.observed is not None and pair.observed.active
    return in_service and not (pair.desired and pair.desired.properties.get(ACTIVE, True))


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
    return replace(found, properties=properties, rows={**found.rows, **row_ids(field, raw[field.name])})


def _rows(gateway: Gateway, kind: Kind, ident: str, field: Field) -> Sequence[Mapping[str, Any]]:
    return gateway.list(f"{item(kind.path, ident)}/{field.name}", {})


def whole(gateway: Gateway, kind: Kind, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object with every row of the lists that came with it: an answer holds the first few only."""
    for field in kind.fields:
        if field.rows and field.expand and isinstance(page := raw.get(field.name), Mapping) and page.get("has_more"):
            raw = {**raw, field.name: {"data": _rows(gateway, kind, raw["id"], field)}}
    return raw
