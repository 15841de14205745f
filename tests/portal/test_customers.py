"""`stripe-portal customers`: who can log in, over the whole account."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from reconciler.emulator.server import Running
from tests.emulator.test_emulator_portal_pages import Browser, mails
from tests.harness import Account, Project, Result

NOW = 1_800_000_000
COLUMNS = ["finding", "email", "customer", "created", "subscription", "can_log_in", "logged_in", "why"]


@pytest.fixture(autouse=True)
def hours(account: Account) -> Iterator[None]:
    """The clock stands, so that who was created first is for the test to say."""
    account.control("clock", set=NOW)
    yield
    account.control("clock", run=True)


@pytest.fixture
def price(account: Account) -> str:
    account.post("/v1/products", {"id": "pro", "name": "Pro"})
    row = {"product": "pro", "currency": "usd", "unit_amount": 100, "recurring": {"interval": "month"}}
    return str(account.post("/v1/prices", row)["id"])


_serial = count()


def customer(account: Account, email: str | None, status: str = "", price: str = "", *, later: int = 60) -> str:
    """A new customer, with a subscription in that state; an email as it is, whatever the API thinks of it."""
    account.control("clock", advance=later)
    ident = str(account.post("/v1/customers", {"name": f"Nomen {next(_serial)}"})["id"])
    if email is not None:
        change(account, ident, email=email)
    if status:
        sub = account.post("/v1/subscriptions", {"customer": ident, "items": [{"price": price}]})["id"]
        change(account, sub, status=status)
    return ident


def change(account: Account, ident: str, **members: Any) -> None:
    account.control("objects", id=ident, set=members, account=account.get("/v1/account")["id"])


def asked(project: Project, *arguments: str, code: int | None = 0) -> Result:
    return project.run("customers", *arguments, "--base-url", project.account.url, key=project.account.key, code=code)


def findings(project: Project, *arguments: str) -> list[Any]:
    return list(json.loads(asked(project, "--format", "json", *arguments).out)["findings"])


def portal(account: Account, on: bool = True) -> str:
    body = {"features": {"invoice_history": {"enabled": True}}, "login_page": {"enabled": on}}
    return str(account.post("/v1/billing_portal/configurations", body)["id"])


# What goes wrong


@pytest.mark.parametrize(
    ("held", "row"),
    [
        (("subscription_read", "customer_portal_read"), "Customers: Read"),
        (("customer_read", "customer_portal_read"), "Subscriptions: Read"),
    ],
)
def test_a_key_that_lacks_a_permission_learns_which(project: Project, held: tuple[str, ...], row: str) -> None:
    account = project.account
    ident = account.get("/v1/account")["id"]
    key = account.key.replace("sk_", "rk_")
    project.account = Account.register(account.url, key, id=ident, permissions=["connected_account_read", *held])
    result = asked(project, code=1)
    assert f"In the Dashboard that is {row}. `stripe-portal doctor`" in result.err
    assert "https://dashboard.stripe.com/test/apikeys/create?name=stripe-portal%20customers" in result.err
    assert "rak_customer_read" in result.err
    assert result.out == ""
    assert key not in result.text


def test_login_pages_that_cannot_be_read_are_no_failure(project: Project, price: str) -> None:
    account = project.account
    customer(account, "ann@example.com", "active", price)
    key = account.key.replace("sk_", "rk_")
    held = ["connected_account_read", "customer_read", "subscription_read"]
    project.account = Account.register(account.url, key, id=account.get("/v1/account")["id"], permissions=held)
    asked(project, "--detailed-exitcode").shows(
        ["Login pages: not read", "All of them can log in", "Warning: not said whether a login page is on"]
    )


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/subscriptions"])
def test_a_page_that_fails_in_the_middle_is_no_report(project: Project, price: str, path: str) -> None:
    account = project.account
    for _ in range(101):
        customer(account, "ann@example.com", "active", price, later=0)
    account.control("faults", kind="error", path=path, nth=2, status=400, message="No.", times=None)
    result = asked(project, code=1)
    account.calm()
    assert result.out == ""
    assert f"Error: GET {path}: No." in result.err
    assert "ann@" not in result.text


def test_an_outage_that_passes_is_waited_for(project: Project) -> None:
    customer(project.account, None)
    project.account.control("faults", kind="error", path="/v1/customers", status=503)
    project.account.control("faults", kind="rate_limit", path="/v1/subscriptions")
    asked(project).shows(["Customers without an email: 1", "1 customer; 0 subscribe"])


def test_ctrl_c_ends_it_at_once(project: Project) -> None:
    def interrupt() -> None:
        while not any(f["held"] for f in project.account.session.get(f"{url}/_emulator/faults").json()["faults"]):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    url = project.account.url
    project.account.control("faults", kind="hold", path="/v1/customers", times=None)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        result = asked(project, code=130)
    finally:
        thread.join()
        project.account.calm()
    assert result.out == ""
    assert result.err.strip() == "Interrupted."


def test_a_live_key_needs_an_environment_that_says_so(project: Project, live_account: Account) -> None:
    project.write("stripe_portal: 1\nproject: acme\nenvironments: {test: {livemode: false}}\n")
    project.account = live_account
    asked(project, code=3).shows(["the environment says livemode: false, and the key is a live one"])


def test_without_yaml_any_account_may_be_looked_at(project: Project, live_account: Account) -> None:
    project.account = live_account
    portal(live_account)
    asked(project).shows(["(LIVE)", "0 customers; 0 subscribe."])


def test_objects_of_the_other_mode_are_refused(project: Project) -> None:
    ident = customer(project.account, "ann@example.com")
    change(project.account, ident, livemode=True)
    asked(project, code=3).shows(["/v1/customers answers a test key with live objects"])


def test_yaml_that_cannot_be_read_is_said(project: Project) -> None:
    project.write("stripe_portal: [\n")
    assert asked(project, code=1).out == ""
    (project.folder / "stripe-portal.yaml").unlink()
    assert "stripe-portal.yaml" in asked(project, "--env", "live", code=1).err


# What it finds


def test_an_empty_account(project: Project) -> None:
    result = asked(project, "--detailed-exitcode")
    result.shows(["Login pages: none is on", "0 customers; 0 subscribe."], hides=["Subscribers who cannot"])
    assert asked(project, "--format", "csv").out == ",".join(COLUMNS) + "\n"


_PAIRS = {
    ("", ""): ("unsure", "unsure"),
    ("", "active"): ("no", "yes"),
    ("", "trialing"): ("unsure", "unsure"),
    ("", "past_due"): ("unsure", "unsure"),
    ("active", ""): ("yes", "no"),
    ("active", "active"): ("no", "yes"),
    ("active", "trialing"): ("unsure", "unsure"),
    ("active", "past_due"): ("unsure", "unsure"),
    ("trialing", ""): ("unsure", "unsure"),
    ("trialing", "active"): ("no", "yes"),
    ("trialing", "trialing"): ("unsure", "unsure"),
    ("trialing", "past_due"): ("unsure", "unsure"),
    ("past_due", ""): ("unsure", "unsure"),
    ("past_due", "active"): ("no", "yes"),
    ("past_due", "trialing"): ("unsure", "unsure"),
    ("past_due", "past_due"): ("unsure", "unsure"),
    ("canceled", "active"): ("no", "yes"),
    ("active", "canceled"): ("yes", "no"),
    ("active", "unpaid"): ("yes", "no"),
    ("active", "paused"): ("yes", "no"),
    ("incomplete", "incomplete_expired"): ("unsure", "unsure"),
}
"""States of the customer that was created first, and of the one after it, and who can log in."""


def test_of_two_customers_with_one_email_the_newest_active_one_wins(project: Project, price: str) -> None:
    account = project.account
    made = {
        pair: [customer(account, f"c{number}@example.com", status, price) for status in pair]
        for number, pair in enumerate(_PAIRS)
    }
    portal(account)
    login = {f["customer"]: f["can_log_in"] for f in findings(project) if f["finding"] == "shared_email"}
    assert {pair: tuple(login[ident] for ident in idents) for pair, idents in made.items()} == _PAIRS


def test_whoever_is_said_to_log_in_is_logged_in(project: Project, emulator: Running, price: str) -> None:
    """The emulator's own login page is the judge: what it takes for active lies within what the report allows for."""
    account = project.account
    for number, pair in enumerate(_PAIRS):
        for status in pair:
            customer(account, f"c{number}@example.com", status, price)
    url = account.get(f"/v1/billing_portal/configurations/{portal(account)}")["login_page"]["url"]
    found = findings(project, "--show-emails")
    candidates = {f["email"]: f["logged_in"] for f in found}
    certain = {f["email"] for f in found if f["can_log_in"] == "yes"}
    assert len(candidates) == len(_PAIRS)
    for email, idents in candidates.items():
        names = [account.get(f"/v1/customers/{ident}")["name"] for ident in idents]
        browser = Browser(emulator)
        before = len(mails(emulator))
        page = browser.ask(url, email)
        if len(mails(emulator)) > before:
            page = browser.submit(page, code=mails(emulator)[-1]["code"])
            assert [name for name in names if f"Logged in as {name}," in page.text], (email, names, page.text)
        else:
            assert email not in certain


def test_it_says_who_is_shut_out_by_whom_and_why(project: Project, price: str) -> None:
    account = project.account
    old = customer(account, "ann@example.com", "active", price)
    new = customer(account, "ann@example.com", "active", price)
    newest = customer(account, "ann@example.com")
    nameless = customer(account, None, "trialing", price)
    customer(account, "bob@example.com", "active", price)
    customer(account, "  ")
    portal(account)
    result = asked(project)
    result.shows(
        [
            "Login pages: bpc_… on",
            "Subscribers who cannot log in: 2",
            f"{nameless} trialing – has no email",
            f"{old} active a••@e••.com shut out: {new} logs in",
            "Emails that several customers share: 1",
            "a••@e••.com",
            f"{newest} 2027-01-15 – shut out: {new} logs in",
            f"{new} 2027-01-15 active logs in: the most recently created with this email and an active subscription",
            f"{old} 2027-01-15 active shut out: {new} logs in",
            "Customers without an email: 2, of whom 1 subscribe",
            "6 customers; 4 subscribe (3 active, 1 trialing). 2 of them cannot log in: 1 without an email, 1 shut",
            "Reads used: 6.",
        ],
        hides=["ann@", "bob", "b••", "Nomen"],
    )
    assert asked(project, "--detailed-exitcode", code=2).out == result.out


def test_what_stripe_does_not_say_is_not_claimed(project: Project, price: str) -> None:
    account = project.account
    first = customer(account, "ann@example.com", "active", price)
    second = customer(account, "ann@example.com", "active", price, later=0)
    paying = customer(account, "bob@example.com", "active", price)
    trying = customer(account, "bob@example.com", "trialing", price)
    late = customer(account, "bob@example.com", "past_due", price)
    early = customer(account, "carl@example.com", "trialing", price)
    portal(account)
    said = {f["customer"]: f["why"] for f in findings(project)}
    assert said[first] == f"not certain: created in the same second as {second}"
    assert said[paying].startswith("not certain: logs in, unless a ")
    assert said[trying].startswith("not certain: logs in, if a trial counts as active; else ")
    assert said[late].startswith("not certain: logs in, if a late payment counts as active; else ")
    assert early not in said
    summary = "Of 5 of them it is not certain."
    assert summary in asked(project, "--detailed-exitcode").out


def test_one_of_several_subscriptions_is_enough(project: Project, price: str) -> None:
    account = project.account
    first = customer(account, "ann@example.com", "past_due", price)
    account.post("/v1/subscriptions", {"customer": first, "items": [{"price": price}]})
    customer(account, "ann@example.com", "canceled", price)
    portal(account)
    (yes,) = [f for f in findings(project) if f["can_log_in"] == "yes"]
    assert (yes["customer"], yes["subscription"]) == (first, "active")


def test_emails_that_differ_by_case_or_spaces_are_told(project: Project, price: str) -> None:
    account = project.account
    first = customer(account, "Ann@Example.com", "active", price)
    second = customer(account, " ann@example.com", "active", price)
    customer(account, "an.n@example.com", "active", price)
    rows = {f["customer"]: f for f in findings(project)}
    assert set(rows) == {first, second}
    assert {f["finding"] for f in rows.values()} == {"similar_emails"}
    assert (rows[first]["can_log_in"], rows[second]["can_log_in"]) == ("unsure", "yes")
    portal(account)
    asked(project, "--detailed-exitcode").shows(
        [
            "Emails that differ only by case or spaces, …, which is not documented: 1",
            f"a••@e••.com {second} 2027-01-15 active would log in: the most recently created",
            f"A••@E••.com {first} 2027-01-15 active would be shut out: {second} would log in",
            "Of 1 of them it is not certain.",
        ]
    )


def test_without_a_login_page_nobody_can_log_in(project: Project, price: str) -> None:
    account = project.account
    customer(account, "ann@example.com", "active", price)
    portal(account, on=False)
    asked(project, "--detailed-exitcode", code=2).shows(["Login pages: none is on", "none of them can log in."])
    portal(account)
    asked(project, "--detailed-exitcode").shows(["Login pages: bpc_… on; bpc_… off", "All of them can log in."])


def test_a_declared_configuration_goes_by_its_name(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\nenvironments: {test: {}}\n"
        "portal_configurations: {main: {is_default: true, login_page: {enabled: true}, features: "
        "{invoice_history: {enabled: true}}}}\n"
    )
    project.apply()
    portal(project.account, on=False)
    asked(project, "--env", "test").shows(
        ["· environment test", "Login pages: portal_configuration.main on; bpc_… off"]
    )


# What is shown of an email


def test_different_emails_never_look_the_same(project: Project) -> None:
    account = project.account
    for email in ("ann@example.com", "abe@else.com", "ann@example.com", "abe@else.com", "zoe@x.org", "zoe@x.org"):
        customer(account, email)
    shown = [f["email"] for f in findings(project)]
    assert sorted(shown) == ["a••@e••.com #1"] * 2 + ["a••@e••.com #2"] * 2 + ["z••@x••.org"] * 2
    assert {f["email"] for f in findings(project, "--show-emails")} == {"ann@example.com", "abe@else.com", "zoe@x.org"}


HOSTILE = (
    '=cmd|"/C calc"!A0@example.com',
    "+1@example.com",
    "@example.com",
    "-2+3@example.com",
    "\x1b[2Jgone@example.com",
    "a@example.com\nno_email,,cus_forged",
    "‮moc.elpmaxe@nna@example.com",
    "##vso[task.setvariable]x@example.com",
    "ä@exämple.com",
    "x" * 5_000 + "@example.com",
    "no address at all",
    "sk_live_0123456789abcdef@example.com",
    "\ttab@example.com",
)


@pytest.mark.parametrize("shown", [(), ("--show-emails",)])
def test_an_email_steers_nothing(project: Project, price: str, shown: tuple[str, ...]) -> None:
    account = project.account
    portal(account)
    for email in HOSTILE:
        customer(account, email, "active", price)
        customer(account, email, "active", price)
    text = asked(project, *shown)
    text.shows(["Emails that several customers share: 13", "13 shut out by another customer"])
    assert max(map(len, text.out.splitlines())) < 200
    table = asked(project, "--format", "csv", *shown)
    rows = list(csv.DictReader(io.StringIO(table.out)))
    assert len(rows) == 2 * len(HOSTILE) == len(table.out.splitlines()) - 1
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert not [cell for cell in cells if not cell.isprintable()]
    found = json.loads(asked(project, "--format", "json", *shown).out)
    assert len({f["email"] for f in found["findings"]}) == len(HOSTILE)
    for said in (text.text, table.text):
        assert "0123456789abcdef" not in said


def test_emails_are_nowhere_but_where_they_were_asked_for(project: Project, price: str) -> None:
    account = project.account
    for status in ("active", "trialing", ""):
        customer(account, "ann.secret@private.example", status, price)
        customer(account, "Ann.Secret@private.example", status, price)
    for form in ("text", "csv", "json"):
        hidden, open_ = asked(project, "--format", form), asked(project, "--format", form, "--show-emails")
        assert "secret" not in hidden.text.lower()
        assert "private" not in hidden.text
        assert "ann.secret@private.example" in open_.out
        assert "secret" not in open_.err.lower()
        assert "Nomen" not in open_.text


# For machines


def test_the_json_keeps_its_shape(project: Project, price: str) -> None:
    account = project.account
    customer(account, None, "active", price)
    customer(account, "ann@example.com", "active", price)
    newest = customer(account, "ann@example.com", "active", price)
    name = portal(account)
    found = json.loads(asked(project, "--format", "json").out)
    rows = found.pop("findings")
    assert found == {
        "target": account.get("/v1/account")["id"],
        "livemode": False,
        "environment": None,
        "customers": 3,
        "subscribers": {"active": 3, "trialing": 0, "past_due": 0},
        "login_pages": [{"name": name, "enabled": True}],
        "cannot_log_in": 2,
        "without_email": 1,
        "shut_out": 1,
        "not_certain": 0,
    }
    assert [list(row) for row in rows] == [COLUMNS] * 3
    assert rows[1] == {
        "finding": "shared_email",
        "email": "a••@e••.com",
        "customer": newest,
        "created": "2027-01-15T08:03:00Z",
        "subscription": "active",
        "can_log_in": "yes",
        "logged_in": [newest],
        "why": "logs in: the most recently created with this email and an active subscription",
    }


def test_what_is_said_beside_a_table_goes_to_stderr(project: Project) -> None:
    customer(project.account, None)
    result = asked(project, "--format", "csv")
    assert next(csv.DictReader(io.StringIO(result.out)))["finding"] == "no_email"
    assert result.err.splitlines()[-1] == "Reads used: 6."
    assert "1 customer; 0 subscribe" in result.err


def test_long_lists_are_cut_for_people_alone(project: Project) -> None:
    for _ in range(30):
        customer(project.account, None)
    asked(project).shows(["Customers without an email: 30", "… and 10 more of them: --format csv has all"])
    assert len(findings(project)) == 30


def test_it_only_reads_and_not_once_per_customer(project: Project, price: str) -> None:
    for number in range(250):
        customer(project.account, f"c{number % 200}@example.com", "active", price, later=1)
    project.account.forget()
    asked(project)
    assert project.account.requests("POST") == []
    assert len(project.account.requests("GET")) <= 11
