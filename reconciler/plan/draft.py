"""Changes become calls: what each sends, what it stamps, and why it cannot be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from reconciler import stamp as stamps
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.kinds.values import comparable, parameters, refs_in
from reconciler.model import (
    ACTIVE,
    Action,
    Change,
    Desired,
    Difference,
    FieldChange,
    How,
    Observed,
    Part,
    Path,
    Stamp,
    Verb,
)
from reconciler.plan.leave import Leaving

Key = tuple[str, str]
"""What tells one action of a plan from another: an address and a part of it, or LEAVES and an id."""

LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class Draft:
    """An action that does not know its position yet."""

    key: Key
    action: Action


class Holders:
    """Who has each value that moves from one object to another, such as a lookup key (design 4)."""

    def __init__(self, desired: Desired, observed: Sequence[Observed], differences: Sequence[Difference]):
        self.project = desired.project
        self.paired = {d.pair.observed.id: d for d in differences if d.pair.observed}
        self.by_value: dict[tuple[str, Path, Any], list[Observed]] = {}
        for one in observed:
            for field in BY_NAME[one.kind].moving:
                if (value := one.properties.get(field.path)) is not None:
                    self.by_value.setdefault((one.kind, field.path, value), []).append(one)

    def others(self, kind: Kind, path: Path, value: Any, old: Observed | None) -> Iterator[tuple[Observed, bool]]:
        """Every other object that has the value, and whether it is ours to take it from."""
        for one in self.by_value.get((kind.name, path, value), ()):
            if old is None or one.id != old.id:
                yield one, self._may_lose(one, path)

    def _may_lose(self, one: Observed, path: Path) -> bool:
        """One of ours gives up what the YAML gave it; what somebody else gave it stays, unless it leaves."""
        if one.id in self.paired:
            return path in self.paired[one.id].settled or bool(one.stamp and path in one.stamp.fields)
        return bool(one.stamp and one.stamp.project == self.project)


def drafts(desired: Desired, difference: Difference, holders: Holders) -> Iterator[Draft]:
    """The calls that one declared resource takes: none, one, or a second for what must exist first."""
    pair, address = difference.pair, difference.pair.address
    kind, resource, old = BY_NAME[address.kind], difference.pair.desired, difference.pair.observed
    assert resource is not None
    changes = list(difference.changes)
    if old is None:
        verb = Verb.CREATE
    else:
        adopted = pair.how is not How.STAMP or (old.stamp is not None and old.stamp.project != desired.project)
        if not changes and not adopted and not difference.restamp:
            return
        verb = _verb(changes, adopted)
        changes = changes or [Change(address, Part.BODY, old, resource, ())]
        if len(changes) == 2 and not (verb is Verb.REVIVE and any(_waits(kind, c) for c in changes[1].fields)):
            changes = [replace(changes[0], fields=(*changes[0].fields, *changes[1].fields))]
    done: set[Path] = set()
    for change in changes:
        done |= {c.path for c in change.fields}
        yield _draft(desired, difference, change, verb, done, holders)
        verb = Verb.UPDATE


def _verb(changes: Sequence[Change], adopted: bool) -> Verb:
    active = next((c for change in changes for c in change.fields if c.path == ACTIVE), None)
    if active is not None:
        return Verb.REVIVE if active.after else Verb.RETIRE
    return Verb.ADOPT if adopted else Verb.UPDATE if changes else Verb.RESTAMP


def _waits(kind: Kind, change: FieldChange) -> bool:
    field = kind.field_at(change.path)
    return field is not None and field.refers_to is not None


def _draft(
    desired: Desired, difference: Difference, change: Change, verb: Verb, done: AbstractSet[Path], holders: Holders
) -> Draft:
    """One call for one change. It stamps what it writes, and what is so already; the rest is carried over."""
    old = change.before
    kind = BY_NAME[change.address.kind]
    creating = old is None and change.part is Part.BODY
    values = {c.path: c.after for c in change.fields if not (creating and c.after is None)}
    base = {**(old.properties if old else {}), **difference.settled}
    params = parameters(kind, values, {} if creating else base, creating=creating)
    params |= _transfers(kind, values, old, holders)
    mark, pending = _stamp(desired, difference, done)
    action = Action(verb, change.address, old.id if old else None, params, change, stamp=mark, pending=pending)
    return Draft((str(change.address), change.part.value), action)


def _stamp(desired: Desired, difference: Difference, written: AbstractSet[Path]) -> tuple[Stamp, dict[Path, Any]]:
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
        elif field.refers_to and any(refs_in(value)):
            pending[path] = value
        else:
            fields[path] = stamps.digest(comparable(field, value))
        if before and path in before.returned and path not in written and fields.get(path) == before.fields.get(path):
            returned[path] = before.returned[path]
    return Stamp(desired.project, resource.address, fields, returned), pending


def _transfers(kind: Kind, values: Mapping[Path, Any], old: Observed | None, holders: Holders) -> dict[str, bool]:
    """Move a unique value over, when whoever holds it is ours (design 4)."""
    params = {}
    for path, value in values.items():
        field = kind.field_at(path)
        if field and field.transfer and any(ours for _, ours in holders.others(kind, path, value, old)):
            params[field.transfer] = True
    return params


def leave_draft(one: Leaving) -> Draft:
    """The call that retires or releases an object, and leaves a true stamp or none."""
    change = Change(one.address, Part.BODY, one.observed, None, one.fields)
    kind = BY_NAME[one.address.kind]
    params = parameters(kind, {c.path: c.after for c in one.fields}, one.observed.properties)
    mark = one.observed.stamp
    if one.verb is Verb.RELEASE:
        mark = None
    elif mark is not None and mark.readable:
        moves = {f.path for f in kind.moving}  # a successor may take it: its absence is nobody's edit
        fields = {p: d for p, d in mark.fields.items() if p not in moves}
        mark = replace(mark, fields={**fields, **{c.path: stamps.digest(c.after) for c in one.fields}})
    action = Action(one.verb, one.address, one.observed.id, params, change, one.reason, stamp=mark)
    return Draft((LEAVES, one.observed.id), action)


def objections(drafts: Iterable[Draft], holders: Holders) -> Iterator[str]:
    """Why Stripe would refuse a call, found out before anything is written."""
    for draft in drafts:
        yield from _crowded(draft.action)
        yield from _taken(draft.action, holders)


def _crowded(action: Action) -> Iterator[str]:
    """Metadata that would not hold everybody's keys (design 4)."""
    sent: Mapping[str, str] = action.params.get("metadata", {})
    before = action.change.before.metadata if action.change and action.change.before else {}
    own = {k for k in before if not stamps.is_stamp_key(k)} | set(sent)
    own -= {k for k, value in sent.items() if value == ""}
    pending = dict.fromkeys(action.pending, "------")
    mark = action.stamp and replace(action.stamp, fields={**action.stamp.fields, **pending})
    count = len(own) + (len(stamps.encode(mark)) if mark else 0)
    if count > stamps.METADATA_KEYS:
        yield (
            f"{action.address}: {count} metadata keys, ours included, and Stripe takes {stamps.METADATA_KEYS}: "
            f"declare fewer, or delete keys that other code has set"
        )


def _taken(action: Action, holders: Holders) -> Iterator[str]:
    """A unique value that somebody else has, in service or archived. Where it pairs, pairing has said so."""
    kind, change = BY_NAME[action.address.kind], action.change
    for one in change.fields if change and change.after else ():
        field = kind.field_at(one.path)
        if field is None or not field.transfer or one.after is None or change is None:
            continue
        for holder, ours in holders.others(kind, one.path, one.after, change.before):
            if not ours:
                yield (
                    f"{action.address}: {holder.id} has the {field.name} {one.after} already, and did not get it from "
                    f"this YAML. Give {action.address} another {field.name}, or take it off {holder.id}"
                )
