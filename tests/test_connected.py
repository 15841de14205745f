"""Connected accounts: a platform's key acts for one, and every mark, pin and head is about that one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest
import requests

from tests.harness import Account, Project, fits

PRODUCT = "stripe_portal: 1\nproject: acme\nproducts: {pro: {id: pro, name: Pro}}\n"
_numbers = count(1)


class Shop:
    """An account that is connected to the project's, as the platform sees it."""

    def __init__(self, project: Project):
        self.platform = project.account.get("/v1/account")["id"]
        self.url, self.key = project.account.url, project.account.key
        self.id = f"acct_1Shop{next(_numbers):04}x{self.platform[-4:]}"
        body = {"id": self.id, "connected_to": self.platform, "display_name": "Shop"}
        requests.post(f"{self.url}/_emulator/accounts", json=body, timeout=10).raise_for_status()

    def call(self, method: str, path: str, **params: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Stripe-Account": self.id}
        answer = requests.request(method, self.url + path, headers=headers, params=params, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def products(self) -> list[Any]:
        return list(self.call("GET", "/v1/products")["data"])


@pytest.fixture
def shop(project: Project) -> Shop:
    return Shop(project)


def in_environment(**settings: str) -> str:
    return f"{PRODUCT}environments: {{main: {{{', '.join(f'{k}: {v}' for k, v in settings.items())}}}}}\n"


@pytest.mark.parametrize("by", ["option", "environment", "both"])
def test_everything_is_done_in_the_connected_account(project: Project, shop: Shop, by: str) -> None:
    project.write(in_environment(stripe_account=shop.id, account=shop.id) if by != "option" else PRODUCT)
    words = ("--account", shop.id) if by != "environment" else ()
    head = project.plan(*words).out.splitlines()[0]
    assert head.startswith(f"{project.account.url} {shop.id} Shop (sandbox, connected account) · API 2026-10-28.endive")
    project.apply(*words)
    made = shop.products()
    assert [(p["id"], p["metadata"]["stripe_portal"]) for p in made] == [("pro", "acme/product.pro")]
    assert project.account.of("product") == []
    project.converged(*words)
    project.edit("name: Pro", "name: Professional")
    project.apply(*words)
    assert [p["name"] for p in shop.products()] == ["Professional"]


def test_every_call_says_for_whom(project: Project, shop: Shop) -> None:
    """Reads, uploads and writes of each sort: nothing of them touches the platform."""
    project.run("init", ".", "--example", "everything", "--project", "acme")
    before = project.account.everything()
    project.apply("--account", shop.id)
    project.converged("--account", shop.id)
    project.write("stripe_portal: 1\nproject: acme\n")
    project.apply("--account", shop.id, "--allow", "retire", "--allow", "permanent")
    assert project.account.everything() == before
    assert requests.get(f"{shop.url}/_emulator/requests", timeout=10).json()["count"] > 0


def test_without_it_the_platform_itself_is_worked_on(project: Project, shop: Shop) -> None:
    project.write(PRODUCT)
    project.apply("--account", shop.id)
    project.apply()
    assert [p["id"] for p in project.account.of("product")] == ["pro"]
    project.converged()
    project.converged("--account", shop.id)


@pytest.mark.parametrize(
    ("settings", "words", "says"),
    [
        ({"stripe_account": "acct_1A"}, ("--account", "acct_1B"), "--account names acct_1B, and the environment's"),
        ({"account": "{platform}"}, ("--account", "{shop}"), "is for account {platform}, and the connected account to"),
        ({"account": "{shop}"}, (), "is for account {shop}, and the key belongs to {platform}"),
        ({}, ("--account", "acct_1\nX: y"), "the id of a connected account is acct_… and nothing else"),
        ({}, ("--account", "cus_1"), "the id of a connected account is acct_… and nothing else"),
        ({}, ("--account", ""), "the id of a connected account is acct_… and nothing else"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    project: Project, shop: Shop, settings: Mapping[str, str], words: tuple[str, ...], says: str
) -> None:
    names = {"platform": shop.platform, "shop": shop.id}
    project.write(in_environment(**{k: v.format(**names) for k, v in settings.items()}))
    result = project.apply(*(w.format(**names) for w in words), code=3)
    assert says.format(**names) in result.err
    assert len(result.err.splitlines()) == 1
    assert shop.products() == project.account.of("product") == []


def test_an_account_of_somebody_else_is_one_clear_line(project: Project, emulator: Any) -> None:
    stranger = Account.register(emulator.url, "sk_test_stranger0001").get("/v1/account")["id"]
    project.write(PRODUCT)
    for account in (stranger, "acct_1Nobody"):
        result = project.plan("--account", account, code=1)
        assert f"does not have access to account '{account}'" in result.err
        assert "Is the account connected to the one of the key" in result.err
        assert len(result.err.splitlines()) == 1


def test_the_emulator_stands_in_for_it(project: Project) -> None:
    project.write(in_environment(stripe_account="acct_1Shop"))
    for words in ((), ("--account", "acct_1Shop")):
        result = project.run("plan", "--emulator", *words)
        assert "The emulator stands in for the environment's own account (acct_1Shop)." in result.err
        assert result.out.startswith("emulator (this machine)")


def test_a_restricted_key_of_the_platform_is_asked_for_its_permissions(project: Project, shop: Shop) -> None:
    scopes = ["product_write", "plan_read", "customer_portal_read", "connected_account_read"]
    key = shop.key.replace("sk_", "rk_")
    project.account = Account.register(shop.url, key, id=shop.platform, permissions=scopes)
    project.write(PRODUCT)
    project.apply("--account", shop.id)
    assert fits({"name": "Pro"}, shop.products()[0])


def test_an_environment_names_it_in_one_spelling(project: Project) -> None:
    project.write(in_environment(stripe_account="cus_1"))
    assert 'stripe_account: "cus_1" is not right' in project.run("validate", code=1).err
