"""Where a saved plan stands in the account as it is now: what is as planned, what is done already, and what has moved.

An object that actions touch is as it was before the first of them, or as one of them leaves it; everything else that
the plan rests on is as it was. What is neither has moved, and then nothing may be written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.basis import entry, held_key, leaving_in, points_at, stable
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import comparable
from reconciler.model import Action, Address, Observed, Plan, Verb
from reconciler.standing.match import is_at
from reconciler.standing.members import rest_of
from reconciler.standing.now import Now, born


@dataclass(frozen=True, slots=True)
class Standing:
    """The plan with what is left of it to send, the ids of what is done by position, and what speaks against it."""

    plan: Plan
    done: Mapping[int, str]
    moved: tuple[str, ...]


def stand(plan: Plan, observed: Sequence[Observed]) -> Standing:
    """Compare a plan with the account as it was just read."""
    objects = {(o.kind, o.id): o for o in observed}
    chains = _chains(plan)
    now = Now(plan, objects, {})
    found = {key: list(born(now, steps[0][1])) for key, steps in chains.items() if steps[0][1].verb is Verb.CREATE}
    now = replace(now, ids={Address(key[0], key[2]): same[0].id for key, same in found.items() if len(same) == 1})
    done: dict[int, str] = {}
    actions, moved = list(plan.actions), list[str]()
    for key, steps in chains.items():
        first = steps[0][1]
        if len(found.get(key, ())) > 1:
            names = ", ".join(o.id for o in found[key])
            moved.append(f"{first.address} is there already, and more than once: {names}")
            continue
        one = found[key][0] if found.get(key) else now.of(first.address.kind, first.id)
        reached = next((n for n in range(len(steps), -1, -1) if is_at(now, one, [a for _, a in steps], n)), None)
        if reached is None:
            moved.append(_said(first, one))
            continue
        done |= {number: (one.id if one else first.id or "") for number, _ in steps[:reached]}
        for number, action in steps[reached : reached + 1]:
            actions[number] = rest_of(now, action, one)
    left = {(a.address.kind, a.id) for n, a in enumerate(plan.actions) if n in done and a.verb is Verb.RETIRE and a.id}
    moved += [*_others(now, left), *_newcomers(now, leaving_in(plan) - left)]
    return Standing(replace(plan, actions=tuple(actions)), done, tuple(moved))


def _chains(plan: Plan) -> dict[tuple[str, str, str], list[tuple[int, Action]]]:
    """The actions on each object, in their order; on what is yet to be made by its address."""
    found: dict[tuple[str, str, str], list[tuple[int, Action]]] = {}
    for number, action in enumerate(plan.actions):
        key = (action.address.kind, action.id or "", "" if action.id else action.address.name)
        found.setdefault(key, []).append((number, action))
    return found


def _others(now: Now, left: Collection[tuple[str, str]]) -> Iterator[str]:
    """What the plan only names, is inside of, or takes to be free, and is not as it was. What points at something that
    has `left` by now may have changed with it."""
    touched = {(a.address.kind, a.id) for a in now.plan.actions}
    for basis in now.plan.basis:
        if basis.id is None or (basis.kind, basis.id) in touched:
            continue
        one = now.of(basis.kind, basis.id)
        if one is None:
            yield f"{basis.address or basis.kind} ({basis.id}) is gone"
        elif entry(one) != basis and not points_at(replace(one, active=True), left):
            yield f"{basis.address or basis.kind} ({basis.id}) was changed"


def _newcomers(now: Now, leaving: Collection[tuple[str, str]]) -> Iterator[str]:
    """What was not there, and is in the way of the plan now: a default, a key, or a use of what is to leave."""
    known = {(b.kind, b.id) for b in now.plan.basis}
    new = [o for o in now.objects.values() if o.key not in known and o.id not in now.ids.values()]
    for basis in now.plan.basis:
        flag = (BY_NAME[basis.kind].default_flag,)
        if basis.id is None and basis.is_default:
            there = [o for o in new if o.kind == basis.kind and o.properties.get(flag)]
            yield from (f"there is a default {o.kind} now ({o.id})" for o in there)
        elif basis.id is None and basis.key and not now.creates(basis.address):
            there = [o for o in new if o.kind == basis.kind and o.active and str(held_key(o)) == basis.key]
            yield from (f"{o.id} has the key {basis.key}, which {basis.address} is to have" for o in there)
    for one in new:
        if points_at(one, leaving):
            yield f"{one.kind} {one.id} uses something now that is to leave service"


def _said(first: Action, one: Observed | None) -> str:
    """What is neither as planned nor as the plan leaves it."""
    if one is None:
        return f"{first.address} ({first.id}) is gone"
    if first.verb is Verb.CREATE:
        return f"{first.address} is there already, and not as this plan makes it ({one.id})"
    before = first.change.before if first.change else None
    fields = []
    if before is not None:
        for path in sorted({*stable(before), *stable(one)}):
            field = BY_NAME[one.kind].leaf(path)
            if comparable(field, before.properties.get(path)) != comparable(field, one.properties.get(path)):
                fields.append(".".join(path))
        if before.active != one.active:
            fields.append("active")
        if not fields and before.stamp != one.stamp:
            fields.append("our mark on it")
    return f"{first.address} ({one.id}) was changed: {', '.join(dict.fromkeys(fields)) or 'it differs'}"
