"""What code and customers go on buying under the same name: an address, a natural key, a field that points at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.fixed import is_copied
from reconciler.kinds.inside import moved
from reconciler.model import Action, Address, Desired, Observed, Pairs, Plan, Properties, Ref, Verb

_COMES = (Verb.CREATE, Verb.REVIVE)


@dataclass(frozen=True, slots=True)
class Sale:
    """What was sold under a name, and what would be; None where that was not read.

    `subject` is the address to name in `--allow`, `name` how to begin a sentence about it. `old` and `new` are the id
    of the one, and the address of the other, or its id where it is not ours.
    """

    subject: Address
    name: str
    old: str
    new: str
    before: Properties | None
    after: Properties | None


def sales(plan: Plan, desired: Desired, observed: Sequence[Observed], pairs: Pairs) -> Iterator[Sale]:
    """Every sale that a plan changes, each once, under the first of its names."""
    mine = [a for a in plan.actions if BY_NAME[a.address.kind].tariffs]
    found = (*_by_address(mine, desired, observed), *_by_key(mine, desired, observed))
    seen: set[tuple[str, str]] = set()
    for one in (*found, *_by_pointer(plan, desired, observed, pairs)):
        if (one.old, one.new) not in seen and one.old != one.new:
            seen.add((one.old, one.new))
            yield one


def _by_address(actions: Sequence[Action], desired: Desired, observed: Sequence[Observed]) -> Iterator[Sale]:
    """What is replaced; else what comes, with the one that last bore the address, though it be long out of service."""
    gone: set[Address] = set()
    for action in (a for a in actions if a.verb is Verb.RETIRE and a.change and a.change.after is None):
        old = action.change.before if action.change else None
        if old and action.address in desired.resources:
            gone.add(action.address)
            yield _sale(f"{action.address}", old, action, desired)
    for action in (a for a in actions if a.verb in _COMES and a.address not in gone):
        last = _last(action, desired, observed)
        if last and last.id != action.id:
            yield _sale(f"{action.address}, last sold as {last.id}", last, action, desired)


def _last(action: Action, desired: Desired, observed: Sequence[Observed]) -> Observed | None:
    """The object that bore an address last: the one that kept its natural key, else the newest."""
    kind = BY_NAME[action.address.kind]
    key = kind.key_of(desired.resources[action.address].properties)
    ours = [o for o in observed if o.kind == kind.name and o.stamp and o.stamp.project == desired.project]
    bore = [o for o in ours if o.stamp and moved(desired.moved, o.stamp.address) == action.address]
    bore = [o for o in bore if not is_copied(o)]  # lists are newest first, and max takes the first of equals
    return max(bore, key=lambda o: (key is not None and kind.key_of(o.properties) == key, o.created), default=None)


def _by_key(actions: Sequence[Action], desired: Desired, observed: Sequence[Observed]) -> Iterator[Sale]:
    """What takes a natural key over, and who had it."""
    for action in actions:
        kind = BY_NAME[action.address.kind]
        taken = action.change and any(c.path == (kind.natural_key,) and c.after for c in action.change.fields)
        if not taken or action.address not in desired.resources:
            continue
        key = kind.key_of(_after(action, desired))
        for one in observed:
            if one.kind == kind.name and one.id != action.id and kind.key_of(one.properties) == key:
                whose = one.stamp.address if one.stamp else one.id
                name = f"{action.address}, which takes {kind.natural_key} {key} over from {whose}"
                yield _sale(name, one, action, desired)


def _by_pointer(plan: Plan, desired: Desired, observed: Sequence[Observed], pairs: Pairs) -> Iterator[Sale]:
    """What a field names that holds just one thing with a price, such as the default price of a product."""
    by_id = {o.id: o for o in observed}
    declared = {ident: address for address, ident in pairs.ids.items()}
    for action in plan.actions:
        for change in action.change.fields if action.change else ():
            field = BY_NAME[action.address.kind].field_at(change.path)
            to = field.refers_to if field else None
            if field is None or not isinstance(to, str) or not BY_NAME[to].tariffs:
                continue
            if not isinstance(change.before, str) or change.after is None:
                continue
            old = by_id.get(change.before)
            new, after = _named(change.after, desired, by_id, declared)
            was = old.stamp.address if old and old.stamp else change.before
            name = f"{action.address}, whose {field.name} would be {new} instead of {was}"
            yield Sale(action.address, name, change.before, new, old.properties if old else None, after)


def _named(
    value: Any, desired: Desired, by_id: Mapping[str, Observed], declared: Mapping[str, Address]
) -> tuple[str, Properties | None]:
    """What a Ref or an id means, and what that will be."""
    address = value.address if isinstance(value, Ref) else declared.get(value)
    there = by_id.get(value) if isinstance(value, str) else None
    has = there.properties if there else None
    if address is None or address not in desired.resources:
        return str(address or value), has
    return str(address), {**(has or {}), **desired.resources[address].properties}


def _sale(name: str, old: Observed, action: Action, desired: Desired) -> Sale:
    return Sale(action.address, name, old.id, str(action.address), old.properties, _after(action, desired))


def _after(action: Action, desired: Desired) -> Properties:
    """What is declared, and what else an object has that stays or comes back."""
    stays = action.change.before if action.change and action.verb is not Verb.RETIRE else None
    return {**(stays.properties if stays else {}), **desired.resources[action.address].properties}
