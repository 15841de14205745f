"""What YAML takes for granted in an account, put into a throwaway emulator: blank, or as the YAML says it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.cli.foreign import Foreign, foreign
from reconciler.emulator.server import Running
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Kind, Settable
from reconciler.kinds.values import parameters, refs_in, swap_refs
from reconciler.model import FILE, Address, Desired, Ref, Resource

_AT_CREATION = (Settable.ALWAYS, Settable.ON_CREATE, Settable.ONCE)


@dataclass(frozen=True, slots=True)
class Room:
    """An account of a throwaway emulator, by the API and by the emulator's own door."""

    running: Running
    gateway: Gateway
    account: str
    livemode: bool

    def order(self, what: str, **body: Any) -> Any:
        return self.running.order(what, account=self.account, livemode=self.livemode, **body)


def furnish(room: Room, before: Desired, after: Desired) -> list[str]:
    """Put in what no YAML creates: an account's defaults, and what is made in the Dashboard. Gives what was assumed."""
    both = {**after.resources, **before.resources}
    assumed = []
    for kind in KINDS:
        declared = [r for a, r in both.items() if a.kind == kind.name]
        flag = kind.default_flag if declared else ""
        if flag and not any(one.get(flag) for one in room.gateway.list(kind.path, kind.served)):
            room.order("stand-ins", path=kind.path, id=f"unknown_{kind.name}")
        for resource in declared:
            flagged = bool(flag and resource.hints.get(flag))
            if not (flagged or kind.creatable or kind.part):
                room.order("stand-ins", path=kind.path, **_told(kind, resource))
            if (flagged or not kind.creatable) and not kind.part and resource.address not in before.resources:
                assumed.append(f"{resource.address}: nothing is known of the one in the account: taken for a blank one")
    return assumed


def _told(kind: Kind, resource: Resource) -> dict[str, Any]:
    """What there is to say of an object that is only found."""
    hint, key = resource.hints.get("adopt"), kind.natural_key or ""
    name = resource.properties.get((key,))
    return {"id": hint or f"unknown_{resource.address.name}"} | ({"params": {key: name}} if name else {})


def adopted(
    room: Room, desired: Desired, hints: Mapping[Address, str], before: Desired, placed: Mapping[Address, str]
) -> dict[Address, str]:
    """Put in what `adopt:` names, as the YAML says that it is. Gives what has nothing yet to belong to.

    `placed` are the ids of what is there already, by address.
    """
    there, missing = dict(placed), {}
    for address in (a for a in desired.order if a in hints):
        resource = desired.resources[address]
        owners = [ref.address for ref in _refs(resource) if ref.address not in there]
        for owner in owners:
            if (ident := _by_own_id(room, desired, owner, before)) is not None:
                there[owner] = ident
        if not all(owner in there for owner in owners) or not _created(room, resource, there, hints[address]):
            missing[address] = hints[address]
    return missing


def _by_own_id(room: Room, desired: Desired, owner: Address, before: Desired) -> str | None:
    """The id of a resource that has one of its own, and exists by now; what was declared before fills it in."""
    kind, resource = BY_NAME[owner.kind], desired.resources.get(owner)
    ident = resource.properties.get(("id",)) if resource and kind.own_id else None
    if resource is None or not isinstance(ident, str):
        return None
    if any(r.properties.get(("id",)) == ident for a, r in before.resources.items() if a.kind == owner.kind):
        room.order("stand-ins", path=kind.path, id=ident)
    elif any(_refs(resource)) or not _created(room, resource, {}, ident):
        return None
    return ident


def _refs(resource: Resource) -> Iterator[Ref]:
    values = _values(resource).values()
    return (ref for value in values for ref in refs_in(value))


def _values(resource: Resource) -> dict[tuple[str, ...], Any]:
    """What creation sends, without files: whether those are there, nobody knows."""
    kind = BY_NAME[resource.address.kind]
    rows = ((kind.leaf(path), path, value) for path, value in resource.properties.items() if value is not None)
    given = {path: value for row, path, value in rows if row.settable in _AT_CREATION}
    return {p: v for p, v in given.items() if not any(ref.address.kind == FILE for ref in refs_in(v))}


def _created(room: Room, resource: Resource, ids: Mapping[Address, str], ident: str) -> bool:
    """Create an object as declared, under an id of choice and without a mark."""
    kind = BY_NAME[resource.address.kind]
    params = swap_refs(parameters(kind, _values(resource), {}, creating=True), lambda ref: ids[ref.address])
    try:
        raw = room.gateway.post(kind.path, params, idempotency_key=f"stand-in-{resource.address}")
        if raw["id"] != ident:
            room.order("objects", id=raw["id"], set={"id": ident})
    except (ApiFailure, ValueError):
        return False
    return True


def named(room: Room, desired: Desired) -> dict[Address, list[Foreign]]:
    """Put in what is named by id. Gives what belongs to something that is yet to be created, by its address."""
    waiting: dict[Address, list[Foreign]] = {}
    for one in sorted(foreign(desired), key=lambda f: f.parent is None):
        if isinstance(one.parent, Ref):
            waiting.setdefault(one.parent.address, []).append(one)
        else:
            put(room, one, one.parent, desired)
    return waiting


def put(room: Room, one: Foreign, parent: str | None, desired: Desired) -> None:
    """Put in one object, blank, unless something has its id."""
    currency = next(
        (r.properties[("currency",)] for r in desired.resources.values() if ("currency",) in r.properties), None
    )
    kind = BY_NAME[one.user.address.kind]
    members = sorted({path[0] for path, value in one.user.properties.items() if value is not None})
    told = {"path": one.path, "parent": parent, "currency": currency}
    body = {key: value for key, value in told.items() if value}
    room.order("stand-ins", id=one.id, **body, **{"for": {"path": kind.path, "members": members}})
