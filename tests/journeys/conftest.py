"""A shop that the real command line set up in the emulator, its customers, and a real browser in which they walk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.harness import Account, Project

YAML = """
stripe_portal: 1
project: beacon
defaults:
  price: {currency: usd, recurring: {interval: month}}
products:
  starter:
    name: Starter
    prices:
      monthly: {unit_amount: 900}
  team:
    name: Team
    unit_label: seat
    prices:
      monthly: {unit_amount: 1500}
      yearly: {unit_amount: 15000, recurring: {interval: year}}
portal_configurations:
  main:
    is_default: true
    default_return_url: https://beacon.example/account
    business_profile:
      headline: Manage your Beacon plan
      privacy_policy_url: https://beacon.example/privacy
      terms_of_service_url: https://beacon.example/terms
    login_page: {enabled: true}
    features:
      invoice_history: {enabled: true}
      payment_method_update: {enabled: true}
      customer_update: {enabled: true, allowed_updates: [email, name]}
      subscription_cancel:
        enabled: true
        mode: at_period_end
        cancellation_reason: {enabled: true, options: [too_expensive, missing_features, other]}
      subscription_update:
        enabled: true
        default_allowed_updates: [price, quantity]
        proration_behavior: create_prorations
        products:
          - product: starter
          - product: team
            adjustable_quantity: {enabled: true, minimum: 2, maximum: 5}
"""


@dataclass(frozen=True)
class Shop:
    """An account after `apply`, as its merchant sees it."""

    account: Account
    login: str

    def customer(self, *plans: str, **params: Any) -> str:
        """A customer with a subscription to each plan, such as `team.monthly`."""
        made = self.account.post("/v1/customers", params)["id"]
        for plan in plans:
            self.account.post("/v1/subscriptions", {"customer": made, "items": [{"price": self.price(plan)}]})
        return str(made)

    def price(self, plan: str) -> str:
        return str(self.account.find(f"price.{plan}")["id"])

    def subscription(self, customer: str) -> Any:
        (one,) = self.account.get("/v1/subscriptions", customer=customer, status="all")["data"]
        return one

    def item(self, customer: str) -> tuple[str, int]:
        (one,) = self.subscription(customer)["items"]["data"]
        return one["price"]["id"], one["quantity"]

    def mails(self, email: str) -> list[str]:
        """The codes that were sent to an address."""
        found = requests.get(f"{self.account.url}/_emulator/outbox", timeout=10).json()["mails"]
        mine = self.account.get("/v1/account")["id"]
        return [mail["code"] for mail in found if (mail["to"], mail["account"]) == (email, mine)]


@pytest.fixture
def shop(project: Project, account: Account) -> Shop:
    project.write(YAML)
    project.apply()
    project.converged()
    link = account.find("portal_configuration.main")["login_page"]["url"]
    assert re.fullmatch(rf"{re.escape(account.url)}/p/login/test_\w+", link)
    return Shop(account, link)


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page of a new browser, without script as with: what the policy blocks, the console would say."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    context.set_default_timeout(10_000)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    yield opened
    assert [text for text in said if "Content Security Policy" in text] == []
    context.close()


@pytest.fixture
def log_in(page: Any, shop: Shop) -> Any:
    """`log_in(email)` walks through the login page."""

    def walk(email: str) -> Any:
        page.goto(shop.login)
        page.get_by_label("Email").fill(email)
        page.get_by_role("button", name="Send the code").click()
        page.get_by_label("Code of six digits").fill(shop.mails(email)[-1])
        page.get_by_role("button", name="Log in").click()
        return page

    return walk
