"""Restricted keys: what a key may not read is no reason to fail where the YAML does not speak of it."""

from __future__ import annotations

import pytest

from reconciler.kinds import BY_NAME
from tests.harness import Account, Project
from tests.pictures import png

PRO = "stripe_portal: 1\nproject: acme\nproducts: {pro: {id: pro, name: Pro}}\n"
SOLD = """
products:
  pro:
    id: pro
    name: Pro
    features: [api]
    prices: {monthly: {amount: 19.00, currency: usd, recurring: {interval: month}}}
"""
DECLARED = {
    "coupon": "coupons: {launch: {id: LAUNCH, percent_off: 20}}\n",
    "feature": "features: {api: {lookup_key: api, name: API}}\n",
    "meter": "meters: {runs: {display_name: Runs, event_name: run, default_aggregation: {formula: sum}}}\n",
    "webhook_endpoint": "webhook_endpoints: {main: {url: 'https://acme.example', enabled_events: [invoice.paid]}}\n",
    "payment_method_configuration": "payment_method_configurations: {standard: {is_default: true}}\n",
    "tax_rate": "tax_rates: {vat: {display_name: VAT, percentage: 19, inclusive: false}}\n",
}
EVERY = ("product", "plan", "customer_portal", "connected_account")


def narrow(project: Project, *permissions: str) -> None:
    """The project's account, with a key that has these permissions to write and no other."""
    account = project.account.get("/v1/account")["id"]
    key = project.account.key.replace("sk_", "rk_")
    scopes = [f"{name}_write" for name in permissions]
    project.account = Account.register(project.account.url, key, id=account, permissions=scopes)


def test_what_nobody_declares_need_not_be_readable(project: Project) -> None:
    project.write(PRO)
    narrow(project, *EVERY)
    result = project.plan()
    result.shows(["+ product.pro will be created", "Plan: 1 to create."])
    unread = [k for k in BY_NAME.values() if k.stampable and k.name not in ("product", "price", "portal_configuration")]
    names = ", ".join(k.plural for k in unread)
    assert f"Warning: not read, as the key may not: {names}." in result.out
    project.apply()
    project.converged()


@pytest.mark.parametrize("kind", DECLARED)
def test_what_is_declared_must_be_readable(project: Project, kind: str) -> None:
    project.write(PRO + DECLARED[kind])
    narrow(project, *EVERY)
    project.account.forget()
    result = project.plan(code=1)
    assert "does not have the required permissions" in result.err
    assert "_read' permission would allow this request to continue" in result.err
    assert BY_NAME[kind].plural.replace("_", " ") in result.err.replace("_", " ")
    assert project.account.key not in result.text
    assert project.account.requests("POST") == []


def test_nothing_is_taken_for_gone_that_could_not_be_read(project: Project) -> None:
    """An unread kind is not retired, nor is what others of it point at."""
    project.write(PRO + DECLARED["coupon"])
    project.apply()
    project.write(PRO)
    narrow(project, *EVERY)
    project.plan().shows(["Warning: not read, as the key may not: features, coupons,", "No changes."])
    project.converged()


def test_a_key_that_only_reads_fails_at_the_first_write(project: Project) -> None:
    project.write(PRO)
    account = project.account.get("/v1/account")["id"]
    key = project.account.key.replace("sk_", "rk_")
    scopes = ["product_read", "plan_read", "customer_portal_read", "connected_account_read"]
    project.account = Account.register(project.account.url, key, id=account, permissions=scopes)
    result = project.apply(code=1)
    result.shows(["product.pro: failed: Stripe says", "rak_product_write"])


def test_who_loses_a_feature_is_not_known_to_every_key(project: Project) -> None:
    project.write("stripe_portal: 1\nproject: acme\n" + DECLARED["feature"] + SOLD)
    project.apply()
    project.edit("features: [api]", "features: []")
    narrow(project, "product", "plan", "entitlements", "connected_account", "customer_portal")
    project.apply().shows(["without feature.api, current subscribers lose the entitlement: how many could not be read"])
    project.converged()


def test_an_image_needs_the_key_to_write_files(project: Project) -> None:
    (project.folder / "pro.png").write_bytes(png())
    project.write(PRO.replace("name: Pro", "name: Pro, images: [pro.png]"))
    narrow(project, *EVERY)
    result = project.plan(code=1)
    assert "rak_file_read" in result.err
    narrow(project, *EVERY, "file")
    project.apply()
    project.converged()
