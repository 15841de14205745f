"""What the batteries share: a merchant's YAML as data, the stages in process, and a case for every field."""

from __future__ import annotations

import copy
import functools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reconciler.apply import apply
from reconciler.cli.stages import declared, planned
from reconciler.gateway import Gateway, connect
from reconciler.guards import Allow
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Clear, Field, Kind, Retire, Settable
from reconciler.model import Address, Desired, Outcome, Plan, Status, Verb
from reconciler.report import text
from tests.harness import Account
from tests.samples import BASE, DROP, MADE, NEEDS, SAMPLES, SUPPORT, THERE, UNSUITED, UNSUITED_ALL
from tests.samples import Data as Data


class Hurried:
    """A clock on which nobody waits: to sleep is to be later."""

    def __init__(self) -> None:
        self._later = 0.0

    def now(self) -> float:
        return time.monotonic() + self._later

    def sleep(self, seconds: float) -> None:
        self._later += seconds

    def stop(self) -> None:
        """Nobody sleeps, so nobody is to be woken."""


@dataclass
class Shop:
    """A folder with YAML and the account behind it; the stages run in this process, over real HTTP."""

    folder: Path
    account: Account
    gateway: Gateway

    def write(self, data: Mapping[str, Any]) -> None:
        """JSON is YAML."""
        head = {"stripe_portal": 1, "project": "acme"}
        (self.folder / "stripe-portal.yaml").write_text(json.dumps(head | dict(data), ensure_ascii=False), "utf-8")

    def desired(self) -> Desired:
        return declared(self.folder, None, {})[1]

    def plan(self, *allow: str, only: Sequence[Address] = ()) -> Plan:
        """A plan that somebody could read."""
        allows = [Allow.parse(a) for a in allow]
        plan = planned(self.desired(), self.gateway, self.gateway.target(), allows=allows, only=only)
        text.render(plan)
        return plan

    def apply(self, *allow: str) -> Plan:
        """Plan and perform, all of it."""
        plan = self.plan(*allow)
        assert not plan.refusals, plan.refusals
        outcomes = self.perform(plan)
        assert all(o.status is Status.DONE for o in outcomes), [o.error for o in outcomes if o.error]
        return plan

    def perform(self, plan: Plan) -> tuple[Outcome, ...]:
        """As far as it goes."""
        return apply(plan, self.gateway)

    def converged(self) -> None:
        plan = self.plan()
        assert not plan.actions, text.render(plan)
        assert not plan.refusals, plan.refusals

    def put(self, data: Mapping[str, Any], *allow: str) -> Plan:
        """Declare, apply, and find nothing left to do."""
        self.write(data)
        plan = self.apply(*allow)
        self.converged()
        return plan


@contextmanager
def opened(folder: Path, account: Account) -> Iterator[Shop]:
    with connect(account.key, base_url=account.url, clock=Hurried()) as gateway:
        yield Shop(folder, account, gateway)


def verbs(plan: Plan) -> list[tuple[Verb, str]]:
    return [(a.verb, str(a.address)) for a in plan.actions]


def form(value: Any, name: str = "") -> dict[str, Any]:
    """Nested data in Stripe's own spelling. An empty list is sent as the text that clears it."""
    if isinstance(value, Mapping):
        return {k: v for key, one in value.items() for k, v in form(one, f"{name}[{key}]" if name else key).items()}
    if isinstance(value, list | tuple) and value:
        return {k: v for n, one in enumerate(value) for k, v in form(one, f"{name}[{n}]").items()}
    if isinstance(value, bool):
        return {name: str(value).lower()}
    return {name: "" if value in (None, [], ()) else value}


def at(data: Any, path: tuple[str, ...]) -> Any:
    """The value at a path, or None where there is none."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Data:
    """Nested data with other data put over it."""
    merged = dict(below)
    for key, value in above.items():
        if value is DROP:
            if merged.pop(key, DROP) is DROP:
                merged[key] = DROP
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = laid_over(merged[key], value)
        else:
            merged[key] = laid_over({}, value) if isinstance(value, Mapping) else copy.deepcopy(value)
    return merged


def nested(path: tuple[str, ...], value: Any) -> Data:
    for key in reversed(path):
        value = {key: value}
    assert isinstance(value, dict)
    return value


@dataclass(frozen=True)
class Case:
    """A field and two values for it.

    `ground` is declared from the start, `beside` comes and goes with the field, `more` are kinds that it needs as well.
    """

    kind: Kind
    field: Field
    one: Any
    two: Any
    ground: Data = field(default_factory=dict)
    beside: Data = field(default_factory=dict)
    dashboard: Data = field(default_factory=dict)
    more: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        key = "eur" if "currency_options" in self.field.path else "tier"
        return tuple(key if k == "*" else k for k in self.field.path)

    @property
    def replaces(self) -> bool:
        """Whether the other value is another object."""
        one, two = ([{k: item.get(k) for k in self.field.fixed} for item in v] for v in self._lists)
        return self.field.settable in (Settable.ON_CREATE, Settable.ONCE) or one != two

    @property
    def _lists(self) -> tuple[Any, Any]:
        """Both values, if they are lists in whose items something is fixed."""
        return (self.one, self.two) if self.field.fixed else ((), ())

    @property
    def fixed(self) -> bool:
        """Whether a first value is another object already."""
        return self.field.settable is Settable.ON_CREATE

    @property
    def is_whole(self) -> bool:
        """Whether an object can do without the field."""
        return at(_over(BASE[self.kind.name], self.ground), self.path) is None

    @property
    def unsettable(self) -> bool:
        """Whether Stripe takes the value off the object that has it."""
        if self.field.settable is Settable.ATTACHED:
            return True
        if self.field.clears_with is Clear.DEFAULT:
            block = self.kind.block_of(self.path)
            return self.field.default is not None or (block is not None and block.clears_with is not Clear.NOTHING)
        if self.field.clears_with is Clear.NOTHING:
            block = self.kind.block_of(self.path)
            return block is not None and block.clears_with is not Clear.NOTHING
        return self.field.clears_with is not Clear.REPLACE

    @property
    def gone_with_another(self) -> bool:
        """Whether an object has the field only while another has a value that comes and goes with it."""
        name, value = self.field.only_when or ("", None)
        other = self.kind.field_at(tuple(name.split(".")))
        return other is not None and at(self.beside, other.path) == value != other.default

    @property
    def address(self) -> str:
        return address_of(self.kind)

    @property
    def needs(self) -> tuple[str, ...]:
        """The kinds that the case refers to besides."""
        refers = self.field.refers_to or {}
        return (*self.more, *([refers] if isinstance(refers, str) else refers.values()))

    def without(self) -> Data:
        return catalogue(self.kind, self.ground, needs=self.needs)

    def having(self, value: Any) -> Data:
        return catalogue(self.kind, self.ground, self.beside, nested(self.path, value), needs=self.needs)

    def edited(self, value: Any) -> Data:
        """What somebody sends who sets the field by hand: the whole top-level member, as Stripe spells it."""
        if self.dashboard:
            return self.dashboard
        top = self.path[0]
        return {top: _over({}, self.ground, self.beside, nested(self.path, self.spelled(value)))[top]}

    def spelled(self, value: Any, kind: Any = None) -> Any:
        """The value as Stripe has it: ids in the place of names."""
        kind = kind or self.field.refers_to
        if isinstance(value, list):
            return [self.spelled(v) for v in value]
        if isinstance(value, Mapping) and set(value) == {"id"}:
            return value["id"]
        if isinstance(value, Mapping) and isinstance(kind, Mapping):
            return {k: self.spelled(v, kind[k]) if k in kind else v for k, v in value.items()}
        return f"@{kind}.{value}" if isinstance(kind, str) else value


def cases() -> Iterator[Case]:
    """A case for every field that can be set on and off; of many that are alike, for the first and the last."""
    for kind in KINDS:
        alike = _alike(kind)
        for row in kind.fields:
            name = f"{kind.name}.{row.name}"
            if name in UNSUITED or row.name in UNSUITED_ALL or row.name in alike:
                continue
            plain = SAMPLES.get(name) or SAMPLES.get(f"{name.rpartition('.')[0]}.*") or {}
            for given in (plain, *(more for key, more in SAMPLES.items() if key.startswith(f"{name}#"))):
                one, two = (given[k] if k in given else _sample(row.shape, n) for n, k in enumerate(("one", "two")))
                one, two = (two, one) if one == row.default and "one" not in given else (one, two)
                yield Case(
                    kind,
                    row,
                    one,
                    two,
                    _over(_enabled(kind, row), given.get("ground", {})),
                    given.get("beside", {}),
                    given.get("dashboard", {}),
                    given.get("needs", ()),
                )


def _alike(kind: Kind) -> set[str]:
    """Fields that differ from others in nothing but the member that they stand in: all but the first and the last."""
    groups: dict[str, list[str]] = {}
    for row in kind.fields:
        _, dot, tail = row.name.partition(".")
        if dot:
            groups.setdefault(repr(replace(row, name=tail, doc="")), []).append(row.name)
    return {name for names in groups.values() for name in names[1:-1]}


def _enabled(kind: Kind, row: Field) -> Data:
    """A feature must say whether it is on; and is off, so that it needs nothing else."""
    enabled = (*row.path[:2], "enabled")
    is_feature = row.path[0] == "features" and row.path != enabled and kind.field_at(enabled) is not None
    return nested(enabled, False) if is_feature else {}


def _sample(shape: Mapping[str, Any], number: int) -> Any:
    """A value that a JSON Schema shape lets pass; number 0 and 1 give different ones."""
    if "$ref" in shape:
        return SUPPORT[shape["$ref"].rpartition("/")[2].removesuffix("_reference")][number]
    if "anyOf" in shape:
        return _sample(shape["anyOf"][0], number)
    if "const" in shape:
        return shape["const"]
    if "enum" in shape:
        return shape["enum"][-1 - number]
    match shape["type"]:
        case "boolean":
            return not number
        case "integer" | "number":
            return shape.get("minimum", 0) + 1 + number
        case "array":
            return [_sample(shape["items"], number)]
        case "object":
            return {name: _sample(shape["properties"][name], number) for name in shape["required"]}
        case "string" if "examples" in shape:
            return f"{shape['examples'][0]}{'/?a=b&c[]=d' * number}"
        case "string":
            return "text é 日" if shape.get("maxLength", 0) > 22 and not number else f"Text {number}"
    raise AssertionError(shape)


def _over(below: Mapping[str, Any], *above: Mapping[str, Any]) -> Data:
    return functools.reduce(laid_over, above, dict(below))


def address_of(kind: Kind) -> str:
    """The address of the object that a catalogue is about."""
    return f"{kind.name}.pro.it" if kind.parent else f"{kind.name}.it"


def place_of(kind: Kind) -> tuple[str, ...]:
    """Where that object stands in the YAML."""
    return (f"{kind.parent[0]}s", "pro", kind.plural, "it") if kind.parent else (kind.plural, "it")


def surroundings(kind: Kind, needs: Sequence[str] = ()) -> Data:
    """What must be declared for an object of the kind, without the object."""
    kinds = [n for name in (*NEEDS.get(kind.name, ()), *needs) for n in (*NEEDS.get(name, ()), name)]
    data = _over({}, *(SUPPORT[name][2] for name in kinds if name in SUPPORT))
    if kind.name == "product" and "price" in needs:
        data["products"].setdefault("it", {})["prices"] = data["products"]["pro"]["prices"]
    return data


def catalogue(kind: Kind, *above: Data, needs: Sequence[str] = ()) -> Data:
    """The smallest catalogue with one object of the kind, which is called `it`; that with other data put over it."""
    own = _over(BASE[kind.name], *above)
    return laid_over(surroundings(kind, needs), nested(place_of(kind), _pruned(own)))


def _pruned(data: Data) -> Data:
    """Without keys that were taken out before they were there."""
    kept = {k: v for k, v in data.items() if v is not DROP}
    return {k: _pruned(v) if isinstance(v, dict) else v for k, v in kept.items()}


class Ids:
    """What `@name` stands for in one account, where objects of kinds that the tool does not create are there first."""

    def __init__(self, account: Account, kind: Kind):
        self.account, self.known = account, dict[str, Any]()
        if kind.name in THERE:
            account.post(*THERE[kind.name])

    def filled(self, value: Any) -> Any:
        """The value with ids in the place of every `@name`."""
        if isinstance(value, Mapping):
            return {k: self.filled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.filled(v) for v in value]
        return self._id(value[1:]) if isinstance(value, str) and value.startswith("@") else value

    def _id(self, name: str) -> Any:
        if name not in self.known and name not in MADE:
            return self.account.find(name)["id"]
        if name not in self.known:
            self.known[name] = self.account.post(*MADE[name])["id"]
        return self.known[name]


def allows(kind: Kind) -> tuple[str, ...]:
    """What a catalogue of the kind may be changed with."""
    return (*(() if kind.revivable else ("permanent",)), *(("price-change",) if kind.tariffs else ()))


def comes_back(kind: Kind) -> bool:
    """Whether an object that left is the one that returns."""
    return kind.revivable and kind.retire is not Retire.DELETE
