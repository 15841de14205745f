"""Changes become calls: what each sends, what it stamps, and why it cannot be sent."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from reconciler import stamp as stamps
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.kinds.values import comparable, parameters, refs_in
from reconciler.model import (
    ACTIVE,
    PROTECT,
    Action,
    Change,
    Desired,
    Difference,
    FieldChange,
    How,
    Observed,
    Pair,
    Part,
    Path,
    Stamp,
    Verb,
)
from reconciler.plan.holders import Holders, transfers
from reconciler.plan.leave import Leaving

Key = tuple[str, str]
"""What tells one action of a plan from another: an address and a part of it, or LEAVES and an id."""

LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class Draft:
    """An action that does not know its position yet."""

    key: Key
    action: Action


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
        params |= transfers(kind, values, old, holders)
    mark, pending = _stamp(desired, difference, done) if kind.stampable else (None, {})
    ident, reason = old.id if old else None, _reason(kind, verb, difference.pair)
    action = Action(verb, change.address, ident, params, change, reason, stamp=mark, pending=pending)
    return Draft((str(change.address), change.part.value), action)


def _members(change: FieldChange, old: Observed | None) -> dict[str, Any]:
    """What is attached, and the rows that go: each is a call of its own."""
    before, after = (change.before or ()) if old else (), change.after or ()
    rows = old.rows if old else {}
    return {
        "attach": tuple(m for m in after if m not in before),
        "detach": tuple(rows[change.path, m] for m in before if m not in after),
    }


def _reason(kind: Kind, verb: Verb, pair: Pair) -> str:
    if verb is Verb.CREATE and kind.secret:
        told = "Stripe tells the secret this once: --secrets-to FILE keeps it"
        return f"it signs with another secret, which your code must be given. {told}" if pair.predecessors else told
    if (
        pair.observed
        and pair.observed.stamp
        and pair.observed.stamp.protected
        and not (pair.desired and pair.desired.protected)
    ):
        return "its protection is taken off"
    return f"{pair.observed.id} {kind.leaving_means}" if verb is Verb.RETIRE and pair.observed else ""


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
    if resource.protected:
        fields[PROTECT] = stamps.digest(True)
    return Stamp(desired.project, resource.address, fields, returned), pending


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
