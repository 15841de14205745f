"""Whether an object is as so many of the actions on it leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reconciler.basis import stable
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Retire
from reconciler.kinds.values import comparable, refs_in
from reconciler.model import ACTIVE, Action, Observed, Path, Stamp, Verb
from reconciler.stamp import digest
from reconciler.standing.members import is_on_its_way
from reconciler.standing.now import Now


def is_at(now: Now, one: Observed | None, steps: Sequence[Action], number: int) -> bool:
    """Whether an object is as the first `number` of the actions on it leave it."""
    done, next_one = steps[:number], next(iter(steps[number:]), None)
    last, first = done[-1] if done else None, steps[0]
    if one is None:
        gone = last is not None and last.verb is Verb.RETIRE and BY_NAME[last.address.kind].retire is Retire.DELETE
        return gone or (last is None and first.verb is Verb.CREATE)
    if last is None and first.verb is Verb.CREATE:
        return False
    if last is not None and last.verb is Verb.RETIRE and BY_NAME[last.address.kind].retire is Retire.DELETE:
        return _is_made_anew(now, first, one)
    was = first.change.before if first.change else None
    if last is not None and last.verb is Verb.RETIRE and was and was.active and not one.active:
        return True  # by this plan, or because what it was made for is gone
    return _values_fit(now, one, first, done, next_one) and _mark_fits(now, one, first, last)


def _values_fit(now: Now, one: Observed, first: Action, done: Sequence[Action], next_one: Action | None) -> bool:
    """Whether every field has the value that was written last, or was found; lists may be on their way."""
    kind, before = BY_NAME[one.kind], first.change.before if first.change else None
    written = {c.path: c.after for a in done if a.change for c in a.change.fields}
    wanted: dict[Path, Any] = dict(written)
    if before is not None:
        told = {*stable(before, list(written)), *(p for p in stable(one) if p[0] != "metadata")}
        wanted = {p: before.properties.get(p) for p in told} | written
        wanted.setdefault(ACTIVE, before.active)
    elif ACTIVE not in written:
        wanted[ACTIVE] = True
    flag = (kind.default_flag,)
    if before is not None and before.properties.get(flag) != one.properties.get(flag):
        return False
    for path, value in wanted.items():
        field = kind.field_at(path)
        is_now = one.active if path == ACTIVE else one.properties.get(path)
        if field is None or (field.transfer and is_now is None and now.is_held(one.kind, value)):
            continue
        settled = now.settled(value)
        same = comparable(field, settled) == comparable(field, is_now)
        if not same and not (path in written and _is_told(one, before, field, path, comparable(field, settled))):
            return False
    return is_on_its_way(now, one, next_one)


def _is_told(one: Observed, before: Observed | None, field: Field, path: Path, value: Any) -> bool:
    """Whether the mark says that a value was written which Stripe does not answer, or has rewritten."""
    if one.stamp is None or one.stamp.fields.get(path) != digest(value):
        return False
    old = before.stamp.fields.get(path) if before and before.stamp else None
    back = digest(comparable(field, one.properties.get(path)))
    return field.write_only or (field.rewritten and (old != digest(value) or one.stamp.returned.get(path) == back))


def _mark_fits(now: Now, one: Observed, first: Action, last: Action | None) -> bool:
    """Whether the object bears the mark that the last action done has left, or the first has found."""
    before = first.change.before if first.change else None
    expected = (before.stamp if before else None) if last is None else _settled(now, last)
    if not BY_NAME[one.kind].stampable:
        return True
    if expected is None or one.stamp is None:
        return expected is one.stamp
    return replace(expected, returned={}) == replace(one.stamp, returned={})


def _settled(now: Now, action: Action) -> Stamp | None:
    """The mark that an action leaves, as far as the ids that it waits for are known."""
    if action.stamp is None:
        return None
    fields = dict(action.stamp.fields)
    for path, value in action.pending.items():
        known = now.settled(value)
        if not any(refs_in(known)):
            fields[path] = digest(comparable(BY_NAME[action.address.kind].leaf(path), known))
    return replace(action.stamp, fields=fields)


def _is_made_anew(now: Now, gone: Action, one: Observed) -> bool:
    """Whether what is there under a deleted object's id is the one that this plan makes in its place."""
    return any(
        a.verb is Verb.CREATE and now.ids.get(a.address) == one.id and a.address == gone.address
        for a in now.plan.actions
    )
