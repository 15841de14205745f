"""What the YAML would say of a field as it is in Stripe: names for ids, and lists by the items that they have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from reconciler import redact
from reconciler.accept.text import Gone, Items, Kept
from reconciler.drift import Finding
from reconciler.importer.values import people_s, spelled
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Default, Field, Kind
from reconciler.kinds.values import comparable, map_members, swap_refs
from reconciler.model import Address, FieldChange, Path, Properties, Resource

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of names: the address of every object by kind and id, the text that stands for every local file,
    and what is declared inside a named resource."""

    addresses: Mapping[tuple[str, str], Address]
    files: Mapping[Address, str]
    children: Callable[[str], Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field with the value that its place in the YAML is to have, Gone for none; or why it can have none.

    `foreign` are ids in it that the YAML has no name for.
    """

    address: Address
    change: FieldChange
    value: Any
    refused: str = ""
    foreign: tuple[str, ...] = ()

    @property
    def row(self) -> Field:
        return BY_NAME[self.address.kind].leaf(self.change.path)


def wanted(finding: Finding, resource: Resource, settled: Properties, scene: Scene) -> Iterator[Wanted]:
    """Every field of a finding that was changed in Stripe. `settled` are the values of the YAML with ids for names."""
    kind = BY_NAME[finding.address.kind]
    live = {**settled, **{c.path: c.before for c in finding.fields}}
    foreign: dict[Path, list[str]] = {}
    was, now = _people(kind, resource, settled, scene, {}), _people(kind, resource, live, scene, foreign)
    for change in finding.fields:
        row, path = kind.leaf(change.path), change.path
        if why := _unfit(row, change):
            yield Wanted(resource.address, change, None, why)
            continue
        value = _at(now, path)
        if change.before is None or change.before == () or value is _ABSENT:
            value = Gone if comparable(row, change.before) == comparable(row, None) else _ABSENT
        elif isinstance(value, list):
            value = _items(row, settled.get(path) or (), change.before, _at(was, path), value)
        if value is _ABSENT:
            yield Wanted(resource.address, change, None, "its value has no place of its own in the YAML")
        else:
            yield Wanted(resource.address, change, value, foreign=tuple(foreign.get(path, ())))


def _unfit(row: Field, change: FieldChange) -> str:
    if row.write_only:
        return "Stripe does not tell its value"
    if any(redact.holds(text) for text in (*change.path, *_texts(change.before))):
        return "it looks like a secret key; take it out of Stripe, and roll the key"
    return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)


def _people(
    kind: Kind, resource: Resource, values: Properties, scene: Scene, foreign: dict[Path, list[str]]
) -> Mapping[str, Any]:
    """A resource as people would write it."""
    nested: dict[str, Any] = {}
    parent = (kind.parent[1],) if kind.parent else None
    for path, value in values.items():
        if path == parent:
            continue
        row = kind.leaf(path)
        named = map_members(row, value, partial(_named, resource.address, scene, foreign.setdefault(path, [])))
        at = nested
        for key in path[:-1]:
            at = at.setdefault(key, {})
        at[path[-1]] = spelled(row, swap_refs(named, lambda ref: scene.files[ref.address]))
    return people_s(kind.unspell(nested, scene.children) if kind.unspell else nested)


def _named(within: Address, scene: Scene, foreign: list[str], kind: str, member: Any) -> Any:
    """The name of what an id stands for; without one, the id."""
    if not isinstance(member, str):
        return str(getattr(getattr(member, "address", None), "name", member))
    address = scene.addresses.get((kind, member))
    if address is None:
        foreign.append(member)
        return {"id": member}
    inside = BY_NAME[kind].parent
    own = inside and inside[0] == within.kind and address.name.partition(".")[0] == within.name
    return address.name.partition(".")[2] if own else address.name


def _at(nested: Mapping[str, Any], path: Path) -> Any:
    value: Any = nested
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return _ABSENT
        value = value[key]
    return value


def _items(row: Field, old: Sequence[Any], new: Sequence[Any], was: Any, now: Sequence[Any]) -> Items:
    """The items of Stripe's list, by those that the YAML has.

    `old` and `new` are as they are compared, `was` and `now` the same as people write them. A set stays in the order of
    the YAML.
    """
    alike = isinstance(was, list) and len(was) == len(old) and len(now) == len(new)
    if not alike:
        return Items(tuple(now))
    free, found = set(range(len(old))), dict[int, Any]()
    for n, item in enumerate(new):
        same = next((i for i in sorted(free) if _same(row, old[i], item)), None)
        if same is not None:
            free.discard(same)
            found[n] = Kept(same)
    for n in (n for n in range(len(new)) if n not in found):
        near = next((i for i in sorted(free) if _is_one(row, old[i], new[n])), None)
        if near is None:
            found[n] = now[n]
        else:
            free.discard(near)
            keys = dict.fromkeys([*now[n], *was[near]])
            members = {k: now[n].get(k, Gone) for k in keys if now[n].get(k, Gone) != was[near].get(k, Gone)}
            found[n] = Kept(near, {k: Items(tuple(v)) if isinstance(v, list) else v for k, v in members.items()})
    order = [found[n] for n in range(len(new))]
    if row.unordered:
        order.sort(key=lambda one: (0, one.index) if isinstance(one, Kept) else (1, 0))
    return Items(tuple(order))


def _same(row: Field, one: Any, other: Any) -> bool:
    return bool(comparable(row, (one,)) == comparable(row, (other,)))


def _is_one(row: Field, one: Any, other: Any) -> bool:
    """Whether two items are about the same."""
    both = isinstance(one, Mapping) and isinstance(other, Mapping)
    return bool(both and row.match_by and one.get(row.match_by) == other.get(row.match_by))


def in_defaults(defaults: Mapping[str, Mapping[str, Any]], address: Address, path: Path) -> bool:
    """Whether `defaults:` would fill a field in that nothing else says."""
    return _at(defaults.get(address.kind, {}), path) not in (_ABSENT, Default.ANY)
