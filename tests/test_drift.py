"""What `drift` says, and its exit code: 2 for what was changed in Stripe, and for nothing else."""

from __future__ import annotations

import json

import pytest

from tests.harness import Account, Project, Result, fits
from tests.pictures import png

SHOP = """\
stripe_portal: 1
project: acme
products:
  pro:
    id: pro
    name: Pro
    description: All of it
    default_price: monthly
    prices:
      monthly: {amount: 19.00, currency: usd, nickname: Monthly, recurring: {interval: month}, lookup_key: pro_monthly}
  team: {id: team, name: Team}
"""


def drifted(project: Project, *arguments: str, code: int = 0) -> Result:
    """What `drift` says, which writes nothing."""
    account = project.account
    account.forget()
    result = project.run("drift", *arguments, "--base-url", account.url, key=account.key, code=code)
    assert {r["method"] for r in account.requests()} <= {"GET"}
    return result


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(SHOP)
    project.apply()
    return project


def test_without_drift_it_says_so_in_one_line(shop: Project) -> None:
    lines = drifted(shop).out.splitlines()
    assert lines[1:2] == ["No drift. 3 resources as last applied."]
    assert [line.partition(":")[0] for line in lines[2:]] == ["Reads used"]


def test_a_field_that_was_edited_in_stripe_is_drift(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    result = drifted(shop, code=2)
    result.shows(
        [
            "Edited in Stripe since the last apply (Stripe → YAML):",
            "~ product.pro (pro)",
            'name "Professional" → "Pro"',
            "Drift: 1 resource edited in Stripe. 2 as last applied.",
        ],
        hides=["and in the YAML", "Edited in the YAML"],
    )
    assert result.out.splitlines()[-1] == f"undo it: stripe-portal apply --base-url {shop.account.url}"
    shop.apply()
    drifted(shop)


def test_a_field_that_was_edited_in_the_yaml_is_listed_and_no_drift(shop: Project) -> None:
    shop.edit("name: Pro", "name: Professional")
    shop.edit("  team: {id: team, name: Team}\n", "  solo: {id: solo, name: Solo}\n")
    drifted(shop).shows(
        [
            "Edited in the YAML, and not applied yet (Stripe → YAML):",
            "~ product.pro (pro)",
            'name "Pro" → "Professional"',
            "~ product.solo is not in Stripe",
            "~ product.team (team) is declared no more",
            "What was deleted in Stripe leaves no mark",
            "No drift: 3 edited in the YAML and not applied yet. 1 as last applied.",
        ],
        hides=["Edited in Stripe", "undo it"],
    )


def test_a_field_that_was_edited_in_both_is_drift_and_says_so(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "In Stripe", "description": "Less of it"})
    shop.edit("name: Pro", "name: In the YAML")
    drifted(shop, code=2).shows(
        ["~ product.pro (pro)", 'name "In Stripe" → "In the YAML" # and in the YAML'],
        hides=["Edited in the YAML, and not"],
    )


def test_what_both_changed_to_the_same_is_no_difference(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.edit("name: Pro", "name: Professional")
    assert "No drift. 3 resources" in drifted(shop).out


def test_a_price_that_the_yaml_replaces_shows_what_was_edited_where(shop: Project) -> None:
    price = shop.account.find("price.pro.monthly")["id"]
    shop.account.post(f"/v1/prices/{price}", {"nickname": "Edited"})
    shop.edit("19.00", "24.00")
    drifted(shop, code=2).shows(
        [
            "Edited in Stripe",
            f"~ price.pro.monthly ({price})",
            'nickname "Edited" → "Monthly"',
            "Edited in the YAML",
            f"~ price.pro.monthly ({price})",
            "unit_amount 1900 → 2400 ($19.00 → $24.00 / month) # forces replacement",
        ],
        hides=["lookup_key", "product.pro"],  # what follows was changed by nobody
    )


def test_a_copy_of_ours_is_drift(shop: Project) -> None:
    team = shop.account.get("/v1/products/team")
    copy = shop.account.post("/v1/products", {"name": "Team", "metadata": team["metadata"]})["id"]
    drifted(shop, code=2).shows([f"~ product.team ({copy}) is a copy of team, which the next apply retires"])
    price = shop.account.find("price.pro.monthly")
    deal = {"product": "pro", "currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}}
    clone = shop.account.post("/v1/prices", {**deal, "metadata": price["metadata"]})["id"]
    drifted(shop, code=2).shows([f"~ price.pro.monthly ({clone}) bears a mark that was copied"])


def test_what_was_deleted_is_drift_where_something_of_ours_still_names_it(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\ncoupons: {launch: {id: LAUNCH, percent_off: 25}}\n"
        "promotion_codes: {launch: {code: LAUNCH, promotion: {coupon: launch}}}\n"
        "webhook_endpoints: {main: {url: https://acme.example/hook, enabled_events: [customer.created]}}\n"
    )
    project.apply()
    endpoint = project.account.find("webhook_endpoint.main")["id"]
    project.account.call("DELETE", f"/v1/webhook_endpoints/{endpoint}")
    drifted(project).shows(["~ webhook_endpoint.main is not in Stripe", "What was deleted in Stripe leaves no mark"])
    project.account.call("DELETE", "/v1/coupons/LAUNCH")
    drifted(project, code=2).shows(["Edited in Stripe", "~ coupon.launch was deleted"], hides=["promotion.coupon"])


def test_a_kind_without_a_mark_differs_and_nobody_knows_why(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\n"
        "meters: {runs: {display_name: Runs, event_name: run, default_aggregation: {formula: sum}}}\n"
    )
    project.apply()
    meter = project.account.of("meter")[0]["id"]
    project.account.post(f"/v1/billing/meters/{meter}", {"display_name": "Edited"})
    drifted(project).shows(
        [
            f"~ meter.runs ({meter}) differs (this kind carries no mark, so nobody knows who changed it)",
            'display_name "Edited" → "Runs"',
        ],
        hides=["undo it", "Edited in"],
    )


def test_a_mark_that_was_garbled_tells_nothing(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Edited", "metadata": {"stripe_portal_fields": "1:(("}})
    drifted(shop).shows(["product.pro (pro) differs (its mark cannot be read, so nobody knows who changed it)"])


def test_what_plan_would_refuse_does_not_stop_it(shop: Project) -> None:
    """It writes nothing, so there is nothing to refuse: not an adoption, not a project of somebody else, not a key."""
    shop.account.post("/v1/prices", {"product": "pro", "currency": "usd", "unit_amount": 5, "lookup_key": "pro_five"})
    shop.account.post(
        "/v1/products", {"id": "gold", "name": "Gold", "metadata": {"stripe_portal": "globex/product.au"}}
    )
    shop.edit("      monthly:", "      five: {amount: 0.05, currency: usd, lookup_key: pro_five}\n      monthly:")
    shop.edit("  team:", "  gold: {id: gold, name: Gold}\n  team:")
    shop.plan(code=3)
    drifted(shop).shows(
        [
            "product.gold (gold) is product.au of project globex, and not taken over",
            "price.pro.five (price_…) is there without our mark, and not adopted",
        ]
    )


def test_a_live_account_is_looked_at_where_the_environment_says_so(project: Project, live_account: Account) -> None:
    """No drift in the wrong account is no good news."""
    project.account = live_account
    project.write(SHOP)
    project.apply("--allow", "live", "--allow", "required")
    live_account.post("/v1/products/pro", {"name": "Professional"})
    assert "the environment does not say livemode: true" in drifted(project, code=3).err
    project.write(f"{SHOP}environments: {{live: {{livemode: true}}}}\n")
    drifted(project, "--env", "live", code=2).shows(["(LIVE)", "product.pro"])


def test_strict_lists_what_nobody_declares_and_how_much_is_covered(shop: Project) -> None:
    account = shop.account
    account.post("/v1/products/team", {"description": "By hand"})
    account.post("/v1/products", {"id": "gold", "name": "Gold"})
    price = {"product": "gold", "currency": "usd", "unit_amount": 9900, "recurring": {"interval": "year"}}
    annual = account.post("/v1/prices", {**price, "lookup_key": "gold_yearly", "nickname": "Gold, yearly"})["id"]
    bare = account.post("/v1/prices", price)["id"]
    account.post("/v1/products", {"id": "theirs", "name": "X", "metadata": {"stripe_portal": "globex/product.x"}})
    account.post("/v1/products", {"id": "old", "name": "Old", "active": False})
    meter = {"display_name": "Runs", "event_name": "run", "default_aggregation": {"formula": "sum"}}
    account.post("/v1/billing/meters", meter)
    assert "not declared" not in drifted(shop).text
    result = drifted(shop, "--strict")
    result.shows(
        [
            "Not declared, and other than Stripe's default:",
            "product.team (team)",
            'description "By hand"',
            "In the account, and not declared:",
            "products:",
            'gold "Gold"',
            'theirs "X" (project globex: product.x)',
            "prices:",
            "meters:",
            'mtr_… run "Runs"',
            "Covered: 3 of 9 objects in service (33 %)",
            "2 of 4 products",
            "1 of 3 prices",
            "0 of 1 meters",
            "No drift. 3 resources as last applied.",
        ],
        hides=["Old", "pro_monthly"],
    )
    result.shows([f'{annual} gold_yearly "Gold, yearly" $99.00 / year of gold'])
    result.shows([f"{bare} $99.00 / year of gold"])


def test_strict_lists_what_stands_in_maps_and_lists_of_their_own(project: Project) -> None:
    project.write(SHOP + "features: {api: {lookup_key: api, name: API}}\n")
    project.apply()
    account, price = project.account, project.account.find("price.pro.monthly")["id"]
    account.post("/v1/products/team/features", {"entitlement_feature": account.find("feature.api")["id"]})
    account.post(f"/v1/prices/{price}", {"currency_options": {"eur": {"unit_amount": 1700}}})
    result = drifted(project, "--strict")
    result.shows(["price.pro.monthly", "currency_options.eur.unit_amount 1700 (€17.00 / month)"])
    result.shows(["product.team", "features [feature.api (feat_…)]"])


def test_a_picture_is_named_by_its_file(shop: Project) -> None:
    for name, picture in (("one.png", png()), ("two.png", png(colour=(0, 0, 0)))):
        (shop.folder / name).write_bytes(picture)
    shop.edit("name: Pro", "name: Pro\n    images: [./one.png]")
    shop.apply()
    drifted(shop)
    uploaded = shop.account.get("/v1/products/pro")["images"]
    shop.account.post("/v1/products/pro", {"images": ["https://acme.example/pro.png"]})
    drifted(shop, code=2).shows(["images", "acme.example/pro.png", "./one.png (sha256 …)"])
    shop.account.post("/v1/products/pro", {"images": uploaded})
    shop.edit("./one.png", "./two.png")
    drifted(shop).shows(["images", "/links/", "./two.png (sha256 …)"], hides=["file."])


@pytest.mark.parametrize("strict", [(), ("--strict",)])
def test_json_says_the_same(shop: Project, strict: tuple[str, ...]) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.edit("name: Team", "name: Teams")
    found = json.loads(drifted(shop, "--format", "json", *strict, code=2).out)
    assert (found["drift"], found["project"], found["same"]) == (True, "acme", 1)
    assert [(f["where"], f["address"], f["id"]) for f in found["findings"]] == [
        ("stripe", "product.pro", "pro"),
        ("yaml", "product.team", "team"),
    ]
    assert found["findings"][0]["fields"] == [
        {
            "path": "name",
            "stripe": "Professional",
            "yaml": "Pro",
            "cause": "drifted",
            "edited_at": found["findings"][0]["fields"][0]["edited_at"],
            "by": "no_request",
            "request": None,
        }
    ]
    covered = {"product": {"declared": 2, "in_service": 2}, "price": {"declared": 1, "in_service": 1}}
    assert fits(covered if strict else None, found.get("covered"))
