"""Which objects leave service, which cannot, and who still points at them (design 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.diff import Difference, address_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind, Retire, Settable
from reconciler.kinds.values import members
from reconciler.model import Address, Cause, Desired, FieldChange, Observed, Path, Verb
from reconciler.pair import Pairs, moved
from reconciler.stamp import digest


@dataclass(frozen=True, slots=True)
class Leaving:
    """An object that is retired or released, and why, in words for people."""

    address: Address
    observed: Observed
    verb: Verb
    reason: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Leave:
    """Everything that goes, what must be said about it, and what must not go."""

    going: tuple[Leaving, ...]
    warnings: tuple[str, ...]
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pointer:
    """A field of an observed object that names another object."""

    holder: Observed
    path: Path
    holds: bool


def leaving(desired: Desired, observed: Sequence[Observed], pairs: Pairs, differences: Sequence[Difference]) -> Leave:
    """Decide for every object of ours that no resource declares any more, and for those that are replaced."""
    going: list[Leaving] = []
    warnings: list[str] = []
    refusals: list[str] = []
    pointers = _pointers(observed)
    repointed = {
        (c.path, difference.pair.observed.id)
        for difference in differences
        for change in difference.changes
        for c in change.fields
        if difference.pair.observed
    }
    by_id = {o.id: o for o in observed}
    candidates = list(_candidates(desired, pairs))
    going_ids = {o.id for _, o, _ in candidates}
    kept = set(pairs.ids.values())
    for address, one, successor in candidates:
        kind = BY_NAME[one.kind]
        still = [p for p in pointers.get(one.id, []) if (p.path, p.holder.id) not in repointed]
        holding = [p for p in still if p.holds]
        parent = by_id.get(_parent(kind, one))
        served = parent is not None and (parent.id in kept or (parent.active and parent.id not in going_ids))
        if _is_released(desired, address):
            going.append(Leaving(address, one, Verb.RELEASE, "stays as it is, and is no longer ours"))
        elif kind.default_flag and one.properties.get((kind.default_flag,)):
            going.append(Leaving(address, one, Verb.RELEASE, "the account's default cannot be retired: released"))
        elif kind.retire is Retire.NEVER:
            warnings.append(f"{address}: {one.id} stays in service: its kind is never retired automatically")
        elif kind.parent and not served and (parent is None or holding):
            continue  # out of service with its parent, under which Stripe does not let it be archived (design 5.3)
        elif holding:
            field, holder = holding[0].path[-1], holding[0].holder.id
            refusals.append(
                f"{address}: {one.id} cannot be archived while it is the {field} of {holder}; "
                f"declare another {field} there, or keep {address}"
            )
        else:
            going.append(_retired(kind, address, one, successor))
            warnings += _dangling(one, [p for p in still if p.holder.active and p.holder.id not in going_ids])
    return Leave(tuple(going), tuple(warnings), tuple(refusals))


def _dangling(one: Observed, still: Sequence[_Pointer]) -> Iterator[str]:
    for pointer in still:
        field = BY_NAME[pointer.holder.kind].field_at(pointer.path)
        if field and field.settable is not Settable.ON_CREATE:
            yield f"{pointer.holder.id} still points at {one.id} ({field.name}), which leaves service"


def _candidates(desired: Desired, pairs: Pairs) -> Iterator[tuple[Address, Observed, Address | None]]:
    """Those that leave, with the address that takes their place, if any; referring objects before what they name."""
    for one in pairs.pairs:
        if one.desired:
            for old in (*one.predecessors, *one.duplicates):
                yield one.desired.address, old, one.desired.address
    alone = [p for p in pairs.pairs if p.desired is None and p.observed]
    for one in alone:
        assert one.observed is not None
        yield moved(desired.moved, address_of(one)), one.observed, None


def _retired(kind: Kind, address: Address, one: Observed, successor: Address | None) -> Leaving:
    stamp = one.stamp
    drifted = stamp is not None and stamp.fields.get(("active",)) == digest(False)
    cause = Cause.DRIFTED if drifted else Cause.EDITED
    fields = (FieldChange(("active",), True, False, cause=cause),)
    return Leaving(address, one, Verb.RETIRE, _consequence(kind, one, successor), fields)


def _consequence(kind: Kind, one: Observed, successor: Address | None) -> str:
    text = f"{one.id} {kind.retired_means}"
    if kind.natural_key and not kind.own_id:
        value = one.properties.get((kind.natural_key,))
        if successor and value:
            return f"{text}; code that uses this id fails, code that uses {kind.natural_key} {value} follows"
        if successor:
            return f"{text}; it has no {kind.natural_key}: code that uses this id fails, and nothing leads it on"
        if value:
            return f"{text}; code that uses this id or {kind.natural_key} {value} fails"
    return text


def _is_released(desired: Desired, address: Address) -> bool:
    parent = BY_NAME[address.kind].parent
    return any(
        r == address or (parent and parent[0] == r.kind and address.name.startswith(f"{r.name}."))
        for r in desired.released
    )


def _parent(kind: Kind, one: Observed) -> str:
    return str(one.properties.get((kind.parent[1],))) if kind.parent else ""


def _pointers(observed: Sequence[Observed]) -> dict[str, list[_Pointer]]:
    found: dict[str, list[_Pointer]] = {}
    for one in observed:
        kind = BY_NAME[one.kind]
        for path, value in one.properties.items():
            field = kind.field_at(path)
            if field and field.refers_to:
                for member in members(field, value):
                    found.setdefault(member, []).append(_Pointer(one, path, field.holds))
    return found


def referers(kind: Kind, one: Observed) -> Iterator[str]:
    """What an object points at by fields that outlive its retirement, so that it goes before them."""
    for path, value in one.properties.items():
        field = kind.field_at(path)
        if field and field.refers_to and field.settable is not Settable.ON_UPDATE:
            yield from members(field, value)
