"""Calls become ordered actions, each with what must have happened before it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from reconciler.kinds import BY_NAME
from reconciler.kinds.values import members
from reconciler.model import (
    Action,
    Address,
    Cause,
    Desired,
    Difference,
    Observed,
    Pairs,
    Part,
    Path,
    Plan,
    Ref,
    Resource,
    Target,
    Verb,
)
from reconciler.plan.draft import LEAVES, Draft, Holders, Key, leave_draft, objections
from reconciler.plan.draft import drafts as drafts_of
from reconciler.plan.leave import leaving
from reconciler.plan.pointers import referers


def make(
    desired: Desired,
    observed: Sequence[Observed],
    pairs: Pairs,
    differences: Sequence[Difference],
    target: Target,
    only: Sequence[Address] = (),
) -> Plan:
    """Order every action that brings the account to what is desired. `only` narrows it down, with what that entails."""
    leave = leaving(desired, observed, pairs, differences)
    rank = {address: n for n, address in enumerate(desired.order)}
    differences = sorted(differences, key=lambda d: rank[d.pair.address])
    holders = Holders(desired, observed, differences)
    drafts = [d for difference in differences for d in drafts_of(desired, difference, holders)]
    drafts += [leave_draft(one) for one in leave.going]
    needs = _needs(drafts)
    if only:
        chosen = _closure(drafts, needs, only)
        drafts = [d for d in drafts if d.key in chosen]
    refusals = [*pairs.problems, *leave.refusals, *objections(drafts, holders)]
    try:
        actions = _ordered(drafts, needs)
    except CycleError as loop:
        refusals.append(f"these wait for each other: {' → '.join(k[0] for k in loop.args[1])}")
        actions = ()
    touched = {d.action.address for d in drafts}
    return Plan(
        id=secrets.token_hex(8),
        target=target,
        actions=actions,
        unchanged=sum(1 for a in desired.resources if a not in touched),
        warnings=(*pairs.warnings, *leave.warnings, *_warnings(desired, observed, differences)),
        refusals=tuple(refusals),
        names={one_id: str(address) for address, one_id in pairs.ids.items()}
        | {o.id: str(p.desired.address) for p in pairs.pairs if p.desired for o in (*p.predecessors, *p.duplicates)}
        | {p.observed.id: str(p.address) for p in pairs.pairs if p.observed and not p.desired},
        partial=bool(only),
    )


def _needs(drafts: Sequence[Draft]) -> dict[Key, set[Key]]:
    """What must have succeeded before what (design 5.1, 5.2)."""
    bodies = {d.action.address: d.key for d in drafts if d.action.verb in (Verb.CREATE, Verb.REVIVE)}
    revived = {d.action.id: d.key for d in drafts if d.action.verb is Verb.REVIVE}
    retired = {d.action.id: d.key for d in drafts if d.action.verb is Verb.RETIRE}
    leaving = {one: key for one, key in retired.items() if key[0] == LEAVES}
    first = {d.action.address.kind: d.key for d in drafts if _is_first(d.action)}
    gone = set(leaving.values())
    holders = {place: key for d in drafts if d.key in gone for place, key in _gives_up(d)}
    at_address: dict[Address, set[Key]] = {}
    for draft in drafts:
        if draft.key[0] != LEAVES:
            at_address.setdefault(draft.action.address, set()).add(draft.key)
    needs: dict[Key, set[Key]] = {d.key: set() for d in drafts}
    for draft in drafts:
        action, mine = draft.action, needs[draft.key]
        kind = BY_NAME[action.address.kind]
        if draft.key[1] == Part.LINKS.value and action.address in bodies:
            mine.add(bodies[action.address])
        if action.verb is Verb.CREATE and kind.name in first:
            mine.add(first[kind.name])
        for change in action.change.fields if action.change else ():
            field = kind.field_at(change.path)
            if holder := holders.get((kind.name, change.path, change.after if isinstance(change.after, str) else "")):
                needs[holder].add(draft.key)
            if field is None or field.refers_to is None:
                continue
            for member in members(field, change.after):
                key = bodies.get(member.address) if isinstance(member, Ref) else revived.get(member)
                if key:
                    mine.add(key)
            for member in members(field, change.before):
                if member in retired:
                    needs[retired[member]].add(draft.key)
        if draft.key[0] == LEAVES and action.verb is Verb.RETIRE and action.change and action.change.before:
            for member in referers(kind, action.change.before):
                if member in leaving:
                    needs[leaving[member]].add(draft.key)
            mine |= at_address.get(action.address, set())
    for key, mine in needs.items():
        mine.discard(key)
    return needs


def _gives_up(draft: Draft) -> Iterator[tuple[tuple[str, Path, str], Key]]:
    """The unique values that an object which leaves still holds: who takes one over goes before it."""
    before = draft.action.change.before if draft.action.change else None
    for field in BY_NAME[draft.action.address.kind].moving:
        if before and (value := before.properties.get(field.path)):
            yield (draft.action.address.kind, field.path, value), draft.key


def _is_first(action: Action) -> bool:
    """The account's default is created before any other of its kind (design 5.4)."""
    flag = BY_NAME[action.address.kind].default_flag
    after = action.change.after if action.change else None
    return bool(flag and action.verb is Verb.CREATE and after and after.hints.get(flag))


def _ordered(drafts: Sequence[Draft], needs: Mapping[Key, set[Key]]) -> tuple[Action, ...]:
    """Actions with positions. Among those that may go at the same time, the order of the drafts holds."""
    by_key = {d.key: d for d in drafts}
    rank = {d.key: n for n, d in enumerate(drafts)}
    sorter = TopologicalSorter({k: {n for n in needs[k] if n in by_key} for k in by_key})
    sorter.prepare()
    position: dict[Key, int] = {}
    ordered: list[Action] = []
    while sorter.is_active():
        for key in sorted(sorter.get_ready(), key=rank.__getitem__):
            mine = tuple(sorted(position[n] for n in needs[key] if n in position))
            position[key] = len(ordered)
            ordered.append(replace(by_key[key].action, needs=mine))
            sorter.done(key)
    return tuple(ordered)


def _closure(drafts: Sequence[Draft], needs: Mapping[Key, set[Key]], only: Sequence[Address]) -> set[Key]:
    """The chosen addresses, what they need, and what must follow them."""
    followers: dict[Key, set[Key]] = {}
    for draft in drafts:
        for needed in needs[draft.key]:
            if draft.key[0] == LEAVES or _follows(draft.action):
                followers.setdefault(needed, set()).add(draft.key)
    chosen: set[Key] = set()
    todo = [d.key for d in drafts if d.action.address in only]
    while todo:
        key = todo.pop()
        if key not in chosen:
            chosen.add(key)
            todo += [*needs[key], *followers.get(key, ())]
    return chosen


def _follows(action: Action) -> bool:
    return any(c.cause is Cause.FOLLOWED for c in (action.change.fields if action.change else ()))


def _warnings(desired: Desired, observed: Sequence[Observed], differences: Sequence[Difference]) -> Iterator[str]:
    for difference in differences:
        resource, old = difference.pair.desired, difference.pair.observed
        assert resource is not None
        yield from _let_go(resource, difference, old)
        flag = BY_NAME[resource.address.kind].default_flag
        if flag and old is None and not any(o.kind == resource.address.kind for o in observed):
            declared = [r for a, r in desired.resources.items() if a.kind == resource.address.kind]
            if resource.hints.get(flag) or len(declared) == 1:
                yield f"{resource.address} becomes the account's default for good: Stripe has no way to choose another"


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
