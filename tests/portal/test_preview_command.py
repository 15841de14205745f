"""`stripe-portal preview`: what it reads, where it writes, and what is in an account beside what is planned."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from reconciler.portal.page import is_preview
from tests.harness import Project, Result
from tests.pictures import png

OUT = "portal-preview.html"
YAML = """stripe_portal: 1
project: acme
environments: {test: {}, live: {livemode: true}}
vars: {headline: Manage your plan}
products:
  pro:
    id: pro
    name: Pro
    images: [https://acme.example/pro.png]
    prices:
      monthly: {amount: 29.00, currency: usd, recurring: {interval: month}}
      yearly: {amount: 290.00, currency: usd, recurring: {interval: year}}
portal_configurations:
  main:
    is_default: true
    business_profile: {headline: "${headline}"}
    features:
      invoice_history: {enabled: true}
      subscription_cancel: {enabled: true}
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products: [{product: pro}]
  partners:
    features: {invoice_history: {enabled: true}}
"""


def words(text: str) -> str:
    """What is written in a page, on one line."""
    body = text.partition("<body>")[2]
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", body)))


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(YAML)
    return project


def page(shop: Project, *arguments: str) -> str:
    """The page on stdout, from YAML alone."""
    result = shop.run("preview", "--env", "test", "--out", "-", *arguments)
    assert result.err == ""
    return words(result.out)


def against(shop: Project, *arguments: str, code: int = 0, env: str = "test") -> Result:
    """The page on stdout, beside what the account has."""
    target = ("--base-url", shop.account.url)
    return shop.run("preview", "--against", env, "--out", "-", *target, *arguments, key=shop.account.key, code=code)


def test_it_needs_no_key_and_says_where_it_wrote(shop: Project) -> None:
    result = shop.run("preview", "--env", "test")
    assert (result.out, result.err) == ("", f"Wrote {OUT}: open it in a browser.\n")
    text = shop.read(OUT)
    assert is_preview(text.encode())
    assert "no account was read" in words(text)
    assert "$29.00 per month" in words(text)
    assert shop.account.requests() == []


def test_an_older_preview_is_replaced_and_nothing_else(shop: Project) -> None:
    shop.run("preview", "--env", "test")
    shop.run("preview", "--env", "test", "--var", "headline=Another one")
    assert "Another one" in shop.read(OUT)
    shop.write("mine", "mine.html")
    (shop.folder / "folder").mkdir()
    for place in ("mine.html", "folder", "stripe-portal.yaml"):
        result = shop.run("preview", "--env", "test", "--out", place, code=64)
        assert "is no preview: --out does not overwrite it" in result.err
    assert shop.read("mine.html") == "mine"
    shop.run("preview", "--env", "test", "--out", "new/folder/page.html")
    assert is_preview(Path(shop.folder, "new/folder/page.html").read_bytes())


def test_a_preview_that_cannot_be_made_leaves_the_older_one(shop: Project) -> None:
    shop.run("preview", "--env", "test")
    before = shop.read(OUT)
    shop.edit("name: Pro", "nam: Pro")
    shop.run("preview", "--env", "test", code=1)
    assert shop.read(OUT) == before


def test_environment_variables_and_language(shop: Project) -> None:
    shop.write("products: {pro: {name: Pro in live}}", "environments/live.yaml")
    assert "Pro in live" in words(shop.run("preview", "--env", "live", "--out", "-").out)
    assert "Hello there" in page(shop, "--var", "headline=Hello there")
    assert "29,00\u00a0$ pro Monat" in page(shop, "--locale", "de").replace("29,00 $", "29,00\u00a0$")
    assert "several environments" in shop.run("preview", code=64).err
    assert "is no locale" in shop.run("preview", "--env", "test", "--locale", "german", code=64).err
    assert "is no locale" in shop.run("preview", "--env", "test", "--locale", "../x", code=64).err


def test_one_portal_of_several(shop: Project) -> None:
    both = page(shop)
    assert both.index("main Default portal") < both.index("partners Homepage")
    assert "main Default portal" not in page(shop, "--config", "partners")
    assert "did you mean main?" in shop.run("preview", "--env", "test", "--config", "man", code=64).err
    shop.write("portal_configurations: {main: null, partners: null}", "environments/test.yaml")
    assert "declares no portal configuration" in shop.run("preview", "--env", "test", code=64).err


def test_a_target_without_an_account_to_read_is_a_slip(shop: Project) -> None:
    for target in (["--emulator"], ["--base-url", "http://127.0.0.1:1"], ["--account", "acct_1"]):
        assert "--against" in shop.run("preview", "--env", "test", *target, code=64).err


def test_branding_and_pictures_of_the_yaml(shop: Project) -> None:
    (shop.folder / "icon.png").write_bytes(png(pixels=(128, 128)))
    shop.write(YAML + 'branding: {icon: ./icon.png, primary_color: "#1B2B4D"}\n')
    text = shop.run("preview", "--env", "test", "--out", "-").out
    assert "--brand: #1b2b4d" in text
    assert text.count('src="data:image/png;base64,') == 2  # an icon on either portal
    assert 'src="http' not in text
    assert "https://acme.example/pro.png" in words(text)


def test_beside_an_account_where_nothing_is_yet(shop: Project) -> None:
    text = words(against(shop).out)
    assert "This portal does not exist there yet: all of it is new." in text
    assert "Planned" in text
    assert not shop.account.requests("POST")


def test_what_changes_is_marked(shop: Project) -> None:
    shop.apply("--env", "test")
    assert words(against(shop).out).count("Nothing: customers see the same pages as today.") == 2
    shop.edit("amount: 29.00", "amount: 35.00")
    shop.edit("      subscription_cancel: {enabled: true}\n", "")
    shop.account.forget()
    text = words(against(shop).out)
    assert "Changed Update plan · Pro : $29.00 per month → $35.00 per month" in text
    assert "Removed Cancel plan" in text
    assert "Subscribers keep the price that they have until they switch." in text
    assert "reads used:" in text
    assert not shop.account.requests("POST")


def test_what_was_edited_in_stripe_is_today(shop: Project) -> None:
    shop.apply("--env", "test")
    portal = shop.account.find("portal_configuration.main")
    edit = {"business_profile": {"headline": "Edited"}, "features": {"payment_method_update": {"enabled": True}}}
    shop.account.post(f"/v1/billing_portal/configurations/{portal['id']}", edit)
    text = words(against(shop).out)
    assert "Changed Beside every page : Edited → Manage your plan" in text
    assert "Removed Homepage · Payment method" not in text, "what nobody declares stays"
    assert text.count("Visa •••• 4242") == 2


def test_the_portal_that_somebody_made_in_the_dashboard_is_today(shop: Project) -> None:
    """Before it is adopted: to look at what an apply would change takes no `--allow`."""
    features = {"payment_method_update": {"enabled": True}, "subscription_cancel": {"enabled": True}}
    profile = {"headline": "From the Dashboard"}
    shop.account.post("/v1/billing_portal/configurations", {"business_profile": profile, "features": features})
    text = words(against(shop).out)
    assert "Changed Beside every page : From the Dashboard → Manage your plan" in text
    assert "Added Update plan" in text


def test_a_portal_that_leaves_is_shown(shop: Project) -> None:
    shop.apply("--env", "test")
    shop.write(YAML.replace("  partners:\n    features: {invoice_history: {enabled: true}}\n", ""))
    assert "applying takes it out of service" in words(against(shop).out)
    assert "applying takes it out of service" not in words(against(shop, "--config", "main").out)


def test_a_price_that_is_not_ours_is_known_once_the_account_was_read(shop: Project) -> None:
    product = shop.account.post("/v1/products", {"name": "Old plan", "unit_label": "seat"})["id"]
    recurring = {"interval": "month", "interval_count": 3}
    data = {"product": product, "currency": "jpy", "unit_amount": 4200, "recurring": recurring}
    price = shop.account.post("/v1/prices", data)["id"]
    offer = f"{{product: pro}}, {{product: {{id: {product}}}, prices: [{{id: {price}}}]}}"
    shop.edit("{product: pro}", offer)
    assert price in page(shop)
    text = words(against(shop).out)
    assert "Old plan" in text
    assert "Old plan No price of it in this currency is known here." in text
    assert "Old plan in other currencies ¥4,200 every 3 months" in text
    assert price not in text


def test_name_contact_and_branding_come_from_the_account(shop: Project) -> None:
    raw = shop.account.get("/v1/account")
    name = raw["settings"]["dashboard"]["display_name"]
    text = words(against(shop).out)
    assert (raw["business_profile"]["name"] or name) in text
    assert "which was not read" not in text


def test_the_account_must_be_the_right_one(shop: Project) -> None:
    result = against(shop, env="live", code=3)
    assert "the environment says livemode: true, and the key is a test key" in result.err
    assert shop.account.requests() == []
    assert "no environment prod" in against(shop, env="prod", code=1).err


def test_yaml_of_one_environment_against_the_account_of_another(shop: Project) -> None:
    shop.write("products: {pro: {name: Pro in live}}", "environments/live.yaml")
    text = words(against(shop, "--env", "live", env="test").out)
    assert "Environment live, against" in text
    assert "Pro in live" in text


def test_it_says_nothing_of_a_key(shop: Project) -> None:
    result = against(shop)
    assert shop.account.key not in result.text
