"""What to list, and how to list it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds import KINDS, PARTS
from reconciler.kinds.kind import Kind
from reconciler.model import Desired, Observed, Path
from reconciler.observed.members import Progress, whole, with_all_members, with_attached, with_members
from reconciler.observed.read import check_complete, read, read_part

__all__ = [
    "Progress",
    "check_complete",
    "expansions",
    "fetch",
    "read",
    "with_all_members",
    "with_attached",
    "with_members",
]


def fetch(
    gateway: Gateway,
    desired: Desired,
    kinds: Iterable[Kind] = (*KINDS, *PARTS),
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
        if kind.part:
            return [read_part(kind, gateway.account())]
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
        found = [read(kind, whole(gateway, kind, raw)) for raw in raws]
        return found if active else [o for o in found if not o.active]

    wanted = [k for k in kinds if (every and not k.part) or k.stampable or k.name in declares]
    chosen = [k for k in wanted if active or k.unserved is not None]
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
