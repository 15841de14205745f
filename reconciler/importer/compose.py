"""Objects to entries: references by name, each value where it holds, and a note for what cannot be said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reconciler import redact
from reconciler.importer.entry import Entry, Rulings
from reconciler.importer.names import Key
from reconciler.importer.urls import secret_in
from reconciler.importer.values import declared, is_required, people_s, spelled
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind, Settable
from reconciler.kinds.values import map_members, swap_refs
from reconciler.model import Address, LocalFile, Observed, Path

_FIXED = (Settable.ON_CREATE, Settable.ONCE)
# Those that join or part letters (U+200C, U+200D) are seen: in Persian, and in emoji.
_UNSEEN = frozenset(
    "\0\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What entries are made from: new objects, parents first, the address of every object that has one, what the YAML
    declares inside a named resource already, and the files that were uploaded from here."""

    project: str
    objects: Mapping[Address, Observed]
    addresses: Mapping[Key, Address]
    children: Callable[[str], Mapping[str, Mapping[str, Any]]]
    pictures: Mapping[Address, LocalFile] = field(default_factory=dict)


@dataclass(slots=True)
class _State:
    """What is found out while entries are made: it grows until it is stable."""

    scene: Scene
    rulings: Rulings
    alone: set[Address]  # stand in the overlay as a whole
    gone: dict[Address, str]
    made: dict[Address, Entry]

    def children(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        new = {a.name.partition(".")[2]: e.whole for a, e in self.made.items() if a.name.startswith(f"{name}.")}
        return {**self.scene.children(name), **{n: d for n, d in new.items() if d}}


def compose(scene: Scene, rulings: Rulings) -> tuple[Entry, ...]:
    """An entry for every object, parents first. One that cannot be expressed has no data, and a note."""
    state = _State(scene, rulings, set(), {}, {})
    while True:
        before = (len(state.alone), len(state.gone))
        for address, one in scene.objects.items():
            state.made[address] = _entry(address, one, state)
        if before == (len(state.alone), len(state.gone)):
            return tuple(state.made.values())


def _entry(address: Address, one: Observed, state: _State) -> Entry:
    kind = BY_NAME[one.kind]
    values, notes = _kept(kind, address, one, state)
    if why := state.rulings.out.get((address, ())) or state.gone.get(address) or _orphaned(kind, address, state):
        state.gone.setdefault(address, why)
        return Entry(address, {}, {}, (f"{address} ({one.id}) is left out: {why}",))
    nested: dict[str, Any] = {}
    local: list[Path] = []
    for path, value in values.items():
        row = kind.field_at(path)
        assert row is not None
        foreign: list[str] = []
        by_id = any(a == address and _overlap(p, path) for a, p in state.rulings.by_id)
        named = map_members(row, value, partial(_named, address, state, foreign, by_id))
        if isinstance(row.refers_to, str) and isinstance(named, tuple) and row.unordered:
            named = tuple(sorted(named, key=str))
        _put(nested, path, spelled(row, swap_refs(named, lambda ref: state.scene.pictures[ref.address].written)))
        if foreign or (row.local and value) or _is_ruled(state, address, path):
            local.append(path)
            if row.settable in _FIXED or row.fixed or (row.required and len(path) == 1):
                state.alone.add(address)
    if kind.unspell:
        nested = dict(kind.unspell(nested, state.children))
    nested = people_s(nested)
    if kind.default_flag and one.properties.get((kind.default_flag,)):
        nested = {kind.default_flag: True, **nested}
    if (not kind.creatable and not nested.get(kind.default_flag)) or one.ended or _is_ruled(state, address, ()):
        state.alone.add(address)
    if _parent(kind, address) in state.alone:
        state.alone.add(address)
    hint = {"adopt": one.id} if _wants_hint(kind, address, one, nested, state) else {}
    if address in state.alone:
        return Entry(address, {}, hint | _with_blocks(kind, nested), notes)
    over: dict[str, Any] = dict(hint)
    for path in local:
        _move(nested, over, path)
    return Entry(address, _with_blocks(kind, nested), over, notes)


def _with_blocks(kind: Kind, nested: dict[str, Any]) -> dict[str, Any]:
    """The data with every block that must be there, were it empty. Such blocks stand at the top of their kinds."""
    return nested | {b.name: {} for b in kind.blocks if b.required and b.name not in nested}


def _kept(kind: Kind, address: Address, one: Observed, state: _State) -> tuple[dict[Path, Any], tuple[str, ...]]:
    """The values that can be written, and notes on the others."""
    values, notes = declared(kind, one, state.scene.project), list[str]()
    stamped = one.stamp.fields if one.stamp and one.stamp.project == state.scene.project else {}
    out = dict(_ruled_out(address, values, state))
    for path, value in list(values.items()):
        why = next((w for p, w in out.items() if _overlap(p, path)), "") or _unfit(path, value)
        if not why and value is None and path not in stamped:
            why = "Stripe does not tell it"
        if why:
            values.pop(path, None)
            notes.append(f"{'.'.join(path)} is left out: {why}")
            if is_required(kind, path) or (kind.own_id and path == ("id",)):
                around = path[:-1]
                gone = [p for p in values if around and p[: len(around)] == around]
                for p in gone:
                    del values[p]
                if not around:
                    state.gone.setdefault(address, f"{path[0]}: {why}")
    if kind.natural_key and (held := secret_in(values.get((kind.natural_key,)))):
        notes.append(
            f"{kind.natural_key} holds what looks like {held}, and stands here: to keep it out of the YAML, write "
            f"${{name}} in its place, and give it with --var"
        )
    return values, tuple(dict.fromkeys(notes))


def _ruled_out(address: Address, values: Mapping[Path, Any], state: _State) -> Iterator[tuple[Path, str]]:
    """What was ruled out, by the smallest place around it that the object has. That may be all of it."""
    for (ruled, path), why in state.rulings.out.items():
        if ruled != address or not path:
            continue
        while path and not any(_overlap(path, p) for p in values):
            path = path[:-1]
        if path:
            yield path, why
        else:
            state.gone.setdefault(address, why)


def _overlap(one: Path, other: Path) -> bool:
    """Whether one place is inside the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _unfit(path: Path, value: Any) -> str:
    """Why a value must not stand in a file, or nothing."""
    texts = [*path, *_texts(value)]
    if any(redact.holds(t) for t in texts):
        return "it looks like a secret key; take it out of Stripe, and roll the key"
    if any(c in _UNSEEN for t in texts for c in t):
        return "it holds characters that nobody sees"
    return "a key of it looks like a variable" if any("${" in p for p in path) else ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for k, v in value.items():
            yield from (k, *_texts(v))
    elif isinstance(value, list | tuple):
        for v in value:
            yield from _texts(v)


def _named(within: Address, state: _State, foreign: list[str], by_id: bool, kind: str, member: Any) -> Any:
    """The name of what an id stands for. What has none is named by its id, which is one of this account.

    So is with `by_id` what is out of service.
    """
    address = state.scene.addresses.get((kind, member))
    one = state.scene.objects.get(address) if address else None
    if address is None or address in state.gone or (by_id and one and not one.active):
        foreign.append(member)
        return {"id": member}
    if address in state.alone:
        foreign.append(member)
    inside = BY_NAME[kind].parent
    own = inside and inside[0] == within.kind and address.name.partition(".")[0] == within.name
    return address.name.partition(".")[2] if own else address.name


def _orphaned(kind: Kind, address: Address, state: _State) -> str:
    parent = _parent(kind, address)
    return f"{parent} is left out" if parent and parent in state.gone else ""


def _parent(kind: Kind, address: Address) -> Address | None:
    return Address(kind.parent[0], address.name.partition(".")[0]) if kind.parent else None


def _is_ruled(state: _State, address: Address, path: Path) -> bool:
    """Whether a field was found to hold in this account alone: by itself, or with the block around it."""
    return any(a == address and (_overlap(p, path) if path else not p) for a, p in state.rulings.overlay)


def _wants_hint(kind: Kind, address: Address, one: Observed, nested: Mapping[str, Any], state: _State) -> bool:
    """Whether nothing but its id tells which object it is."""
    if kind.own_id or nested.get(kind.default_flag) or (one.stamp and one.stamp.project == state.scene.project):
        return False
    key = one.properties.get((kind.natural_key,)) if kind.natural_key else None
    return key is None or nested.get(kind.natural_key or "") is None or address in state.rulings.adopt


def _put(nested: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        nested = nested.setdefault(key, {})
    nested[path[-1]] = value


def _move(base: dict[str, Any], over: dict[str, Any], path: Path) -> None:
    """Take the value at a path out of one tree, with what is empty then, and into another."""
    if not path or path[0] not in base:
        return
    if len(path) == 1:
        over[path[0]] = base.pop(path[0])
    elif isinstance(base[path[0]], dict):
        _move(base[path[0]], over.setdefault(path[0], {}), path[1:])
        if not base[path[0]]:
            del base[path[0]]
        if not over[path[0]]:
            del over[path[0]]
