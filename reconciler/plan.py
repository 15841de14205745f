"""Changes become ordered actions, each one call to Stripe, each with what must have happened before it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from reconciler import stamp as stamps
from reconciler.diff import Difference, address_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.kinds.values import comparable, members, parameters, refs_in
from reconciler.leave import Leaving, leaving, referers
from reconciler.model import (
    Action,
    Address,
    Cause,
    Change,
    Desired,
    FieldChange,
    How,
    Observed,
    Part,
    Path,
    Plan,
    Ref,
    Resource,
    Stamp,
    Target,
    Verb,
)
from reconciler.pair import Pairs

Key = tuple[str, str]
"""What tells one action of a plan from another: an address and a part of it, or an id that leaves."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An action that does not know its position yet."""

    key: Key
    action: Action


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
    differences = sorted(differences, key=lambda d: rank[address_of(d.pair)])
    drafts = [d for difference in differences for d in _drafts(desired, observed, difference)]
    drafts += [_leave_draft(one) for one in leave.going]
    needs = _needs(drafts)
    if only:
        chosen = _closure(drafts, needs, only)
        drafts = [d for d in drafts if d.key in chosen]
    refusals = [*pairs.problems, *leave.refusals, *_crowded(drafts)]
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
        warnings=(*leave.warnings, *_warnings(desired, observed, differences)),
        refusals=tuple(refusals),
        names={one_id: str(address) for address, one_id in pairs.ids.items()}
        | {o.id: str(p.desired.address) for p in pairs.pairs if p.desired for o in (*p.predecessors, *p.duplicates)},
        partial=bool(only),
    )


def _drafts(desired: Desired, observed: Sequence[Observed], difference: Difference) -> Iterator[Draft]:
    pair, address = difference.pair, address_of(difference.pair)
    kind = BY_NAME[address.kind]
    resource, old = pair.desired, pair.observed
    assert resource is not None
    if old is None:
        done: set[Path] = set()
        for change in difference.changes:
            verb = Verb.CREATE if change.part is Part.BODY else Verb.UPDATE
            yield _draft(desired, observed, difference, change, verb, done)
            done |= {c.path for c in change.fields}
        return
    changes = list(difference.changes)
    adopted = pair.how is not How.STAMP or (old.stamp is not None and old.stamp.project != desired.project)
    if not changes:
        if adopted or difference.restamp:
            change = Change(address, Part.BODY, old, resource, ())
            verb = Verb.ADOPT if adopted else Verb.RESTAMP
            yield _draft(desired, observed, difference, change, verb, set())
        return
    verb = _verb(changes, adopted)
    if len(changes) == 2 and not (verb is Verb.REVIVE and any(_waits(kind, c) for c in changes[1].fields)):
        changes = [replace(changes[0], fields=(*changes[0].fields, *changes[1].fields))]
    done = set()
    for change in changes:
        yield _draft(desired, observed, difference, change, verb, done)
        done |= {c.path for c in change.fields}
        verb = Verb.UPDATE


def _verb(changes: Iterable[Change], adopted: bool) -> Verb:
    active = next((c for change in changes for c in change.fields if c.path == ("active",)), None)
    if active is not None:
        return Verb.REVIVE if active.after else Verb.RETIRE
    return Verb.ADOPT if adopted else Verb.UPDATE


def _waits(kind: Kind, change: FieldChange) -> bool:
    field = kind.field_at(change.path)
    return field is not None and field.refers_to is not None


def _draft(
    desired: Desired,
    observed: Sequence[Observed],
    difference: Difference,
    change: Change,
    verb: Verb,
    done: set[Path],
) -> Draft:
    """One call for one change. It stamps what it writes, and what is so already; the rest is carried over."""
    resource, old = difference.pair.desired, change.before
    assert resource is not None
    kind = BY_NAME[change.address.kind]
    values = {c.path: c.after for c in change.fields}
    if old is None and change.part is Part.BODY:
        values = {p: v for p, v in values.items() if v is not None}
    base = {**(old.properties if old else {}), **difference.settled}
    params = parameters(kind, values, base if old else {})
    params |= _transfers(kind, values, old, observed, desired.project)
    mark, pending = _stamp(desired, difference, {*values, *done})
    action = Action(verb, change.address, old.id if old else None, params, change, stamp=mark, pending=pending)
    return Draft((str(change.address), change.part.value), action)


def _stamp(desired: Desired, difference: Difference, written: set[Path]) -> tuple[Stamp, dict[Path, Any]]:
    resource, old = difference.pair.desired, difference.pair.observed
    assert resource is not None
    kind = BY_NAME[resource.address.kind]
    before = old.stamp if old else None
    differing = {c.path for change in difference.changes for c in change.fields}
    fields: dict[Path, str] = {}
    pending: dict[Path, Any] = {}
    returned: dict[Path, str] = {}
    for path, value in difference.settled.items():
        field = kind.field_at(path)
        assert field is not None
        if path in differing and path not in written:
            if before and path in before.fields:
                fields[path] = before.fields[path]
        elif any(refs_in(value)):
            pending[path] = value
        else:
            fields[path] = stamps.digest(comparable(field, value))
        if before and path in before.returned and path not in written and fields.get(path) == before.fields.get(path):
            returned[path] = before.returned[path]
    return Stamp(desired.project, resource.address, fields, returned), pending


def _transfers(
    kind: Kind, values: Mapping[Path, Any], old: Observed | None, observed: Sequence[Observed], project: str
) -> dict[str, bool]:
    """Move a unique value over, when whoever holds it is ours (design 4)."""
    params = {}
    for path, value in values.items():
        field = kind.field_at(path)
        if field and field.transfer and value:
            holders = [o for o in observed if o.kind == kind.name and o.properties.get(path) == value]
            if any(o is not old and o.stamp and o.stamp.project == project for o in holders):
                params[field.transfer] = True
    return params


def _leave_draft(one: Leaving) -> Draft:
    change = Change(one.address, Part.BODY, one.observed, None, one.fields)
    kind = BY_NAME[one.address.kind]
    params = parameters(kind, {c.path: c.after for c in one.fields}, one.observed.properties)
    mark = one.observed.stamp
    if one.verb is Verb.RELEASE:
        mark = None
    elif mark is not None and mark.readable:
        moves = {f.path for f in kind.fields if f.transfer}  # a successor may take it: its absence is nobody's edit
        fields = {p: d for p, d in mark.fields.items() if p not in moves}
        mark = replace(mark, fields={**fields, **{c.path: stamps.digest(c.after) for c in one.fields}})
    action = Action(one.verb, one.address, one.observed.id, params, change, one.reason, stamp=mark)
    return Draft(("leaves", one.observed.id), action)


def _needs(drafts: Sequence[Draft]) -> dict[Key, set[Key]]:
    """What must have succeeded before what (design 5.1, 5.2)."""
    bodies = {d.action.address: d.key for d in drafts if d.action.verb in (Verb.CREATE, Verb.REVIVE)}
    revived = {d.action.id: d.key for d in drafts if d.action.verb is Verb.REVIVE}
    leaves = {d.action.id: d.key for d in drafts if d.action.verb is Verb.RETIRE}
    first = {d.action.address.kind: d.key for d in drafts if _is_first(d.action)}
    needs: dict[Key, set[Key]] = {d.key: set() for d in drafts}
    for draft in drafts:
        action, mine = draft.action, needs[draft.key]
        kind = BY_NAME[action.address.kind]
        if draft.key[1] == Part.LINKS.value and action.address in bodies:
            mine.add(bodies[action.address])
        if (
            action.verb is Verb.CREATE
            and kind.default_flag in first.keys() | {kind.default_flag}
            and kind.name in first
        ):
            mine.add(first[kind.name])
        for change in action.change.fields if action.change else ():
            field = kind.field_at(change.path)
            if field is None or field.refers_to is None:
                continue
            for member in members(field, change.after):
                key = bodies.get(member.address) if isinstance(member, Ref) else revived.get(member)
                if key:
                    mine.add(key)
            for member in members(field, change.before):
                if member in leaves and action.verb is not Verb.CREATE:
                    needs[leaves[member]].add(draft.key)
        if action.verb is Verb.RETIRE and action.change and action.change.before:
            for member in referers(kind, action.change.before):
                if member in leaves:
                    needs[leaves[member]].add(draft.key)
            mine |= {d for d in (bodies.get(action.address),) if d}
    for key, mine in needs.items():
        mine.discard(key)
    return needs


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
            if draft.key[0] == "leaves" or _follows(draft.action):
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


def _crowded(drafts: Sequence[Draft]) -> Iterator[str]:
    """Objects whose metadata would not hold everybody's keys (design 4)."""
    for draft in drafts:
        action = draft.action
        before = action.change.before.metadata if action.change and action.change.before else {}
        own = {k for k in before if not stamps.is_stamp_key(k)} | set(action.params.get("metadata", {}))
        pending = dict.fromkeys(action.pending, "------")
        mark = action.stamp and replace(action.stamp, fields={**action.stamp.fields, **pending})
        count = len(own) + (len(stamps.encode(mark)) if mark else 0)
        if count > stamps.METADATA_KEYS:
            yield (
                f"{action.address}: {count} metadata keys, ours included, and Stripe takes {stamps.METADATA_KEYS}: "
                f"declare fewer, or delete keys that other code has set"
            )


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
