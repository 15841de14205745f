"""How much a live object is like a declared resource that has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.importer.values import unusual
from reconciler.kinds import BY_NAME
from reconciler.kinds.fixed import must_replace
from reconciler.kinds.kind import Default, Field, Kind, Settable
from reconciler.kinds.values import comparable, members, refs_in, swap_refs
from reconciler.model import ACTIVE, FILE, Address, Observed, Path, Ref, Resource

_Pointers = Mapping[str, frozenset[tuple[Address, Path]]]


class Likeness:
    """Compares resources and objects of one kind. `placed` are the objects of other resources, for what they name."""

    def __init__(self, kind: Kind, placed: Mapping[Address, Observed], resources: Mapping[Address, Resource]):
        self.kind = kind
        self.placed = dict(placed)
        self.pointers = _pointers(kind, placed, resources)

    def buckets(
        self, free: Sequence[Resource], live: Sequence[Observed]
    ) -> Iterator[tuple[list[Resource], list[Observed]]]:
        """Those that may be alike, by the plain values that never change: everybody need not be compared with all."""
        found: dict[str, tuple[list[Resource], list[Observed]]] = {}
        for resource in free:
            found.setdefault(self._plain(self._settled(resource)), ([], []))[0].append(resource)
        for one in live:
            found.setdefault(self._plain(one.properties), ([], []))[1].append(one)
        yield from (bucket for bucket in found.values() if all(bucket))

    def is_pointed_at_alike(self, resource: Resource, one: Observed) -> bool:
        """The same, and whatever has an object already names both in the same places."""
        pointers = self.pointers
        return pointers.get(resource.address.name) == pointers.get(one.id) and self.is_same(resource, one)

    def is_same(self, resource: Resource, one: Observed) -> bool:
        """Equal, and nothing is special about the object besides."""
        return self.is_equal(resource, one) and set(unusual(self.kind, one)) <= {*resource.properties, *self._apart}

    def is_equal(self, resource: Resource, one: Observed) -> bool:
        """Everything that is declared is so, as far as it can be known yet."""
        for path, value in self._settled(resource).items():
            field = self.kind.field_at(path)
            if field is None or field.write_only or path in self._apart:
                continue
            if field.settable is Settable.ON_UPDATE and any(ref.address.kind != FILE for ref in refs_in(value)):
                continue  # what it names comes after it
            if comparable(field, value) != comparable(field, one.properties.get(path)):
                return False
        return not self._must_replace(resource, one) and self._is_called_alike(resource, one, must=self.kind.own_id)

    def is_alike(self, resource: Resource, one: Observed) -> bool:
        """What never changes is equal, and so is what people know it by."""
        return not self._must_replace(resource, one) and self._is_called_alike(resource, one, must=True)

    @property
    def _apart(self) -> tuple[Path, ...]:
        """What is each object's own."""
        return (("id",),) if self.kind.own_id else ()

    def _is_called_alike(self, resource: Resource, one: Observed, *, must: bool) -> bool:
        paths = [tuple(name.split(".")) for name in self.kind.known_by]
        names = [(resource.properties.get(p), one.properties.get(p)) for p in paths]
        if must and not all(a == b for a, b in names):
            return False
        return not must or not paths or any(a for a, _ in names)

    def _must_replace(self, resource: Resource, one: Observed) -> bool:
        differing = must_replace(self.kind, resource, one, self.placed)
        return any(path not in self._apart for path in differing)

    def _settled(self, resource: Resource) -> dict[Path, Any]:
        """The values with the id of everything that has an object."""

        def known(ref: Ref) -> Any:
            return self.placed[ref.address].id if ref.address in self.placed else ref

        return {path: swap_refs(value, known) for path, value in resource.properties.items()}

    def _plain(self, properties: Mapping[Path, Any]) -> str:
        """The plain values that never change, as text."""
        rows = [
            f
            for f in self.kind.fixed
            if f.settable is Settable.ON_CREATE
            and not (f.write_only or f.default is Default.ANY or "*" in f.path or f.path in self._apart)
        ]
        values = [comparable(f, properties.get(f.path)) for f in rows]
        values += [properties.get(tuple(name.split("."))) for name in self.kind.known_by if self.kind.own_id]
        plain = [v if isinstance(v, str | int | bool | None) else "…" for v in values]
        return repr([properties.get(ACTIVE, True), *plain])


def _pointers(kind: Kind, placed: Mapping[Address, Observed], resources: Mapping[Address, Resource]) -> _Pointers:
    """Where what has an object names others of the kind: resources by their name, objects by their id."""
    found: dict[str, set[tuple[Address, Path]]] = {}
    for address, one in placed.items():
        for properties in (resources[address].properties, one.properties):
            for path, value in properties.items():
                field = BY_NAME[address.kind].field_at(path)
                for member in members(field, value) if field and _names(field, kind) else ():
                    name = member.address.name if isinstance(member, Ref) else str(member)
                    found.setdefault(name, set()).add((address, path))
    return {name: frozenset(places) for name, places in found.items()}


def _names(field: Field, kind: Kind) -> bool:
    """Whether objects of the kind may be named in a field."""
    to = field.refers_to
    return to == kind.name or (isinstance(to, Mapping) and kind.name in to.values())
