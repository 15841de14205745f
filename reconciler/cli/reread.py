"""What a saved plan rests on, read again."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler import uploads
from reconciler.basis import leaving_in
from reconciler.gateway import Gateway
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.model import Address, Desired, Observed, Pair, Pairs, Plan, Resource, Source, Verb
from reconciler.observed import Progress, fetch, with_members

_NOWHERE = Source("", 1, 1)


def reread(
    plan: Plan, gateway: Gateway, progress: Progress | None = None
) -> tuple[tuple[Observed, ...], Mapping[Address, str]]:
    """Every object of the kinds that the plan rests on, or that may use what it takes out of service; those out of
    service where something is made, or is not in service. With the plan's files that were uploaded since.

    Raises ApiFailure when Stripe refuses.
    """
    desired = _desired(plan)
    named, leaving = {b.kind for b in plan.basis}, {kind for kind, _ in leaving_in(plan)}
    kinds = [k for k in BY_NAME.values() if k.name in named or leaving & _may_name(k)]
    observed = fetch(gateway, desired, kinds, progress=progress)
    served = {(o.kind, o.id) for o in observed}
    gone = {b.kind for b in plan.basis if b.id and (b.kind, b.id) not in served}
    gone |= {a.address.kind for a in plan.actions if a.verb is Verb.CREATE}
    observed += fetch(gateway, desired, [k for k in kinds if k.name in gone], active=False, progress=progress)
    _, observed, urls = uploads.recognised(gateway, desired, uploads.with_files(observed, plan.urls))
    whole = {(o.kind, o.id): o for o in _with_lists(plan, desired, gateway, observed)}
    return tuple(whole.get((o.kind, o.id), o) for o in observed), {**plan.urls, **urls}


def _may_name(kind: Kind) -> set[str]:
    """The kinds of which an object of this one may name others."""
    refers = (f.refers_to for f in kind.referring if kind.parent is None or f.path != (kind.parent[1],))
    return {name for to in refers for name in ([to] if isinstance(to, str) else (to or {}).values())}


def _desired(plan: Plan) -> Desired:
    """As much of what the YAML asked for as tells what to read."""
    resources = {
        b.address or Address(b.kind, b.id or ""): Resource(b.address or Address(b.kind, ""), {}, _NOWHERE)
        for b in plan.basis
    }
    resources |= {a.address: a.change.after for a in plan.actions if a.change and a.change.after}
    return Desired(plan.project, resources, tuple(resources), files=plan.files)


def _with_lists(plan: Plan, desired: Desired, gateway: Gateway, observed: tuple[Observed, ...]) -> list[Observed]:
    """The objects that actions touch or have made, with what stands in collections of their own."""
    touched = {(a.address.kind, a.id): a.address for a in plan.actions}
    made = {a.address for a in plan.actions if a.id is None}

    def at(one: Observed) -> Address | None:
        mark = one.stamp.address if one.stamp else None
        return touched.get((one.kind, one.id)) or (mark if mark in made else None)

    pairs = [Pair(desired.resources[address], o) for o in observed if (address := at(o))]
    read = with_members(gateway, Pairs(tuple(pairs), frozenset()))
    return [p.observed for p in read.pairs if p.observed]
