"""What the batteries share: a merchant's YAML as data, the stages in process, and a sample value for every field."""

from __future__ import annotations

import copy
import functools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.apply import apply
from reconciler.cli.stages import declared, planned
from reconciler.gateway import Gateway, connect
from reconciler.guards import Allow
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Clear, Field, Kind, Settable
from reconciler.model import Address, Desired, Outcome, Plan, Status, Verb
from reconciler.report import text
from tests.harness import Account

Data = dict[str, Any]


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
    if isinstance(value, list) and value:
        return {k: v for n, one in enumerate(value) for k, v in form(one, f"{name}[{n}]").items()}
    if isinstance(value, bool):
        return {name: str(value).lower()}
    return {name: "" if value in (None, []) else value}


def at(data: Any, path: tuple[str, ...]) -> Any:
    """The value at a path, or None where there is none."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


DROP = object()
"""In an overlay: take the key out of what is below, also later."""


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
    """A field and two values for it. `ground` is declared from the start, `beside` comes and goes with the field.

    Text in the values such as `@meter` stands for an id that only the account knows.
    """

    kind: Kind
    field: Field
    one: Any
    two: Any
    ground: Data = field(default_factory=dict)
    beside: Data = field(default_factory=dict)
    dashboard: Data = field(default_factory=dict)

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(
            {"currency_options": "eur"}.get(self.field.path[0], "tier") if k == "*" else k for k in self.field.path
        )

    @property
    def replaces(self) -> bool:
        """Whether another value is another object."""
        return self.field.settable in (Settable.ON_CREATE, Settable.ONCE)

    @property
    def fixed(self) -> bool:
        """Whether a first value is another object already."""
        return self.field.settable is Settable.ON_CREATE

    @property
    def unsettable(self) -> bool:
        """Whether Stripe takes the value off the object that has it."""
        if self.field.clears_with is Clear.DEFAULT:
            block = self.kind.block_of(self.path)
            return self.field.default is not None or (block is not None and block.clears_with is not Clear.NOTHING)
        if self.field.clears_with is Clear.NOTHING:
            block = self.kind.block_of(self.path)
            return block is not None and block.clears_with is not Clear.NOTHING
        return self.field.clears_with is not Clear.REPLACE

    @property
    def address(self) -> str:
        return {"product": "product.pro", "price": "price.pro.it", "portal_configuration": "portal_configuration.it"}[
            self.kind.name
        ]

    def without(self) -> Data:
        return _catalogue(self.kind, self.ground)

    def having(self, value: Any) -> Data:
        return _catalogue(self.kind, self.ground, self.beside, nested(self.path, value))

    def edited(self, value: Any) -> Data:
        """What somebody sends who sets the field by hand: the whole top-level member, as Stripe spells it."""
        if self.dashboard:
            return self.dashboard
        top = self.path[0]
        return {top: _over({}, self.ground, self.beside, nested(self.path, value))[top]}


MONTH = {"recurring": {"interval": "month"}}
TIERS = [{"up_to": 10, "unit_amount": 100}, {"up_to": "inf", "unit_amount_decimal": "0.5", "flat_amount": 7}]
OTHER_TIERS = [{"up_to": 20, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 90}]
TIERED = {"unit_amount": DROP, **MONTH, "tiers_mode": "graduated", "tiers": TIERS}
CUSTOM = {"unit_amount": DROP, "custom_unit_amount": {"enabled": True}}
REASON = {
    "features": {"subscription_cancel": {"cancellation_reason": {"enabled": True, "options": ["unused", "other"]}}}
}
PAUSE = {
    "features": {
        "subscription_pause": {
            "duration": {"type": "interval_options", "interval_options": [{"interval": "month", "interval_count": 2}]}
        }
    }
}
SWITCH = {
    "features": {"subscription_update": {"default_allowed_updates": ["price"], "products": [{"product": "pro"}]}},
}
BOX = {"package_dimensions": {"height": 1.5, "length": 2, "weight": 3, "width": 4}}
ROUND = {"transform_quantity": {"divide_by": 10, "round": "up"}}

BASE: Mapping[str, Data] = {
    "product": {"id": "pro", "name": "Pro"},
    "price": {"unit_amount": 1900, "currency": "usd"},
    "portal_configuration": {"features": {}},
}

SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "product.default_price": {"one": "monthly", "two": "yearly", "dashboard": {"default_price": "@yearly"}},
    "product.tax_code": {"one": "txcd_10103001", "two": "txcd_10000000"},
    "product.tax_details.tax_code": {"one": "txcd_10103001", "two": "txcd_10000000"},
    "product.package_dimensions.*": {"one": 1.5, "two": 2, "beside": BOX},
    "price.lookup_key": {"one": "it", "two": "it_2"},
    "price.currency": {"one": "usd", "two": "eur"},
    "price.unit_amount": {"one": 1900, "two": 2400},
    "price.tiers_mode": {"one": "graduated", "two": "volume", "beside": TIERED},
    "price.tiers": {"one": TIERS, "two": OTHER_TIERS, "beside": TIERED},
    "price.transform_quantity.divide_by": {"one": 10, "two": 20, "beside": ROUND},
    "price.transform_quantity.round": {"one": "up", "two": "down", "beside": ROUND},
    "price.custom_unit_amount.minimum": {"one": 100, "two": 200, "ground": CUSTOM},
    "price.custom_unit_amount.maximum": {"one": 100, "two": 200, "ground": CUSTOM},
    "price.custom_unit_amount.preset": {"one": 100, "two": 200, "ground": CUSTOM},
    "price.recurring.interval": {"one": "month", "two": "year"},
    "price.recurring.interval_count": {"one": 2, "two": 3, "ground": MONTH},
    "price.recurring.meter": {
        "one": "@meter",
        "two": "@meter2",
        "beside": {"recurring": {"interval": "month", "usage_type": "metered"}},
    },
    "price.recurring.trial_period_days": {"one": 7, "two": 14, "ground": MONTH},
    "price.tax_behavior": {"one": "exclusive", "two": "inclusive"},
    "price.currency_options.*.tax_behavior": {
        "one": "exclusive",
        "two": "inclusive",
        "ground": {"currency_options": {"eur": {"unit_amount": 1700}}},
    },
    "price.currency_options.*.tiers": {"one": TIERS, "two": OTHER_TIERS, "ground": TIERED},
    "price.currency_options.*.custom_unit_amount.*": {
        "one": 100,
        "two": 200,
        "ground": CUSTOM | {"currency_options": {"eur": {"custom_unit_amount": {"enabled": True}}}},
    },
    "portal_configuration.features.payment_method_update.payment_method_configuration": {
        "one": "@method",
        "two": "@method2",
        "ground": {"features": {"payment_method_update": {"enabled": True}}},
    },
    "portal_configuration.features.subscription_cancel.proration_behavior": {
        "one": "create_prorations",
        "two": "none",
        "ground": {"features": {"subscription_cancel": {"mode": "immediately"}}},
    },
    "portal_configuration.features.subscription_cancel.cancellation_reason.*": {"beside": REASON},
    "portal_configuration.features.subscription_cancel.cancellation_reason.options": {
        "one": ["unused", "other"],
        "two": ["too_complex"],
        "beside": REASON,
    },
    "portal_configuration.features.subscription_cancel.cancellation_reason.feedback_options": {
        "one": ["@reason"],
        "two": ["@reason2"],
        "beside": REASON,
    },
    "portal_configuration.features.subscription_pause.duration.interval_options": {
        "one": [{"interval": "month", "interval_count": 2}],
        "two": [{"interval": "week"}, {"interval": "month"}],
        "beside": PAUSE,
    },
    "portal_configuration.features.subscription_update.enabled": {
        "beside": SWITCH,
        "dashboard": {
            "features": {
                "subscription_update": {
                    "enabled": "@value",
                    "default_allowed_updates": ["price"],
                    "products": [{"product": "pro", "prices": ["@yearly"]}],
                }
            }
        },
    },
    "portal_configuration.features.subscription_update.products": {
        "one": [{"product": "pro"}],
        "two": [{"product": "pro", "prices": ["yearly"], "adjustable_quantity": {"enabled": True, "maximum": 5}}],
        "dashboard": {"features": {"subscription_update": {"products": [{"product": "pro", "prices": ["@yearly"]}]}}},
    },
    "portal_configuration.features.subscription_update.billing_cycle_anchor": {"one": "now", "two": "unchanged"},
    "portal_configuration.features.subscription_update.schedule_at_period_end.conditions": {
        "one": [{"type": "decreasing_item_amount"}],
        "two": [{"type": "shortening_interval"}, {"type": "decreasing_item_amount"}],
    },
}
"""What fields need that their shape does not say; `*` at the end is every other member of the block."""

UNSUITED: Mapping[str, str] = {
    "product.id": "fixed by the base; its change is a replacement, tested by name",
    "product.name": "always declared; tested by name",
    "product.type": "another type is another product; tested by name",
    "price.product": "a price stands inside its product",
    "price.billing_scheme": "comes with tiers, tested there",
    "price.recurring.usage_type": "comes with a meter, tested there",
    "price.custom_unit_amount.enabled": "true is its only value; comes with the limits, tested there",
    "price.currency_options.*.custom_unit_amount.enabled": "true is its only value",
    "portal_configuration.features.subscription_pause.duration.type": "has companions of its own; tested by name",
}
"""Fields that the battery cannot set on and off, with the reason."""

UNSUITED_ALL = {"active": "always declared; tested by name"}


def cases() -> Iterator[Case]:
    """A case for every field of every kind that can be set on and off."""
    for kind in KINDS:
        for row in kind.fields:
            name = f"{kind.name}.{row.name}"
            if name in UNSUITED or row.name in UNSUITED_ALL:
                continue
            given = SAMPLES.get(name) or SAMPLES.get(f"{name.rpartition('.')[0]}.*") or {}
            yield Case(
                kind,
                row,
                given["one"] if "one" in given else _sample(row.shape, 0),
                given["two"] if "two" in given else _sample(row.shape, 1),
                _over(_enabled(row), given.get("ground", {})),
                given.get("beside", {}),
                given.get("dashboard", {}),
            )


def _enabled(row: Field) -> Data:
    """A feature must say whether it is on; and is off, so that it needs nothing else."""
    path = row.path
    return nested((*path[:2], "enabled"), False) if path[0] == "features" and path[2:] != ("enabled",) else {}


def _sample(shape: Mapping[str, Any], number: int) -> Any:
    """A value that a JSON Schema shape lets pass; number 0 and 1 give different ones."""
    if "anyOf" in shape:
        return _sample(shape["anyOf"][0], number)
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


def _catalogue(kind: Kind, *above: Data) -> Data:
    """The smallest catalogue that has one object of the kind, which is called `it` or, a product, `pro`."""
    own = _over(BASE[kind.name], *above)
    monthly = {"unit_amount": 100, "currency": "usd", **MONTH}
    yearly = {"unit_amount": 1000, "currency": "usd", "recurring": {"interval": "year"}}
    prices = {"it": own} if kind.name == "price" else {"monthly": monthly, "yearly": yearly}
    product = {**(own if kind.name == "product" else BASE["product"]), "prices": prices}
    catalogue: Data = {"products": {"pro": product}}
    if kind.name == "portal_configuration":
        catalogue["portal_configurations"] = {"it": own}
    return catalogue


def filled_in(value: Any, ids: Mapping[str, Any]) -> Any:
    """Put ids that only the account knows in the place of `@name`."""
    if isinstance(value, Mapping):
        return {k: filled_in(v, ids) for k, v in value.items()}
    if isinstance(value, list):
        return [filled_in(v, ids) for v in value]
    return ids[value] if isinstance(value, str) and value in ids else value
