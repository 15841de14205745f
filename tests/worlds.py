"""Random catalogues that a merchant could write, random changes to them, and what must hold whatever happens."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import requests
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from reconciler.apply import apply
from reconciler.kinds import BY_NAME
from reconciler.report import text
from tests.battery import Data, Shop, opened
from tests.harness import Account

settings.register_profile(
    "quick",
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
settings.register_profile("found", settings.get_profile("quick"), phases=[Phase.generate], report_multiple_bugs=False)
settings.register_profile("long", settings.get_profile("quick"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ALLOWED = ("replace", "retire", "update", "price-change")
INTERVALS = ({"interval": "month"}, {"interval": "year"}, {"interval": "week", "interval_count": 2})
KEYS = ("key_1", "key_2", "key_3")
ODD_KEYS = ("plain", "with space", "ключ", "日本", "a.b", "a(b)=c,d/e%20", "😀", "emoji " + "e" * 34)
WORDS = ("one", "two", "über & <b>", "日本語", "x" * 60)
DECLARED = "uses"
METERS: tuple[Any, ...] = ({"id": "@meter"}, DECLARED)
"""One that is in the account already, and one by its name in the YAML."""
URLS = ("https://acme.example/a", "https://acme.example/b?c=d&e[]=f")
REFUSED = (
    "cannot be archived while it is the",
    "is already product.",
    "choose another",
)
"""What a plan may rightly refuse for what is drawn here."""

some = st.sampled_from
amounts = some([0, 1, 1900, 2400])
decimals = some(["0.5", "12.25", "0.000000000001"])


def metadata() -> st.SearchStrategy[Data]:
    return st.dictionaries(some(ODD_KEYS), st.none() | some([*WORDS, "", "0100", "x" * 500]), max_size=3)


def maybe(draw: st.DrawFn, into: Data, name: str, strategy: st.SearchStrategy[Any], share: int = 3) -> None:
    """Declare a field in one of `share` cases."""
    if draw(st.integers(0, share - 1)) == 0:
        into[name] = draw(strategy)


@st.composite
def tiers(draw: st.DrawFn) -> list[Data]:
    last: Data = {"up_to": "inf", "unit_amount_decimal": draw(decimals)} if draw(st.booleans()) else {"up_to": "inf"}
    if len(last) == 1 or draw(st.booleans()):
        last["flat_amount"] = draw(amounts)
    return [{"up_to": 10, "unit_amount": draw(amounts)}, last]


@st.composite
def price(draw: st.DrawFn) -> Data:
    form = draw(some(["whole", "whole", "whole", "decimal", "tiers", "custom", "metered"]))
    one: Data = {"currency": draw(some(["usd", "usd", "eur"]))}
    option: Data
    if form == "custom":
        one["custom_unit_amount"] = option = {"enabled": True}
        maybe(draw, option, "minimum", some([50, 100]))
        maybe(draw, option, "maximum", some([500, 1000]))
        option = {"custom_unit_amount": {"enabled": True, "minimum": 70}}
    elif form == "tiers":
        one |= {"tiers": draw(tiers()), "tiers_mode": draw(some(["graduated", "volume"]))}
        option = {"tiers": draw(tiers())}
    elif form == "decimal":
        one["unit_amount_decimal"] = draw(decimals)
        option = {"unit_amount_decimal": draw(decimals)}
    else:
        one["unit_amount"] = draw(amounts)
        option = {"unit_amount": draw(amounts)}
    if form == "metered":
        one["recurring"] = {"interval": "month", "usage_type": "metered", "meter": draw(some(METERS))}
    elif form != "custom" and draw(st.integers(0, 3)):
        one["recurring"] = copy.deepcopy(draw(some(INTERVALS)))
    for currency in draw(st.sets(some(["gbp", "jpy"]))) if draw(st.booleans()) else ():
        one.setdefault("currency_options", {})[currency] = dict(option)
        maybe(draw, one["currency_options"][currency], "tax_behavior", some(["exclusive", "inclusive"]))
    if form in ("whole", "decimal"):
        maybe(draw, one, "transform_quantity", st.just({"divide_by": 10, "round": "up"}), 5)
    maybe(draw, one, "tax_behavior", some(["unspecified", "exclusive", "inclusive"]))
    maybe(draw, one, "nickname", some(WORDS))
    maybe(draw, one, "metadata", metadata())
    maybe(draw, one, "active", st.booleans(), 6)
    return one


@st.composite
def product(draw: st.DrawFn, name: str) -> Data:
    one: Data = {"name": draw(some(WORDS))}
    if name != "c":
        one["id"] = f"id_{name}"
    maybe(draw, one, "description", st.none() | some(WORDS))
    maybe(draw, one, "images", st.none() | st.lists(some(URLS), max_size=2, unique=True))
    maybe(draw, one, "url", st.none() | some(URLS))
    maybe(draw, one, "unit_label", st.none() | some(["seat", "box"]))
    maybe(draw, one, "statement_descriptor", some(["ACME", "ACME PRO"]))
    maybe(draw, one, "tax_code", st.none() | some(["txcd_10103001", "txcd_10000000"]))
    maybe(draw, one, "shippable", st.booleans())
    maybe(draw, one, "marketing_features", st.none() | st.just([{"name": "much"}, {"name": "more"}]))
    maybe(draw, one, "metadata", metadata())
    maybe(draw, one, "active", st.booleans(), 6)
    if draw(st.booleans()):
        one["package_dimensions"] = {k: draw(some([1, 1.5, 2])) for k in ("height", "length", "weight", "width")}
    names = draw(st.sets(some(["m", "n", "o"]), max_size=3))
    if names:
        one["prices"] = {n: draw(price()) for n in sorted(names)}
        served = [n for n, p in one["prices"].items() if p.get("active", True)]
        if served and draw(st.integers(0, 3)):
            one["default_price"] = draw(some(served))
    return one


@st.composite
def portal(draw: st.DrawFn, products: Mapping[str, Data]) -> Data:
    features: Data = {}
    if draw(st.booleans()):
        features["invoice_history"] = {"enabled": draw(st.booleans())}
    if draw(st.booleans()):
        features["customer_update"] = {"enabled": True}
        updates = st.lists(some(["email", "name", "tax_id"]), unique=True)
        maybe(draw, features["customer_update"], "allowed_updates", st.none() | updates, 2)
    if draw(st.booleans()):
        features["subscription_cancel"] = {"enabled": True}
        maybe(draw, features["subscription_cancel"], "mode", some(["at_period_end", "immediately"]))
        reason = {"enabled": True, "options": ["unused", "other"]}
        maybe(draw, features["subscription_cancel"], "cancellation_reason", st.just(reason))
    if draw(st.booleans()):
        features["subscription_pause"] = {"enabled": draw(st.booleans())}
        durations = ({"type": "indefinite"}, {"type": "interval_options", "interval_options": [{"interval": "week"}]})
        maybe(draw, features["subscription_pause"], "duration", some(durations), 2)
    offers = [o for o in (draw(offer(name, one)) for name, one in products.items()) if o]
    if offers and draw(st.booleans()):
        features["subscription_update"] = {
            "enabled": draw(st.booleans()),
            "default_allowed_updates": draw(some([["price"], ["quantity", "price"]])),
            "products": draw(st.permutations(offers)),
        }
    one: Data = {"features": features}
    maybe(draw, one, "business_profile", some([{"headline": "Hello"}, {"headline": None}, {}]))
    maybe(draw, one, "login_page", some([{"enabled": True}, {"enabled": False}]))
    maybe(draw, one, "default_return_url", some(URLS))
    maybe(draw, one, "metadata", metadata())
    return one


@st.composite
def offer(draw: st.DrawFn, name: str, one: Data) -> Data | None:
    """What a portal may offer of a product: prices in service that differ in their interval."""
    found: dict[str, str] = {}
    for short, p in one.get("prices", {}).items():
        recurring = p.get("recurring")
        if recurring and p.get("active", True) and "tiers" not in p and "meter" not in recurring:
            found.setdefault(str(recurring), f"{name}.{short}")
    if not found:
        return None
    entry: Data = {"product": name, "prices": list(found.values())}
    maybe(draw, entry, "adjustable_quantity", some([{"enabled": True}, {"enabled": True, "maximum": 9}]))
    return entry


@st.composite
def catalogue(draw: st.DrawFn) -> Data:
    products = {n: draw(product(n)) for n in sorted(draw(st.sets(some(["a", "b", "c"]), min_size=1)))}
    prices = [p for one in products.values() for p in one.get("prices", {}).values()]
    for key in KEYS:
        if prices and draw(st.booleans()):
            chosen = draw(some(prices))
            chosen.setdefault("lookup_key", key)
    data: Data = {"products": products}
    if any(p.get("recurring", {}).get("meter") == DECLARED for p in prices):
        meter = {"display_name": "Uses", "event_name": "uses", "default_aggregation": {"formula": "sum"}}
        data["meters"] = {DECLARED: meter}
    portals = draw(st.sets(some(["main", "other"])))
    if portals:
        data["portal_configurations"] = {n: draw(portal(products)) for n in sorted(portals)}
        if "main" in portals:
            data["portal_configurations"]["main"]["is_default"] = True
    return data


@st.composite
def next_one(draw: st.DrawFn, history: list[Data]) -> Data:
    """Another catalogue: new, an earlier one, or the last one changed in one place."""
    last: Data = copy.deepcopy(history[-1])
    last.pop("moved", None)
    how = draw(some(["new", "revert", "amount", "swap", "rename", "drop", "default"]))
    priced = [(n, one) for n, one in last["products"].items() if one.get("prices")]
    if how == "new" or (how != "revert" and not priced):
        return draw(catalogue())
    if how == "revert":
        back: Data = copy.deepcopy(draw(some(history)))
        back.pop("moved", None)
        return back
    name, one = draw(some(priced))
    prices: Data = one["prices"]
    short = draw(some(sorted(prices)))
    if how == "amount" and "unit_amount" in prices[short]:
        prices[short]["unit_amount"] = draw(amounts)
    elif how == "swap":
        every = [p for _, o in priced for p in o["prices"].values()]
        left, right = draw(some(every)), draw(some(every))
        keys = left.pop("lookup_key", None), right.pop("lookup_key", None)
        left |= {"lookup_key": keys[1]} if keys[1] and left is not right else {}
        right |= {"lookup_key": keys[0]} if keys[0] else {}
    elif how == "rename" and "z" not in prices:
        _renamed(last, name, short)
        if draw(st.booleans()):
            last["moved"] = [{"from": f"price.{name}.{short}", "to": f"price.{name}.z"}]
    elif how == "default":
        served = [n for n, p in prices.items() if p.get("active", True)]
        if served:
            one["default_price"] = draw(some(served))
    elif how == "drop" and len(prices) > 1 and one.get("default_price") != short:
        del prices[short]
        _forget(last, f"{name}.{short}")
    return last


def _renamed(data: Data, name: str, short: str) -> None:
    one = data["products"][name]
    one["prices"]["z"] = one["prices"].pop(short)
    if one.get("default_price") == short:
        one["default_price"] = "z"
    for offered in _offers(data):
        offered["prices"] = [f"{name}.z" if p == f"{name}.{short}" else p for p in offered["prices"]]


def _forget(data: Data, price_name: str) -> None:
    for one in data.get("portal_configurations", {}).values():
        update = one["features"].get("subscription_update")
        if not update:
            continue
        for offered in update["products"]:
            offered["prices"] = [p for p in offered["prices"] if p != price_name]
        update["products"] = [o for o in update["products"] if o["prices"]]
        if not update["products"]:
            del one["features"]["subscription_update"]


def _offers(data: Data) -> Iterator[Data]:
    for one in data.get("portal_configurations", {}).values():
        yield from one["features"].get("subscription_update", {}).get("products", ())


_numbers = count(1)
_HIDDEN = {
    "/v1/products": [],
    "/v1/prices": ["data.tiers", "data.currency_options"],
    "/v1/billing_portal/configurations": ["data.features.subscription_update.products"],
}
FIXED = ("currency", "unit_amount", "unit_amount_decimal", "tiers", "tiers_mode", "recurring", "product")


@dataclass
class World:
    """An account of its own with a meter, things that are not ours, and everything that was ever seen in it."""

    shop: Shop
    meter: str
    foreign: dict[str, Any] = field(default_factory=dict)
    prices: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, shop: Shop) -> World:
        meter = {"display_name": "Calls", "event_name": "calls", "default_aggregation[formula]": "sum"}
        world = cls(shop, shop.account.post("/v1/billing/meters", meter)["id"])
        shop.account.post("/v1/products", {"id": "theirs", "name": "Theirs", "metadata[a]": "b"})
        sent = {"product": "theirs", "unit_amount": 1, "currency": "usd", "lookup_key": "theirs"}
        default = shop.account.post("/v1/prices", sent)["id"]
        shop.account.post("/v1/products/theirs", {"default_price": default})
        stamp = {"metadata[stripe_portal]": "globex/product.theirs", "metadata[stripe_portal_fields]": "1:name=abcdef"}
        shop.account.post("/v1/products", {"id": "globex", "name": "Another project", **stamp})
        world.foreign = world.not_ours()
        return world

    def write(self, data: Data) -> None:
        self.shop.write(json.loads(json.dumps(data).replace("@meter", self.meter)))

    def everything(self) -> dict[str, Any]:
        found = {}
        for path, expand in _HIDDEN.items():
            found |= {o["id"]: o for o in self.shop.account.all(path, **{"expand[]": expand})}
        return found

    def not_ours(self) -> dict[str, Any]:
        mine = "acme/"
        return {
            i: o for i, o in self.everything().items() if not o["metadata"].get("stripe_portal", "").startswith(mine)
        }

    def live(self) -> dict[str, list[Any]]:
        """Objects of ours in service, by address."""
        found: dict[str, list[Any]] = {}
        for one in self.everything().values():
            project, _, address = one["metadata"].get("stripe_portal", "").partition("/")
            if project == "acme" and one["active"]:
                found.setdefault(address, []).append(one)
        return found

    def put(self, data: Data) -> bool:
        """Declare and apply. False when the plan refuses, as it may."""
        self.write(data)
        plan = self.shop.plan(*ALLOWED)
        if plan.refusals:
            assert all(any(r in refusal for r in REFUSED) for refusal in plan.refusals), plan.refusals
            return False
        self.shop.apply(*ALLOWED)
        return True

    def settle(self) -> None:
        """At most one more apply, and nothing is left to do."""
        plan = self.shop.plan(*ALLOWED)
        if plan.actions:
            self.shop.apply(*ALLOWED)
        self.shop.converged()

    def check(self) -> None:
        """What must hold after every apply that went through."""
        now = self.everything()
        assert {i: now[i] for i in self.foreign} == self.foreign
        for ident, one in now.items():
            if one["object"] == "price":
                known = self.prices.setdefault(ident, one)
                assert {k: one[k] for k in FIXED} == {k: known[k] for k in FIXED}, ident
        declared = {str(a): r for a, r in self.shop.desired().resources.items()}
        live = self.live()
        for address, resource in declared.items():
            if not BY_NAME[resource.address.kind].stampable:
                continue  # nobody owns it
            wanted = 1 if resource.properties.get(("active",), True) else 0
            found = live.pop(address, [])
            left = [o for o in found if o["object"] != "price" or now[o["product"]]["active"]]
            assert len(left if len(found) > wanted else found) == wanted, address
        for address, left in live.items():
            for one in left:
                assert one["object"] == "price", address
                assert not now[one["product"]]["active"], address
        for one in now.values():
            if one["object"] == "product" and one["active"] and one["default_price"]:
                assert now[one["default_price"]]["active"]


def world_in(folder: Path, url: str) -> Any:
    """A fresh world; to be used in a `with`."""
    account = Account.register(url, f"sk_test_world{next(_numbers):06}")
    return opened(folder, account)


def fault(account: Account, **order: Any) -> None:
    account.control("faults", **order)


def no_faults(account: Account) -> None:
    requests.delete(f"{account.url}/_emulator/faults", timeout=10).raise_for_status()


__all__ = ["ALLOWED", "World", "apply", "catalogue", "fault", "next_one", "no_faults", "text", "world_in"]
