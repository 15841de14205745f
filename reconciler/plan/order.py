"""What must have happened before what, one rule after the other, and the order that comes of it (design 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Retire
from reconciler.kinds.values import members
from reconciler.model import Action, Address, Cause, FieldChange, Path, Ref, Verb
from reconciler.plan.draft import LEAVES, Draft, Key
from reconciler.plan.pointers import referers

Edge = tuple[Key, Key]
"""An action, and one that must have succeeded before it."""


@dataclass(frozen=True, slots=True)
class _Scene:
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
    def of(cls, drafts: Sequence[Draft]) -> _Scene:
        arriving = {d.action.address: d.key for d in drafts if d.action.verb in (Verb.CREATE, Verb.REVIVE)}
        revived = {d.action.id: d.key for d in drafts if d.action.verb is Verb.REVIVE and d.action.id}
        retiring = {d.action.id: d.key for d in drafts if d.action.verb is Verb.RETIRE and d.action.id}
        takers: dict[Any, list[Key]] = {}
        for draft in drafts:
            if draft.action.verb in (Verb.CREATE, Verb.REVIVE) and (place := _freed(draft.action, after=True)):
                takers.setdefault(place, []).append(draft.key)
        freed = ((d.key, takers.get(_freed(d.action, after=False))) for d in drafts if d.action.verb is Verb.RETIRE)
        return cls(drafts, arriving, revived, retiring, {key: keys for key, keys in freed if keys})

    def changes(self) -> Iterator[tuple[Draft, FieldChange]]:
        for draft in self.drafts:
            for change in draft.action.change.fields if draft.action.change else ():
                yield draft, change

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


def _targets_come_first(scene: _Scene) -> Iterator[Edge]:
    for draft, change in scene.changes():
        field = BY_NAME[draft.action.address.kind].field_at(change.path)
        for member in members(field, change.after) if field else ():
            key = scene.arriving.get(member.address) if isinstance(member, Ref) else scene.revived.get(member)
            if key:
                yield draft.key, key
    for draft in scene.drafts if scene.revived else ():
        before = draft.action.change.before if draft.action.verb is Verb.REVIVE and draft.action.change else None
        for field in BY_NAME[draft.action.address.kind].referring if before else ():
            for member in members(field, before.properties.get(field.path) if before else None):
                if member in scene.revived:
                    yield draft.key, scene.revived[member]


def _followers_come_before_the_old_leaves(scene: _Scene) -> Iterator[Edge]:
    for draft, change in scene.changes():
        field = BY_NAME[draft.action.address.kind].field_at(change.path)
        for member in members(field, change.before) if field else ():
            old = scene.retiring.get(member)
            if old and old not in scene.early:
                yield old, draft.key


def _parts_come_in_turn(scene: _Scene) -> Iterator[Edge]:
    """Each carries the stamp of those before it."""
    for keys in scene.standing().values():
        yield from ((later, earlier) for earlier, later in pairwise(keys))


def _default_comes_first(scene: _Scene) -> Iterator[Edge]:
    """The account's default is created before any other of its kind (design 5.4)."""
    first = {d.action.address.kind: d.key for d in scene.drafts if _is_first(d.action)}
    for draft in scene.drafts:
        if draft.action.verb is Verb.CREATE and draft.action.address.kind in first:
            yield draft.key, first[draft.action.address.kind]


def _is_first(action: Action) -> bool:
    flag = BY_NAME[action.address.kind].default_flag
    after = action.change.after if action.change else None
    return bool(flag and action.verb is Verb.CREATE and after and after.hints.get(flag))


def _old_leaves_last(scene: _Scene) -> Iterator[Edge]:
    """Behind everything at its address, what it points at behind it, and behind who takes a unique value over."""
    leaving = {d.action.id: d.key for d in scene.leaving() if d.action.id}
    given_up = {place: d.key for d in scene.leaving() for place in _gives_up(d)}
    for draft, change in scene.changes():
        if isinstance(change.after, str):
            giver = given_up.get((draft.action.address.kind, change.path, change.after))
            if giver:
                yield giver, draft.key
    standing = scene.standing()
    for old in scene.leaving():
        before = old.action.change.before if old.action.change else None
        kind = BY_NAME[old.action.address.kind]
        for member in referers(kind, before) if before else ():
            if member in leaving:
                yield leaving[member], old.key
        if old.key not in scene.early:
            yield from ((old.key, key) for key in standing.get(str(old.action.address), ()))


def _gives_up(draft: Draft) -> Iterator[tuple[str, Path, str]]:
    """The unique values that an object which leaves still holds."""
    before = draft.action.change.before if draft.action.change else None
    for field in BY_NAME[draft.action.address.kind].moving:
        if before and (value := before.properties.get(field.path)):
            yield draft.action.address.kind, field.path, value


def _keys_are_freed_first(scene: _Scene) -> Iterator[Edge]:
    for old, takers in scene.early.items():
        yield from ((taker, old) for taker in takers)


def _what_names_it_goes_before_it_is_deleted(scene: _Scene) -> Iterator[Edge]:
    deleted = {d.action.id: d.key for d in scene.leaving() if _deletes(d)}
    for draft in scene.leaving() if deleted else ():
        before, kind = draft.action.change and draft.action.change.before, BY_NAME[draft.action.address.kind]
        for field in kind.referring if before else ():
            for member in members(field, before.properties.get(field.path) if before else None):
                if member in deleted:
                    yield deleted[member], draft.key


def _deletes(draft: Draft) -> bool:
    return BY_NAME[draft.action.address.kind].retire is Retire.DELETE


RULES: tuple[Callable[[_Scene], Iterator[Edge]], ...] = (
    _targets_come_first,
    _parts_come_in_turn,
    _default_comes_first,
    _followers_come_before_the_old_leaves,
    _old_leaves_last,
    _keys_are_freed_first,
    _what_names_it_goes_before_it_is_deleted,
)


def needs_of(drafts: Sequence[Draft]) -> dict[Key, set[Key]]:
    """What must have succeeded before each action."""
    scene = _Scene.of(drafts)
    needs: dict[Key, set[Key]] = {d.key: set() for d in drafts}
    for rule in RULES:
        for later, earlier in rule(scene):
            if later != earlier:
                needs[later].add(earlier)
    for old, takers in scene.early.items():  # it leaves only when nothing but itself keeps its successor from coming
        for taker in takers:
            needs[old] |= {n for n in _before(needs, taker) if n != old and old not in _before(needs, n)}
    return needs


def _before(needs: Mapping[Key, set[Key]], key: Key) -> set[Key]:
    """Everything that must have succeeded before an action, however far back."""
    found: set[Key] = set()
    todo = [*needs[key]]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += needs[one]
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


def closure(drafts: Sequence[Draft], needs: Mapping[Key, set[Key]], only: Sequence[Address]) -> set[Key]:
    """The chosen addresses, what they need, and what must follow them."""
    followers: dict[Key, set[Key]] = {old: set(takers) for old, takers in _Scene.of(drafts).early.items()}
    at = {d.key: d.action.address for d in drafts}
    for draft in drafts:
        for needed in needs[draft.key]:
            if _must_follow(draft, at[needed]):
                followers.setdefault(needed, set()).add(draft.key)
    chosen: set[Key] = set()
    todo = [d.key for d in drafts if d.action.address in only]
    while todo:
        key = todo.pop()
        if key not in chosen:
            chosen.add(key)
            todo += [*needs[key], *followers.get(key, ())]
    return chosen


def _must_follow(draft: Draft, needed: Address) -> bool:
    """What follows on its own account, and what leaves with what it is, or is inside of."""
    address, change = draft.action.address, draft.action.change
    if any(c.cause is Cause.FOLLOWED for c in (change.fields if change else ())):
        return True
    parent = BY_NAME[address.kind].parent
    inside = parent is not None and parent[0] == needed.kind and address.name.startswith(f"{needed.name}.")
    return draft.key[0] == LEAVES and (address == needed or inside)
