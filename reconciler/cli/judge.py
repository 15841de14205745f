"""What cannot stand in the YAML that import would write: what the checks refuse, and what a plan would change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler import schema, stamp
from reconciler.desired import resolve
from reconciler.diff import diff
from reconciler.errors import Problem
from reconciler.importer.entry import Finding, Remedy
from reconciler.importer.settle import address_at, less, place_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.fixed import must_replace
from reconciler.kinds.kind import Field
from reconciler.kinds.values import members
from reconciler.model import (
    Address,
    Cause,
    Desired,
    Document,
    FieldChange,
    LocalFile,
    Observed,
    Pairs,
    Path,
    Place,
    Source,
    Stamp,
)
from reconciler.pair import pair


class _Spot(Source):
    """A place of the data, which is in no file yet."""

    __slots__ = ()

    def __str__(self) -> str:
        return ".".join(map(str, json.loads(self.file)))


class _Places(Mapping[Place, Source]):
    """Every place is its own source, so that a problem tells where in the data it is."""

    def __getitem__(self, place: Place) -> Source:
        return _Spot(json.dumps(place), 0, 0)

    def __contains__(self, place: object) -> bool:
        return True

    def __iter__(self) -> Iterator[Place]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Judge:
    """What is known of the account and of the YAML that is there: `new` are the objects to import, `before` are the
    changes that a plan shows already."""

    observed: Sequence[Observed]
    new: Mapping[Address, Observed]
    files: Mapping[Place, LocalFile]
    before: frozenset[tuple[Address, Path, str]]

    def __call__(self, whole: Mapping[str, Any], base: Mapping[str, Any]) -> Sequence[Finding]:
        """One question after the other, as what fails one may not be asked the next."""
        desired, problems = _checked(whole, self.files)
        if problems:
            refused = [f for p in problems for f in self._refused(p, Remedy.LEAVE_OUT)]
            return list(dict.fromkeys(refused)) or self._disturbing(whole, problems[0].message)
        _, problems = _checked(base, self.files)
        if local := [f for p in problems for f in self._refused(p, Remedy.OVERLAY)]:
            return list(dict.fromkeys(local))
        pairs = pair(desired, self.observed)
        return [*self._unpaired(desired, pairs)] or [*self._changed(pairs, desired.project)]

    def _refused(self, problem: Problem, remedy: Remedy) -> Iterator[Finding]:
        """What the checks refuse of what is new."""
        address, path = _where(problem)
        if address not in self.new:
            return
        why = problem.message.removeprefix(f"{address}: ")
        row = self._naming(address, path) if remedy is Remedy.LEAVE_OUT else None
        yield Finding(address, row.path, why, Remedy.BY_ID) if row else Finding(address, path, why, remedy)

    def _naming(self, address: Address, path: Path) -> Field | None:
        """The field around a place that names something new which is out of service: by its id it may stand."""
        kind, one = BY_NAME[address.kind], self.new[address]
        retired = {o.id for o in self.new.values() if not o.active}
        rows = (kind.field_at(path[:n]) for n in range(1, len(path) + 1))
        row = next((r for r in rows if r and r.refers_to), None)
        return row if row and retired & set(map(str, members(row, one.properties.get(row.path)))) else None

    def _disturbing(self, whole: Mapping[str, Any], why: str) -> list[Finding]:
        """Each new object with which the checks refuse something that was there: without it they do not."""
        kept: list[Address] = []

        def is_fine(more: Sequence[Address]) -> bool:
            out = self.new.keys() - {*kept, *more}
            _, problems = _checked(less(whole, {place_of(a) for a in out}), self.files)
            return all(_where(p)[0] in self.new for p in problems)

        def search(group: Sequence[Address]) -> list[Address]:
            if is_fine(group):
                kept.extend(group)
                return []
            half = len(group) // 2
            return [*search(group[:half]), *search(group[half:])] if half else list(group)

        return [Finding(a, (), f"with it, {why}") for a in search(tuple(self.new))]

    def _unpaired(self, desired: Desired, pairs: Pairs) -> Iterator[Finding]:
        """What would not find its object, or not as it is."""
        live = pairs.found
        for address, one in self.new.items():
            resource = desired.resources.get(address)
            if resource is None:
                continue
            found = live.get(address)
            if found is None or found.id != one.id:
                yield Finding(address, (), "another object has its key or its mark", Remedy.ADOPT)
            elif fixed := must_replace(BY_NAME[one.kind], resource, one, live):
                names = ", ".join(".".join(p) for p in fixed)
                yield Finding(address, (), f"what cannot change of it cannot be said: {names}")
            elif why := _too_much_metadata(desired, address, one):
                yield Finding(address, (), why)

    def _changed(self, pairs: Pairs, project: str) -> Iterator[Finding]:
        """What a plan would change of what is live."""
        for address, one in changes(pairs, project):
            if address in self.new:
                yield Finding(address, one.path, "the plan would change it")
            elif (address, one.path, repr(one.after)) not in self.before:
                field = BY_NAME[address.kind].field_at(one.path)
                was, becomes = (set(map(str, members(field, v) if field else ())) for v in (one.before, one.after))
                named = becomes - was
                for inner, found in self.new.items():
                    if found.id in named:
                        yield Finding(inner, (), f"with it, the plan would change {'.'.join(one.path)} of {address}")


def _where(problem: Problem) -> tuple[Address, Path]:
    """The address that a problem is about, and the place in the resource."""
    return address_at(json.loads(problem.source.file))


def changes(pairs: Pairs, project: str) -> Iterator[tuple[Address, FieldChange]]:
    """Every field of a live object that a plan would change."""
    for difference in diff(pairs, project):
        for change in difference.changes:
            if change.before is not None:
                yield from ((change.address, one) for one in change.fields)


def differing(pairs: Pairs, project: str) -> Iterator[tuple[Address, FieldChange]]:
    """Every field in which the YAML and Stripe differ by themselves, and not because something else is replaced."""
    for difference in diff(pairs, project):
        replaced = difference.pair.observed is None and bool(difference.pair.predecessors)
        for change in difference.changes:
            for one in change.fields if change.before is not None or replaced else ():
                if one.cause is not Cause.FOLLOWED and (one.forces_replacement or not replaced):
                    yield change.address, one


def _checked(data: Mapping[str, Any], files: Mapping[Place, LocalFile]) -> tuple[Desired, Sequence[Problem]]:
    places = _Places()
    document = Document(data, places, places, ("",))
    findings = schema.check(document)
    desired, problems = resolve(document, findings.broken, files)
    return desired, [*findings.problems, *problems]


def _too_much_metadata(desired: Desired, address: Address, one: Observed) -> str:
    """Why an object has no room for our mark, or nothing."""
    if not BY_NAME[one.kind].stampable:
        return ""
    mark = Stamp(desired.project, address, dict.fromkeys(desired.resources[address].properties, "xxxxxx"))
    foreign = [key for key in one.metadata if not stamp.is_stamp_key(key)]
    count = len(foreign) + len(stamp.encode(mark))
    if count <= stamp.METADATA_KEYS:
        return ""
    return f"with our mark it would have {count} metadata keys, and Stripe takes {stamp.METADATA_KEYS}"
