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
    pair, old = difference.pair, difference.pair.observed
    kind = BY_NAME[pair.address.kind]
    others = bool(old and old.stamp and old.stamp.project != desired.project)
    adopted = kind.stampable and (pair.how is not How.STAMP or others)
    done: set[Path] = set()
    for change in _calls(kind, difference, adopted):
        done |= {c.path for c in change.fields}
        yield _draft(desired, difference, change, _verb(change, adopted), done, holders)
        adopted = False


def _calls(kind: Kind, difference: Difference, adopted: bool) -> list[Change]:
    """The changes as they go to Stripe: together where one call takes them, and in the order that it asks for."""
    pair = difference.pair
    assert pair.desired is not None
    parts = {c.part: c for c in difference.changes}
    body, links, switch = parts.get(Part.BODY), parts.get(Part.LINKS), parts.get(Part.SWITCH)
    apart = body and links and _is_revived(body, links) and any(_waits(kind, c) for c in links.fields)
    if body and links and pair.observed and not apart:
        parts[Part.BODY] = replace(body, fields=(*body.fields, *links.fields))
        del parts[Part.LINKS]
    if not (body or links) and (adopted or (difference.restamp and not parts)):
        parts[Part.BODY] = Change(pair.address, Part.BODY, pair.observed, pair.desired, ())
    first = Part.SWITCH if switch and pair.observed and switch.fields[0].after else None
    return [parts[part] for part in sorted(parts, key=lambda p: (p is not first, list(Part).index(p)))]


def _is_revived(*changes: Change) -> bool:
    return any(c.path == ACTIVE and c.after for change in changes for c in change.fields)


def _verb(change: Change, adopted: bool) -> Verb:
    if change.before is None:
        return Verb.CREATE if change.part is Part.BODY else Verb.UPDATE
    active = next((c for c in change.fields if c.path == ACTIVE), None)
    if active is not None:
        return Verb.REVIVE if active.after else Verb.RETIRE
    return Verb.ADOPT if adopted else Verb.UPDATE if change.fields else Verb.RESTAMP


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
    if change.part is Part.MEMBERS:
        params: dict[str, Any] = {c.path[0]: _members(c, old) for c in change.fields}
    elif change.part is Part.SWITCH:
        params = {}
    else:
        base = {**(old.properties if old else {}), **difference.settled}
        rows = old.rows if old else {}
        params = parameters(kind, values, {} if creating else base, creating=creating, rows=rows)
        params |= _transfers(kind, values, old, holders)
    mark, pending = _stamp(desired, difference, done) if kind.stampable else (None, {})
    ident, reason = old.id if old else None, _reason(kind, verb, old)
    action = Action(verb, change.address, ident, params, change, reason, stamp=mark, pending=pending)
    return Draft((str(change.address), change.part.value), action)


def _members(change: FieldChange, old: Observed | None) -> dict[str, Any]:
    """What is attached, and the rows that go: each is a call of its own."""
    before, after = change.before or (), change.after or ()
    rows = old.rows if old else {}
    return {
        "attach": tuple(m for m in after if m not in before),
        "detach": tuple(rows[change.path, m] for m in before if m not in after),
    }


def _reason(kind: Kind, verb: Verb, old: Observed | None) -> str:
    if verb is Verb.CREATE and kind.secret:
        return "its secret comes back this once: --secrets-to FILE keeps it"
    return f"{old.id} {kind.retired_means}" if verb is Verb.RETIRE and old else ""


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
