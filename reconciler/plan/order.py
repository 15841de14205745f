"""What must have happened before what, one rule after the other, and the order that comes of it (design 5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Retire
from reconciler.kinds.values import members
from reconciler.model import Action, Address, FieldChange, Observed, Path, Ref, Verb
from reconciler.plan.draft import LEAVES, Draft, Key
from reconciler.plan.pointers import referers

Edge = tuple[Key, Key]
"""An action, and one that must have succeeded before it."""


@dataclass(frozen=True, slots=True)
class Index:
    """The drafts by what the rules ask for.

    `arriving` are the drafts after which a resource has its object; `retiring` those after which an id is out of
    service. `early` are retirements that must come before a successor: it is to have the natural key.
    """

    drafts: Sequence[Draft]
    arriving: Mapping[Address, Key]
    revived: Mapping[str, Key]
    retiring: Mapping[str, Key]
    early: Mapping[Key, Sequence[Key]]

    @classmethod
    def of(cls, drafts: Sequence[Draft]) -> Index:
        arriving = {d.action.address: d.key for d in drafts if d.action.verb in (Verb.CREATE, Verb.REVIVE)}
        revived = {d.action.id: d.key for d in drafts if d.action.verb is Verb.REVIVE and d.action.id}
        retiring = {d.action.id: d.key for d in drafts if d.action.verb is Verb.RETIRE and d.action.id}
        takers: dict[Any, list[Key]] = {}
        for draft in drafts:
            if draft.action.verb in (Verb.CREATE, Verb.REVIVE) and (place := _freed(draft.action, after=True)):
                takers.setdefault(place, []).append(draft.key)
        freed = ((d.key, takers.get(_freed(d.action, after=False))) for d in drafts if d.action.verb is Verb.RETIRE)
        return cls(drafts, arriving, revived, retiring, {key: keys for key, keys in freed if keys})

    def changes(self) -> Iterator[tuple[Draft, Field, FieldChange]]:
        for draft in self.drafts:
            for change in draft.action.change.fields if draft.action.change else ():
                yield draft, BY_NAME[draft.action.address.kind].leaf(change.path), change

    def standing(self) -> Mapping[str, Sequence[Key]]:
        """What is done to each declared resource, in turn."""
        at: dict[str, list[Key]] = {}
        for draft in self.drafts:
            if draft.key[0] != LEAVES:
                at.setdefault(draft.key[0], []).append(draft.key)
        return at

    def leaving(self) -> Iterator[Draft]:
        """Those that retire what no resource declares any more, or what is replaced."""
        return (d for d in self.drafts if d.key[0] == LEAVES and d.action.verb is Verb.RETIRE)


def _freed(action: Action, *, after: bool) -> tuple[str, Any] | None:
    """The natural key that an object takes or gives up, where no two can have it at once."""
    kind, change = BY_NAME[action.address.kind], action.change
    one = change and (change.after if after else change.before)
    value = one.properties.get((kind.natural_key,)) if one and kind.natural_key and kind.frees_key else None
    return None if value is None else (kind.name, value)


def _targets_come_first(index: Index) -> Iterator[Edge]:
    for draft, field, change in index.changes():
        for member in members(field, change.after):
            key = index.arriving.get(member.address) if isinstance(member, Ref) else index.revived.get(member)
            if key:
                yield draft.key, key


def _a_revived_one_waits_for_what_it_names(index: Index) -> Iterator[Edge]:
    """No change says so: it names them already."""
    for draft in index.drafts:
        if draft.action.verb is Verb.REVIVE:
            yield from ((draft.key, index.revived[m]) for m in _named(draft) if m in index.revived)


def _followers_come_before_the_old_leaves(index: Index) -> Iterator[Edge]:
    for draft, field, change in index.changes():
        for member in members(field, change.before):
            old = index.retiring.get(member)
            if old and old not in index.early:
                yield old, draft.key


def _parts_come_in_turn(index: Index) -> Iterator[Edge]:
    """Each carries the stamp of those before it."""
    for keys in index.standing().values():
        yield from ((later, earlier) for earlier, later in pairwise(keys))


def _default_comes_first(index: Index) -> Iterator[Edge]:
    """The account's default is created before any other of its kind (design 5.4)."""
    first = {d.action.address.kind: d.key for d in index.drafts if _is_first(d.action)}
    for draft in index.drafts:
        if draft.action.verb is Verb.CREATE and draft.action.address.kind in first:
            yield draft.key, first[draft.action.address.kind]


def _is_first(action: Action) -> bool:
    flag = BY_NAME[action.address.kind].default_flag
    after = action.change.after if action.change else None
    return bool(flag and action.verb is Verb.CREATE and after and after.hints.get(flag))


def _old_leaves_last(index: Index) -> Iterator[Edge]:
    """Behind everything at its address."""
    standing = index.standing()
    for old in index.leaving():
        if old.key not in index.early:
            yield from ((old.key, key) for key in standing.get(str(old.action.address), ()))


def _what_it_points_at_leaves_behind_it(index: Index) -> Iterator[Edge]:
    leaving = {d.action.id: d.key for d in index.leaving() if d.action.id}
    for old in index.leaving():
        before = _before(old)
        for member in referers(BY_NAME[before.kind], before) if before else ():
            if member in leaving:
                yield leaving[member], old.key


def _a_unique_value_is_taken_over_before_the_old_leaves(index: Index) -> Iterator[Edge]:
    given_up = {place: d.key for d in index.leaving() for place in _gives_up(d)}
    for draft, field, change in index.changes() if given_up else ():
        if field.transfer and (giver := given_up.get((draft.action.address.kind, change.path, change.after))):
            yield giver, draft.key


def _gives_up(draft: Draft) -> Iterator[tuple[str, Path, str]]:
    """The unique values that an object which leaves still holds."""
    before = _before(draft)
    for field in BY_NAME[draft.action.address.kind].moving:
        if before and (value := before.properties.get(field.path)):
            yield draft.action.address.kind, field.path, value


def _keys_are_freed_first(index: Index) -> Iterator[Edge]:
    for old, takers in index.early.items():
        yield from ((taker, old) for taker in takers)


def _what_names_it_goes_before_it_is_deleted(index: Index) -> Iterator[Edge]:
    deleted = {d.action.id: d.key for d in index.leaving() if _deletes(d)}
    for draft in index.leaving() if deleted else ():
        yield from ((deleted[m], draft.key) for m in _named(draft) if m in deleted)


def _deletes(draft: Draft) -> bool:
    return BY_NAME[draft.action.address.kind].retire is Retire.DELETE


def _named(draft: Draft) -> Iterator[Any]:
    """What the object names until now."""
    before = _before(draft)
    for field in BY_NAME[draft.action.address.kind].referring if before else ():
        yield from members(field, before.properties.get(field.path) if before else None)


def _before(draft: Draft) -> Observed | None:
    return draft.action.change.before if draft.action.change else None


RULES: tuple[Callable[[Index], Iterator[Edge]], ...] = (
    _targets_come_first,
    _a_revived_one_waits_for_what_it_names,
    _parts_come_in_turn,
    _default_comes_first,
    _followers_come_before_the_old_leaves,
    _old_leaves_last,
    _what_it_points_at_leaves_behind_it,
    _a_unique_value_is_taken_over_before_the_old_leaves,
    _keys_are_freed_first,
    _what_names_it_goes_before_it_is_deleted,
)


def needs_of(index: Index) -> dict[Key, set[Key]]:
    """What must have succeeded before each action."""
    needs: dict[Key, set[Key]] = {d.key: set() for d in index.drafts}
    for rule in RULES:
        for later, earlier in rule(index):
            if later != earlier:
                needs[later].add(earlier)
    for old, takers in index.early.items():  # it leaves only when nothing but itself keeps its successor from coming
        for taker in takers:
            before = reached(needs, needs[taker])
            needs[old] |= {n for n in before if n != old and old not in reached(needs, needs[n])}
    return needs


def reached(edges: Mapping[Key, Collection[Key]], start: Iterable[Key]) -> set[Key]:
    """Everything that can be come to from the start, however far, and the start itself."""
    found: set[Key] = set()
    todo = [*start]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += edges[one]
    return found


def ordered(drafts: Sequence[Draft], needs: Mapping[Key, set[Key]]) -> tuple[Action, ...]:
    """Actions with positions. Among those that may go at the same time, the order of the drafts holds.

    Raises graphlib.CycleError when some wait for each other.
    """
    by_key = {d.key: d for d in drafts}
    rank = {d.key: n for n, d in enumerate(drafts)}
    sorter = TopologicalSorter({k: {n for n in needs[k] if n in by_key} for k in by_key})
    sorter.prepare()
    position: dict[Key, int] = {}
    actions: list[Action] = []
    while sorter.is_active():
        for key in sorted(sorter.get_ready(), key=rank.__getitem__):
            mine = tuple(sorted(position[n] for n in needs[key] if n in position))
            position[key] = len(actions)
            actions.append(replace(by_key[key].action, needs=mine))
            sorter.done(key)
    return tuple(actions)
