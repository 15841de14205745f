"""A saved plan that is applied late, again, twice at once, or elsewhere: it does what was reviewed, or refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import apply
from reconciler.model import Status
from reconciler.pipeline.reviewed import reviewed
from tests.battery import Data, opened
from tests.harness import Account, Project
from tests.pictures import png
from tests.test_saved_plan import YAML, applied, refused, shop
from tests.test_saved_plan_killed import KILLED, finish, killed, saved, stands
from tests.worlds import fault, no_faults

__all__ = ["shop"]

HEAD = "stripe_portal: 1\nproject: acme\n"
CUSTOMER = {"email": "ann@acme.example"}


def catalogue(amount: int, monthly: str = "pro_monthly", yearly: str = "pro_yearly") -> Data:
    every = {"currency": "usd", "recurring": {"interval": "month"}, "unit_amount": amount, "lookup_key": monthly}
    year = {"currency": "jpy", "recurring": {"interval": "year"}, "unit_amount": 190, "lookup_key": yearly}
    prices = {"monthly": every, "yearly": year}
    return {"products": {"pro": {"id": "pro", "name": "Pro", "default_price": "monthly", "prices": prices}}}


def subscribe(account: Account, price: str) -> None:
    customer = account.post("/v1/customers", CUSTOMER)["id"]
    account.post("/v1/subscriptions", {"customer": customer, "items": [{"price": price}]})


def test_an_old_file_does_not_say_done_where_nothing_is_done(shop: Project) -> None:
    """19 → 24 by the file, back to 19, and to 24 again: what Stripe remembers of the first time is not so any more."""
    applied(shop)
    shop.edit("24.00", "19.00")
    shop.apply()
    shop.edit("19.00", "24.00")
    shop.account.forget()
    refused(shop, "price.pro.monthly is there already, and not as this plan makes it")


def test_an_old_file_makes_a_coupon_anew_that_it_has_deleted(project: Project) -> None:
    project.write(HEAD + "coupons: {half: {id: half, percent_off: 50, duration: once}}\n")
    project.apply()
    project.edit("50", "60")
    project.plan("--out", "plan.json")
    applied(project)
    project.edit("60", "50")
    project.apply()
    project.edit("50", "60")
    applied(project)
    assert project.account.get("/v1/coupons/half")["percent_off"] == 60
    project.converged()


def test_an_old_file_changes_anew_what_was_changed_back(project: Project) -> None:
    project.write(HEAD + "products: {pro: {id: pro, name: Pro}}\n")
    project.apply()
    project.edit("name: Pro", "name: Professional")
    project.plan("--out", "plan.json")
    applied(project)
    project.edit("name: Professional", "name: Pro")
    project.apply()
    project.edit("name: Pro", "name: Professional")
    applied(project)
    project.converged()


def test_two_runs_and_a_failure_that_took_effect_make_one_price(tmp_path: Path, account: Account) -> None:
    with opened(tmp_path, account) as one:
        one.put(catalogue(1900))
        one.write(catalogue(2400))
        plan = saved(one.plan())
        first, second = stands(one, plan), stands(one, plan)
        fault(account, method="POST", path="/v1/prices", kind="error", when="after", nth=1, times=1)
        apply(first.plan, one.gateway)
        no_faults(account)
        outcomes = apply(second.plan, one.gateway)
        assert "was made by another run of this plan" in outcomes[0].error
        assert [p["unit_amount"] for p in account.of("price") if p["lookup_key"] == "pro_monthly"] == [2400]
        finish(one, plan)
        one.converged()


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_revert_that_was_killed_is_finished(tmp_path: Path, account: Account, nth: int) -> None:
    with opened(tmp_path, account) as one:
        one.put(catalogue(1900))
        one.put(catalogue(2400))
        one.write(catalogue(1900))
        plan = saved(one.plan())
        killed(one, plan, nth, KILLED[nth % 2])
        finish(one, plan)
        one.converged()


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_swap_of_keys_that_was_killed_is_finished(tmp_path: Path, account: Account, nth: int) -> None:
    with opened(tmp_path, account) as one:
        one.put(catalogue(1900))
        one.write(catalogue(1900, "pro_yearly", "pro_monthly"))
        plan = saved(one.plan())
        killed(one, plan, nth, KILLED[nth % 2])
        finish(one, plan)
        one.converged()


def test_a_key_that_somebody_took_before_a_revival_is_refused(tmp_path: Path, account: Account) -> None:
    with opened(tmp_path, account) as one:
        one.put(catalogue(1900))
        one.put(catalogue(2400))
        one.write(catalogue(1900))
        plan = saved(one.plan())
        account.post("/v1/products", {"id": "other", "name": "Other"})
        taken = {"product": "other", "unit_amount": 1, "currency": "usd", "lookup_key": "pro_monthly"}
        account.post("/v1/prices", {**taken, "transfer_lookup_key": True})
        assert any("has the key pro_monthly, which price.pro.monthly is to have" in m for m in stands(one, plan).moved)


@pytest.mark.parametrize("status", [400, 500])
def test_a_failure_that_stripe_remembers_does_not_hold_the_file_up(
    tmp_path: Path, account: Account, status: int
) -> None:
    with opened(tmp_path, account) as one:
        one.put(catalogue(1900))
        one.write(catalogue(2400))
        plan = saved(one.plan())
        fault(account, method="POST", kind="error", when="before", status=status, nth=1, times=None)
        assert {o.status for o in one.perform(plan)} <= {Status.FAILED, Status.SKIPPED}
        no_faults(account)
        finish(one, plan)
        one.converged()


@pytest.mark.parametrize("path", ["/v1/files", "/v1/products"])
def test_an_upload_is_gone_on_with_and_done_once(project: Project, path: str) -> None:
    (project.folder / "p.png").write_bytes(png())
    project.write(HEAD + "products: {pro: {id: pro, name: Pro, images: [./p.png]}}\n")
    project.plan("--out", "plan.json")
    fault(project.account, method="POST", path=path, kind="error", when="before", nth=1, times=None)
    applied(project, code=1)
    no_faults(project.account)
    project.account.control("clock", advance=90_000)  # the key that the upload carried is forgotten by now
    applied(project)
    assert len(project.account.all("/v1/files")) == 1
    project.converged()


def test_two_kinds_may_use_one_id(project: Project) -> None:
    both = HEAD + "products: {pro: {id: pro, name: Pro}}\n"
    project.write(both + "coupons: {pro: {id: pro, percent_off: 50, duration: once}}\n")
    project.apply()
    project.converged()
    project.write(both)
    project.apply().shows(["coupon.pro"])
    assert not project.account.all("/v1/coupons")
    assert project.account.get("/v1/products/pro")["active"]


def test_who_subscribed_since_is_not_overlooked(project: Project) -> None:
    project.write(YAML)
    project.apply()
    yearly = project.account.find("price.pro.yearly")["id"]
    project.edit(
        "      yearly: {amount: 190.00, currency: usd, recurring: {interval: year}, lookup_key: pro_yearly}\n", ""
    )
    project.plan("--out", "plan.json").shows(["no active subscription"])
    subscribe(project.account, yearly)
    project.account.forget()
    refused(project, f"price.pro.yearly ({yearly}) got 1 subscription, and the plan takes it out of service")


def test_who_subscribed_since_to_what_is_replaced_is_counted(shop: Project) -> None:
    subscribe(shop.account, shop.account.find("price.pro.monthly")["id"])
    applied(shop).shows(["1 active subscription stays on", "Apply complete"])


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (("/v1/payment_links", {"line_items": [{"price": "<price>", "quantity": 1}]}), "payment_link plink_"),
        (("/v1/promotion_codes", {"promotion": {"type": "coupon", "coupon": "half"}}), "promotion_code promo_"),
    ],
    ids=["payment link", "promotion code"],
)
def test_what_began_to_use_what_leaves_is_named(project: Project, what: tuple[str, Any], line: str) -> None:
    more = "coupons: {half: {id: half, percent_off: 50, duration: once}}\n"
    project.write(YAML + more)
    project.apply()
    price = project.account.find("price.pro.yearly")["id"]
    project.write(YAML.replace("      yearly: {", "      lifely: {").replace("pro_yearly", "other"))
    project.plan("--out", "plan.json", "--allow", "price-change")
    path, data = what
    project.account.post(path, json.loads(json.dumps(data).replace("<price>", price)))
    project.account.forget()
    refused(project, f"since the plan was made, {line}", "uses something now that is to leave service")


def test_a_key_does_not_follow_a_file_to_another_server(shop: Project) -> None:
    said = shop.run("apply", "plan.json", key=shop.account.key, code=3)
    said.shows([f"the plan is for {shop.account.url}, and not for Stripe: give --base-url {shop.account.url}"])
    said = shop.run("apply", "plan.json", "--base-url", "http://127.0.0.1:1", key=shop.account.key, code=3)
    said.shows(["and not for http://127.0.0.1:1"])
    assert not shop.account.requests()


def test_the_yaml_is_found_beside_the_plan(shop: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    shop.edit("24.00", "27.00")
    arguments = ("apply", "../plan.json", "--base-url", shop.account.url)
    shop.run(*arguments, key=shop.account.key, code=3).shows(["the YAML in .. says something else"])


def test_a_plan_for_the_emulator_stays_in_its_folder(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.write(YAML)
    project.run("plan", "--emulator", "--out", "plan.json")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    project.run("apply", "../plan.json", code=3).shows(["the plan is for the emulator of another folder"])
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_file_that_is_not_there_is_named(project: Project) -> None:
    project.write(YAML)
    project.run("apply", "plna.json", code=1).shows(["plna.json: no such file"])
    project.plan("--out", "nowhere/plan.json", code=64).shows(["there is no folder nowhere for --out to write to"])


def digest(project: Project, name: str, *options: str) -> str:
    project.plan("--out", name, *options, code=None)
    return reviewed((project.folder / name).read_bytes(), name).digest


def test_the_digest_of_a_review_covers_what_is_only_stamped_and_no_line_numbers(project: Project) -> None:
    project.write(HEAD + "products: {pro: {id: pro, name: Pro, protect: true}}\n")
    project.apply()
    project.write(HEAD + "products: {pro: {id: pro, name: Pro}}\n")
    off = digest(project, "off.json")
    project.write(HEAD + "products: {pro: {id: pro, name: Pro, protect: true, description: null}}\n")
    assert digest(project, "more.json") != off
    project.write(YAML)
    project.apply("--allow", "retire")
    dear = YAML.replace("19.00,", "99.00, allow: [price-change],")
    project.write(dear)
    first = digest(project, "first.json")
    project.write("# a comment\n" + dear)
    assert digest(project, "second.json") == first
