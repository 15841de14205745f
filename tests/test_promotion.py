"""A change on its way: from a pull request to a developer's sandbox, to the sandbox of the team, to live."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.emulator.server import Running
from tests.harness import Account, Project

SITES = r"https://(?:staging\.|dev\.)?beacon\.example"
ITS_OWN = re.compile("created|updated|livemode|stripe_portal_fields.*")
"""What Stripe decides, and the digests that depend on ids."""
OVERLAID = [("business_profile", "headline"), ("features", "subscription_pause")]
"""What the overlays of test and live declare differently; test leaves the workshop out, too."""


@pytest.fixture
def accounts(project: Project, emulator: Running, live_account: Account) -> Mapping[str, Account]:
    """Three accounts that know nothing of each other, and the example, which pins two of them."""
    suffix = project.account.key.removeprefix("sk_test_")
    shared = Account.register(emulator.url, f"sk_test_shared{suffix}")
    project.run("init", "--example", "saas")
    project.edit("  test:  ", f"  test:\n    account: {_id(shared)}\n    #")
    project.edit("    livemode: true\n", f"    livemode: true\n    account: {_id(live_account)}\n")
    return {"dev": project.account, "test": shared, "live": live_account}


def _id(account: Account) -> str:
    return str(account.get("/v1/account")["id"])


def run(project: Project, accounts: Mapping[str, Account], command: str, env: str, code: int = 0) -> str:
    """A command in one environment, with the key of its account."""
    account = project.account = accounts[env]
    more = ["--yes"] if command == "apply" else []
    result = project.run(command, *more, "--env", env, "--base-url", account.url, key=account.key, code=code)
    return result.text


def test_a_change_goes_from_a_pull_request_to_live(project: Project, accounts: Mapping[str, Account]) -> None:
    for env in accounts:
        run(project, accounts, "apply", env)
    old = {env: account.find("price.team.monthly")["id"] for env, account in accounts.items()}
    before = {env: account.everything() for env, account in accounts.items()}
    assert len(set(old.values())) == 3, "ids of prices are Stripe's, and of one account"

    # The pull request: another price, and what it would do, against the account that it goes to first.
    project.edit("amount: 29.00          # per seat", "amount: 35.00          # per seat", "catalogue/plans.yaml")
    plan = run(project, accounts, "plan", "test")
    assert "$29.00 → $35.00 / month" in plan
    assert f"price.team.monthly must be replaced ({old['test']} by a new one)" in plan
    assert {env: account.everything() for env, account in accounts.items()} == before

    # Its author tries it out, alone.
    run(project, accounts, "apply", "dev")
    assert accounts["dev"].find("price.team.monthly")["unit_amount"] == 3500
    assert all(accounts[env].everything() == before[env] for env in ("test", "live"))

    # Merged: it goes to the shared sandbox, and live is not so much as read.
    accounts["live"].forget()
    run(project, accounts, "apply", "test")
    assert [r for r in accounts["live"].requests() if r["path"] != "/v1/account"] == []
    assert accounts["live"].everything() == before["live"]

    # What would promoting change? The same, in the words of the account that it is for.
    plan = run(project, accounts, "plan", "live")
    assert f"{_id(accounts['live'])} Emulator (LIVE) · " in plan
    assert "environment live" in plan
    assert "$29.00 → $35.00 / month" in plan
    assert f"price.team.monthly must be replaced ({old['live']} by a new one)" in plan
    assert "Plan: 2 to update, 1 to replace." in plan
    assert "No drift: 1 edited in the YAML and not applied yet." in run(project, accounts, "drift", "live")
    assert accounts["live"].everything() == before["live"]

    # Promoted.
    run(project, accounts, "apply", "live")
    assert accounts["live"].find("price.team.monthly")["lookup_key"] == "team_monthly"
    assert "No changes." in run(project, accounts, "plan", "live")
    shared, live = (_comparable(accounts[env]) for env in ("test", "live"))
    assert {"product.team", "price.team.monthly", "portal_configuration.main"} <= shared.keys()
    assert live.keys() - shared.keys() == {"product.onboarding", "price.onboarding.once"}
    assert shared == {address: live[address] for address in shared}

    # Somebody edits live by hand: that is found there, and nowhere else.
    accounts["live"].post("/v1/products/team", {"name": "Teams"})
    assert "undo it: stripe-portal apply --env live" in run(project, accounts, "drift", "live", code=2)
    assert "No drift." in run(project, accounts, "drift", "test")


@pytest.mark.parametrize(("env", "key"), [("live", "test"), ("test", "live"), ("test", "dev"), ("live", "dev")])
def test_no_key_gets_into_the_environment_of_another(
    project: Project, accounts: Mapping[str, Account], env: str, key: str
) -> None:
    for command in (["plan"], ["apply", "--yes"], ["drift"]):
        account = accounts[key]
        account.forget()
        project.run(*command, "--env", env, "--base-url", account.url, key=account.key, code=3)
        assert {r["path"] for r in account.requests()} <= {"/v1/account"}


def _comparable(account: Account) -> dict[str, Any]:
    """Every object of ours in service by its address, with addresses in the place of ids, as the base files have it."""
    rows = [o for o in account.everything().values() if (o.get("metadata") or {}).get("stripe_portal")]
    served = [o for o in rows if o.get("active", True)]
    names = {o["id"]: o["metadata"]["stripe_portal"].partition("/")[2] for o in served}

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {k: plain(v) for k, v in value.items() if not ITS_OWN.fullmatch(k)}
        if isinstance(value, list):
            return [plain(v) for v in value]
        if isinstance(value, str):
            return names.get(value) or re.sub(r"(/p/login/)\w+", r"\1…", re.sub(SITES, "https://…", value))
        return value

    found = {names[o["id"]]: plain(o) for o in served}
    for around, name in OVERLAID:
        found["portal_configuration.main"][around].pop(name)
    return found
