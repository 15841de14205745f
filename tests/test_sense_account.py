"""Warnings that only the account can give: in a plan, at the cost of a page at most, and never a failure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.harness import Account, Project
from tests.test_sense import CANCEL, MAIN, UPDATE, changed, written

Edits = tuple[tuple[str, Any], ...]


HOOK = {"url": "https://acme.example/hook", "enabled_events": ["customer.subscription.updated"]}
BOTH = {**HOOK, "enabled_events": ["customer.subscription.updated", "customer.subscription.deleted"]}


def warned(project: Project, *arguments: str) -> list[str]:
    """The names of the warnings that a plan gives. Each says where the YAML has the portal, and whose it is."""
    out = project.plan(*arguments).out
    lines = [line for line in out.splitlines() if "silence: " in line]
    form = r"Warning: portal_configuration\.\w+: .+: .+\. .+ \(stripe-portal\.yaml:\d+:\d+; silence: ([a-z-]+)\)"
    found = [re.fullmatch(form, line) for line in lines]
    assert all(found), lines
    return [one[1] for one in found if one]


def set_up(project: Project, *edits: tuple[str, Any]) -> Project:
    """The good configuration, applied."""
    written(project, changed(*edits)).apply()
    return project


def subscribed(account: Account, currency: str = "jpy", **more: Any) -> None:
    """Somebody with a subscription to something of another project."""
    product = account.post("/v1/products", {"name": "Other"})["id"]
    price = {"product": product, "currency": currency, "unit_amount": 900, "recurring": {"interval": "month"}}
    item = {"price": account.post("/v1/prices", price)["id"]}
    customer = account.post("/v1/customers", {"email": "ann@acme.example"})["id"]
    account.post("/v1/subscriptions", {"customer": customer, "items": [item], **more})


def pages(account: Account) -> list[str]:
    """The pages that were asked for: what a plan counts for its impact is to something."""
    paths = ("/v1/subscriptions", "/v1/customers")
    return [r["path"] for r in account.requests("GET") if r["path"] in paths and r["params"] == {"limit": "100"}]


def reads(out: str) -> int:
    found = re.search(r"^Reads used: (\d+)\.$", out, re.M)
    assert found, out
    return int(found[1])


PAUSE: Edits = ((f"{MAIN}.features.subscription_pause", {"enabled": True}),)
CODES: Edits = ((f"{UPDATE}.default_allowed_updates", ["price", "quantity", "promotion_code"]),)


def test_a_currency_that_the_portal_does_not_have(project: Project) -> None:
    set_up(project)
    for currency in ("jpy", "eur", "eur", "usd"):
        subscribed(project.account, currency)
    plan = project.plan()
    plan.shows(
        [
            "Warning: portal_configuration.main: 2 in eur and 1 in usd of the 4 active subscriptions, and no offered "
            "price has an amount in that currency: the portal offers prices in a subscription's own currency alone. "
            "Give the offered prices an amount in it, under `currency_options` (stripe-portal.yaml:",
            "silence: currencies)",
            "No changes.",
        ]
    )
    project.plan("--detailed-exitcode")


def test_a_currency_among_the_options_of_a_price(project: Project) -> None:
    set_up(project)
    subscribed(project.account, "eur")
    assert warned(project) == ["currencies"]
    options = (("products.team.prices.monthly.currency_options", {"eur": {"amount": "45.00"}}),)
    project.write(written(project, changed(*options)).read().replace("'45.00'", "45.00"))
    assert warned(project) == []


def test_another_portal_may_be_for_it(project: Project) -> None:
    set_up(project)
    subscribed(project.account, "eur")
    account = project.account
    price = next(p for p in account.of("price") if p["currency"] == "eur")
    offer = {"product": price["product"], "prices": [price["id"]]}
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": [offer]}
    account.post("/v1/billing_portal/configurations", {"features": {"subscription_update": update}})
    assert warned(project) == []


def test_only_subscriptions_in_service_count(project: Project) -> None:
    set_up(project)
    subscribed(project.account, "eur")
    project.account.call("DELETE", f"/v1/subscriptions/{project.account.all('/v1/subscriptions')[0]['id']}")
    assert warned(project) == []


def test_it_costs_one_page_and_only_where_it_is_needed(project: Project) -> None:
    set_up(project, *PAUSE)
    for _ in range(101):
        subscribed(project.account, "eur", billing_mode={"type": "classic"})
    project.account.forget()
    out = project.plan().out
    assert pages(project.account) == ["/v1/subscriptions"]
    assert "100 in eur of the newest 100 active subscriptions" in out
    assert "100 of the newest 100 active subscriptions are not in flexible billing mode" in out
    project.account.forget()
    fewer = project.plan("--no-impact").out
    assert "silence: " not in fewer
    assert reads(out) == reads(fewer) + 1
    written(project, changed(*PAUSE, ("silence", ["currencies"]), (f"{MAIN}.silence", ["pause-mode"])))
    assert warned(project) == []
    written(project, changed((f"{UPDATE}", {"enabled": False})))
    assert warned(project) == []
    assert warned(project, "product.pro") == []
    assert pages(project.account) == []


def test_a_key_that_may_not_read_it_plans_all_the_same(project: Project) -> None:
    set_up(project)
    account = project.account
    names = ("product", "plan", "customer_portal", "coupon")
    scopes = [*(f"{name}_write" for name in names), "connected_account_read"]
    mine = account.get("/v1/account")["id"]
    key = account.key.replace("sk_", "rk_")
    project.account = Account.register(account.url, key, id=mine, permissions=scopes)
    plan = project.plan("--detailed-exitcode")
    lines = [line for line in plan.out.splitlines() if "subscriptions" in line]
    assert len(lines) == 1
    assert lines[0].startswith("Warning: subscriptions could not be read, so nothing is said of currencies (")
    assert "Subscriptions: Read" in lines[0]
    assert lines[0].endswith("silence: currencies)")
    written(project, changed((f"{MAIN}.silence", ["currencies"])))
    assert "subscriptions" not in project.plan().out


def test_subscriptions_that_cannot_be_paused(project: Project) -> None:
    set_up(project, *PAUSE)
    subscribed(project.account)
    assert warned(project) == []
    subscribed(project.account, billing_mode={"type": "classic"})
    out = project.plan().out
    assert "customers may pause, and 1 of the 2 active subscriptions is not in flexible billing mode: Stripe" in out
    assert warned(project) == ["pause-mode"]


def test_who_cannot_log_in_when_the_page_is_switched_on(project: Project) -> None:
    set_up(project, (f"{MAIN}.login_page.enabled", False))
    project.account.post("/v1/customers", {"email": "ann@acme.example"})
    project.account.post("/v1/customers", {"name": "Ben"})
    assert warned(project) == []
    written(project, changed())
    out = project.plan().out
    assert "portal_configuration.main: 1 of the 2 customers has no email: without one nobody can log in" in out
    assert warned(project) == ["login-emails"]
    written(project, changed(("silence", ["login-emails"])))
    assert warned(project) == []
    project.account.forget()
    project.apply()
    project.plan()
    assert "/v1/customers" not in pages(project.account)


def test_a_code_that_nobody_can_enter(project: Project) -> None:
    set_up(project, *CODES)
    assert warned(project) == ["promotion-codes"]
    coupon = project.account.post("/v1/coupons", {"percent_off": 10})["id"]
    code = {"promotion": {"type": "coupon", "coupon": coupon}, "code": "HELLO"}
    made = project.account.post("/v1/promotion_codes", code)
    assert warned(project) == []
    project.account.post(f"/v1/promotion_codes/{made['id']}", {"active": False})
    assert warned(project) == ["promotion-codes"]
    declared = (("coupons.ten", {"percent_off": 10}), ("promotion_codes.ten", {"promotion": {"coupon": "ten"}}))
    written(project, changed(*CODES, *declared))
    assert warned(project) == []


EVENTS: Mapping[str, tuple[Edits, list[str]]] = {
    "hears one": ((("webhook_endpoints.main", HOOK),), ["webhook-events"]),
    "hears both": ((("webhook_endpoints.main", BOTH),), []),
    "hears all": ((("webhook_endpoints.main", HOOK | {"enabled_events": ["*"]}),), []),
    "is off": ((("webhook_endpoints.main", HOOK | {"disabled": True}),), []),
    "hears what may be done": (
        (("webhook_endpoints.main", HOOK), (CANCEL, {"enabled": False})),
        [],
    ),
    "silenced": ((("webhook_endpoints.main", HOOK), (f"{MAIN}.silence", ["webhook-events"])), []),
    "silenced for all": ((("webhook_endpoints.main", HOOK), ("silence", ["webhook-events"])), []),
}


@pytest.mark.parametrize("case", EVENTS)
def test_code_that_does_not_hear_of_it(project: Project, case: str) -> None:
    edits, names = EVENTS[case]
    written(project, changed(*edits))
    assert warned(project) == names


def test_an_endpoint_of_somebody_else_hears_it(project: Project) -> None:
    written(project, changed(("webhook_endpoints.main", HOOK)))
    events = ["customer.subscription.deleted"]
    project.account.post("/v1/webhook_endpoints", {"url": "https://crm.example/hook", "enabled_events": events})
    assert warned(project) == []


def test_what_is_offered_by_its_id_and_is_out_of_service(project: Project) -> None:
    account = project.account
    product = account.post("/v1/products", {"name": "Old"})["id"]
    base = {"product": product, "currency": "jpy", "unit_amount": 10}
    price = account.post("/v1/prices", {**base, "recurring": {"interval": "month"}})["id"]
    offer = ({"product": {"id": product}, "prices": [{"id": price}]},)
    edits: Edits = ((f"{UPDATE}.products.1", offer[0]),)
    written(project, changed(*edits))
    assert warned(project) == []
    account.post(f"/v1/prices/{price}", {"active": False})
    out = project.plan().out
    assert f"{price} is offered, and is not among the prices in service: what is archived can no longer be" in out
    account.post(f"/v1/products/{product}", {"active": False})
    assert warned(project) == ["out-of-service", "out-of-service"]
    for place in (f"{MAIN}.silence", "silence"):
        written(project, changed(*edits, (place, ["out-of-service"])))
        assert warned(project) == []


def test_a_default_price_that_is_not_offered_by_its_id(project: Project) -> None:
    account = project.account
    product = account.post("/v1/products", {"name": "Old"})["id"]
    base = {"product": product, "currency": "jpy", "unit_amount": 10}
    month, year = (account.post("/v1/prices", {**base, "recurring": {"interval": i}})["id"] for i in ("month", "year"))
    account.post(f"/v1/products/{product}", {"default_price": month})
    written(project, changed((f"{UPDATE}.products.1", {"product": {"id": product}, "prices": [{"id": year}]})))
    assert f"{product} is offered without its default price {month}" in project.plan().out
    assert warned(project) == ["default-price"]
    both = {"product": {"id": product}, "prices": [{"id": year}, {"id": month}]}
    written(project, changed((f"{UPDATE}.products.1", both)))
    assert warned(project) == []


LIVE: Edits = (
    ("environments", {"live": {"livemode": True}}),
    *((f"products.{name}.tax_code", "txcd_10103001") for name in ("pro", "team")),
    *((f"products.pro.prices.{name}.lookup_key", name) for name in ("monthly", "yearly")),
    ("products.team.prices.monthly.lookup_key", "team"),
)


def test_links_that_a_portal_in_live_lacks(project: Project, live_account: Account) -> None:
    project.account = live_account
    written(project, changed(*LIVE))
    refused = project.plan(code=3)
    assert "which guards.required asks for in live" in refused.err
    assert "legal-links" not in refused.text, "one of them is enough"
    project.apply("--allow", "required")
    out = project.plan().out
    assert "main: it is live without privacy_policy_url and terms_of_service_url: Stripe's own checklist" in out
    assert warned(project) == ["legal-links"]
    silent: tuple[Edits, ...] = (
        ((f"{MAIN}.silence", ["legal-links"]),),
        (("silence", ["legal-links"]),),
        ((f"{MAIN}.allow", ["required"]),),
        (("guards", {"required": ["tax_code"]}),),
    )
    for edits in silent:
        written(project, changed(*LIVE, *edits))
        assert warned(project) == []
    portal = live_account.find("portal_configuration.main")["id"]
    links = {"privacy_policy_url": "https://acme.example/p", "terms_of_service_url": "https://acme.example/t"}
    live_account.post(f"/v1/billing_portal/configurations/{portal}", {"business_profile": links})
    written(project, changed(*LIVE))
    assert warned(project) == []


def test_in_a_sandbox_nobody_asks_for_them(project: Project) -> None:
    set_up(project)
    assert warned(project) == []


def test_every_format_shows_it_and_a_saved_plan_keeps_it(project: Project) -> None:
    written(project, changed(*CODES))
    for form in ("text", "markdown", "html", "json", "github"):
        assert "promotion-codes" in project.plan("--format", form).out
    project.saves = True
    project.apply()
    project.converged()
