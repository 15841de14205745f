"""Import into a folder that somebody has written in, and what must never happen to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Account, Project
from tests.importer.test_import import files, imported, signs

WRITTEN = """\
# Our shop. Keep the order.
stripe_portal: 1
project: acme      # never change this
include: [shop/*.yaml]

vars: {site: "https://acme.example"}
environments:
  test:
  live: {livemode: true}

defaults:
  price: {currency: usd, tax_behavior: exclusive}
"""
PRODUCTS = """\
products:
  # The one that sells.
  pro:
    id: pro
    name: "Pro"          # as on the site
    description: >-
      Folded,
      and kept.
    images: ["${site}/pro.png"]
    metadata: {tier: 0100, beta: no}
    prices:
      monthly: {amount: 19.00, recurring: {interval: month}, lookup_key: pro_monthly}

      # Dear.
      yearly:
        amount:    190.00
        recurring: { interval: year }

  team: {id: team, name: Team}
"""


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(WRITTEN)
    project.write(PRODUCTS, "shop/products.yaml")
    project.apply("--env", "test")
    return project


def test_what_is_there_stays_as_it_is_and_the_rest_is_added(shop: Project) -> None:
    account = shop.account
    account.post("/v1/products", {"id": "addon", "name": "Add-on"})
    account.post("/v1/prices", {"product": "addon", "unit_amount": 100, "currency": "eur", "tax_behavior": "inclusive"})
    account.post("/v1/prices", {"product": "pro", "unit_amount": 500, "currency": "usd", "nickname": "Deal"})
    account.post("/v1/coupons", {"id": "HALF", "percent_off": 50, "duration": "once"})
    account.post("/v1/products/pro", {"name": "Professional"})
    said = imported(shop, "--env", "test")
    assert 'Differs: product.pro name: Stripe → YAML: "Professional" → "Pro"' in said.err
    assert "1 difference between YAML and Stripe" in said.err
    products = shop.read("shop/products.yaml")
    kept = iter([" ".join(line.split()) for line in products.splitlines()])
    for line in PRODUCTS.splitlines():
        assert " ".join(line.split()) in kept, line
    assert "addon" in products
    assert "name: Professional" not in products
    new = "catalogue/coupons.yaml, catalogue/payment_method_configurations.yaml"
    assert shop.read() == WRITTEN.replace("[shop/*.yaml]", f"[shop/*.yaml, {new}]")
    assert shop.read("environments/test.yaml").count("adopt: price_") == 2
    shop.run("validate", "--env", "test")
    shop.run("validate", "--env", "live")
    plan = shop.plan("--env", "test", "--allow", "adopt")
    assert signs(plan) == {"»", "~"}
    assert 'name "Professional" → "Pro"' in plan.out
    assert "Plan: 4 to adopt, 1 to update" in plan.out, plan.out
    before = files(shop)
    assert "Nothing was written" in imported(shop, "--env", "test").out
    assert files(shop) == before


def test_defaults_of_the_project_change_nothing_that_is_live(shop: Project) -> None:
    product = shop.account.post("/v1/products", {"name": "Other"})["id"]
    price = shop.account.post("/v1/prices", {"product": product, "unit_amount": 100, "currency": "usd"})["id"]
    imported(shop, "--env", "test")
    assert "tax_behavior: unspecified" in shop.read("shop/products.yaml")
    shop.apply("--env", "test", "--allow", "adopt")
    assert shop.account.one("price", price)["tax_behavior"] == "unspecified"


def test_a_price_that_the_portal_would_then_offer_is_left_out(shop: Project) -> None:
    shop.write(
        "portal_configurations:\n  main:\n    is_default: true\n    features:\n      subscription_update:\n"
        "        enabled: true\n        default_allowed_updates: [price]\n        products: [{product: pro}]\n",
        "shop/portal.yaml",
    )
    shop.apply("--env", "test")
    weekly = {"product": "pro", "unit_amount": 500, "currency": "usd", "recurring": {"interval": "week"}}
    price = shop.account.post("/v1/prices", weekly)["id"]
    monthly = shop.account.post("/v1/prices", {**weekly, "recurring": {"interval": "month"}})["id"]
    before = files(shop)
    said = imported(shop, "--env", "test", "--only", "product")
    assert f"({price}) is left out: with it, " in said.err
    assert f"({monthly}) is left out: with it, " in said.err
    assert files(shop) == before
    shop.converged("--env", "test")


def test_a_name_that_is_taken_in_another_environment(shop: Project) -> None:
    shop.write("products: {team: null}\n", "environments/test.yaml")
    shop.account.post("/v1/products", {"name": "Team"})
    said = imported(shop, "--env", "test")
    assert "1 product which the YAML leaves out of this environment" in said.err
    assert "team-2: {id: prod_" in shop.read("shop/products.yaml")
    shop.run("validate", "--env", "test")
    shop.run("validate", "--env", "live")


def test_invalid_yaml_is_not_touched(shop: Project) -> None:
    shop.edit("19.00", "1900", "shop/products.yaml")
    before = files(shop)
    said = imported(shop, "--env", "test", code=1)
    assert "two readings" in said.err
    assert files(shop) == before


def test_windows_line_ends_stay(shop: Project) -> None:
    path = shop.folder / "shop/products.yaml"
    path.write_bytes(PRODUCTS.replace("\n", "\r\n").encode())
    shop.account.post("/v1/products", {"id": "addon", "name": "Add-on"})
    imported(shop, "--env", "test")
    content = path.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") > PRODUCTS.count("\n")


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", range(6))
def test_all_or_nothing(shop: Project, monkeypatch: pytest.MonkeyPatch, failure: BaseException, at: int) -> None:
    shop.account.post("/v1/products", {"id": "addon", "name": "Add-on"})
    shop.account.post("/v1/coupons", {"id": "HALF", "percent_off": 50, "duration": "once"})
    before = {p: p.read_bytes() for p in shop.folder.rglob("*") if p.is_file()}
    calls = 0

    def failing(original: Any) -> Any:
        def call(*arguments: Any, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == at + 1:
                raise failure
            return original(*arguments, **more)

        return call

    monkeypatch.setattr(os, "fsync", failing(os.fsync))
    monkeypatch.setattr(os, "replace", failing(os.replace))
    said = imported(shop, "--env", "test", code=None)  # type: ignore[arg-type]
    monkeypatch.undo()
    after = {p: p.read_bytes() for p in shop.folder.rglob("*") if p.is_file()}
    if said.code == 0:
        assert calls < at + 1
    else:
        assert said.code == (130 if isinstance(failure, KeyboardInterrupt) else 1)
        assert after == before


def test_a_live_account_is_pinned(project: Project, live_account: Account) -> None:
    project.account = live_account
    live_account.post("/v1/products", {"id": "gold", "name": "Gold"})
    imported(project, "--project", "acme")
    ident = live_account.get("/v1/account")["id"]
    assert f"environments: {{live: {{account: {ident}, livemode: true}}}}" in project.read()
    project.plan()


def test_what_is_asked_for_alone(project: Project) -> None:
    from tests.importer.somebody import made

    made(project.account, many=0)
    imported(project, "--project", "acme", "--only", "products", "--only", "tax_rate")
    assert set(files(project)) == {
        "stripe-portal.yaml",
        "catalogue/products.yaml",
        "catalogue/tax_rates.yaml",
        "environments/test.yaml",
    }
    project.run("validate")
    imported(project, "--include-archived")
    project.run("validate")
    assert "active: false" in project.read("catalogue/products.yaml")
    project.apply("--allow", "adopt")
    project.converged()
    imported(project, "--only", "prodct", code=64)


def test_nothing_is_nothing(project: Project) -> None:
    said = imported(project, "--only", "product")
    assert "there is nothing in the account" in said.out
    assert list(project.folder.iterdir()) in ([], [project.folder / ".config"])


def test_secrets_and_what_nobody_sees_stay_out(project: Project) -> None:
    secret = "sk_live_" + "a1" * 12
    sent = {"metadata[key]": secret, "metadata[fine]": "yes", "description": "a\u202eb"}
    project.account.post("/v1/products", {"id": "gold", "name": "Gold", **sent})
    project.account.post("/v1/products", {"id": "whole", "name": secret})
    said = imported(project, "--project", "acme")
    text = "".join(files(project).values())
    assert secret not in text + said.text
    assert "# metadata.key is left out" in text
    assert "# description is left out" in text
    assert 'fine: "yes"' in text
    project.apply("--allow", "adopt")
    project.converged()


def test_of_another_project(project: Project, tmp_path: Path) -> None:
    project.write("stripe_portal: 1\nproject: globex\nproducts: {gold: {id: gold, name: Gold}}\n")
    project.apply()
    os.unlink(project.folder / "stripe-portal.yaml")
    said = imported(project, "--project", "acme", "--only", "product")
    assert "1 product of project globex, which --project globex imports" in said.err
    assert not (tmp_path / "stripe-portal.yaml").exists()


def test_a_value_that_differs_is_told_and_not_all_that_would_follow_from_it(shop: Project) -> None:
    shop.edit("yearly:\n        amount:    190.00", "yearly:\n        amount:    240.00", "shop/products.yaml")
    prices = "    prices:\n      monthly"
    shop.edit(prices, f"    default_price: yearly\n{prices}", "shop/products.yaml")
    said = imported(shop, "--env", "test")
    assert "Differs: price.pro.yearly unit_amount: Stripe → YAML: 19000 → 24000" in said.err
    assert said.err.count("Differs:") == 2, said.err


def test_a_file_that_the_yaml_does_not_include_is_never_replaced(project: Project) -> None:
    project.account.post("/v1/products", {"id": "pro", "name": "Pro"})
    project.write("important: data\n", "catalogue/products.yaml")
    said = project.run("import", "--base-url", project.account.url, key=project.account.key, code=3)
    assert "catalogue/products.yaml is there already, and the YAML does not include it" in said.err
    assert project.read("catalogue/products.yaml") == "important: data\n"
    assert not (project.folder / "stripe-portal.yaml").exists()
