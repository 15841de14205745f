"""Names become Refs, values become canonical, and everything gets an order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any

from reconciler.errors import Problem
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.inside import Declared, children_of, declared
from reconciler.kinds.kind import Settable
from reconciler.kinds.rules import ALLOW, hints_of
from reconciler.kinds.values import flatten, freeze, map_members, refs_in
from reconciler.model import Address, Desired, Document, LocalFile, Path, Place, Ref, Resource, Source


@dataclass(slots=True)
class _Names:
    """What a name in a document can mean, and what went wrong while finding out."""

    document: Document
    declared: dict[Address, Declared]
    files: Mapping[Place, LocalFile]
    problems: list[Problem] = field(default_factory=list)

    def children(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """What is declared inside the named resource, by short name."""
        found: dict[str, Mapping[str, Any]] = {}
        for child in KINDS:
            parent = child.parent and self.declared.get(Address(child.parent[0], name))
            written = parent.data.get(child.plural) if parent else None
            if isinstance(written, Mapping):
                found |= {n: d for n, d in written.items() if isinstance(d, Mapping)}
        return found

    def find(self, kind: str, name: str, within: Declared, path: Path) -> Any:
        """The Ref that a name stands for, which was written in a field of the resource `within`."""
        address, inside = Address(kind, name), Address(kind, f"{within.address.name}.{name}")
        if address not in self.declared and "." not in name and inside in self.declared:
            address = inside
        if address in self.declared:
            return Ref(address)
        names = [a.name for a in self.declared if a.kind == kind]
        near = get_close_matches(name, names, n=1) or [n for n in names if n.endswith(f".{name}")][:1]
        hint = f"did you mean `{near[0]}`?" if near else f"declared: {', '.join(sorted(names)[:8]) or 'none'}."
        hint += " For one that is not declared here, write {id: …} with Stripe's id"
        source = self.document.at((*within.place, *path))
        self.problems.append(Problem(source, f"there is no {kind} `{name}`", hint))
        return None


def resolve(
    document: Document, broken: Collection[Address] = (), files: Mapping[Place, LocalFile] | None = None
) -> tuple[Desired, list[Problem]]:
    """Give every name and value its meaning.

    Resources in `broken` have problems already and are not looked at, but their names count. `files` are the local
    files that values name. The problems that come back are more of them: a Desired with any is not fit for planning.
    """
    names = _Names(document, {d.address: d for d in _declared(document)}, files or {})
    resources = {a: _resource(names, d) for a, d in names.declared.items() if a not in broken}
    moved = _moved(names)
    released = _released(names)
    order = _order(names, resources)
    project = document.data.get("project")
    known = {file.address: file for file in names.files.values()}
    guards = document.data.get("guards")
    limits = freeze(guards) if isinstance(guards, Mapping) else {}
    silenced = tuple(str(name) for _, name in _listed(names, "silence"))
    permits = _permits(names, resources)
    found = Desired(str(project), resources, order, moved, released, known, limits, permits, silenced)
    return found, names.problems


def declared_addresses(document: Document) -> tuple[Address, ...]:
    """Every address that a document declares, whether or not it is right."""
    return tuple(d.address for d in _declared(document))


def _declared(document: Document) -> Iterator[Declared]:
    return (d for d in declared(document.data) if isinstance(d.data, Mapping))


def _resource(names: _Names, declared: Declared) -> Resource:
    kind, address, document = declared.kind, declared.address, names.document
    hints = {h.name: declared.data[h.name] for h in hints_of(kind) if h.name in declared.data}
    inside = {k.plural for k in children_of(kind)}
    data = {k: v for k, v in declared.data.items() if k not in inside and k not in hints}
    try:
        spelled = kind.spell(data, names.children) if kind.spell else data
    except ValueError as reason:
        names.problems.append(Problem(document.at(declared.place), f"{address}: {reason}"))
        return Resource(address, {}, document.at(declared.place))
    properties = flatten(kind, spelled)
    if kind.parent:
        properties[(kind.parent[1],)] = Ref(Address(kind.parent[0], address.name.split(".")[0]))
    active = kind.field_at(("active",))
    if active is not None and properties.get(active.path) is None:
        properties[active.path] = active.default
    for path, value in properties.items():
        row = kind.leaf(path)
        if row.refers_to and value is not None:
            properties[path] = map_members(row, value, _meaning(names, declared, path))
        elif row.uploads and value is not None:
            properties[path] = _with_files(names, (*declared.place, *path), value)
    return Resource(address, properties, document.key_at(declared.place), freeze(hints))


def _permits(names: _Names, resources: Mapping[Address, Resource]) -> dict[tuple[Address, str], Source]:
    """The rules that resources allow for themselves, with where."""
    places = {a: (*names.declared[a].place, ALLOW.name) for a in resources}
    return {
        (address, rule): names.document.key_at(places[address])
        for address, resource in resources.items()
        for rule in resource.hints.get(ALLOW.name) or ()
    }


def _with_files(names: _Names, place: Place, value: Any) -> Any:
    """The value with a Ref in the place of each path of a local file."""
    if isinstance(value, tuple):
        return tuple(_with_files(names, (*place, number), one) for number, one in enumerate(value))
    file = names.files.get(place)
    return Ref(file.address) if file else value


def _meaning(names: _Names, declared: Declared, path: Path) -> Callable[[str, Any], Any]:
    def meaning(kind: str, written: Any) -> Any:
        if isinstance(written, Mapping):
            return written["id"]
        if isinstance(written, Ref) or kind not in BY_NAME:
            return written
        return names.find(kind, written, declared, path)

    return meaning


def _moved(names: _Names) -> dict[Address, Address]:
    moved: dict[Address, Address] = {}
    for number, entry in _listed(names, "moved"):
        if not (isinstance(entry, Mapping) and {"from", "to"} <= entry.keys()):
            continue
        old = _address(names, entry["from"], ("moved", number, "from"))
        new = _address(names, entry["to"], ("moved", number, "to"))
        if old is None or new is None:
            continue
        at = names.document.at(("moved", number))
        if old.kind != new.kind:
            names.problems.append(Problem(at, f"{old} cannot become {new}", "a resource keeps its kind when it moves"))
        elif new not in names.declared:
            names.problems.append(
                Problem(at, f"{new} is not declared", "declare it under its new name, then move to it")
            )
        elif old in names.declared:
            names.problems.append(Problem(at, f"{old} is still declared", "remove it: it lives on under its new name"))
        elif new in moved.values():
            names.problems.append(Problem(at, f"two resources cannot both become {new}", "move one of them"))
        else:
            moved[old] = new
    return moved


def _released(names: _Names) -> tuple[Address, ...]:
    released: list[Address] = []
    for number, entry in _listed(names, "released"):
        address = _address(names, entry, ("released", number))
        if address in names.declared:
            at = names.document.at(("released", number))
            names.problems.append(Problem(at, f"{address} is declared and released", "keep one of the two"))
        elif address is not None:
            released.append(address)
    return tuple(released)


def _listed(names: _Names, key: str) -> Iterator[tuple[int, Any]]:
    entries = names.document.data.get(key)
    return enumerate(entries if isinstance(entries, list) else ())


def _address(names: _Names, text: Any, place: Place) -> Address | None:
    at = names.document.at(place)
    try:
        address = Address.parse(str(text))
    except ValueError as reason:
        names.problems.append(Problem(at, str(reason)))
        return None
    if address.kind not in BY_NAME:
        near = get_close_matches(address.kind, BY_NAME, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"kinds are: {', '.join(BY_NAME)}"
        names.problems.append(Problem(at, f"there is no kind `{address.kind}`", hint))
        return None
    return address


def _order(names: _Names, resources: Mapping[Address, Resource]) -> tuple[Address, ...]:
    """Every resource behind those it refers to in fields that creation needs. A loop is a problem that names it."""
    graph = {a: [r.address for r in _body_refs(resource)] for a, resource in resources.items()}
    try:
        return tuple(a for a in TopologicalSorter(graph).static_order() if a in resources)
    except CycleError as loop:
        chain = " → ".join(str(a) for a in reversed(loop.args[1]))
        source = resources[loop.args[1][0]].source
        names.problems.append(Problem(source, f"these need each other to exist first: {chain}", "break the loop"))
        return tuple(resources)


def _body_refs(resource: Resource) -> Iterator[Ref]:
    kind = BY_NAME[resource.address.kind]
    for path, value in resource.properties.items():
        if kind.leaf(path).settable is not Settable.ON_UPDATE:
            yield from refs_in(value)
