"""Every example that ships, through the command line: valid, planned, applied, empty, changed, empty again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from reconciler import scaffold
from reconciler.kinds import KINDS
from tests.harness import Account, Project

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(p for p in (ROOT / "examples").iterdir() if p.is_dir())
FILES = sorted((ROOT / "examples").rglob("*.yaml"))


def applied(project: Project, *arguments: str) -> str:
    """Validate, plan and apply, and see that nothing is left to do. What the plan said."""
    variables = [a for a in arguments if not a.startswith("--allow")]
    project.run("validate", *variables)
    plan = project.plan(*arguments).out
    project.apply(*arguments)
    project.converged(*variables)
    return plan


def test_the_examples_are_those_that_init_offers() -> None:
    assert [p.name for p in EXAMPLES] == list(scaffold.examples())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_an_editor_that_reads_the_first_line_finds_nothing_wrong(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    schema = (path.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
    assert schema.parent == ROOT / "schemas"
    jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(yaml.safe_load(text))


def test_the_minimal_one_fits_on_a_screen() -> None:
    assert len((ROOT / "examples/minimal/stripe-portal.yaml").read_text(encoding="utf-8").splitlines()) <= 36


def test_minimal(project: Project) -> None:
    project.run("init", "--example", "minimal")
    assert "4 to create" in applied(project)
    portal = project.account.find("portal_configuration.main")
    assert portal["is_default"]
    assert portal["login_page"]["url"]

    project.edit("amount: 19.00", "amount: 24.00")
    assert "$19.00 → $24.00 / month" in applied(project)
    offered = project.account.find("portal_configuration.main")["features"]["subscription_update"]["products"]
    assert project.account.find("price.pro.monthly")["id"] in offered[0]["prices"]


def test_saas_in_test(project: Project) -> None:
    project.run("init", "--example", "saas")
    applied(project, "--env", "test")
    portal = project.account.find("portal_configuration.main")
    assert portal["business_profile"]["headline"].startswith("TEST")
    assert portal["default_return_url"] == "https://staging.beacon.example/account"
    offered = {p["product"]: p for p in portal["features"]["subscription_update"]["products"]}
    assert list(offered) == ["starter", "team", "business"]
    assert [len(p["prices"]) for p in offered.values()] == [2, 2, 2]
    assert offered["team"]["adjustable_quantity"] == {"enabled": True, "minimum": 1, "maximum": 50}
    assert portal["features"]["subscription_pause"]["duration"]["interval_options"] == [
        {"interval": "month", "interval_count": 1},
        {"interval": "month", "interval_count": 3},
    ]
    assert not project.account.bearing("product.onboarding")
    monthly = project.account.find("price.team.monthly")
    assert monthly["currency_options"]["eur"]["unit_amount"] == 2900
    assert monthly["tax_behavior"] == "exclusive"
    assert len(project.account.find("price.extra_monitors.monthly")["tiers"]) == 3
    assert project.account.get("/v1/products/team")["metadata"]["monitors"] == "100"

    project.edit("amount: 29.00          # per seat", "amount: 35.00          # per seat", "catalogue/plans.yaml")
    project.edit("maximum: 50}", "maximum: 100}", "portal.yaml")
    plan = applied(project, "--env", "test")
    assert "$29.00 → $35.00 / month" in plan
    successor = project.account.find("price.team.monthly")
    assert successor["lookup_key"] == "team_monthly"
    assert project.account.get("/v1/products/team")["default_price"] == successor["id"]
    assert project.account.get(f"/v1/prices/{monthly['id']}")["active"] is False


def test_saas_in_live(project: Project, live_account: Account) -> None:
    project.run("init", "--example", "saas")
    refused = project.plan("--env", "live", code=3)
    assert "livemode: true, and the key is a test key" in refused.err
    project.account = live_account
    applied(project, "--env", "live")
    portal = live_account.find("portal_configuration.main")
    assert portal["business_profile"]["headline"] == "Manage your Beacon plan"
    assert portal["default_return_url"] == "https://beacon.example/account"
    assert portal["features"]["subscription_pause"]["enabled"] is False
    workshop = live_account.find("price.onboarding.once")
    assert (workshop["unit_amount"], workshop["type"]) == (49000, "one_time")

    project.write("products: {}\n", "catalogue/add-ons.yaml")
    allowed = [f"--allow=retire=product.{name}" for name in ("extra_monitors", "onboarding")]
    applied(project, "--env", "live", *allowed)
    assert live_account.get("/v1/products/extra_monitors")["active"] is False


def test_usage_based(project: Project) -> None:
    project.run("init", "--example", "usage-based")
    assert "+ meter.emails" in applied(project)
    meters = {m["event_name"]: m["id"] for m in project.account.of("meter")}
    sms = project.account.find("price.sms.metered")
    assert (sms["unit_amount"], sms["unit_amount_decimal"]) == (None, "0.79")
    assert sms["recurring"]["meter"] == meters["sms_sent"]
    email = project.account.find("price.email.metered")
    assert email["recurring"]["meter"] == meters["email_sent"]
    assert [t["unit_amount_decimal"] for t in email["tiers"]] == ["0", "0.04", "0.025"]
    assert project.account.find("price.storage.monthly")["transform_quantity"] == {"divide_by": 100000, "round": "up"}

    project.edit("amount: 0.0079", "amount: 0.0085")
    assert "$0.0079 → $0.0085" in applied(project)
    assert project.account.find("price.sms.metered")["unit_amount_decimal"] == "0.85"


def test_everything(project: Project) -> None:
    project.run("init", "--example", "everything")
    project.run("validate")
    plan = project.plan()
    plan.shows(["+ product.pro", "./images/pro.png (sha256 …) → upload"])
    plan.shows(["~ payment_method_configuration.standard"])
    plan.shows(["+ webhook_endpoint.main", "--secrets-to FILE keeps it"])
    project.apply("--secrets-to", "hooks.json")
    project.converged()
    declared = yaml_of(project)
    assert {k.plural for k in KINDS if not k.parent} <= declared.keys(), "the example lacks a kind"
    assert not [k.name for k in KINDS if not project.account.of(k.name)]
    endpoint = project.account.find("webhook_endpoint.main")["id"]
    kept = json.loads(project.read("hooks.json"))["webhook_endpoint.main"]
    assert (kept["id"], kept["secret"][:6]) == (endpoint, "whsec_")
    assert project.account.find("product.pro")["images"]

    link = project.account.find("payment_link.stickers")
    project.edit("once: {amount: 5.00}", "once: {amount: 6.00}")
    said = applied(project)
    assert f"the link {link['url']}, which customers may hold, stops working" in said
    successor = project.account.find("payment_link.stickers")
    assert successor["url"] != link["url"]
    sold = project.account.one("payment_link", successor["id"])["line_items"]["data"]
    assert [item["price"]["id"] for item in sold] == [project.account.find("price.sticker.once")["id"]]
    assert not project.account.one("payment_link", link["id"])["active"]
    assert len(project.account.all("/v1/files")) == 1, "an image that did not change is not uploaded again"


def yaml_of(project: Project) -> dict[str, Any]:
    """Every resource of a project by the plural of its kind, from all of its files."""
    found: dict[str, Any] = {}
    for path in project.folder.rglob("*.yaml"):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found
