"""What a plan takes away from subscribers: objects that leave, and prices that a portal offers no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.gateway import Gateway
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Kind
from reconciler.kinds.tariff import Tariff
from reconciler.kinds.values import filled, flatten
from reconciler.model import Action, Address, Observed, Plan, Properties, Ref, Verb


@dataclass(frozen=True, slots=True)
class Touched:
    """An object, and the ids of all by which subscriptions to it are listed; `portals` and `offered` as in Impact."""

    address: Address
    id: str
    ids: tuple[str, ...]
    portals: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sold:
    """What subscriptions can be to: the properties of every known object of that kind, by id.

    `every`: those out of service are among them.
    """

    kind: Kind
    known: dict[str, Properties]
    every: bool

    @classmethod
    def of(cls, observed: Sequence[Observed]) -> Sold:
        kind = next(k for k in KINDS if k.subscriptions)
        mine = [o for o in observed if o.kind == kind.name]
        return cls(kind, {o.id: o.properties for o in mine}, any(not o.active for o in mine))

    def inside(self, gateway: Gateway | None, kind: Kind, ident: str) -> list[str]:
        """Those inside an object of another kind, in service or not: what is archived goes on billing.

        Without a gateway, those that are known. Raises ApiFailure.
        """
        if self.kind.parent is None or self.kind.parent[0] != kind.name:
            return []
        field = self.kind.parent[1]
        if gateway and not self.every and self.kind.unserved is not None:
            hidden = sorted({f"data.{f.expand}" for f in self.kind.fields if f.expand and "*" not in f.expand})
            rows = gateway.list(self.kind.path, {field: ident, **self.kind.unserved, "expand": hidden})
            for raw in rows:
                read = self.kind.read(raw) if self.kind.read else raw
                self.known.setdefault(raw["id"], flatten(self.kind, read, nulls=False))
        return [i for i, properties in self.known.items() if properties.get((field,)) == ident]

    def tariffs(self, ident: str) -> Mapping[str, Tariff]:
        """What an object asks for by currency, as far as that is known."""
        known = self.known.get(ident)
        return self.kind.tariffs(known) if known and self.kind.tariffs else {}

    def recurs(self, ident: str) -> bool:
        """Whether there can be subscriptions to it: not to what is paid once."""
        tariffs = self.tariffs(ident)
        return not tariffs or any(t.every for t in tariffs.values())


def touched(gateway: Gateway | None, plan: Plan, sold: Sold) -> Iterator[Touched]:
    """In the order of the plan. Without a gateway, as far as that is known. Raises ApiFailure."""
    lost, followed = _offers(plan)
    for action in plan.actions:
        kind, old = BY_NAME[action.address.kind], action.change.before if action.change else None
        if action.verb is Verb.RETIRE and old:
            sells = kind is sold.kind
            ids = [i for i in ([old.id] if sells else sold.inside(gateway, kind, old.id)) if sold.recurs(i)]
            if ids:
                yield Touched(action.address, old.id, tuple(ids), tuple(followed.get(old.id, ())))
        gone = tuple(i for i in lost.get(action.id or "", ()) if sold.recurs(i))
        if gone:
            yield Touched(action.address, action.id or "", gone, offered=gone)


def _offers(plan: Plan) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By a portal's id what it offers no more, and by what leaves the portals that offer its successor instead."""
    lost: dict[str, list[str]] = {}
    followed: dict[str, list[str]] = {}
    for action in plan.actions:
        if action.change is None or action.change.before is None or action.verb is Verb.RELEASE:
            continue
        before = list(dict.fromkeys(_offered(action, action.change.before.properties)))
        fields = {c.path: c.after for c in action.change.fields}
        after = (
            [] if action.verb is Verb.RETIRE else list(_offered(action, {**action.change.before.properties, **fields}))
        )
        names = {str(m.address) if isinstance(m, Ref) else plan.names.get(m, m) for m in after}
        for ident in (i for i in before if i not in after):
            if plan.names.get(ident) in names:
                followed.setdefault(ident, []).append(str(action.address))
            elif action.id:
                lost.setdefault(action.id, []).append(ident)
    return lost, followed


def _offered(action: Action, properties: Properties) -> Iterator[Any]:
    """What a portal's customers may switch to: ids, and Refs to what is made first."""
    kind = BY_NAME[action.address.kind]
    for field in kind.fields:
        if not field.offers:
            continue
        if field.present_when:
            name, needed = field.present_when
            switch = kind.leaf(tuple(name.split(".")))
            if filled(switch, properties.get(switch.path)) != needed:
                continue
        for item in properties.get(field.path) or ():
            yield from item.get(field.offers) or ()
