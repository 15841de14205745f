"""A plan reviewed is the plan applied: whatever moved in between is refused by its name, and nothing is written."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler import planfile
from tests.harness import Account, Project, Result

YAML = """\
stripe_portal: 1
project: acme
products:
  pro:
    id: pro
    name: Pro
    default_price: monthly
    prices:
      monthly: {amount: 19.00, currency: usd, recurring: {interval: month}, lookup_key: pro_monthly}
      yearly: {amount: 190.00, currency: usd, recurring: {interval: year}, lookup_key: pro_yearly}
  basic: {id: basic, name: Basic}
portal_configurations:
  main:
    is_default: true
    features:
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products: [{product: pro}]
"""


@pytest.fixture
def shop(project: Project) -> Project:
    """What is applied, and a change of a price that is planned and saved."""
    project.write(YAML)
    project.apply()
    project.edit("19.00", "24.00")
    project.plan("--out", "plan.json")
    project.account.forget()
    return project


def applied(project: Project, *options: str, code: int | None = 0, key: str | None = None) -> Result:
    arguments = ("apply", "plan.json", "--base-url", project.account.url, *options)
    return project.run(*arguments, key=key or project.account.key, code=code)


def refused(
    project: Project, *lines: str, code: int = 3, options: tuple[str, ...] = (), key: str | None = None
) -> None:
    before = project.account.everything()
    applied(project, *options, code=code, key=key).shows(lines)
    assert not [r for r in project.account.requests() if r["method"] != "GET"]
    assert project.account.everything() == before


def test_what_was_reviewed_is_applied_without_being_asked_again(shop: Project) -> None:
    reviewed = json.loads(shop.read("plan.json"))
    assert [a["verb"] for a in reviewed["actions"]] == ["create", "update", "update", "retire"]
    result = applied(shop)
    result.shows(["± price.pro.monthly", "Apply complete: 4 writes."])
    shop.converged()
    applied(shop).shows(["Everything that this plan says is done already."])


def test_it_needs_neither_the_yaml_nor_the_environment(shop: Project) -> None:
    (shop.folder / "stripe-portal.yaml").rename(shop.folder / "elsewhere")
    (shop.folder / "plan.json").rename(shop.folder / "reviewed")
    arguments = ("apply", "reviewed", "--base-url", shop.account.url)
    shop.run(*arguments, key=shop.account.key).shows(["Apply complete: 4 writes."])


def test_show_is_what_plan_said(shop: Project) -> None:
    said = shop.plan("--out", "plan.json").out
    assert shop.run("show", "plan.json").out == said.replace(next(r for r in said.splitlines(True) if "Reads" in r), "")
    assert json.loads(shop.run("show", "plan.json", "--format", "json").out) == json.loads(shop.read("plan.json"))


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (("/v1/products/pro", {"name": "Professional"}), "product.pro (pro) was changed: name"),
        (("/v1/products/pro", {"active": False}), "product.pro (pro) was changed: active"),
        (("/v1/products/pro", {"metadata[stripe_portal]": "theirs/product.pro"}), "product.pro (pro) was changed"),
        (("/v1/prices/<monthly>", {"nickname": "Edited"}), "price.pro.monthly (…) was changed: nickname"),
        (("/v1/prices/<monthly>", {"lookup_key": "other"}), "price.pro.monthly (…) was changed: lookup_key"),
        (("/v1/prices/<yearly>", {"nickname": "Named by the plan only"}), "price.pro.yearly (…) was changed"),
        (
            ("/v1/billing_portal/configurations/<portal>", {"features": {"invoice_history": {"enabled": True}}}),
            "portal_configuration.main (…) was changed: features.invoice_history.enabled",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_object_that_was_edited_since_is_refused(shop: Project, edit: Any, line: str) -> None:
    find = shop.account.find
    ids = {f"<{n}>": find(f"price.pro.{n}")["id"] for n in ("monthly", "yearly")}
    path, data = edit
    for name, ident in {**ids, "<portal>": find("portal_configuration.main")["id"]}.items():
        path = path.replace(name, ident)
    shop.account.post(path, data)
    shop.account.forget()
    refused(shop, f"since the plan was made, {line}", "plan again", "Nothing was written.")


def test_what_nobody_rests_on_may_change(shop: Project) -> None:
    shop.account.post("/v1/products/basic", {"name": "Edited"})
    shop.account.post("/v1/products/pro", {"metadata[theirs]": "a note"})
    applied(shop).shows(["Apply complete: 4 writes."])


def test_an_object_at_the_address_of_a_new_one_is_refused(shop: Project) -> None:
    mark = shop.account.find("price.pro.monthly")["metadata"]
    copy = {
        "product": "pro",
        "unit_amount": 2500,
        "currency": "usd",
        "recurring": {"interval": "month"},
        "metadata": mark,
    }
    shop.account.post("/v1/prices", copy)
    shop.account.forget()
    refused(shop, "price.pro.monthly is there already, and not as this plan makes it (price_")


def test_a_natural_key_that_somebody_took_is_refused(project: Project) -> None:
    project.write(YAML)
    project.plan("--out", "plan.json")
    project.account.post("/v1/products", {"id": "other", "name": "Other"})
    taken = {"product": "other", "unit_amount": 1, "currency": "usd", "lookup_key": "pro_monthly"}
    project.account.post("/v1/prices", taken)
    project.account.forget()
    refused(project, "price.pro.monthly is there already, and not as this plan makes it (price_")


def test_an_object_that_is_gone_is_refused(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\ncoupons: {half: {id: half, percent_off: 50, duration: once, name: A}}\n"
    )
    project.apply()
    project.edit("name: A", "name: B")
    project.plan("--out", "plan.json")
    project.account.call("DELETE", "/v1/coupons/half")
    project.account.forget()
    refused(project, "coupon.half (half) is gone")


def test_another_default_portal_is_refused(project: Project) -> None:
    features = {"features": {"invoice_history": {"enabled": True}}}
    project.write(YAML)
    project.plan("--out", "plan.json")
    project.account.post("/v1/billing_portal/configurations", features)
    project.account.forget()
    result = applied(project, code=None)
    assert result.code == 3, result.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("24.00", "29.00"),
        ("name: Basic", "name: Basics"),
        ("project: acme", "project: other"),
        ("products:", "products: ["),
    ],
)
def test_yaml_that_says_something_else_is_refused(shop: Project, old: str, new: str) -> None:
    shop.edit(old, new)
    refused(shop, "the YAML")


def test_yaml_that_says_the_same_is_fine(shop: Project) -> None:
    shop.edit("stripe_portal: 1", "# a comment\nstripe_portal: 1")
    applied(shop)


def test_a_file_that_came_to_the_yaml_is_refused(project: Project) -> None:
    project.write(YAML.replace("project: acme", "project: acme\ninclude: [more/*.yaml]"))
    project.write("products: {basics: {id: basics, name: Basics}}", "more/one.yaml")
    project.plan("--out", "plan.json")
    project.write("products: {more: {id: more, name: More}}", "more/two.yaml")
    project.account.forget()
    refused(project, "the YAML in . says something else")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"2400"', '"2"'),
        ("2400", "2401"),
        ('"pro_monthly"', '"pro_monthlx"'),
        ('"livemode": false', '"livemode": true'),
    ],
)
def test_a_file_that_was_altered_is_refused(shop: Project, old: str, new: str) -> None:
    text = shop.read("plan.json")
    shop.write(text.replace(old, new) if old in text else text.replace("pro", "prO"), "plan.json")
    refused(shop, "plan.json was altered after it was made")


@pytest.mark.parametrize("cut", [10, 500, -3])
def test_half_a_file_is_no_plan(shop: Project, cut: int) -> None:
    shop.write(shop.read("plan.json")[:cut], "plan.json")
    result = applied(shop, "--yes", code=None)
    assert result.code in (1, 64), result.text
    assert "Traceback" not in result.text
    assert not [r for r in shop.account.requests() if r["method"] != "GET"]


def test_a_plan_of_another_version_is_refused(shop: Project) -> None:
    data = json.loads(shop.read("plan.json"))
    data["version"] = "0.0.1"
    shop.write(json.dumps(data), "plan.json")
    refused(shop, "plan.json was made by stripe-portal 0.0.1, and this is")


def test_another_account_is_refused(shop: Project, emulator: Any) -> None:
    other = Account.register(emulator.url, "sk_test_somebody_else")
    refused(shop, "the plan is for", "and this is", key=other.key)


def test_the_other_mode_is_refused(shop: Project, emulator: Any) -> None:
    own = shop.account.get("/v1/account")["id"]
    live = Account.register(emulator.url, "sk_live_the_same", livemode=True, id=own)
    refused(shop, "the plan is for", key=live.key)


def test_an_old_plan_is_refused(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 3 * 3600)
    refused(shop, "plan.json is 3 h old, and --max-age is 2 h: plan again", options=("--max-age", "2h"))
    monkeypatch.setattr("time.time", lambda: now - 3600)
    refused(shop, "plan.json was made in the future")
    monkeypatch.setattr("time.time", lambda: now + 3 * 3600)
    applied(shop, "--max-age", "4h")


def test_a_refused_plan_is_saved_to_be_shown_and_never_applied(project: Project) -> None:
    project.account.post("/v1/products", {"id": "gold", "name": "Theirs"})
    taken = {"product": "gold", "unit_amount": 1900, "currency": "usd", "recurring": {"interval": "month"}}
    project.account.post("/v1/prices", {**taken, "lookup_key": "pro_monthly"})
    project.write(YAML)
    project.plan("--out", "plan.json", code=3)
    project.account.forget()
    refused(project, "Refused: price.pro.monthly")
    project.run("show", "plan.json").shows(["Plan:"])


@pytest.mark.parametrize("options", [("--env", "test"), ("--allow", "retire"), ("product.pro",), ("--var", "a=b")])
def test_a_saved_plan_takes_no_options_that_would_change_it(shop: Project, options: tuple[str, ...]) -> None:
    refused(shop, "plan.json is a saved plan: it says by itself", code=64, options=options)


@pytest.mark.parametrize("age", ["", "2", "2w", "-1h", "h", "1.5h"])
def test_an_age_is_a_number_and_a_unit(shop: Project, age: str) -> None:
    refused(shop, "an age is a number and s, m, h or d", code=64, options=("--max-age", age))


def test_the_file_follows_its_schema_and_holds_no_secrets(shop: Project) -> None:
    shop.account.post(
        "/v1/products/pro",
        {"metadata[note]": "sk_live_51abcdefghijklmnopqrstuv", "description": "whsec_abcdefghijklmnopqrstuvwxyz0123"},
    )
    shop.plan("--out", "plan.json")
    text = shop.read("plan.json")
    jsonschema.validate(json.loads(text), dict(planfile.schema()))
    for secret in ("sk_live_51abc", "whsec_abcdef", shop.account.key):
        assert secret not in text
    committed = Path(__file__).parent.parent / "schemas" / "plan.schema.json"
    assert json.loads(committed.read_text("utf-8")) == planfile.schema()


def test_a_plan_of_a_file_is_the_plan_of_the_account(shop: Project) -> None:
    """What `plan --format json` prints is what --out saves, but for its id and the time."""
    printed = json.loads(shop.plan("--format", "json").out)
    saved = json.loads(shop.read("plan.json"))
    for one in (printed, saved):
        assert one.pop("id")
        assert one.pop("created")
        assert one.pop("digest")
    assert printed == saved


def test_out_overwrites_nothing_but_a_plan(shop: Project) -> None:
    yaml = shop.read()
    for name in ("stripe-portal.yaml", "/dev/null"):
        shop.plan("--out", name, code=64).shows([f"{name} is there already, and is no saved plan"])
    assert shop.read() == yaml
    assert not shop.account.requests()
    shop.run("show", "stripe-portal.yaml", code=1).shows(["stripe-portal.yaml is no saved plan"])
