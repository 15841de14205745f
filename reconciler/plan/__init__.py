"""Calls become ordered actions, each with what must have happened before it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError
from types import MappingProxyType

from reconciler.kinds import BY_NAME
from reconciler.kinds.values import members
from reconciler.model import Address, Change, Desired, Difference, Observed, Pairs, Plan, Resource, Target
from reconciler.plan.closure import closure
from reconciler.plan.draft import drafts as drafts_of
from reconciler.plan.draft import leave_draft
from reconciler.plan.holders import Holders
from reconciler.plan.leave import leaving
from reconciler.plan.objections import objections
from reconciler.plan.order import Index, needs_of, ordered


def make(
    desired: Desired,
    observed: Sequence[Observed],
    pairs: Pairs,
    differences: Sequence[Difference],
    target: Target,
    only: Sequence[Address] = (),
    urls: Mapping[Address, str] = MappingProxyType({}),
) -> Plan:
    """Order every action that brings the account to what is desired. `only` narrows it down, with what that entails.

    `urls` are those of local files that were uploaded before.
    """
    checklist, differences = _by_hand(differences, target)
    leave = leaving(desired, observed, pairs, differences)
    rank = {address: n for n, address in enumerate(desired.order)}
    differences = sorted(differences, key=lambda d: rank[d.pair.address])
    holders = Holders(desired, observed, differences)
    drafts = [d for difference in differences for d in drafts_of(desired, difference, holders)]
    drafts += [leave_draft(one) for one in leave.going]
    index = Index.of(drafts)
    needs = needs_of(index)
    if only:
        chosen = closure(index, needs, only)
        drafts = [d for d in drafts if d.key in chosen]
    refusals = [*pairs.problems, *leave.refusals, *objections(drafts, holders)]
    try:
        actions = ordered(drafts, needs)
    except CycleError as loop:
        refusals.append(f"these wait for each other: {' → '.join(k[0] for k in loop.args[1])}")
        actions = ()
    touched = {d.action.address for d in drafts} | {c.address for c in checklist}
    return Plan(
        id=secrets.token_hex(8),
        target=target,
        actions=actions,
        unchanged=sum(1 for a in desired.resources if a not in touched),
        warnings=(*pairs.warnings, *leave.warnings, *_warnings(desired, observed, differences)),
        refusals=tuple(refusals),
        names={o.id: str(o.stamp.address) for o in observed if o.stamp and not BY_NAME[o.kind].revivable}
        | dict(pairs.names)
        | {str(a): str(desired.files.get(a, url)) for a, url in urls.items()}
        | {str(a): f"{file} → upload" for a, file in desired.files.items() if a not in urls},
        partial=bool(only),
        files={a: f for a, f in desired.files.items() if a not in urls},
        urls=urls,
        checklist=tuple(c for c in checklist if not only or c.address in only),
        project=desired.project,
    )


def _by_hand(differences: Sequence[Difference], target: Target) -> tuple[list[Change], list[Difference]]:
    """What people must set in the Dashboard, as no API does it for the own account (stripe-facts 8); and the rest."""
    if target.connected:
        return [], list(differences)
    apart = [d for d in differences if BY_NAME[d.pair.address.kind].dashboard]
    rest = [d for d in differences if not BY_NAME[d.pair.address.kind].dashboard]
    return [c for d in apart for c in d.changes], rest


def _warnings(desired: Desired, observed: Sequence[Observed], differences: Sequence[Difference]) -> Iterator[str]:
    by_id = {o.id: o for o in observed}
    paired = {d.pair.observed.id for d in differences if d.pair.observed}
    for difference in differences:
        resource, old = difference.pair.desired, difference.pair.observed
        assert resource is not None
        yield from _let_go(resource, difference, old)
        yield from _left(difference, by_id, paired)
        if difference.ended and old:
            yield f"{resource.address}: {old.id} is used up or expired, or what it was made for is: it stays so"
        kind = BY_NAME[resource.address.kind]
        flag = kind.default_flag
        if flag and kind.creatable and old is None and not any(o.kind == resource.address.kind for o in observed):
            declared = [r for a, r in desired.resources.items() if a.kind == resource.address.kind]
            if resource.hints.get(flag) or len(declared) == 1:
                yield f"{resource.address} becomes the account's default for good: Stripe has no way to choose another"


def _left(difference: Difference, by_id: Mapping[str, Observed], paired: Collection[str]) -> Iterator[str]:
    """What a resource named until now, and nobody declares: kinds without a mark are never retired for it."""
    for change in (c for one in difference.changes for c in one.fields):
        field = BY_NAME[difference.pair.address.kind].field_at(change.path)
        after = members(field, change.after) if field else []
        for member in members(field, change.before) if field else ():
            one = by_id.get(member) if isinstance(member, str) and member not in after else None
            if one and one.active and not BY_NAME[one.kind].stampable and member not in paired:
                yield f"{member}, which {difference.pair.address} named until now, is declared no more: it stays"


def _let_go(resource: Resource, difference: Difference, old: Observed | None) -> Iterator[str]:
    for path in difference.let_go:
        name = ".".join(path)
        if old is not None:
            value = old.properties.get(path)
            yield f"{resource.address}: {name} is no longer declared and Stripe cannot unset it: it stays {value!r}"
        else:
            before = difference.pair.predecessors[0]
            value = before.properties.get(path)
            yield (
                f"{resource.address}: {before.id} has {name} = {value!r}, which the YAML does not declare; "
                f"its successor will not have it. Declare it to keep it"
            )
