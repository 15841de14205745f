"""A key without a permission, at every call that can miss one: it is named, and nothing is half done in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.harness import Account, Project, Result

ROWS = {
    "connected_account": "Accounts (under Connect)",
    "entitlements": "Entitlements",
    "product": "Products",
    "plan": "Prices",
    "coupon": "Coupons",
    "tax_rate": "Tax rates",
    "shipping_rate": "Shipping rates",
    "payment_links": "Payment links",
    "billing_meter": "Meters",
    "customer_portal": "Customer portal",
    "payment_method_configuration": "Payment method configurations",
    "webhook": "Webhook endpoints",
    "file": "Files",
}
"""The permissions that examples/everything takes, as the emulator names them, and what the Dashboard calls them."""

SOFT = ("event", "subscription")
WRITTEN = [name for name in ROWS if name != "connected_account"]
EDITS = {
    "features: [api, audit_log]": "features: [api]",
    "name: API access": "name: API and more",
    "display_name: Job runs": "display_name: Runs",
    "name: Sticker sheet": "name: Stickers",
    "amount: 29.00": "amount: 35.00",
}


class Keys:
    """The project's account by a full key, and by restricted ones."""

    def __init__(self, project: Project):
        self.project, self.full = project, project.account
        self.id = self.full.get("/v1/account")["id"]
        self.count = 0

    def without(self, name: str) -> None:
        self._narrow([f"{n}_write" for n in (*ROWS, *SOFT) if n != name] + _reads(name))

    def reading(self, name: str) -> None:
        self._narrow([f"{n}_write" for n in (*ROWS, *SOFT) if n != name] + [f"{name}_read", *_reads(name)])

    def _narrow(self, scopes: list[str]) -> None:
        self.count += 1
        key = self.full.key.replace("sk_", "rk_") + f"x{self.count}"
        self.project.account = Account.register(self.full.url, key, id=self.id, permissions=scopes)

    def all(self) -> None:
        self.project.account = self.full


def _reads(name: str) -> list[str]:
    return [] if name == "connected_account" else ["connected_account_read"]


@pytest.fixture
def keys(project: Project) -> Keys:
    project.run("init", ".", "--example", "everything", "--project", "acme")
    return Keys(project)


def names_it(result: Result, name: str, access: str) -> None:
    """Stripe's name, the Dashboard's, and where to go on."""
    stripes = "shpping_rate_write" if (name, access) == ("shipping_rate", "write") else f"{name}_{access}"
    assert f"Having the 'rak_{stripes}' permission would allow this request to continue." in result.err
    assert f"In the Dashboard that is {ROWS[name]}: {access.capitalize()}. `stripe-portal doctor` lists" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("name", ROWS)
def test_what_cannot_be_read_stops_a_plan_and_an_apply(keys: Keys, name: str) -> None:
    keys.without(name)
    for command in (keys.project.plan, keys.project.apply):
        keys.full.forget()
        result = command(code=1)
        names_it(result, name, "read")
        assert len(result.err.splitlines()) == 1
        assert keys.full.requests("POST") == []
        assert keys.project.account.key not in result.text


@pytest.mark.parametrize("name", SOFT)
def test_what_only_a_report_needs_stops_nothing(keys: Keys, name: str) -> None:
    keys.without(name)
    keys.project.apply()
    keys.project.converged()


def done(result: Result) -> tuple[set[str], set[str]]:
    """The ids and the addresses that an apply says it was done with."""
    lines = re.findall(r"^\[\d+/\d+\] \S (\S+): [a-z ]+ \((\S+)\)$", result.err, re.M)
    return {i for _, i in lines}, {a for a, _ in lines}


def own(one: Mapping[str, Any] | None) -> Any:
    """What is an object's own: others stand in it as they are now."""
    return one and {k: v for k, v in one.items() if k == "metadata" or not isinstance(v, dict | list)}


def says_all(result: Result, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Whatever changed in the account is of a line that says so."""
    ids, addresses = done(result)
    for ident in before.keys() | after.keys():
        if own(before.get(ident)) == own(after.get(ident)) or ident in ids:
            continue
        bearer = after.get(ident) or before[ident]
        address = (bearer.get("metadata") or {}).get("stripe_portal", "").removeprefix("acme/")
        assert address in addresses, f"{ident} ({address}) changed without a word in\n{result.text}"
    assert "Apply incomplete:" in result.out
    assert "the next apply goes on from here" in result.out


def every_write(keys: Keys, name: str, *allow: str) -> Iterator[Result]:
    """Apply without the permission to write, which must fail; then with it."""
    keys.reading(name)
    before = keys.full.everything()
    result = keys.project.apply(*allow, code=1)
    says_all(result, before, keys.full.everything())
    yield result
    keys.all()
    keys.project.apply(*allow)
    keys.project.converged(*allow)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_cannot_be_written_is_named_and_the_rest_goes_on(keys: Keys, name: str) -> None:
    for result in every_write(keys, name):
        names_it(result, name, "write")


@pytest.mark.parametrize("name", ["entitlements", "product", "plan", "billing_meter", "customer_portal"])
def test_a_change_that_cannot_be_written_is_named(keys: Keys, name: str) -> None:
    keys.project.apply()
    for old, new in EDITS.items():
        keys.project.edit(old, new)
    for result in every_write(keys, name, "--allow", "payment-link"):
        names_it(result, name, "write")


RETIRED = ["entitlements", "product", "plan", "coupon", "tax_rate", "shipping_rate", "payment_links", "webhook"]


@pytest.mark.parametrize("name", RETIRED)
def test_what_cannot_be_retired_is_named(keys: Keys, name: str) -> None:
    keys.project.apply()
    keys.project.write("stripe_portal: 1\nproject: acme\n")
    for result in every_write(keys, name, "--allow", "retire", "--allow", "permanent"):
        names_it(result, name, "write")
