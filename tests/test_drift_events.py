"""When and by what something was edited in Stripe: what `drift` says of it, and what it costs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from tests.harness import Account, Project, Result, form
from tests.test_drift import SHOP, drifted

NOW = 1_795_000_000
"""2026-11-18 11:06:40 UTC."""


@pytest.fixture
def shop(project: Project) -> Project:
    project.account.control("clock", set=NOW - 3600)
    project.write(SHOP)
    project.apply()
    project.account.control("clock", set=NOW)
    return project


@pytest.fixture(autouse=True)
def _a_clock_that_runs_again(account: Account) -> Any:
    yield
    account.control("clock", set=int(time.time()))
    account.control("clock", run=True)


def by_api(account: Account, path: str, data: Mapping[str, Any], **headers: str) -> str:
    """An edit by a program. Gives the id of its request."""
    auth = {"Authorization": f"Bearer {account.key}", **headers}
    answer = requests.post(account.url + path, data=dict(form(data)), headers=auth, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.headers["Request-Id"]


def asked(project: Project) -> list[Mapping[str, Any]]:
    """How often events were asked for since `drift` began."""
    return [r for r in project.account.requests("GET") if r["path"] == "/v1/events"]


def said(project: Project) -> list[str]:
    return re.findall(r"edited \d{4}-.*", drifted(project, code=2).out)


def test_where_nothing_has_drifted_nothing_is_asked(shop: Project) -> None:
    shop.edit("name: Team", "name: Teams")
    drifted(shop)
    assert asked(shop) == []


def test_a_key_that_may_not_read_events_has_drift_all_the_same(shop: Project) -> None:
    account = shop.account
    account.post("/v1/products/pro", {"name": "Professional"})
    found = account.get("/v1/account")["id"]
    rows = ["product_read", "plan_read", "customer_portal_read", "connected_account_read", "file_read"]
    account.control("accounts", id=found, key=f"rk_test_{found[5:]}", permissions=rows)
    full, account.key = account.key, f"rk_test_{found[5:]}"
    result = shop.run("drift", "--base-url", account.url, key=account.key, code=2)
    account.key = full
    result.shows(
        ['name "Professional" → "Pro"'],
        hides=["Dashboard or"],
    )
    assert len(re.findall("Warning: not said when and by what", result.err)) == 1
    assert "the key lacks the permission Events: Read; `stripe-portal doctor` lists what the key needs" in result.err


def test_events_that_cannot_be_read_stop_nothing(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.account.control("faults", kind="error", operation="event.list", status=400, message="No.", times=None)
    drifted(shop, code=2).shows(
        ['name "Professional" → "Pro"', "Warning: not said when and by what: GET /v1/events: No."]
    )
    shop.account.calm()


def test_the_dashboard_and_a_program_are_told_apart(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.account.control("clock", set=NOW + 60)
    request = by_api(shop.account, "/v1/products/pro", {"description": "Less of it"})
    price = shop.account.find("price.pro.monthly")["id"]
    other = by_api(shop.account, f"/v1/prices/{price}", {"nickname": "N", "lookup_key": "k"})
    drifted(shop, code=2).shows(
        [
            "~ product.pro (pro)",
            'name "Professional" → "Pro"',
            "# edited 2026-11-18 11:06 UTC in the Dashboard or by Stripe itself (no API request)",
            f'description "Less of it" → "All of it" # edited 2026-11-18 11:07 UTC by API request {request}',
            f"~ price.pro.monthly ({price})",
            f"edited 2026-11-18 11:07 UTC by API request {other}",
        ]
    )
    (call,) = asked(shop)
    assert len(call["params"]["types"]) <= 20


def test_the_last_edit_of_each_field_counts(shop: Project) -> None:
    account = shop.account
    by_api(account, "/v1/products/pro", {"name": "First"})
    account.control("clock", set=NOW + 60)
    last = by_api(account, "/v1/products/pro", {"name": "Second"})
    account.control("clock", set=NOW + 120)
    account.post("/v1/products/pro", {"description": "x"})
    account.post("/v1/products/pro", {"description": "All of it"})
    by_api(account, "/v1/products/team", {"unit_label": "seat"})
    assert said(shop) == [f"edited 2026-11-18 11:07 UTC by API request {last}"]


def test_keys_of_metadata_are_told_apart(shop: Project) -> None:
    shop.edit("name: Pro", "name: Pro\n    metadata: {a: x, b: y}")
    shop.apply()
    request = by_api(shop.account, "/v1/products/pro", {"metadata": {"a": "z"}})
    by_api(shop.account, "/v1/products/pro", {"metadata": {"b": ""}, "name": "Pro"})
    assert said(shop)[0].endswith(request)
    assert len(said(shop)) == 2


def test_our_own_writes_are_nobody_s_edits(shop: Project) -> None:
    shop.edit("name: Pro", "name: Ours")
    shop.apply()
    by_api(shop.account, "/v1/products/pro", {"name": "Theirs"}, **{"Idempotency-Key": "0123456789abcdef-1"})
    assert said(shop) == []


def test_edits_of_more_than_30_days_ago_are_not_known(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.account.control("clock", advance=31 * 24 * 3600)
    assert said(shop) == []


def test_kinds_without_events_say_nothing_and_ask_nothing(project: Project) -> None:
    project.write("stripe_portal: 1\nproject: acme\nfeatures: {api: {lookup_key: api, name: API}}\n")
    project.apply()
    feature = project.account.find("feature.api")["id"]
    project.account.post(f"/v1/entitlements/features/{feature}", {"name": "Edited"})
    assert said(project) == []
    assert asked(project) == []


def test_what_came_and_went_is_told_too(project: Project) -> None:
    project.account.control("clock", set=NOW)
    project.write(
        "stripe_portal: 1\nproject: acme\nproducts: {team: {id: team, name: Team}}\n"
        "coupons: {launch: {id: LAUNCH, percent_off: 25}}\n"
        "promotion_codes: {launch: {code: LAUNCH, promotion: {coupon: launch}}}\n"
    )
    project.apply()
    project.account.call("DELETE", "/v1/coupons/LAUNCH")
    team = project.account.get("/v1/products/team")
    copied = by_api(project.account, "/v1/products", {"name": "Team", "metadata": team["metadata"]})
    drifted(project, code=2).shows(
        [
            "~ coupon.launch was deleted",
            "done 2026-11-18 11:06 UTC in the Dashboard or by Stripe itself",
            "is a copy of team",
            f"done 2026-11-18 11:06 UTC by API request {copied}",
        ]
    )


def test_what_does_not_stand_in_events_is_told_by_one_that_names_nothing_else(project: Project) -> None:
    project.write(
        f"{SHOP}portal_configurations:\n  main:\n    features:\n      invoice_history: {{enabled: true}}\n"
        "      subscription_update:\n        enabled: true\n        default_allowed_updates: [price]\n"
        "        products: [{product: pro}]\n"
    )
    account = project.account
    account.control("clock", set=NOW - 60)
    project.apply()
    price = {"product": "team", "currency": "usd", "unit_amount": 5, "recurring": {"interval": "year"}}
    rows = [{"product": "team", "prices": [account.post("/v1/prices", price)["id"]]}]
    account.control("clock", set=NOW)
    path = f"/v1/billing_portal/configurations/{account.find('portal_configuration.main')['id']}"
    request = by_api(account, path, {"features": {"subscription_update": {"products": rows}}})
    assert said(project) == [f"edited 2026-11-18 11:06 UTC by API request {request}"]


def test_only_so_many_pages_are_read(shop: Project) -> None:
    account = shop.account
    account.post("/v1/products/pro", {"name": "Professional"})
    for number in range(101):
        account.post("/v1/products/team", {"url": f"https://acme.example/{number}"})
    result: Result = drifted(shop, code=2)
    result.shows(["edited 2026-11-18 11:06 UTC in the Dashboard"])
    assert len(asked(shop)) == 2


def test_json_says_when_and_by_what(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    request = by_api(shop.account, "/v1/products/team", {"name": "Teams"})
    found = json.loads(drifted(shop, "--format", "json", code=2).out)["findings"]
    told = [{k: f["fields"][0][k] for k in ("edited_at", "by", "request")} for f in found]
    assert told == [
        {"edited_at": NOW, "by": "no_request", "request": None},
        {"edited_at": NOW, "by": "request", "request": request},
    ]
