"""What to list, how to list it, and what an answer means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from reconciler import stamp
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Kind
from reconciler.kinds.values import flatten
from reconciler.model import Desired, Observed, Path

Progress = Callable[[str, int], None]
"""Called with a kind's plural and the number of objects read so far."""


def fetch(
    gateway: Gateway,
    desired: Desired,
    kinds: Iterable[Kind] = KINDS,
    *,
    active: bool = True,
    progress: Progress | None = None,
) -> tuple[Observed, ...]:
    """List every object of the kinds, in service or (active=False) archived; the kinds at the same time.

    Raises ApiFailure when Stripe refuses, or leaves out what it was asked to include.
    """

    def one(kind: Kind) -> list[Observed]:
        declared = {p for a, r in desired.resources.items() if a.kind == kind.name for p in r.properties}
        expand = expansions(kind, declared)
        found = listed(kind, expand)
        stamped = {p for o in found if o.stamp and o.stamp.project == desired.project for p in o.stamp.fields}
        wider = expansions(kind, declared | stamped)
        return found if wider == expand else listed(kind, wider)  # something in a map is no longer declared

    def listed(kind: Kind, expand: Sequence[str]) -> list[Observed]:
        params: dict[str, Any] = {}
        if kind.by_active:
            params["active"] = active
        if expand:
            params["expand"] = [f"data.{path}" for path in expand]
        report = partial(progress, kind.plural) if progress else None
        raws = gateway.list(kind.path, params, windowed=kind.by_created, progress=report)
        return [read(kind, raw) for raw in raws]

    chosen = [k for k in kinds if active or k.by_active]
    if not chosen:
        return ()
    with ThreadPoolExecutor(len(chosen)) as pool:
        try:
            return tuple(o for found in pool.map(one, chosen) for o in found)
        except BaseException:
            gateway.close()  # ends the other lists, which nobody waits for any more
            raise


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


def read(kind: Kind, raw: Mapping[str, Any]) -> Observed:
    """One raw object of Stripe's as the rest of the tool sees it.

    Raises ApiFailure when a field is missing that was asked for: that is no value, and must not be taken for one.
    """
    for name in _missing(kind, raw):
        raise ApiFailure(f"GET {kind.path}", f"the answer lacks {name} of {raw.get('id')}, which was asked for")
    metadata = {str(k): str(v) for k, v in (raw.get("metadata") or {}).items()}
    own = {**raw, "metadata": {k: v for k, v in metadata.items() if not stamp.is_stamp_key(k)}}
    properties = flatten(kind, kind.read(own) if kind.read else own, nulls=False)
    properties |= {tuple(name.split(".")): value_at(raw, name) for name in kind.read_only}
    return Observed(
        kind=kind.name,
        id=raw["id"],
        stamp=stamp.decode(metadata),
        properties=properties,
        created=raw.get("created") or 0,
        active=bool(raw.get("active", True)),
        metadata=metadata,
    )


def _missing(kind: Kind, raw: Mapping[str, Any]) -> Iterator[str]:
    """Includable fields that are not there: unset is null, absent is not asked for (stripe-facts 2.4)."""
    for field in kind.fields:
        if field.present_when:
            if value_at(raw, field.present_when[0]) == field.present_when[1] and value_at(raw, field.name) is None:
                yield field.name
        elif field.expand in field.path[:1] and field.expand not in raw:
            yield field.expand


def value_at(raw: Mapping[str, Any], name: str) -> Any:
    """What stands at a dotted name in a raw object, or None."""
    value: Any = raw
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
