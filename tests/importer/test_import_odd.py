"""Import of what accounts hold that nobody would have planned."""

from __future__ import annotations

import re

import pytest

from reconciler.importer.urls import plain, secret_in
from reconciler.kinds import KINDS
from tests.harness import Account, Project
from tests.importer.somebody import MONTH
from tests.importer.test_import import files, imported, signs
from tests.importer.test_values import PRODUCT, made, one, text_of

YEAR = {"recurring": {"interval": "year"}}


def adopted(project: Project) -> None:
    """What was imported changes nothing."""
    plan = project.plan("--allow", "adopt")
    assert signs(plan) <= {"»"}, plan.out
    assert not re.findall(r"» \S+ .*\n +\S", plan.out), plan.out
    project.apply("--allow", "adopt")
    project.converged()


@pytest.mark.parametrize("ident", ["team.pro", "A B", "50%~off", "x" * 200])
def test_an_id_that_somebody_chose(project: Project, ident: str) -> None:
    project.account.post("/v1/products", {"id": ident, "name": "Team"})
    project.account.post("/v1/prices", {"product": ident, "unit_amount": 100, "currency": "usd", **MONTH})
    said = imported(project, "--project", "acme")
    assert "left out" not in said.err
    adopted(project)


@pytest.mark.parametrize("ident", ["a/b", " x ", "日本", ".."])
def test_an_id_that_cannot_be_written_is_the_reason_that_is_given(ident: str) -> None:
    result = made(one("product", PRODUCT), one("product", PRODUCT, id=ident, name="Odd"))
    assert "is left out: id: " in text_of(result)
    assert "another object" not in text_of(result)


def test_a_portal_that_offers_an_archived_price_keeps_its_plan_switching(project: Project) -> None:
    account = project.account
    account.post("/v1/products", {"id": "gold", "name": "Gold"})
    price = {"product": "gold", "unit_amount": 900, "currency": "usd"}
    monthly, yearly = (account.post("/v1/prices", {**price, **more})["id"] for more in (MONTH, YEAR))
    offered = [{"product": "gold", "prices": [monthly, yearly]}]
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": offered}
    account.post("/v1/billing_portal/configurations", {"features": {"subscription_update": update}})
    account.post(f"/v1/prices/{yearly}", {"active": False})
    imported(project, "--project", "acme", "--include-archived")
    written = "".join(files(project).values())
    assert "subscription_update" in written
    assert "active: false" in written
    assert f"{{id: {yearly}}}" in written or f"- id: {yearly}" in written, written
    adopted(project)


@pytest.mark.parametrize("archived_first", [True, False])
def test_a_promotion_code_that_was_used_again(project: Project, archived_first: bool) -> None:
    account = project.account
    account.post("/v1/coupons", {"id": "HALF", "percent_off": 50, "duration": "once"})
    sent = {"promotion": {"type": "coupon", "coupon": "HALF"}, "code": "SAVE"}
    first = account.post("/v1/promotion_codes", sent)["id"]
    account.post(f"/v1/promotion_codes/{first}", {"active": False})
    second = account.post("/v1/promotion_codes", sent)["id"]
    if not archived_first:
        account.post(f"/v1/promotion_codes/{second}", {"active": False})
        account.post(f"/v1/promotion_codes/{first}", {"active": True})
    said = imported(project, "--project", "acme", "--include-archived")
    assert "1 promotion_code out of service, whose code another has now" in said.err.replace(
        "promotion code", "promotion_code"
    )
    text = project.read("catalogue/promotion_codes.yaml")
    assert text.count("code: SAVE") == 1
    assert "active: false" not in text
    adopted(project)


def test_no_place_of_ours_is_in_a_note() -> None:
    text = {
        "currency": "usd",
        "valid": True,
        "percent_off": 50,
        "duration": "once",
        "created": 1,
        "currency_options": {},
    }
    coupon = one("coupon", text, id="HALF", applies_to=None)
    codes = [
        one(
            "promotion_code",
            {"created": n, "active": True, "code": code, "restrictions": {}, "times_redeemed": 0},
            id=f"promo_{n}",
            promotion={"type": "coupon", "coupon": "HALF"},
        )
        for n, code in enumerate(("SAVE", "save"))
    ]
    result = made(coupon, *codes, archived=True)
    assert '["' not in text_of(result)
    assert ":0:0" not in text_of(result)


def test_secrets_in_the_urls_of_webhooks_are_not_in_names_and_notes(project: Project) -> None:
    secrets = {
        "https://ada:pa55phrase@acme.example/stripe": "pa55phrase",
        "https://acme.example/hooks?token=t0psecretvalue": "t0psecretvalue",
        "https://hooks.slack.com/services/T0001/B0002/AbCdEf0123456789GhIj": "AbCdEf0123456789GhIj",
        "https://discord.com/api/webhooks/123456789012345678/aB3_dEfGhIjKlMnOpQrStUvWxYz0123": "aB3_dEf",
    }
    for url in secrets:
        project.account.post("/v1/webhook_endpoints", {"url": url, "enabled_events": ["customer.created"]})
    said = imported(project, "--project", "acme")
    written = project.read("catalogue/webhook_endpoints.yaml")
    keys = re.findall(r"^  ([^ #:]+):", written, re.M)
    names = ["acme-example-hooks", "acme-example-stripe", "discord-com-api-webhooks", "hooks-slack-com-services"]
    assert sorted(keys) == names
    assert said.err.count("Note: webhook_endpoint.") == len(secrets), said.err
    assert "${name}" in said.err
    for secret in secrets.values():
        assert secret not in said.text
        assert all(secret not in line for line in written.splitlines() if "#" in line)
    adopted(project)


@pytest.mark.parametrize(
    ("url", "name", "held"),
    [
        ("https://www.acme.example/hook/", "acme.example/hook", ""),
        ("http://localhost:4242/v1/stripe-events", "localhost/v1/stripe-events", ""),
        ("https://x:y@acme.example", "acme.example", "a user name or a password in front of its host"),
        ("https://acme.example/a?version=2", "acme.example/a", ""),
        ("https://acme.example/a?x=0123456789abcdef0", "acme.example/a", "a token in its query"),
        ("https://acme.example/in/0123456789abcdef0/x", "acme.example/in", "a token in its path"),
        ("https://[broken", "https://[broken", ""),
    ],
)
def test_urls(url: str, name: str, held: str) -> None:
    assert plain(url) == name
    assert secret_in(url) == held


@pytest.mark.parametrize("unseen", "\u200e\u200f\u061c\u200b\u00ad\u202e\u2060")
def test_what_nobody_sees(unseen: str) -> None:
    result = made(one("product", PRODUCT, description=f"a{unseen}b"))
    assert unseen not in text_of(result)
    assert "# description is left out: it holds characters that nobody sees" in text_of(result)


def test_what_joins_letters_stays() -> None:
    assert "👩\u200d💻" in text_of(made(one("product", PRODUCT, description="👩\u200d💻")))


def test_payment_links_are_called_by_what_they_sell(project: Project) -> None:
    account = project.account
    prices = []
    for name in ("gold", "addon"):
        account.post("/v1/products", {"id": name, "name": name})
        for more in (MONTH, YEAR):
            price = {"product": name, "unit_amount": 900, "currency": "usd", **more}
            prices.append(account.post("/v1/prices", price)["id"])
    for sold in ([0], [0, 2], [0], [3, 1]):
        items = [{"price": prices[n], "quantity": 1} for n in sold]
        account.post("/v1/payment_links", {"line_items": items})
    imported(project, "--project", "acme")
    keys = re.findall(r"^  ([^ #:]+):", project.read("catalogue/payment_links.yaml"), re.M)
    assert sorted(keys) == ["addon-gold", "gold", "gold-2", "gold-addon"]
    adopted(project)


def test_only_the_price_that_disturbs_is_left_out(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\ndefaults: {price: {currency: usd}}\nproducts:\n  pro:\n    id: pro\n"
        "    name: Pro\n    prices:\n      monthly: {amount: 9.00, recurring: {interval: month}}\n"
        "  team: {id: team, name: Team}\n"
        "portal_configurations:\n  main:\n    is_default: true\n    features:\n      subscription_update:\n"
        "        enabled: true\n        default_allowed_updates: [price]\n        products: [{product: pro}]\n"
    )
    project.apply()
    price = {"unit_amount": 500, "currency": "usd", **MONTH}
    twice = project.account.post("/v1/prices", {"product": "pro", **price})["id"]
    project.account.post("/v1/prices", {"product": "pro", "unit_amount": 500, "currency": "usd"})
    project.account.post("/v1/prices", {"product": "team", **price})
    said = imported(project, "--only", "product")
    assert f"({twice}) is left out: with it, " in said.err
    assert said.err.count("is left out: with it, ") == 1, said.err
    assert "Imported: 2 prices." in said.out
    adopted(project)


def test_the_order_of_what_the_key_may_not_read_is_the_same_every_time(project: Project) -> None:
    account = project.account
    account.post("/v1/products", {"id": "gold", "name": "Gold"})
    scopes = ["rak_product_read", "rak_accounts_kyc_basic_read", "rak_file_read"]
    ident = account.get("/v1/account")["id"]
    project.account = Account.register(account.url, "rk_test_products1", id=ident, permissions=scopes)
    said = imported(project, "--project", "acme")
    lines = re.findall(r"Not imported: (\S+), which the key may not read", said.err)
    unread = [k.plural for k in KINDS if k.plural in lines]
    assert len(unread) > 5
    assert lines == unread
