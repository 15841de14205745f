"""`stripe-portal link`: the login page of each configuration, and sessions."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reconciler.portal.link_checks import doubts
from reconciler.portal.link_session import FLOWS
from tests.harness import Account, Project, Result

HEAD = "stripe_portal: 1\nproject: acme\n"
PRO = """
products:
  pro:
    id: pro
    name: Pro
    prices:
      monthly: {amount: 19.00, currency: usd, recurring: {interval: month}}
      yearly: {amount: 190.00, currency: usd, recurring: {interval: year}}
"""
MAIN = """
portal_configurations:
  main:
    is_default: true
    login_page: {enabled: true}
    features: {invoice_history: {enabled: true}}
"""
OTHER = "  other: {login_page: {enabled: false}, features: {invoice_history: {enabled: true}}}\n"
EVERYTHING = """
portal_configurations:
  main:
    is_default: true
    login_page: {enabled: true}
    features:
      customer_update: {enabled: true, allowed_updates: [email]}
      payment_method_update: {enabled: true}
      subscription_cancel: {enabled: true}
      subscription_pause: {enabled: true}
      subscription_update:
        enabled: true
        default_allowed_updates: [price, quantity]
        products: [{product: pro, prices: [monthly], adjustable_quantity: {enabled: true}}]
"""


def link(project: Project, *arguments: str, code: int | None = 0) -> Result:
    return project.run("link", *arguments, "--base-url", project.account.url, key=project.account.key, code=code)


def url_of(account: Account, address: str = "portal_configuration.main") -> str:
    return str(account.find(address)["login_page"]["url"])


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(HEAD + PRO + EVERYTHING)
    project.apply()
    return project


@pytest.fixture
def subscriber(shop: Project) -> tuple[str, str]:
    """A customer and its subscription."""
    return subscribed(shop.account)


def subscribed(account: Account, *prices: str) -> tuple[str, str]:
    ann = account.post("/v1/customers", {"email": "ann@example.com"})["id"]
    items = [{"price": p} for p in prices or (account.find("price.pro.monthly")["id"],)]
    return ann, account.post("/v1/subscriptions", {"customer": ann, "items": items})["id"]


# The login page


def test_one_configuration_gives_the_url_alone(project: Project) -> None:
    project.write(HEAD + MAIN)
    project.apply()
    result = link(project)
    assert result.out == url_of(project.account) + "\n"
    assert result.err == ""


def test_several_configurations_go_by_their_names(project: Project) -> None:
    project.write(HEAD + MAIN + OTHER.replace("false", "true", 1))
    project.apply()
    main, other = (url_of(project.account, f"portal_configuration.{name}") for name in ("main", "other"))
    assert link(project).out == f"portal_configuration.main   {main}\nportal_configuration.other  {other}\n"
    assert link(project, "--config", "other").out == f"{other}\n"
    assert link(project, "--config", "portal_configuration.main").out == f"{main}\n"
    assert "did you mean other?" in link(project, "--config", "othr", code=64).err


@pytest.mark.parametrize(
    "email",
    ["ann@example.com", "ann+portal@example.com", "ännë@exämple.com", "a&b=c#d?e%41@example.com", "o'neil/x@a.b.org"],
)
def test_an_email_survives_the_url(project: Project, email: str) -> None:
    project.write(HEAD + MAIN)
    project.apply()
    result = link(project, "--email", email)
    made = urlsplit(result.out.strip())
    assert parse_qs(made.query, strict_parsing=True) == {"prefilled_email": [email]}
    assert result.out.isascii()
    assert result.out.startswith(url_of(project.account) + "?")
    assert "+" not in made.query


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "@example.com", "ann@example", "a b@example.com", "a@b@c.com", "a@b.com\n", "a" * 600]
)
def test_what_is_no_email_is_refused_and_not_repeated(project: Project, email: str) -> None:
    project.write(HEAD + MAIN)
    result = link(project, "--email", email, code=64)
    assert "that is no email address" in result.err
    assert result.out == ""
    assert len(email) < 4 or email not in result.err.replace("ann@example.com", "")


def test_a_configuration_that_is_not_there_yet(project: Project) -> None:
    project.write(HEAD + MAIN)
    result = link(project, code=1)
    assert result.out == ""
    result.shows(["portal_configuration.main is not in the account yet.", "stripe-portal apply --base-url"])
    assert project.account.requests("POST") == []


def test_a_login_page_that_is_off_gets_the_line_that_switches_it_on(project: Project) -> None:
    project.write(HEAD + MAIN.replace("    login_page: {enabled: true}\n", ""))
    project.apply()
    result = link(project, code=1)
    assert result.out == ""
    result.shows(
        [
            "portal_configuration.main has its login page off.",
            "stripe-portal.yaml:5:3: add under main:",
            "login_page: {enabled: true}",
            "Then: stripe-portal apply",
        ]
    )
    project.edit("    is_default: true\n", "    is_default: true\n    login_page: {enabled: true}\n")
    project.apply()
    assert link(project).out == url_of(project.account) + "\n"


def test_one_that_is_off_beside_one_that_is_on(project: Project) -> None:
    project.write(HEAD + MAIN + OTHER)
    project.apply()
    result = link(project)
    assert result.out == f"portal_configuration.main   {url_of(project.account)}\n"
    assert "stripe-portal.yaml:9:33: write enabled: true" in result.err
    link(project, "--config", "other", code=1)


def test_one_that_was_switched_on_and_not_applied(project: Project) -> None:
    project.write(HEAD + MAIN.replace("enabled: true", "enabled: false", 1))
    project.apply()
    project.edit("login_page: {enabled: false}", "login_page: {enabled: true}")
    link(project, code=1).shows(["on in the YAML, and off in the account", "To change that: stripe-portal apply"])


def test_without_any_configuration(project: Project) -> None:
    project.write(HEAD)
    link(project, code=1).shows(["no portal_configuration is declared", "login_page: {enabled: true}"])


def test_a_key_that_may_not_read_the_portal(project: Project) -> None:
    project.write(HEAD + MAIN)
    key = project.account.key.replace("sk_", "rk_")
    ident = project.account.get("/v1/account")["id"]
    account = Account.register(project.account.url, key, id=ident, permissions=["connected_account_read"])
    project.account = account
    assert "In the Dashboard that is Customer portal: Read" in link(project, code=1).err


def test_a_live_key_needs_an_environment_that_says_so(project: Project, live_account: Account) -> None:
    project.write(HEAD + MAIN)
    project.account = live_account
    assert "this is a live key" in link(project, "--customer", "cus_1", code=3).err
    assert "is not in the account yet" in link(project, "--allow", "live", code=1).err


# Sessions


def opened(project: Project, *arguments: str) -> Any:
    """The parameters of the session that was opened, whose URL is on stdout and nowhere else."""
    project.account.forget()
    result = link(project, *arguments)
    assert "/p/session/" in result.out
    assert len(result.out.splitlines()) == 1
    assert result.err == "Whoever has this URL is logged in as the customer. Open it within 5 minutes.\n"
    (call,) = project.account.requests("POST")
    assert call["idempotency_key"]
    return call["params"]


def test_a_session_has_the_chosen_configuration(shop: Project, subscriber: tuple[str, str]) -> None:
    main = shop.account.find("portal_configuration.main")["id"]
    sent = opened(shop, "--customer", subscriber[0], "--return-url", "https://acme.example/back", "--locale", "de")
    assert sent == {
        "customer": subscriber[0],
        "configuration": main,
        "return_url": "https://acme.example/back",
        "locale": "de",
    }
    first, second = (link(shop, "--customer", subscriber[0]).out for _ in range(2))
    assert first != second


@pytest.mark.parametrize("flow", [name for name, one in FLOWS.items() if not one.confirms])
def test_every_flow_opens(shop: Project, subscriber: tuple[str, str], flow: str) -> None:
    customer, subscription = subscriber
    about = ("--subscription", subscription) if FLOWS[flow].subscription else ()
    sent = opened(shop, "--customer", customer, "--flow", flow, *about)
    assert sent["flow_data"]["type"] == flow
    if about:
        assert sent["flow_data"][flow] == {"subscription": subscription}


@pytest.mark.parametrize("named", ["price.pro.monthly", "pro.monthly", "id"])
def test_a_choice_to_confirm(shop: Project, subscriber: tuple[str, str], named: str) -> None:
    customer, subscription = subscriber
    price = shop.account.find("price.pro.monthly")["id"]
    words = ("--flow", "subscription_update_confirm", "--subscription", subscription, "--quantity", "3")
    sent = opened(shop, "--customer", customer, *words, "--price", price if named == "id" else named)
    (item,) = shop.account.get(f"/v1/subscriptions/{subscription}")["items"]["data"]
    wanted = sent["flow_data"]["subscription_update_confirm"]["items"]
    assert [{k: str(v) for k, v in row.items()} for row in wanted] == [
        {"id": item["id"], "price": price, "quantity": "3"}
    ]


def test_what_cannot_be_confirmed_is_refused_before(shop: Project) -> None:
    shop.edit("adjustable_quantity: {enabled: true}", "adjustable_quantity: {enabled: true, minimum: 2, maximum: 9}")
    shop.apply()
    customer, subscription = subscribed(shop.account)
    words = ("--customer", customer, "--flow", "subscription_update_confirm", "--subscription", subscription)
    shop.account.forget()
    assert "use --flow subscription_cancel" in link(shop, *words, "--quantity", "0", code=64).err
    result = link(shop, *words, "--quantity", "10", code=1)
    assert "adjustable_quantity of portal_configuration.main allows 2 to 9" in result.err
    for choice in (("--quantity", "1"), ("--price", "pro.monthly"), ("--price", "pro.monthly", "--quantity", "1")):
        assert "there is nothing to confirm" in link(shop, *words, *choice, code=1).err
    assert shop.account.requests("POST") == []
    assert link(shop, *words, "--quantity", "9").err.startswith("Whoever has this URL")


def test_a_quantity_that_the_configuration_does_not_let_customers_change(shop: Project) -> None:
    shop.edit("default_allowed_updates: [price, quantity]", "default_allowed_updates: [price]")
    shop.apply()
    customer, subscription = subscribed(shop.account)
    words = ("--customer", customer, "--flow", "subscription_update_confirm", "--subscription", subscription)
    result = link(shop, *words, "--quantity", "3")
    assert "Warning: the page behind this link will probably refuse" in result.err
    assert "default_allowed_updates has no quantity" in result.err


def test_what_the_portal_will_probably_refuse_is_warned_of(shop: Project) -> None:
    account = shop.account
    monthly, yearly = (account.find(f"price.pro.{name}")["id"] for name in ("monthly", "yearly"))
    cases = (
        ("subscription_pause", {"trial_period_days": 7}, "it is trialing, not active"),
        ("subscription_update", {"items": [{"price": monthly}, {"price": yearly}]}, "it has 2 items"),
        ("subscription_update", {"collection_method": "send_invoice", "days_until_due": 7}, "its invoices are sent"),
    )
    for flow, params, said in cases:
        customer = account.post("/v1/customers", {})["id"]
        given = {"customer": customer, "items": [{"price": monthly}], **params}
        subscription = account.post("/v1/subscriptions", given)["id"]
        result = link(shop, "--customer", customer, "--flow", flow, "--subscription", subscription)
        assert f"Warning: the page behind this link will probably refuse {subscription}: {said}" in result.err
        assert "recalled, and not documented" in result.err
        assert result.out.count("\n") == 1


def test_metered_usage_and_schedules_are_doubts() -> None:
    metered = {"data": [{"price": {"recurring": {"usage_type": "metered"}}}]}
    assert list(doubts("subscription_update", {"items": metered})) == ["it is billed for metered usage"]
    assert list(doubts("subscription_pause", {"schedule": "sub_sched_1"})) == [
        "a subscription schedule is attached to it"
    ]
    assert not list(doubts("subscription_cancel", {"items": metered, "schedule": "sub_sched_1", "status": "trialing"}))


def test_classic_billing_cannot_be_paused(shop: Project) -> None:
    customer = shop.account.post("/v1/customers", {})["id"]
    given = {"items": [{"price": shop.account.find("price.pro.monthly")["id"]}], "billing_mode": {"type": "classic"}}
    subscription = shop.account.post("/v1/subscriptions", {"customer": customer, **given})["id"]
    shop.account.forget()
    words = ("--customer", customer, "--flow", "subscription_pause", "--subscription", subscription)
    assert "its billing mode is classic" in link(shop, *words, code=1).err
    assert shop.account.requests("POST") == []


@pytest.mark.parametrize("flow", FLOWS)
def test_a_flow_that_the_configuration_does_not_have_is_refused_before(project: Project, flow: str) -> None:
    project.write(HEAD + PRO + MAIN)
    project.apply()
    customer, subscription = subscribed(project.account)
    project.account.forget()
    about = ("--subscription", subscription) if FLOWS[flow].subscription else ()
    choice = ("--quantity", "2") if FLOWS[flow].confirms else ()
    result = link(project, "--customer", customer, "--flow", flow, *about, *choice, code=1)
    assert (
        f"the flow {flow} needs features.{FLOWS[flow].feature} of portal_configuration.main, which is off" in result.err
    )
    assert project.account.requests("POST") == []


def test_what_speaks_against_a_session_is_said_before_it(shop: Project, subscriber: tuple[str, str]) -> None:
    account, (customer, subscription) = shop.account, subscriber
    stranger, other = subscribed(account)
    yearly = account.find("price.pro.yearly")["id"]
    _, double = subscribed(account, yearly, account.find("price.pro.monthly")["id"])
    account.post(f"/v1/subscriptions/{double}", {})
    account.forget()
    cancel = ("--customer", customer, "--flow", "subscription_cancel", "--subscription")
    confirm = ("--flow", "subscription_update_confirm", "--subscription")
    assert "belongs to another customer" in link(shop, *cancel, other, code=1).err
    assert "No such subscription" in link(shop, *cancel, "sub_none", code=1).err
    result = link(shop, "--customer", customer, *confirm, subscription, "--price", "pro.yearly", code=1)
    assert f"portal_configuration.main does not offer {yearly}" in result.err
    result = link(shop, "--customer", customer, *confirm, subscription, "--price", "pro.weekly", code=1)
    assert "the YAML declares no price.pro.weekly" in result.err
    owner = account.get(f"/v1/subscriptions/{double}")["customer"]
    result = link(shop, "--customer", owner, *confirm, double, "--quantity", "2", code=1)
    assert "takes a subscription with one item" in result.err
    account.call("DELETE", f"/v1/subscriptions/{other}")
    account.forget()
    result = link(shop, "--customer", stranger, *cancel[2:], other, code=1)
    assert "is canceled: there is nothing left to change" in result.err
    assert account.requests("POST") == []
    assert "No such customer" in link(shop, "--customer", "cus_none", code=1).err


def test_a_key_that_may_not_read_subscriptions_may_open_a_session(shop: Project, subscriber: tuple[str, str]) -> None:
    held = ["connected_account_read", "customer_portal_write"]
    key = shop.account.key.replace("sk_", "rk_")
    ident = shop.account.get("/v1/account")["id"]
    shop.account = Account.register(shop.account.url, key, id=ident, permissions=held)
    words = ("--customer", subscriber[0], "--subscription", subscriber[1], "--flow")
    assert "/p/session/" in link(shop, *words, "subscription_cancel").out
    result = link(shop, *words, "subscription_update_confirm", "--quantity", "2", code=1)
    assert "In the Dashboard that is Subscriptions: Read" in result.err
    shop.account = Account.register(shop.account.url, key, id=ident, permissions=[*held[:1], "customer_portal_read"])
    result = link(shop, "--customer", subscriber[0], code=1)
    assert "In the Dashboard that is Customer portal: Write" in result.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--flow", "subscription_cancel"), "--flow is for a session: add --customer"),
        (("--locale", "de"), "--locale is for a session"),
        (("--customer", "cus_1", "--email", "ann@example.com"), "give one of them"),
        (("--customer", ""), "it is empty"),
        (("--customer", "cus_1", "--flow", "subscription_cancel"), "needs --subscription"),
        (("--customer", "cus_1", "--subscription", "sub_1"), "--subscription is for a flow"),
        (
            ("--customer", "cus_1", "--flow", "customer_update", "--subscription", "sub_1"),
            "--subscription is for a flow",
        ),
        (("--customer", "cus_1", "--price", "pro.monthly"), "--price and --quantity are for"),
        (
            ("--customer", "cus_1", "--flow", "subscription_update_confirm", "--subscription", "sub_1"),
            "needs --price or --quantity",
        ),
        (("--customer", "cus_1", "--flow", "dance"), "Invalid value for '--flow'"),
    ],
)
def test_words_that_do_not_go_together(project: Project, words: tuple[str, ...], said: str) -> None:
    project.write(HEAD + MAIN)
    assert said in link(project, *words, code=64).err
    assert project.account.requests("GET")[1:] == []


def test_a_session_with_several_configurations_needs_a_choice(project: Project) -> None:
    project.write(HEAD + MAIN + OTHER)
    project.apply()
    ann = project.account.post("/v1/customers", {})["id"]
    assert "Add --config main or --config other" in link(project, "--customer", ann, code=64).err
    sent = opened(project, "--customer", ann, "--config", "other")
    assert sent["configuration"] == project.account.find("portal_configuration.other")["id"]


def test_a_session_needs_a_configuration_that_is_there(project: Project) -> None:
    project.write(HEAD + MAIN)
    ann = project.account.post("/v1/customers", {})["id"]
    assert "is not in the account yet" in link(project, "--customer", ann, code=1).err


def test_the_url_of_a_session_is_in_no_error(shop: Project, subscriber: tuple[str, str]) -> None:
    for fault in ({"kind": "malformed"}, {"kind": "drop", "when": "after"}, {"kind": "error", "when": "after"}):
        shop.account.control("faults", method="POST", path="/v1/billing_portal/sessions", times=None, **fault)
        result = link(shop, "--customer", subscriber[0], code=1)
        shop.account.calm()
        assert "/p/session/" not in result.text
        assert result.out == ""
