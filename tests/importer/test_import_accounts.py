"""Import of a second account into the YAML of the first: the same YAML, and the ids in an overlay."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.emulator.server import Running
from tests.harness import Account, Project
from tests.importer.somebody import MONTH
from tests.importer.test_import import files, imported, signs

YEAR = {"recurring": {"interval": "year"}}
WEEK = {"recurring": {"interval": "week"}}


def shop(account: Account, prefix: str) -> dict[str, str]:
    """The same shop in every account, made by hand: ids of the account's own, and hardly a key."""
    ids: dict[str, str] = {}

    def post(name: str, path: str, /, **data: Any) -> str:
        ids[name] = str(account.post(path, data)["id"])
        return ids[name]

    gold = post("gold", "/v1/products", id="gold", name="Gold")
    team = post("team", "/v1/products", id=f"prod_{prefix}Team01", name="Team", description="For many")
    for name, more in (("monthly", MONTH), ("yearly", YEAR)):
        post(f"gold {name}", "/v1/prices", product=gold, unit_amount=2900, currency="usd", **more)
        post(f"team {name}", "/v1/prices", product=team, unit_amount=4900, currency="usd", **more)
    post("deal", "/v1/prices", product=gold, unit_amount=2900, currency="usd", nickname="For Ada", **MONTH)
    post("keyed", "/v1/prices", product=gold, unit_amount=900, currency="usd", lookup_key="gold_weekly", **WEEK)
    for product in ("gold", "team"):
        account.post(f"/v1/products/{ids[product]}", {"default_price": ids[f"{product} yearly"]})
    post("vat", "/v1/tax_rates", display_name="VAT", percentage="19.5", inclusive=False, country="DE")
    fixed = {"type": "fixed_amount", "fixed_amount": {"amount": 150, "currency": "usd"}}
    post("post", "/v1/shipping_rates", display_name="Post", **fixed)
    for_gold = {"applies_to": {"products": [gold]}}
    post("coupon", "/v1/coupons", name="Half", percent_off=50, duration="once", **for_gold)
    post("link", "/v1/payment_links", line_items=[{"price": ids["gold monthly"], "quantity": 1}])
    for event in ("customer.created", "customer.deleted"):
        post(event, "/v1/webhook_endpoints", url="https://acme.example/stripe", enabled_events=[event])
    offered = [{"product": gold, "prices": [ids["gold monthly"], ids["gold yearly"]]}]
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": offered}
    features = {"invoice_history": {"enabled": True}, "subscription_update": update}
    post("portal", "/v1/billing_portal/configurations", features=features)
    cancel = {"subscription_cancel": {"enabled": True}}
    headline = {"headline": "Only cancelling"}
    post("cancelling", "/v1/billing_portal/configurations", features=cancel, business_profile=headline)
    return ids


@pytest.fixture
def second(project: Project, emulator: Running) -> Account:
    """The shop in two accounts, the YAML of the first alone, and an environment for the second."""
    shop(project.account, "sandbox")
    imported(project, "--project", "acme")
    project.edit("environments: {test: {}}", "environments: {test: {}, second: {}}")
    return Account.register(emulator.url, f"{project.account.key}second")


def deal(project: Project) -> str:
    """The name of Ada's price: of two that were made within a second, either is first."""
    first = "monthly: {nickname: For Ada" in project.read("catalogue/products.yaml")
    return "monthly" if first else "monthly-2"


def test_the_same_shop_in_a_second_account_is_only_ids(project: Project, second: Account) -> None:
    ids = shop(second, "live")
    before = files(project)
    project.account = second
    said = imported(project, "--env", "second")
    after = files(project)
    overlay = after.pop("environments/second.yaml")
    assert after == before
    assert "Differs" not in said.err, said.err
    assert "Imported" not in said.out, said.out + overlay
    assert overlay.count("adopt: ") + overlay.count("id: ") == 13, overlay
    assert f"team:\n    id: {ids['team']}" in overlay or f"team: {{id: {ids['team']}" in overlay, overlay
    assert f"{deal(project)}: {{adopt: {ids['deal']}}}" in overlay, overlay
    project.run("validate", "--env", "second")
    project.run("validate", "--env", "test")
    plan = project.plan("--env", "second", "--allow", "adopt")
    assert signs(plan) == {"»"}, plan.out
    project.apply("--env", "second", "--allow", "adopt")
    project.converged("--env", "second")
    assert "Nothing was written" in imported(project, "--env", "second").out


def test_what_differs_is_told_and_what_is_new_is_added(project: Project, second: Account) -> None:
    ids = shop(second, "live")
    second.post(f"/v1/prices/{ids['team monthly']}", {"nickname": "Dear"})
    second.post(f"/v1/tax_rates/{ids['vat']}", {"description": "German"})
    second.post(f"/v1/prices/{ids['deal']}", {"nickname": "For Grace"})
    second.post("/v1/prices", {"product": "gold", "unit_amount": 1, "currency": "eur"})
    second.post("/v1/tax_rates", {"display_name": "VAT", "percentage": "7", "inclusive": "false", "country": "DE"})
    project.account = second
    said = imported(project, "--env", "second")
    assert f'price.gold.{deal(project)} nickname: Stripe → YAML: "For Grace" → "For Ada"' in said.err, said.err
    assert said.err.count("Differs: ") == 1, said.err
    assert "Imported: 1 price, 1 tax_rate." in said.out or "Imported: 1 price, 1 tax rate." in said.out, said.out
    assert "vat-2: {" in project.read("catalogue/tax_rates.yaml")
    plan = project.plan("--env", "second", "--allow", "adopt")
    assert signs(plan) == {"»"}, plan.out
    assert plan.out.count("→") == 1, plan.out


def test_among_several_that_are_alike_none_is_taken(project: Project, second: Account) -> None:
    ids = shop(second, "live")
    twin = {"product": ids["team"], "unit_amount": 4900, "currency": "usd", **MONTH}
    other = second.post("/v1/prices", twin)["id"]
    project.account = second
    said = imported(project, "--env", "second")
    overlay = project.read("environments/second.yaml")
    assert other not in overlay + said.text
    assert ids["team monthly"] not in overlay
    assert "2 prices that may be price.team.monthly: say which is which in the overlay, by `adopt:`" in said.err
    assert other not in "".join(files(project).values())


def test_a_key_that_somebody_chose_is_never_another(project: Project, second: Account) -> None:
    second.post("/v1/products", {"id": "silver", "name": "Gold"})
    second.post("/v1/coupons", {"id": "AUTUMN", "percent_off": 50, "duration": "once"})
    project.account = second
    said = imported(project, "--env", "second")
    assert "Declared already" not in said.out
    assert "silver" in project.read("catalogue/products.yaml")
