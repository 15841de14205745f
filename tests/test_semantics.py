"""The promises of ownership, replacement and retirement, one merchant's situation each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Cause, Verb
from reconciler.report import text
from tests.battery import Data, Shop, form, nested, opened, verbs
from tests.harness import COLLECTIONS, Account
from tests.worlds import fault, no_faults

MONTHLY = {"unit_amount": 1900, "currency": "usd", "recurring": {"interval": "month"}, "lookup_key": "monthly"}
YEARLY = {"unit_amount": 19000, "currency": "usd", "recurring": {"interval": "year"}}


@pytest.fixture
def shop(tmp_path: Path, account: Account) -> Iterator[Shop]:
    with opened(tmp_path, account) as one:
        yield one


def pro(prices: Data | None = None, **fields: Any) -> Data:
    """One product, with prices."""
    return {"products": {"pro": {"id": "pro", "name": "Pro", **fields, "prices": {} if prices is None else prices}}}


def price(**fields: Any) -> Data:
    return pro({"it": {"unit_amount": 1900, "currency": "usd", **fields}})


def portal(*names: str, **fields: Any) -> Data:
    return {"portal_configurations": {n: {"features": {}, **fields} for n in names}}


def refused(shop: Shop, *allow: str) -> str:
    """Why the plan may not be applied; nothing has been written."""
    plan = shop.plan(*allow)
    assert plan.refusals
    return "\n".join(plan.refusals)


def ids(shop: Shop, address: str) -> dict[str, bool]:
    return {o["id"]: o["active"] for o in shop.account.bearing(address)}


# What every kind goes through.


@pytest.fixture(params=["product", "price", "portal_configuration"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def holding(kind: str, name: str = "it", **fields: Any) -> Data:
    """A catalogue with one object of the kind that can come and go, beside another that keeps the account's flags."""
    data = pro({"main": YEARLY}) | portal("main", is_default=True)
    if kind == "price":
        data["products"]["pro"]["prices"][name] = {**MONTHLY, "lookup_key": "it", **fields}
    elif kind == "product":
        data["products"][name] = {"id": "it", "name": "It", **fields}
    else:
        data["portal_configurations"][name] = {"features": {}, "name": "It", **fields}
    return data


def less(kind: str) -> Data:
    data = holding(kind)
    inside = data["products"]["pro"]["prices"] if kind == "price" else data[f"{kind}s"]
    del inside["it"]
    return data


def address(kind: str, name: str = "it") -> str:
    return f"price.pro.{name}" if kind == "price" else f"{kind}.{name}"


def test_a_key_that_goes_retires_and_a_key_that_returns_revives(shop: Shop, kind: str) -> None:
    shop.put(holding(kind))
    born = shop.account.find(address(kind))
    plan = shop.put(less(kind))
    assert verbs(plan) == [(Verb.RETIRE, address(kind))]
    gone = shop.account.find(address(kind), active=False)
    assert gone["id"] == born["id"]
    assert gone["metadata"]["stripe_portal"] == f"acme/{address(kind)}"
    plan = shop.put(holding(kind))
    assert verbs(plan) == [(Verb.REVIVE, address(kind))]
    assert "Edited in Stripe" not in text.render(plan)
    assert ids(shop, address(kind)) == {born["id"]: True}


def test_active_false_keeps_it_declared_and_out_of_service(shop: Shop, kind: str) -> None:
    shop.put(holding(kind))
    born = shop.account.find(address(kind))["id"]
    plan = shop.put(holding(kind, active=False))
    assert verbs(plan) == [(Verb.RETIRE, address(kind))]
    shop.put(holding(kind, active=False, metadata={"a": "b"}))
    assert ids(shop, address(kind)) == {born: False}
    assert verbs(shop.put(holding(kind))) == [(Verb.REVIVE, address(kind))]
    assert ids(shop, address(kind)) == {born: True}


def test_created_out_of_service(shop: Shop, kind: str) -> None:
    shop.put(less(kind))
    shop.put(holding(kind, active=False))
    assert list(ids(shop, address(kind)).values()) == [False]


@pytest.mark.parametrize("active", [None, True])
def test_archived_in_the_dashboard_is_drift(shop: Shop, kind: str, active: bool | None) -> None:
    shop.put(holding(kind, active=active))
    one = shop.account.find(address(kind))["id"]
    shop.account.post(f"{COLLECTIONS[kind][0]}/{one}", {"active": "false"})
    plan = shop.plan()
    assert verbs(plan) == [(Verb.REVIVE, address(kind))]
    assert "edited in Stripe" in text.render(plan)
    shop.apply()
    shop.converged()
    assert ids(shop, address(kind)) == {one: True}


def test_released_it_stays_as_it_is_without_our_stamp(shop: Shop, kind: str) -> None:
    shop.put(holding(kind, metadata={"theirs": "x"}))
    one = shop.account.find(address(kind))
    plan = shop.put({**less(kind), "released": [address(kind)]})
    assert verbs(plan) == [(Verb.RELEASE, address(kind))]
    left = shop.account.get(f"{COLLECTIONS[kind][0]}/{one['id']}")
    assert (left["active"], left["metadata"]) == (True, {"theirs": "x"})
    shop.put(less(kind))
    assert shop.account.get(f"{COLLECTIONS[kind][0]}/{one['id']}") == left


def test_moved_it_keeps_its_id(shop: Shop, kind: str) -> None:
    shop.put(holding(kind))
    born = shop.account.find(address(kind))["id"]
    move = {"moved": [{"from": address(kind), "to": address(kind, "new")}]}
    plan = shop.put(holding(kind, "new") | move)
    assert verbs(plan) == [(Verb.RESTAMP, address(kind, "new"))]
    shop.put(holding(kind, "new"))
    assert ids(shop, address(kind, "new")) == {born: True}
    assert not ids(shop, address(kind))


def test_a_project_beside_ours_is_never_touched(shop: Shop, kind: str) -> None:
    path = COLLECTIONS[kind][0]
    shop.put(less(kind))
    shop.account.post("/v1/products", {"id": "globex", "name": "Theirs"})
    sent = {"product": "globex", "unit_amount": 1, "currency": "usd"} if kind == "price" else {"name": "It"}
    sent |= {"features": {"invoice_history": {"enabled": True}}} if kind == "portal_configuration" else {}
    stamp = {"stripe_portal": f"globex/{address(kind)}", "stripe_portal_fields": "1:name=abcdef"}
    theirs = shop.account.post(path, form({**sent, "metadata": stamp}))
    shop.converged()
    shop.put(holding(kind))
    assert shop.account.get(f"{path}/{theirs['id']}") == theirs


def test_children_move_with_what_they_are_inside(shop: Shop) -> None:
    shop.put(pro({"monthly": MONTHLY}, default_price="monthly"))
    one = shop.account.find("price.pro.monthly")["id"]
    renamed = {"products": {"team": pro({"monthly": MONTHLY}, default_price="monthly")["products"]["pro"]}}
    plan = shop.put({**renamed, "moved": [{"from": "product.pro", "to": "product.team"}]})
    assert {v for v, _ in verbs(plan)} == {Verb.RESTAMP}
    assert ids(shop, "price.team.monthly") == {one: True}


# Adoption.


def test_an_object_with_the_natural_key_is_adopted_only_when_allowed(shop: Shop) -> None:
    shop.put(pro())
    sent = {"product": "pro", "unit_amount": 1900, "currency": "usd", "lookup_key": "monthly", "nickname": "Old"}
    found = shop.account.post("/v1/prices", {**sent, "recurring[interval]": "month", "metadata[theirs]": "x"})["id"]
    shop.write(pro({"monthly": MONTHLY}))
    assert "--allow adopt=price.pro.monthly" in refused(shop)
    plan = shop.put(pro({"monthly": MONTHLY}), "adopt=price.pro.monthly")
    assert verbs(plan) == [(Verb.ADOPT, "price.pro.monthly")]
    one = shop.account.find("price.pro.monthly")
    assert (one["id"], one["nickname"], one["metadata"]["theirs"]) == (found, "Old", "x")


@pytest.mark.parametrize("archived", [False, True])
def test_an_adoption_never_replaces(shop: Shop, archived: bool) -> None:
    shop.put(pro())
    sent = {"product": "pro", "unit_amount": 2400, "currency": "usd", "lookup_key": "monthly"}
    one = shop.account.post("/v1/prices", {**sent, "recurring[interval]": "month"})["id"]
    if archived:
        shop.account.post(f"/v1/prices/{one}", {"active": "false"})
    shop.write(pro({"monthly": MONTHLY}))
    assert "unit_amount" in refused(shop, "adopt")
    assert len(shop.account.all("/v1/prices")) == 1


@pytest.mark.parametrize("archived", [False, True])
def test_a_lookup_key_that_is_not_ours_is_refused_never_taken(shop: Shop, archived: bool) -> None:
    shop.put(pro({"monthly": {**MONTHLY, "lookup_key": "mine"}}))
    sent = {"product": "pro", "unit_amount": 2400, "currency": "usd", "lookup_key": "theirs"}
    theirs = shop.account.post("/v1/prices", sent)
    if archived:
        theirs = shop.account.post(f"/v1/prices/{theirs['id']}", {"active": "false"})
    for changed in ({}, {"unit_amount": 2400}):
        shop.write(pro({"monthly": {**MONTHLY, "lookup_key": "theirs", **changed}}))
        assert f"{theirs['id']} has the lookup_key theirs" in refused(shop)
    assert shop.account.get(f"/v1/prices/{theirs['id']}") == theirs
    assert len(shop.account.all("/v1/prices")) == 2


def test_a_hint_adopts_once_and_is_then_without_effect(shop: Shop) -> None:
    shop.put(pro())
    one = shop.account.post("/v1/prices", {"product": "pro", "unit_amount": 1900, "currency": "usd"})["id"]
    plan = shop.put(price(adopt=one))
    assert verbs(plan) == [(Verb.ADOPT, "price.pro.it")]
    assert ids(shop, "price.pro.it") == {one: True}
    shop.put(price(adopt=one, unit_amount=2400))
    assert ids(shop, "price.pro.it").pop(one) is False
    shop.write(price(adopt="price_none"))
    shop.put(price(unit_amount=2400))


def test_a_product_with_the_declared_id_is_adopted(shop: Shop) -> None:
    shop.account.post("/v1/products", {"id": "pro", "name": "Old", "description": "Kept", "metadata[theirs]": "x"})
    plan = shop.put(pro())
    assert verbs(plan) == [(Verb.ADOPT, "product.pro")]
    one = shop.account.find("product.pro")
    assert (one["name"], one["description"], one["metadata"]["theirs"]) == ("Pro", "Kept", "x")


def test_the_default_portal_is_adopted_by_its_flag_and_released_when_it_goes(shop: Shop) -> None:
    sent = {"features[invoice_history][enabled]": "true", "business_profile[headline]": "Ours", "metadata[theirs]": "x"}
    default = shop.account.post("/v1/billing_portal/configurations", sent)["id"]
    plan = shop.put(portal("main", is_default=True) | pro())
    assert (Verb.ADOPT, "portal_configuration.main") in verbs(plan)
    one = shop.account.find("portal_configuration.main")
    assert (one["id"], one["business_profile"]["headline"]) == (default, "Ours")
    plan = shop.put(pro())
    assert verbs(plan) == [(Verb.RELEASE, "portal_configuration.main")]
    left = shop.account.get(f"/v1/billing_portal/configurations/{default}")
    assert (left["active"], left["metadata"]) == (True, {"theirs": "x"})


def test_the_default_flag_moves_to_another_name_and_the_old_name_gets_an_object_of_its_own(shop: Shop) -> None:
    shop.put(portal("old"))
    default = shop.account.find("portal_configuration.old")["id"]
    data = portal("old") | {}
    data["portal_configurations"]["new"] = {"features": {}, "is_default": True}
    shop.put(data)
    assert shop.account.find("portal_configuration.new")["id"] == default
    assert shop.account.find("portal_configuration.old")["id"] != default


def test_the_accounts_default_portal_is_never_switched_off(shop: Shop) -> None:
    shop.write(portal("it", active=False))
    assert "default" in refused(shop)
    shop.put(portal("it"))
    shop.write(portal("it", active=False))
    assert "default" in refused(shop)


def test_a_takeover_takes_what_is_declared_and_leaves_the_rest(shop: Shop) -> None:
    shop.put(pro({"it": MONTHLY, "other": YEARLY}) | portal("main", is_default=True))
    before = {o["id"] for o in shop.account.all("/v1/prices")}
    renamed = {"project": "globex", **pro({"it": MONTHLY}), **portal("main", is_default=True)}
    shop.write(renamed)
    assert "--allow takeover=acme" in refused(shop)
    plan = shop.put(renamed, "takeover=acme")
    assert {v for v, _ in verbs(plan)} == {Verb.ADOPT}
    assert {o["id"] for o in shop.account.all("/v1/prices")} == before
    other = shop.account.find("price.pro.other")
    assert (other["active"], other["metadata"]["stripe_portal"]) == (True, "acme/price.pro.other")


def test_a_takeover_that_stopped_half_way_makes_nothing_twice(shop: Shop) -> None:
    shop.put(pro({"it": YEARLY}))
    renamed = {"project": "globex", **pro({"it": YEARLY})}
    shop.write(renamed)
    plan = shop.plan("takeover")
    fault(shop.account, kind="error", method="POST", path="/v1/prices/{price}", times=None)
    try:
        shop.perform(plan)
    finally:
        no_faults(shop.account)
    shop.write(renamed)
    assert "takeover=acme" in refused(shop)
    shop.put(renamed, "takeover=acme")
    assert len(shop.account.all("/v1/prices")) == 1


def test_a_takeover_never_replaces(shop: Shop) -> None:
    shop.put(pro({"it": YEARLY}))
    shop.write({"project": "globex", **pro({"it": {**YEARLY, "unit_amount": 1}})})
    assert "unit_amount" in refused(shop, "takeover=acme")


# Several objects with one address.


def test_an_equal_copy_is_retired_with_a_warning(shop: Shop) -> None:
    shop.put(price())
    one = shop.account.find("price.pro.it")
    sent = {"product": "pro", "unit_amount": 1900, "currency": "usd", "metadata": one["metadata"]}
    copy = shop.account.post("/v1/prices", form(sent))["id"]
    plan = shop.plan()
    assert any(copy in w and one["id"] in w for w in plan.warnings), plan.warnings
    shop.apply()
    shop.converged()
    assert ids(shop, "price.pro.it") == {one["id"]: True, copy: False}


def test_an_equal_copy_that_somebody_points_at_stays_with_a_warning(shop: Shop) -> None:
    recurring = {"recurring": {"interval": "month"}}
    shop.put(price(**recurring) | portal("main", is_default=True))
    one = shop.account.find("price.pro.it")
    sent = {"product": "pro", "unit_amount": 1900, "currency": "usd", "metadata": one["metadata"], **recurring}
    copy = shop.account.post("/v1/prices", form(sent))["id"]
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": [{"product": "pro", "prices": [copy]}]}
    theirs = shop.account.post(
        "/v1/billing_portal/configurations", form({"features": {"subscription_update": update}})
    )["id"]
    plan = shop.plan()
    assert not plan.actions
    assert any(copy in w and theirs in w and "stays" in w for w in plan.warnings), plan.warnings


def test_a_copy_of_a_product_loses_against_the_declared_id(shop: Shop) -> None:
    shop.put(pro({"it": MONTHLY}))
    one = shop.account.find("product.pro")
    copy = shop.account.post("/v1/products", form({"name": "Pro (copy)", "metadata": one["metadata"]}))["id"]
    shop.apply("replace")
    shop.converged()
    assert ids(shop, "product.pro") == {"pro": True, copy: False}


def test_what_leaves_and_is_still_pointed_at_is_named(shop: Shop) -> None:
    recurring = {"recurring": {"interval": "month"}}
    shop.put(price(**recurring) | portal("main", is_default=True))
    one = shop.account.find("price.pro.it")["id"]
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": [{"product": "pro", "prices": [one]}]}
    theirs = shop.account.post(
        "/v1/billing_portal/configurations", form({"features": {"subscription_update": update}})
    )["id"]
    for changed in (price(unit_amount=2400, **recurring), price(active=False, **recurring), pro()):
        shop.write(changed | portal("main", is_default=True))
        assert any(theirs in w and one in w for w in shop.plan().warnings)


# Default prices.


def test_a_default_price_without_successor_names_the_fix(shop: Shop) -> None:
    shop.put(pro({"a": MONTHLY, "b": YEARLY}, default_price="a"))
    for changed in (pro({"b": YEARLY}), pro({"a": {**MONTHLY, "active": False}, "b": YEARLY})):
        shop.write(changed)
        assert "declare another default_price there, or keep price.pro.a" in refused(shop)
    plan = shop.put(pro({"b": YEARLY}, default_price="b"))
    assert verbs(plan) == [(Verb.UPDATE, "product.pro"), (Verb.RETIRE, "price.pro.a")]


def test_a_default_price_goes_out_of_service_with_its_product(shop: Shop) -> None:
    data = pro({"a": MONTHLY, "b": YEARLY}, default_price="a")
    shop.put({"products": {**data["products"], "other": {"name": "Other"}}})
    a, b = (shop.account.find(f"price.pro.{n}")["id"] for n in "ab")
    shop.put({"products": {"other": {"name": "Other"}}}, "retire")
    assert shop.account.get("/v1/products/pro")["active"] is False
    assert shop.account.get(f"/v1/prices/{a}")["active"] is True
    assert shop.account.get(f"/v1/prices/{b}")["active"] is False
    shop.put({"products": {"other": {"name": "Other"}, "another": {"name": "Makes the archived be read"}}})
    plan = shop.put(pro({"c": {**YEARLY, "unit_amount": 5}, "a": MONTHLY}, default_price="c"), "retire", "price-change")
    assert verbs(plan)[0] == (Verb.REVIVE, "product.pro")
    assert shop.account.get("/v1/products/pro")["default_price"] == shop.account.find("price.pro.c")["id"]
    assert shop.account.find("price.pro.a")["id"] == a


def test_product_and_default_price_leave_service_and_change_at_once(shop: Shop) -> None:
    shop.put(pro({"a": MONTHLY, "b": YEARLY}, default_price="a"))
    shop.put(pro({"b": YEARLY}, default_price="b", active=False))
    assert shop.account.find("product.pro", active=False)["default_price"] == shop.account.find("price.pro.b")["id"]
    assert not shop.account.find("price.pro.a", active=False)["active"]


def test_an_undeclared_default_price_and_list_follow_a_replaced_price(shop: Shop) -> None:
    recurring = {"recurring": {"interval": "month"}}
    shop.put(price(**recurring) | portal("main", is_default=True))
    one = shop.account.find("price.pro.it")["id"]
    shop.account.post("/v1/products/pro", {"default_price": one})
    main = shop.account.find("portal_configuration.main")["id"]
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": [{"product": "pro", "prices": [one]}]}
    shop.account.post(f"/v1/billing_portal/configurations/{main}", form({"features": {"subscription_update": update}}))
    shop.converged()
    plan = shop.put(price(unit_amount=2400, **recurring) | portal("main", is_default=True))
    assert "follows what it points at" in text.render(plan)
    new = shop.account.find("price.pro.it")["id"]
    offered = shop.account.find("portal_configuration.main")["features"]["subscription_update"]["products"]
    assert (shop.account.get("/v1/products/pro")["default_price"], offered[0]["prices"]) == (new, [new])
    assert shop.account.get(f"/v1/prices/{one}")["active"] is False


def test_a_new_default_price_that_is_born_with_its_product(shop: Shop) -> None:
    plan = shop.put(pro({"a": MONTHLY}, default_price="a"))
    assert verbs(plan) == [(Verb.CREATE, "product.pro"), (Verb.CREATE, "price.pro.a"), (Verb.UPDATE, "product.pro")]


# Prices.


def test_back_and_forth_twice_there_are_two_prices(shop: Shop) -> None:
    for amount in (1900, 2400, 1900, 2400, 1900):
        plan = shop.put(price(unit_amount=amount, lookup_key="it"))
        assert "dited in Stripe" not in text.render(plan)
    assert sorted(ids(shop, "price.pro.it").values()) == [False, True]


def test_a_currency_more_updates_and_another_amount_in_it_replaces(shop: Shop) -> None:
    shop.put(price())
    one = shop.account.find("price.pro.it")["id"]
    shop.put(price(currency_options={"eur": {"unit_amount": 1700}}))
    assert shop.account.find("price.pro.it")["id"] == one
    shop.put(price(currency_options={"eur": {"unit_amount": 1700}, "gbp": {"unit_amount": 1500}}))
    assert shop.account.find("price.pro.it")["id"] == one
    shop.put(price(currency_options={"eur": {"unit_amount": 1800}, "gbp": {"unit_amount": 1500}}))
    two = shop.account.find("price.pro.it")["id"]
    assert two != one
    shop.put(price(currency_options={"gbp": {"unit_amount": 1500}}))
    three = shop.account.find("price.pro.it")
    assert three["id"] not in (one, two)
    assert set(three["currency_options"]) == {"usd", "gbp"}


def test_a_currency_with_tiers_that_goes_replaces(shop: Shop) -> None:
    tiers = [{"up_to": "inf", "unit_amount": 5}]
    tiered = {"unit_amount": None, "recurring": {"interval": "month"}, "tiers": tiers, "tiers_mode": "volume"}
    one = {k: v for k, v in price(**tiered)["products"]["pro"]["prices"]["it"].items() if v is not None}
    shop.put(pro({"it": {**one, "currency_options": {"eur": {"tiers": tiers}}}}))
    born = shop.account.find("price.pro.it")["id"]
    shop.put(pro({"it": one}))
    assert shop.account.find("price.pro.it")["id"] != born


def test_a_tax_behavior_is_set_once_and_then_replaces(shop: Shop) -> None:
    shop.put(price(tax_behavior="unspecified"))
    one = shop.account.find("price.pro.it")["id"]
    shop.put(price(tax_behavior="exclusive"))
    assert shop.account.find("price.pro.it")["id"] == one
    shop.put(price(tax_behavior="inclusive"))
    assert shop.account.find("price.pro.it")["id"] != one


def test_lookup_keys_move_and_swap(shop: Shop) -> None:
    def keys(a: str | None, b: str | None, **more: Any) -> Data:
        return pro({"a": {**MONTHLY, "lookup_key": a, **more}, "b": {**YEARLY, "lookup_key": b}})

    for a, b, more in (
        ("x", "y", {}),
        ("y", "x", {}),
        (None, "y", {}),
        ("y", None, {}),
        ("x", "y", {"unit_amount": 1905}),
        ("y", "x", {"unit_amount": 1906}),
    ):
        shop.put(keys(a, b, **more))
        assert [shop.account.find(f"price.pro.{n}")["lookup_key"] for n in "ab"] == [a, b]


def test_a_lookup_key_of_a_retired_price_of_ours_is_taken_over(shop: Shop) -> None:
    shop.put(pro({"a": MONTHLY, "b": YEARLY}))
    shop.put(pro({"b": YEARLY}))
    shop.put(pro({"b": {**YEARLY, "lookup_key": "monthly"}}))
    assert shop.account.find("price.pro.b")["lookup_key"] == "monthly"
    shop.put(pro({"b": YEARLY}))
    shop.put(pro({"b": YEARLY, "c": {**MONTHLY, "unit_amount": 1}}))
    assert shop.account.find("price.pro.c")["lookup_key"] == "monthly"


def test_a_price_that_moves_to_another_product_is_replaced(shop: Shop) -> None:
    team = {"team": {"id": "team", "name": "Team", "prices": {"it": MONTHLY}}}
    shop.put(pro({"it": MONTHLY}))
    move = {"moved": [{"from": "price.pro.it", "to": "price.team.it"}]}
    shop.put({"products": {**pro()["products"], **team}, **move})
    assert shop.account.find("price.team.it")["product"] == "team"
    assert shop.account.find("price.team.it")["lookup_key"] == "monthly"
    assert sorted(ids(shop, "price.team.it").values()) == [True]


def test_a_successor_takes_over_what_nobody_declared_but_no_money(shop: Shop) -> None:
    shop.put(price())
    one = shop.account.find("price.pro.it")["id"]
    sent = {"nickname": "Theirs", "metadata[theirs]": "x", "currency_options[eur][unit_amount]": 1700}
    shop.account.post(f"/v1/prices/{one}", {**sent, "lookup_key": "theirs", "tax_behavior": "exclusive"})
    shop.write(price(unit_amount=2400))
    plan = shop.plan()
    assert [w for w in plan.warnings if "currency_options.eur.unit_amount" in w]
    assert [w for w in plan.warnings if "lookup_key" in w]
    shop.apply()
    shop.converged()
    new = shop.account.find("price.pro.it")
    assert (new["nickname"], new["metadata"]["theirs"], new["tax_behavior"]) == ("Theirs", "x", "exclusive")
    assert set(new["currency_options"]) == {"usd"}


# Products.


def test_a_product_that_cannot_change_and_keeps_its_id_is_refused(shop: Shop) -> None:
    shop.put(pro())
    shop.write(pro(type="good"))
    assert "choose another" in refused(shop, "replace")


def test_another_product_id_replaces_it_with_everything_inside_when_allowed(shop: Shop) -> None:
    shop.put(pro({"it": MONTHLY, "b": YEARLY}, default_price="it"))
    old = shop.account.find("price.pro.it")["id"]
    shop.write(pro({"it": MONTHLY, "b": YEARLY}, default_price="it", id="pro_2"))
    assert "--allow replace=product.pro" in refused(shop)
    shop.put(pro({"it": MONTHLY, "b": YEARLY}, default_price="it", id="pro_2"), "replace=product.pro")
    assert ids(shop, "product.pro") == {"pro": False, "pro_2": True}
    new = next(o for o in shop.account.bearing("price.pro.it") if o["id"] != old)
    assert (new["product"], new["lookup_key"]) == ("pro_2", "monthly")
    assert shop.account.get("/v1/products/pro_2")["default_price"] == new["id"]


@pytest.mark.parametrize("gone", ["performance_location", "tax_code", "both"])
def test_half_of_a_block_that_stripe_only_unsets_whole(shop: Shop, gone: str) -> None:
    whole = {"tax_code": "txcd_10103001", "performance_location": "here"}
    shop.put(pro(tax_details=whole))
    rest = {} if gone == "both" else {k: v for k, v in whole.items() if k != gone}
    shop.write(pro(tax_details=rest) if rest else pro())
    plan = shop.apply()
    shop.converged()
    left = shop.account.find("product.pro")["tax_details"]
    if gone == "performance_location":
        assert left == whole
        assert any("performance_location" in w for w in plan.warnings)
    else:
        assert (left or {}).get("tax_code") is None
        assert bool(left and left.get("performance_location")) == (gone == "tax_code")


def test_letters_that_stripe_strips_are_no_perpetual_change(shop: Shop) -> None:
    shop.put(pro(statement_descriptor="CAFÉ PRO"))
    assert shop.account.find("product.pro")["statement_descriptor"] == "CAF PRO"


def test_metadata_that_would_not_fit_is_refused_before_anything_is_written(shop: Shop) -> None:
    shop.put(pro(metadata={f"key_{n}": "x" for n in range(10)}))
    theirs = {f"metadata[theirs_{n}]": "x" for n in range(37)}
    shop.account.post("/v1/products/pro", theirs)
    shop.converged()
    shop.write({"products": {**pro(metadata={f"key_{n}": "y" for n in range(12)})["products"], "b": {"name": "B"}}})
    assert "51 metadata keys" in refused(shop)
    assert len(shop.account.all("/v1/products")) == 1
    shop.put(pro(metadata={f"new_{n}": "y" for n in range(11)}))


def test_a_long_stamp_is_split_and_shrinks_again(shop: Shop) -> None:
    many = {f"ключ {n} 日本語日本語": "x" for n in range(14)}
    shop.put(pro(metadata=many))
    assert "stripe_portal_fields_3" in shop.account.find("product.pro")["metadata"]
    shop.put(pro(metadata={"a": "b"}))
    metadata = shop.account.find("product.pro")["metadata"]
    assert metadata.keys() == {"a", "stripe_portal", "stripe_portal_fields"}


@pytest.mark.parametrize(
    "damaged", ["", "1:name=x", "1:name", "0:name=abcdef", "2:name=abcdef", "????", "1:a(b=abcdef"]
)
def test_a_stamp_that_cannot_be_read_changes_nothing_and_blames_nobody(shop: Shop, damaged: str) -> None:
    shop.put(pro(description="Mine", url="https://acme.example"))
    shop.account.post("/v1/products/pro", {"metadata[stripe_portal_fields]": damaged, "url": "https://b.example"})
    shop.write(pro(description="New"))
    plan = shop.plan()
    (action,) = plan.actions
    assert action.change
    assert [(c.path, c.cause) for c in action.change.fields] == [(("description",), Cause.UNKNOWN)]
    shop.apply()
    shop.converged()
    assert shop.account.find("product.pro")["url"] == "https://b.example"


def test_only_the_stamp_is_renewed_when_everything_else_is_right(shop: Shop) -> None:
    shop.put(pro())
    shop.account.post("/v1/products/pro", {"metadata[stripe_portal_fields]": "?"})
    shop.account.forget()
    assert verbs(shop.put(pro())) == [(Verb.RESTAMP, "product.pro")]


class Cdn:
    """A gateway to a Stripe that serves images from its own addresses, as it may (stripe-facts 7)."""

    def __init__(self, gateway: Any):
        self.gateway, self.writes = gateway, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gateway, name)

    def list(self, *args: Any, **options: Any) -> Any:
        return [self.rewritten(one) for one in self.gateway.list(*args, **options)]

    def post(self, *args: Any, **options: Any) -> Any:
        self.writes += 1
        return self.rewritten(self.gateway.post(*args, **options))

    @staticmethod
    def rewritten(raw: Any) -> Any:
        images = [f"https://files.stripe.example/{i.rpartition('/')[2]}" for i in raw.get("images") or ()]
        return {**raw, "images": images} if images else raw


def test_images_that_stripe_rewrites_are_no_perpetual_change(shop: Shop) -> None:
    cdn = Cdn(shop.gateway)
    shop.gateway = cdn  # type: ignore[assignment]
    one, two = "https://acme.example/1.png", "https://acme.example/2.png"
    for fields in ({"images": [one]}, {"images": [one], "name": "New"}, {"images": [two, one]}, {}, {"images": [one]}):
        shop.put(pro(**fields))
        assert shop.account.get("/v1/products/pro")["images"] == fields.get("images", [])
    shop.account.post("/v1/products/pro", {"images[0]": two})
    plan = shop.plan()
    assert [c.cause for a in plan.actions if a.change for c in a.change.fields] == [Cause.DRIFTED]
    shop.apply()
    shop.converged()
    before = cdn.writes
    shop.put(pro(images=["https://files.stripe.example/1.png"]))
    assert cdn.writes == before + 1


# Portals.


def test_a_feature_block_that_goes_is_switched_off(shop: Shop) -> None:
    features = {
        "customer_update": {"enabled": True, "allowed_updates": ["email"]},
        "subscription_pause": {"enabled": True, "duration": {"type": "indefinite"}},
        "subscription_cancel": {
            "enabled": True,
            "mode": "immediately",
            "cancellation_reason": {"enabled": True, "options": ["other"]},
        },
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": [{"product": "pro"}],
        },
    }
    prices = pro({"it": MONTHLY})
    shop.put(prices | portal("main", is_default=True, features=features, login_page={"enabled": True}))
    shop.put(prices | portal("main", is_default=True))
    left = shop.account.find("portal_configuration.main")
    assert [left["features"][name]["enabled"] for name in features] == [False] * 4
    assert left["features"]["subscription_cancel"]["cancellation_reason"]["enabled"] is False
    assert left["login_page"]["enabled"] is False


def test_the_kind_of_a_pause_changes_there_and_back(shop: Shop) -> None:
    kinds = ({"type": "indefinite"}, {"type": "interval_options", "interval_options": [{"interval": "week"}]})
    for duration in (None, *kinds, *kinds, None, kinds[0], None):
        pause = {"enabled": True, **({"duration": duration} if duration else {})}
        shop.put(portal("main", is_default=True, features={"subscription_pause": pause}))
        left = shop.account.find("portal_configuration.main")["features"]["subscription_pause"]["duration"]
        assert left["type"] == (duration or kinds[1])["type"]


def test_members_that_stripe_wants_together_are_sent_together(shop: Shop) -> None:
    reason = {"enabled": True, "options": ["other"]}
    for options in (["other"], ["unused"], []):
        features = {"subscription_cancel": {"enabled": True, "cancellation_reason": {**reason, "options": options}}}
        shop.put(portal("main", is_default=True, features=features))
    one = shop.account.find("portal_configuration.main")
    sent = nested(("features", "subscription_cancel", "cancellation_reason"), {"enabled": False, "options": ["unused"]})
    shop.account.post(f"/v1/billing_portal/configurations/{one['id']}", form(sent))
    shop.apply()
    shop.converged()


def test_where_the_account_has_none_the_default_is_created_first(shop: Shop) -> None:
    data = portal("a", "b")
    shop.write(data)
    assert "is_default: true" in refused(shop)
    data["portal_configurations"]["b"]["is_default"] = True
    plan = shop.put(data)
    assert verbs(plan)[0] == (Verb.CREATE, "portal_configuration.b")
    assert any("for good" in w for w in plan.warnings)
    assert shop.account.find("portal_configuration.b")["is_default"] is True
