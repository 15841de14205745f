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
from reconciler.model import Observed, Pair, Pairs, Resource
from reconciler.observed.read import row_ids

Progress = Callable[[str, int], None]
"""Called with a kind's plural and the number of objects read so far."""

AT_ONCE = 8
"""As many sub-collections are read at the same time; the gateway paces them."""


def with_members(gateway: Gateway, pairs: Pairs) -> Pairs:
    """Read the lists that stand in collections of their own, of those objects alone for which the YAML declares them
    or did: it takes a call for each object (stripe-facts 2.5).

    Raises ApiFailure when Stripe refuses.
    """

    def one(pair: Pair) -> Pair:
        resource = pair.desired
        if resource is None or not any(f.settable is Settable.ATTACHED for f in BY_NAME[pair.address.kind].fields):
            return pair
        found = filled(pair.observed, resource) if pair.observed else None
        return replace(pair, observed=found, predecessors=tuple(filled(o, resource) for o in pair.predecessors))

    def filled(found: Observed, resource: Resource) -> Observed:
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
    return replace(found, properties=properties, rows={**found.rows, **row_ids(field, raw[field.name])})


def _rows(gateway: Gateway, kind: Kind, ident: str, field: Field) -> Sequence[Mapping[str, Any]]:
    return gateway.list(f"{item(kind.path, ident)}/{field.name}", {})


def whole(gateway: Gateway, kind: Kind, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object with every row of the lists that came with it: an answer holds the first few only."""
    for field in kind.fields:
        if field.rows and field.expand and isinstance(page := raw.get(field.name), Mapping) and page.get("has_more"):
            raw = {**raw, field.name: {"data": _rows(gateway, kind, raw["id"], field)}}
    return raw
