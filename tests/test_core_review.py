"""What leaves, what takes its place, and what stays as it is: one merchant's situation each, told to its end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Address, Plan, Status, Verb
from tests.battery import Data, Shop, opened, verbs
from tests.harness import Account, Project

PRO: Data = {"products": {"pro": {"id": "pro", "name": "Pro"}}}
HOOK = "https://acme.example/hook"
OLD, NEW = "2026-09-30.endive", "2026-10-28.endive"
BROKEN = {"metadata[stripe_portal_fields]": "somebody typed here"}
REFUSED = {"kind": "error", "status": 400, "times": None}


@pytest.fixture
def shop(tmp_path: Path, account: Account) -> Iterator[Shop]:
    with opened(tmp_path, account) as one:
        yield one
        account.calm()
        account.control("clock", set=time.time(), run=True)


def launch(percent: int, code: Data | None = None, **coupon: Any) -> Data:
    """A coupon with an id of its own, and the code that redeems it."""
    return {
        "coupons": {"launch": {"id": "LAUNCH", "percent_off": percent, **coupon}},
        "promotion_codes": {"launch20": {"code": "LAUNCH20", "promotion": {"coupon": "launch"}, **(code or {})}},
    }


def mugs(once: int, refill: int = 300, **link: Any) -> Data:
    """A product with two prices, and a link that sells the first."""
    prices = {
        "once": {"unit_amount": once, "currency": "usd"},
        "refill": {"unit_amount": refill, "currency": "usd"},
    }
    return {
        "products": {"mug": {"id": "mug", "name": "Mug", "prices": prices}},
        "payment_links": {"mug": {"line_items": [{"price": "mug.once"}], **link}},
    }


def hooks(**endpoints: Data) -> Data:
    usual = {"url": HOOK, "enabled_events": ["invoice.paid"]}
    return {"webhook_endpoints": {name: usual | one for name, one in endpoints.items()}}


def stopped(shop: Shop, data: Data, *allow: str, **fault: Any) -> dict[str, Status]:
    """One apply with a fault, and how it ended for each action."""
    shop.write(data)
    plan = shop.plan(*allow)
    assert not plan.refusals, plan.refusals
    shop.account.control("faults", **{**REFUSED, **fault})
    outcomes = shop.perform(plan)
    shop.account.calm()
    return {f"{o.action.verb.symbol} {o.action.address}": o.status for o in outcomes}


def warned(plan: Plan, *words: str) -> bool:
    return any(all(word in warning for word in words) for warning in plan.warnings)


# What must go before its successor can come.


def test_a_coupon_stays_until_the_product_is_there_that_its_successor_is_for(shop: Shop) -> None:
    shop.put({**PRO, **launch(20)})
    before = shop.account.everything()
    team = {"products": {**PRO["products"], "team": {"id": "team", "name": "Team"}}}
    after = {**team, **launch(20, applies_to={"products": ["team"]})}
    ended = stopped(shop, after, operation="product.create")
    assert ended.pop("+ product.team") is Status.FAILED
    assert set(ended.values()) == {Status.SKIPPED}
    assert shop.account.everything() == before
    shop.put(after)
    assert shop.account.one("coupon", "LAUNCH")["applies_to"] == {"products": ["team"]}


def test_a_plan_for_a_code_that_leaves_takes_along_who_is_to_have_it(shop: Shop) -> None:
    """Otherwise nobody could redeem it until the next apply."""
    shop.put(launch(20))
    summer = launch(20)
    summer["promotion_codes"] = {"summer": summer["promotion_codes"]["launch20"]}
    shop.write(summer)
    plan = shop.plan(only=[Address("promotion_code", "launch20")])
    assert verbs(plan) == [(Verb.RETIRE, "promotion_code.launch20"), (Verb.CREATE, "promotion_code.summer")]
    shop.perform(plan)
    shop.converged()
    assert shop.account.find("promotion_code.summer")["code"] == "LAUNCH20"


# What a successor takes over.


def test_what_a_link_offers_besides_follows_to_its_new_price(shop: Shop) -> None:
    """Nobody declared it: somebody set it in the Dashboard."""
    shop.put(mugs(900))
    link, refill = (shop.account.find(a)["id"] for a in ("payment_link.mug", "price.mug.refill"))
    shop.account.post(f"/v1/payment_links/{link}", {"optional_items": [{"price": refill, "quantity": 2}]})
    shop.put(mugs(1000, 400))
    new = shop.account.find("payment_link.mug")
    assert new["id"] != link
    dearer = shop.account.find("price.mug.refill")["id"]
    assert dearer != refill
    assert [(i["price"], i["quantity"]) for i in new["optional_items"]] == [(dearer, 2)]


def test_a_destination_without_the_amount_that_was_set_beside_it_is_left_behind(shop: Shop) -> None:
    """Alone it would mean that all of the money goes there."""
    shop.put(mugs(900))
    link = shop.account.find("payment_link.mug")["id"]
    shop.account.post(f"/v1/payment_links/{link}", {"transfer_data": {"destination": "acct_1Partner", "amount": 100}})
    shop.write(mugs(1000))
    plan = shop.plan()
    for name in ("transfer_data.destination", "transfer_data.amount"):
        assert warned(plan, "payment_link.mug", name, "its successor will not have it"), plan.warnings
    shop.apply()
    shop.converged()
    assert shop.account.find("payment_link.mug")["transfer_data"] is None


def test_a_destination_of_everything_is_taken_over(shop: Shop) -> None:
    shop.put(mugs(900))
    link = shop.account.find("payment_link.mug")["id"]
    shop.account.post(f"/v1/payment_links/{link}", {"transfer_data": {"destination": "acct_1Partner"}})
    shop.put(mugs(1000))
    assert shop.account.find("payment_link.mug")["transfer_data"]["destination"] == "acct_1Partner"


def test_an_endpoint_that_somebody_silenced_stays_silent_in_its_successor(shop: Shop) -> None:
    shop.put(hooks(main={"api_version": OLD}))
    first = shop.account.find("webhook_endpoint.main")["id"]
    shop.account.post(f"/v1/webhook_endpoints/{first}", {"disabled": True})
    shop.put(hooks(main={"api_version": NEW}))
    second = shop.account.find("webhook_endpoint.main")
    assert (second["id"] != first, second["status"]) == (True, "disabled")


# Features that somebody attached in the Dashboard to products that declare none.


def features(key: str = "api") -> Data:
    return {**PRO, "features": {"api": {"lookup_key": key, "name": "API access"}}}


def attached(shop: Shop, product: str, feature: str) -> str:
    shop.account.post(f"/v1/products/{product}/features", {"entitlement_feature": feature})
    return feature


def lists_read(shop: Shop) -> list[str]:
    return [r["path"] for r in shop.account.requests("GET") if r["path"].endswith("/features") and "/prod" in r["path"]]


def test_a_feature_that_somebody_attached_follows_to_its_successor(shop: Shop) -> None:
    """Else its buyers would go on with one that is archived for good."""
    shop.put(features())
    old = attached(shop, "pro", shop.account.find("feature.api")["id"])
    beta = {"lookup_key": "beta", "name": "Beta"}
    theirs = attached(shop, "pro", shop.account.post("/v1/entitlements/features", beta)["id"])
    plan = shop.put(features("api_v2"), "permanent")
    assert verbs(plan) == [
        (Verb.CREATE, "feature.api"),
        (Verb.UPDATE, "product.pro"),
        (Verb.RETIRE, "feature.api"),
    ]
    new = shop.account.find("feature.api")["id"]
    assert new != old
    rows = shop.account.one("product", "pro")["features"]
    assert {row["entitlement_feature"]["id"] for row in rows} == {new, theirs}


@pytest.mark.parametrize("after", [features(), features() | {"coupons": {"it": {"id": "IT", "percent_off": 5}}}])
def test_lists_that_nobody_declares_are_not_read_where_no_feature_leaves(shop: Shop, after: Data) -> None:
    """It would be a call for each product."""
    shop.put(features())
    attached(shop, "pro", shop.account.find("feature.api")["id"])
    shop.account.forget()
    shop.put(after)
    assert lists_read(shop) == []


# What has ended by itself.


def used_up(shop: Shop, code: Data) -> Data:
    """Somebody redeems the code, which may be redeemed once."""
    prices = {"monthly": {"unit_amount": 1900, "currency": "usd", "recurring": {"interval": "month"}}}
    sold = {"products": {"pro": {"id": "pro", "name": "Pro", "prices": prices}}}
    shop.put({**sold, **code})
    ann = shop.account.post("/v1/customers", {"email": "ann@acme.example"})["id"]
    price, promotion = (shop.account.find(a)["id"] for a in ("price.pro.monthly", "promotion_code.launch20"))
    bought = {"customer": ann, "items": [{"price": price}], "discounts": [{"promotion_code": promotion}]}
    shop.account.post("/v1/subscriptions", bought)
    return sold


def yesterday(shop: Shop) -> int:
    """Turn the account's clock back two days, and give a moment that is over once it goes right again."""
    shop.account.control("clock", set=time.time() - 2 * 86400, run=True)
    return int(time.time()) - 86400


def today(shop: Shop) -> None:
    shop.account.control("clock", set=time.time(), run=True)


@pytest.mark.parametrize("ended", ["used up", "expired"])
@pytest.mark.parametrize("own_id", [True, False], ids=["LAUNCH", "made up"])
def test_a_code_that_has_ended_is_not_handed_out_again_with_its_new_coupon(
    shop: Shop, own_id: bool, ended: str
) -> None:
    limit = {"max_redemptions": 1} if ended == "used up" else {"expires_at": yesterday(shop)}

    def discount(percent: int) -> Data:
        data = launch(percent, limit)
        return data if own_id else {**data, "coupons": {"launch": {"percent_off": percent}}}

    sold: Data = {}
    if ended == "used up":
        sold = used_up(shop, discount(20))
    else:
        shop.put(discount(20))
        today(shop)
    code = shop.account.bearing("promotion_code.launch20")[0]["id"]
    for percent in (25, 30):
        plan = shop.put({**sold, **discount(percent)})
        assert warned(plan, "promotion_code.launch20", code, "it stays so"), plan.warnings
        assert "promotion_code.launch20" not in [address for _, address in verbs(plan)]
        assert shop.account.find("coupon.launch")["percent_off"] == percent
        assert [o["id"] for o in shop.account.of("promotion_code")] == [code]


def test_a_coupon_whose_last_day_is_over_is_refused_a_successor_of_the_same_day(shop: Shop) -> None:
    """Stripe would delete the old one, and then make no new one."""
    over = yesterday(shop)
    shop.put({**PRO, **launch(20, redeem_by=over)})
    today(shop)
    shop.converged()  # nothing is replaced, and nothing is refused
    shop.write({**PRO, **launch(25, redeem_by=over)})
    (refusal,) = shop.plan().refusals
    assert "coupon.launch: redeem_by is in the past" in refusal
    shop.put({**PRO, **launch(25, redeem_by=int(time.time()) + 86400)})
    assert shop.account.one("coupon", "LAUNCH")["percent_off"] == 25


# What comes back.


def test_a_link_comes_back_after_the_price_that_it_sells(shop: Shop) -> None:
    """Nothing of the link differs but that it is out of service: it is its price that must be back before it."""
    shop.put({**PRO, **mugs(900, active=True)})
    shop.put(PRO)
    link = shop.account.bearing("payment_link.mug")[0]["id"]
    price = next(o["id"] for o in shop.account.bearing("price.mug.once"))
    after = {"products": {**PRO["products"], **mugs(900)["products"]}, "payment_links": mugs(900)["payment_links"]}
    ended = stopped(shop, after, method="POST", path=f"/v1/prices/{price}")
    assert ended["↻ price.mug.once"] is Status.FAILED
    assert ended["↻ payment_link.mug"] is Status.SKIPPED
    shop.put(after)
    assert shop.account.find("payment_link.mug")["id"] == link


# Webhook endpoints, of which the secret is told once.


@pytest.mark.parametrize("connect", [True, False])
def test_a_mark_that_cannot_be_read_costs_no_endpoint_its_secret(shop: Shop, connect: bool) -> None:
    """`connect` is never answered, so that the mark alone tells what it is."""
    shop.put(hooks(main={"connect": connect}))
    one = shop.account.find("webhook_endpoint.main")["id"]
    shop.account.post(f"/v1/webhook_endpoints/{one}", BROKEN)
    assert verbs(shop.put(hooks(main={"connect": connect}))) == [(Verb.RESTAMP, "webhook_endpoint.main")]
    assert shop.account.find("webhook_endpoint.main")["id"] == one


@pytest.mark.parametrize(
    ("after", "heir"),
    [
        (hooks(main={"api_version": NEW}), "Its successor has another"),
        (hooks(other={"api_version": OLD}), "webhook_endpoint.other has another"),
    ],
    ids=["another version", "another name"],
)
def test_who_lets_another_endpoint_take_its_place_learns_that_the_secret_is_another(
    shop: Shop, after: Data, heir: str
) -> None:
    shop.put(hooks(main={"api_version": OLD}))
    one = shop.account.find("webhook_endpoint.main")["id"]
    shop.write(after)
    assert warned(shop.plan(), f"webhook_endpoint.main: {one}", "signs with a secret of its own", heir, "Dashboard")


def test_an_endpoint_that_only_leaves_leaves_no_secret_to_anybody(shop: Shop) -> None:
    shop.put({**PRO, **hooks(main={})})
    shop.write({**PRO, **hooks(other={"url": "https://acme.example/elsewhere"})})
    assert not warned(shop.plan(), "secret")


def endpoint(shop: Shop, **more: Any) -> str:
    """One that somebody made in the Dashboard."""
    made = shop.account.post("/v1/webhook_endpoints", {"url": HOOK, "enabled_events": ["invoice.paid"], **more})
    return str(made["id"])


@pytest.mark.parametrize("older", ["ours", "theirs"])
@pytest.mark.parametrize("order", [("main", "other"), ("other", "main")], ids=" ".join)
def test_an_endpoint_that_nobody_owns_is_found_beside_one_that_is_ours(
    shop: Shop, order: tuple[str, str], older: str
) -> None:
    """Two may have one URL: what is ours already is not asked to be another resource too."""
    theirs = endpoint(shop) if older == "theirs" else ""
    shop.put(hooks(main={"url": "https://acme.example/elsewhere"}))
    theirs = theirs or endpoint(shop)
    shop.account.post(f"/v1/webhook_endpoints/{shop.account.find('webhook_endpoint.main')['id']}", {"url": HOOK})
    both = hooks(**{name: {} for name in order})
    shop.write(both)
    (refusal,) = shop.plan().refusals
    assert theirs in refusal
    assert "--allow adopt=webhook_endpoint.other" in refusal
    shop.put(both, "adopt")
    assert shop.account.find("webhook_endpoint.other")["id"] == theirs
    assert len(shop.account.all("/v1/webhook_endpoints")) == 2


def test_of_two_endpoints_that_nobody_owns_none_is_guessed(shop: Shop) -> None:
    """Each signs with a secret of its own."""
    one, two = endpoint(shop, api_version=OLD), endpoint(shop, api_version=NEW)
    shop.write(hooks(main={}))
    plan = shop.plan("adopt")
    (refusal,) = plan.refusals
    for word in ("webhook_endpoint.main", HOOK, f"adopt: {one}", f"adopt: {two}", "another url"):
        assert word in refusal
    plan = shop.put(hooks(main={"adopt": one}))
    assert verbs(plan) == [(Verb.ADOPT, "webhook_endpoint.main")]
    assert shop.account.find("webhook_endpoint.main")["id"] == one
    shop.put(hooks(main={}, a={"adopt": two}))
    assert shop.account.find("webhook_endpoint.a")["id"] == two
    assert len(shop.account.all("/v1/webhook_endpoints")) == 2


def test_an_endpoint_that_another_resource_names_is_not_taken_before_it_comes_to_its_turn(shop: Shop) -> None:
    one, two = endpoint(shop), endpoint(shop)
    shop.put(hooks(a={}, b={"adopt": two}), "adopt")
    found = {name: shop.account.find(f"webhook_endpoint.{name}")["id"] for name in ("a", "b")}
    assert found == {"a": one, "b": two}


@pytest.mark.parametrize(
    "fault",
    [{"kind": "error", "when": "after", "status": 500}, {"kind": "drop", "when": "after", "times": None}],
    ids=["500", "no answer"],
)
def test_a_secret_that_came_to_nobody_is_spoken_of(project: Project, tmp_path: Path, fault: Data) -> None:
    """The endpoint is there, and the next apply finds it by its mark: by then nobody could know."""
    project.write(json.dumps({"stripe_portal": 1, "project": "acme", **hooks(main={})}))
    project.account.control("faults", method="POST", path="/v1/webhook_endpoints", **fault)
    try:
        failed = project.apply("--secrets-to", str(tmp_path / "secrets.json"), code=1)
    finally:
        project.account.calm()
    assert "webhook_endpoint.main: failed" in failed.err
    assert "its secret came to nobody, and no later apply brings it: the Dashboard shows it" in failed.err
    assert "is in" not in failed.err
    again = project.apply("--secrets-to", str(tmp_path / "secrets.json"))
    assert "No changes" in again.out
    assert not (tmp_path / "secrets.json").exists()
    assert len(project.account.bearing("webhook_endpoint.main")) == 1


def test_where_no_secret_could_come_none_is_spoken_of(project: Project) -> None:
    """A product has none; and an endpoint that Stripe refuses is not there."""
    fault = {"kind": "error", "when": "after", "status": 500, "path": "/v1/products"}
    no = {"kind": "error", "status": 400, "path": "/v1/webhook_endpoints"}
    project.write(json.dumps({"stripe_portal": 1, "project": "acme", **PRO, **hooks(main={})}))
    for one in (fault, no):
        project.account.control("faults", method="POST", **one)
    try:
        failed = project.apply(code=1)
    finally:
        project.account.calm()
    assert "product.pro: failed" in failed.err
    assert "webhook_endpoint.main: failed" in failed.err
    assert "came to nobody" not in failed.err


@pytest.mark.parametrize("declared", [True, False])
def test_a_product_that_keeps_a_feature_that_leaves_is_named(shop: Shop, declared: bool) -> None:
    """A list that nobody declared is somebody's own: it stays as it is, and people learn of it."""
    shop.put(features())
    product = "pro" if declared else str(shop.account.post("/v1/products", {"name": "Theirs"})["id"])
    feature = attached(shop, product, shop.account.find("feature.api")["id"])
    shop.write(PRO)
    shop.account.forget()
    plan = shop.plan("permanent")
    assert verbs(plan) == [(Verb.RETIRE, "feature.api")]
    assert sorted(lists_read(shop)) == sorted({f"/v1/products/{p}/features" for p in ("pro", product)})
    assert warned(plan, f"{product} (features) still points at {feature}, which leaves service"), plan.warnings


def test_a_product_that_is_not_ours_and_has_a_feature_that_is_replaced_is_named(shop: Shop) -> None:
    shop.put(features())
    theirs = str(shop.account.post("/v1/products", {"name": "Theirs"})["id"])
    feature = attached(shop, theirs, shop.account.find("feature.api")["id"])
    shop.write(features("api_v2"))
    plan = shop.plan("permanent")
    assert warned(plan, f"{theirs} (features) still points at {feature}, which leaves service"), plan.warnings
    assert "product.pro" not in [address for _, address in verbs(plan)]
