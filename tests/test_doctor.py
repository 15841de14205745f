"""doctor: which key, which account, what it may do, what is missing, and links that make better keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from reconciler import permissions
from reconciler.kinds import KINDS, PARTS, scopes
from reconciler.model import Address, Desired, Resource, Source
from tests.harness import Account, Project, Result

HERE = Source("stripe-portal.yaml", 1, 1)
PRODUCT = "stripe_portal: 1\nproject: acme\nproducts: {pro: {id: pro, name: Pro}}\n"


def doctor(project: Project, *words: str, code: int = 0, key: str | None = "") -> Result:
    """Run it against the project's account, which it must not write to."""
    project.account.forget()
    arguments = ("doctor", *words, "--base-url", project.account.url)
    result = project.run(*arguments, key=project.account.key if key == "" else key, code=code)
    rows = requests.get(f"{project.account.url}/_emulator/requests", timeout=10).json()["requests"]
    assert {row["method"] for row in rows} <= {"GET"}
    assert project.account.key not in result.text
    return result


def narrow(project: Project, *scopes: str) -> None:
    ident = project.account.get("/v1/account")["id"]
    key = project.account.key.replace("sk_", "rk_") + f"x{len(scopes)}"
    project.account = Account.register(project.account.url, key, id=ident, permissions=list(scopes))


def permissions_of(link: str) -> list[str]:
    """The names in a link; it is one that a browser reads as it was meant."""
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "dashboard.stripe.com", parts.path)
    query = parse_qsl(parts.query, strict_parsing=True)
    assert query[0][0] == "name"
    assert {name for name, _ in query[1:]} == {"permissions[]"}
    return [value for _, value in query[1:]]


def links(result: Result) -> list[str]:
    return re.findall(r"https://\S*apikeys/create\S*", result.out)


def test_a_secret_key_may_do_everything(project: Project) -> None:
    project.write(PRODUCT)
    account = project.account.get("/v1/account")["id"]
    result = doctor(project)
    result.shows(
        [
            "Key: STRIPE_API_KEY, a secret test key",
            f"Account: {project.account.url} {account} Emulator (sandbox) · API 2026-10-28.endive",
            "Project: acme",
            "yes Accounts (under Connect): Read to see which account it is",
            "yes Products: Read products",
            "yes Subscriptions: Read to count who is touched, which plan can do without",
            "yes a secret key may do everything, and more than is needed: restricted ones are safer",
            "Well: nothing that plan needs is missing.",
        ],
        hides=["Prices: Read", "Coupons"],
    )
    reads = requests.get(f"{project.account.url}/_emulator/requests", timeout=10).json()["requests"]
    assert len(reads) == 4  # account, products, subscriptions, events
    assert all(r["params"].get("limit") == "1" for r in reads if r["path"] != "/v1/account")


def test_a_restricted_key_is_told_what_it_lacks(project: Project) -> None:
    project.run("init", ".", "--example", "everything", "--project", "acme")
    narrow(project, "connected_account_read", "product_write", "plan_read", "event_read", "shpping_rate_write")
    result = doctor(project, code=1)
    result.shows(
        [
            "Key: STRIPE_API_KEY, a restricted test key",
            "NO Entitlements: Read features",
            "yes Products: Read products",
            "yes Prices: Read prices",
            "NO Coupons: Read coupons",
            "yes Shipping rates: Read",
            "NO Files: Read images",
            "NO Subscriptions: Read to count who is touched, which plan can do without",
            "yes Events: Read",
            "Not tested: a write cannot be tried without writing. It takes Entitlements: Write, Products: Write",
            "Not well: the key lacks Entitlements: Read, Coupons: Read, ",
            "Edit it in the Dashboard, or make one by a link above.",
        ]
    )
    assert "Subscriptions" not in result.out.splitlines()[-1]


def test_without_leave_for_the_account_the_rest_is_tried_and_the_id_is_told(project: Project) -> None:
    project.write(PRODUCT)
    account = project.account.get("/v1/account")["id"]
    narrow_key = Account.register(project.account.url, "rk_test_noaccount1", id=account, permissions=["product_read"])
    project.account = narrow_key
    result = project.run("doctor", "--base-url", project.account.url, key="rk_test_noaccount1", code=1)
    result.shows(
        [
            f"{account} (sandbox)",
            "NO Accounts (under Connect): Read",
            "yes Products: Read",
            "Not readable, and not declared: features, prices, coupons",
            "Not well: the key lacks Accounts (under Connect): Read.",
        ]
    )


@pytest.mark.parametrize("example", ["minimal", "saas", "usage-based", "everything"])
def test_keys_made_by_the_links_are_enough_and_no_more(project: Project, example: str) -> None:
    """One plans and cannot write; the other applies. What has to be set by hand is said, and set here."""
    project.run("init", ".", "--example", example, "--project", "acme")
    env = ("--env", "test") if "environments:" in project.read() else ()
    result = doctor(project, *env)
    reading, writing = map(permissions_of, links(result))
    assert all(name.startswith("rak_") and name.endswith("_read") for name in reading)
    by_hand = ["entitlements_write"] if "Entitlements: Write" in result.out else []
    assert ("set by hand" in result.out) == bool(by_hand)
    full = project.account
    narrow(project, *reading)
    project.plan(*env)
    assert "_write' permission" in project.apply(*env, code=1).err
    assert full.everything().keys() == Account(full.url, full.key).everything().keys()
    doctor(project, *env)
    project.account = full
    narrow(project, *writing, *by_hand)
    project.apply(*env)
    project.converged(*env)
    doctor(project, *env)


def test_the_links_are_for_the_mode_of_the_key(project: Project, emulator: Any) -> None:
    project.write(f"{PRODUCT}environments: {{test: {{}}, live: {{livemode: true}}}}\n")
    test = doctor(project, "--env", "test")
    assert [urlsplit(link).path for link in links(test)] == ["/test/apikeys/create"] * 2
    assert "https://dashboard.stripe.com/test/settings/branding" in test.out
    project.account = Account.register(emulator.url, "sk_live_doctor0001", livemode=True)
    live = doctor(project, "--env", "live")
    assert [urlsplit(link).path for link in links(live)] == ["/apikeys/create"] * 2
    assert "a secret LIVE key" in live.out
    assert "name=stripe-portal%20acme%20live%20apply" in live.out


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (None, "which Stripe account? Three ways on:"),
        ("pk_test_canary0001", "that is a publishable key"),
        ("sk_live_canary0001", "this is a live key, and the environment does not say livemode: true"),
        ("sk_test_canary0001", "Stripe does not know this API key"),
    ],
)
def test_without_a_key_that_works_it_says_what_it_can(project: Project, key: str | None, says: str) -> None:
    project.write(PRODUCT)
    result = doctor(project, key=key, code=1)
    result.shows(
        [
            "Account: not read: ",
            says,
            "? Products: Read",
            "name=stripe-portal%20acme%20plan",
            "[ ] Branding",
            "Not well: the account was not read, so what the key may do is not known.",
        ]
    )
    assert "canary" not in result.text
    assert "Traceback" not in result.text


def test_the_wrong_account_is_not_looked_into(project: Project) -> None:
    project.write(f"{PRODUCT}environments: {{test: {{account: acct_1Elsewhere}}}}\n")
    result = doctor(project, code=1)
    result.shows(["not read: the environment is for account acct_1Elsewhere", "? Products: Read"])
    rows = requests.get(f"{project.account.url}/_emulator/requests", timeout=10).json()["requests"]
    assert [row["path"] for row in rows] == ["/v1/account"]


def test_it_works_with_the_emulator(project: Project) -> None:
    project.write(f"{PRODUCT}environments: {{live: {{livemode: true}}}}\n")
    result = project.run("doctor", "--emulator")
    result.shows(["Key: the emulator's own", "Account: emulator (this machine)", "yes Products: Read", "Well:"])
    assert [urlsplit(link).path for link in links(result)] == ["/apikeys/create"] * 2


def test_where_nothing_answers_it_says_so(project: Project) -> None:
    project.write(PRODUCT)
    result = project.run("doctor", "--base-url", "http://127.0.0.1:9", key="sk_test_unreachable", code=1)
    result.shows(["not read: GET /v1/account: cannot reach 127.0.0.1:9", "apikeys/create", "Not well"])


def test_what_the_dashboard_alone_sets_is_a_checklist(project: Project) -> None:
    project.write(PRODUCT)
    ident = project.account.get("/v1/account")["id"]
    branding = {"icon": "file_1", "primary_color": "#ff0000"}
    url = f"{project.account.url}/_emulator/accounts"
    requests.post(url, json={"id": ident, "settings": {"branding": branding}}, timeout=10).raise_for_status()
    doctor(project).shows(
        [
            "Only the Dashboard sets:",
            "[ ] Branding: icon, logo and colours (not set: logo, secondary colour)",
            "https://dashboard.stripe.com/test/settings/branding",
            "[ ] Public details",
            "https://dashboard.stripe.com/test/settings/public",
            "[ ] Custom domain",
            "[ ] Emails",
        ]
    )


def test_a_connected_account_is_named_and_its_keys_explained(project: Project) -> None:
    platform = project.account.get("/v1/account")["id"]
    body = {"id": "acct_1DoctorShop", "connected_to": platform, "display_name": "Shop"}
    requests.post(f"{project.account.url}/_emulator/accounts", json=body, timeout=10).raise_for_status()
    project.write(PRODUCT)
    doctor(project, "--account", "acct_1DoctorShop").shows(
        ["acct_1DoctorShop Shop (sandbox, connected account)", "A key acts for connected accounts only where"]
    )


def test_the_brand_is_written_for_connected_accounts_alone() -> None:
    desired = Desired("acme", {Address(PARTS[0].name, "x"): Resource(Address(PARTS[0].name, "x"), {}, HERE)}, ())
    assert "Accounts (under Connect): Write" in permissions.to_apply(permissions.needs(desired, connected=True))
    own = permissions.needs(desired)
    assert "Accounts (under Connect): Read" in permissions.to_apply(own)
    assert "Accounts (under Connect): Write" not in permissions.to_apply(own)


def test_json_says_the_same(project: Project) -> None:
    project.write(PRODUCT)
    narrow(project, "connected_account_read")
    data = json.loads(doctor(project, "--format", "json", code=1).out)
    assert (data["well"], data["restricted"], data["problem"]) == (False, True, None)
    assert data["account"]["livemode"] is False
    assert {r["row"]: r["may_read"] for r in data["reads"]}["Products"] is False
    assert len(data["links"]) == 2
    assert all(setting["url"].startswith("https://dashboard.stripe.com/") for setting in data["dashboard"])


def test_the_yaml_must_be_right_first(project: Project) -> None:
    project.write(PRODUCT + "colour: red\n")
    assert "unknown key `colour`" in doctor(project, code=1).err


def every(names: Iterable[str]) -> bool:
    return all(re.fullmatch("[a-z_]+_(read|write)", name) for name in names)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_every_kind_says_what_a_key_needs(kind: Any) -> None:
    assert kind.scope.row
    assert every([*kind.scope.read, *kind.scope.write])
    for names, access in ((kind.scope.read, "Read"), (kind.scope.write, "Write")):
        assert all(name.endswith(f"_{access.lower()}") for name in names)
        assert all(permissions.in_words(f"rak_{name}").endswith(f": {access}") for name in names)
    assert permissions.scope_at(f"{kind.path}/x_1") is kind.scope


@pytest.mark.parametrize(
    ("message", "call", "says"),
    [
        ("Having the 'rak_product_write' permission would", "POST /v1/products", "Products: Write"),
        (
            "Having the 'rak_accounts_kyc_basic_read' permission would",
            "GET /v1/account",
            "Accounts (under Connect): Read",
        ),
        ("Having the 'rak_price_read' permission would", "GET /v1/prices", "Prices: Read"),
        ("Having the 'rak_sku_read', 'rak_plan_read' permissions would", "GET /v1/prices/price_1", "Prices: Read"),
        (
            "Having the 'rak_product_read', 'rak_plan_read' permissions would",
            "GET /v1/x",
            "Products: Read or Prices: Read",
        ),
        ("does not have the required permissions for this endpoint", "POST /v1/coupons/A", "Coupons: Write"),
        ("does not have the required permissions for this endpoint", "DELETE /v1/coupons/A", "Coupons: Write"),
        (
            "required permissions are not available for restricted keys",
            "GET /v1/account",
            "Accounts (under Connect): Read",
        ),
        ("Having the 'rak_new_thing_read' permission would", "GET /v1/nothing", ""),
        ("Having the 'rak_new_thing_read' permission would", "GET /v1/products/pro/features", "Products: Read"),
    ],
)
def test_a_refusal_is_put_into_the_dashboards_words(message: str, call: str, says: str) -> None:
    method, _, path = call.partition(" ")
    assert permissions.missing(message, method, path) == says
    assert permissions.DOCTOR in permissions.advice(message, method, path)


def test_what_is_no_permission_is_not_called_one() -> None:
    for message in (
        "The provided key 'sk_test_***' does not have access to account 'acct_1'",
        "the Stripe-Account header",
    ):
        assert "connected" in permissions.advice(message, "GET", "/v1/account")
    assert permissions.advice("Your account is closed", "GET", "/v1/products") == permissions.DOCTOR
    assert scopes.ELSEWHERE.keys().isdisjoint(k.path for k in KINDS)
