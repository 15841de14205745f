"""Observed objects by what they can be found by, and the copies that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.kinds import BY_NAME
from reconciler.kinds.fixed import is_copied
from reconciler.kinds.inside import moved
from reconciler.kinds.kind import Kind
from reconciler.model import Address, Desired, Observed, Resource


class Index:
    """Observed objects by what they can be found by. Built once; nothing changes it afterwards."""

    def __init__(self, desired: Desired, observed: Sequence[Observed], takeover: Sequence[str]):
        self.desired = desired
        self.ours: dict[Address, list[Observed]] = {}
        self.theirs: dict[Address, list[Observed]] = {}
        self.warnings: list[str] = []
        self.by_id = {(o.kind, o.id): o for o in observed}
        self.by_kind: dict[str, list[Observed]] = {}
        self.by_key: dict[tuple[str, object], list[Observed]] = {}
        for o in observed:
            self.by_kind.setdefault(o.kind, []).append(o)
            kind = BY_NAME[o.kind]
            key = kind.key_of(o.properties) if o.active or not kind.frees_key else None
            if key is not None:
                self.by_key.setdefault((o.kind, key), []).append(o)
            if o.stamp and is_copied(o):
                if o.active and o.stamp.project == desired.project:
                    self.warnings.append(_copied(o))
            elif o.stamp and o.stamp.project in (desired.project, *takeover):
                owned = self.ours if o.stamp.project == desired.project else self.theirs
                owned.setdefault(moved(desired.moved, o.stamp.address), []).append(o)

    def in_service(self, kind: Kind, resource: Resource) -> list[Observed]:
        """Every object in service with the natural key of a resource."""
        return [o for o in self.by_key.get((kind.name, kind.key_of(resource.properties)), ()) if o.active]

    def borne_by(self, one: Observed) -> Address | None:
        """The address that an object of ours, or of a project that is taken over, bears today."""
        address = moved(self.desired.moved, one.stamp.address) if one.stamp else None
        if address is None:
            return None
        known = (*self.ours.get(address, ()), *self.theirs.get(address, ()))
        return address if any(one is o for o in known) else None


def _copied(one: Observed) -> str:
    assert one.stamp is not None
    return (
        f"{one.id} bears the mark of {one.stamp.address}, copied with the metadata of another object: "
        f"it is left alone. Take off its metadata keys that begin with stripe_portal, so that nobody takes it for ours"
    )
