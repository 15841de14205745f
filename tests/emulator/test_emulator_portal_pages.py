"""Coming in to the served portal: login, codes, sessions, cookies, and everybody who stays outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from reconciler.emulator.pages import html

Answer = requests.Response
UPDATES = ["email", "name", "address", "phone", "shipping", "tax_id"]


class Browser:
    """Cookies, forms and redirects of its own."""

    def __init__(self, running: Any) -> None:
        self.running = running
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, url: str, **query: str) -> Answer:
        return self.session.get(url, params=query)

    def submit(self, page: Answer, action: str | None = None, **values: str) -> Answer:
        """Sends the form of a page whose address ends in `action`, with its hidden fields."""
        for form in re.findall(r"<form method=\"post\".*?</form>", page.text, re.S):
            target = unescape(re.search(r'action="([^"]*)"', form).group(1))  # type: ignore[union-attr]
            if action is None or target.endswith(f"/{action}"):
                hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form))
                sent = {name: unescape(value) for name, value in hidden.items()} | values
                return self.session.post(urljoin(page.url, target), data=sent)
        raise AssertionError(f"no form {action} in {page.text}")

    def forge(self, page: Answer, action: str, **values: str) -> Answer:
        """What no form of a page sends, with the page's seal all the same."""
        seal = re.search(r'name="seal" value="([^"]*)"', page.text)
        sent = {"seal": seal.group(1) if seal else ""} | values
        return self.session.post(page.url.rpartition("/")[0] + f"/{action}", data=sent)

    def ask(self, url: str, email: str) -> Answer:
        return self.submit(self.get(url), email=email)

    def log_in(self, url: str, email: str) -> Answer:
        page = self.ask(url, email)
        return self.submit(page, code=mails(self.running)[-1]["code"])


@dataclass(frozen=True)
class Shop:
    """A customer with a subscription, a configuration, and the prices it offers."""

    prices: dict[str, str]
    configuration: Any
    customer: str
    subscription: str

    @property
    def login(self) -> str:
        return str(self.configuration.login_page.url)


def mails(running: Any) -> list[dict[str, Any]]:
    return list(requests.get(f"{running.url}/_emulator/outbox").json()["mails"])


def opened_shop(client: Any, features: Any = None, *, items: Any = None, **subscription: Any) -> Shop:
    """Everything is allowed but what `features` overlays."""
    api = client.v1
    api.products.create({"id": "starter", "name": "Starter"})
    api.products.create({"id": "team", "name": "Team", "unit_label": "seat"})

    def price(product: str, amount: int, interval: str = "month", **more: Any) -> str:
        recurring = {"interval": interval} | more.pop("recurring", {})
        params = {"product": product, "unit_amount": amount, "currency": "usd", "recurring": recurring}
        return str(api.prices.create(params | more).id)

    prices = {
        "starter": price("starter", 900),
        "team": price("team", 1500),
        "yearly": price("team", 15000, "year"),
        "euro": price("starter", 800, "year", currency="eur"),
        "hidden": price("starter", 100, "week"),
    }
    everything: dict[str, Any] = {
        "customer_update": {"enabled": True, "allowed_updates": UPDATES},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {
            "enabled": True,
            "cancellation_reason": {"enabled": True, "options": ["too_expensive", "other"]},
        },
        "subscription_pause": {"enabled": True},
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price", "quantity"],
            "products": [
                {"product": "starter", "prices": [prices["starter"], prices["euro"]]},
                {
                    "product": "team",
                    "prices": [prices["team"], prices["yearly"]],
                    "adjustable_quantity": {"enabled": True, "minimum": 2, "maximum": 5},
                },
            ],
        },
    }
    for name, members in (features or {}).items():
        everything[name] = {**everything[name], **members}
    configuration = api.billing_portal.configurations.create(
        {"features": everything, "login_page": {"enabled": True}, "default_return_url": "https://shop.example/"}
    )
    customer = api.customers.create({"email": "ann@shop.example", "name": "Ann"}).id
    held = [{"price": prices[name]} if isinstance(name, str) else name for name in items or ("starter",)]
    made = api.subscriptions.create({"customer": customer, "items": held, **subscription})
    return Shop(prices, configuration, customer, made.id)


@pytest.fixture
def browser(running: Any) -> Browser:
    return Browser(running)


@pytest.mark.parametrize("path", ["/p/login/test_nope", "/p/login/test_nope/code", "/p/session/test_nope", "/p/x"])
def test_an_address_that_was_never_issued_leads_nowhere(browser: Browser, running: Any, path: str) -> None:
    assert browser.get(running.url + path).status_code == 404


@pytest.mark.parametrize("change", [{"login_page": {"enabled": False}}, {"active": False}])
def test_a_withdrawn_login_page_is_a_friendly_404(client: Any, browser: Browser, change: Any) -> None:
    client.v1.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})  # the default
    shop = opened_shop(client)
    page = browser.get(shop.login)
    client.v1.billing_portal.configurations.update(shop.configuration.id, change)
    for answer in (browser.get(shop.login), browser.submit(page, email="ann@shop.example")):
        assert answer.status_code == 404
        assert "This link is not active" in answer.text
    assert mails(browser.running) == []


def test_the_page_does_not_tell_who_has_an_account(client: Any, browser: Browser, running: Any) -> None:
    shop = opened_shop(client)
    known, unknown = browser.ask(shop.login, "ann@shop.example"), Browser(running).ask(shop.login, "bob@shop.example")

    def bare(answer: Answer) -> str:
        return re.sub(r'value="[0-9a-f]{64}"|(ann|bob)@', "", answer.text)

    assert (known.status_code, bare(known)) == (unknown.status_code, bare(unknown))
    assert [mail["to"] for mail in mails(running)] == ["ann@shop.example"]


def test_the_answer_to_a_wrong_code_does_not_tell_either(client: Any, running: Any) -> None:
    shop = opened_shop(client)
    seen = []
    for email in ("ann@shop.example", "bob@shop.example"):
        browser = Browser(running)
        page = browser.ask(shop.login, email)
        for _ in range(6):
            page = browser.submit(page, code="nonsense")
            seen.append((email, page.status_code, re.sub(r"[0-9a-f]{64}|(ann|bob)@", "", page.text)))
    assert [one[1:] for one in seen[:6]] == [one[1:] for one in seen[6:]]


def test_an_email_that_is_none_is_mended(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    for email in ("", "nobody", "a b@c.example", "@x", "x" * 600 + "@x.example"):
        answer = browser.submit(browser.get(shop.login), email=email)
        assert (answer.status_code, "Enter an email address" in answer.text) == (400, True)
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("email", ["ANN@shop.example", "ann@shop.example.com", "%@shop.example", "ann@shop.exampl"])
def test_only_just_this_email_gets_a_code(client: Any, browser: Browser, email: str) -> None:
    shop = opened_shop(client)
    assert browser.ask(shop.login, email).status_code == 200
    assert mails(browser.running) == []


def test_of_several_customers_the_newest_with_an_active_subscription_wins(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    api = client.v1
    names = {}
    for name, subscribed in (("second", True), ("third", True), ("ended", True), ("without", False)):
        made = api.customers.create({"email": "ann@shop.example", "name": f"The {name}"})
        if subscribed:
            names[name] = api.subscriptions.create({"customer": made.id, "items": [{"price": shop.prices["team"]}]}).id
    api.subscriptions.cancel(names["ended"])
    assert "The third" in browser.log_in(shop.login, "ann@shop.example").text
    api.subscriptions.cancel(names["third"])
    assert "The second" in browser.log_in(shop.login, "ann@shop.example").text


def test_who_has_no_active_subscription_does_not_get_in(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    client.v1.subscriptions.cancel(shop.subscription)
    page = browser.ask(shop.login, "ann@shop.example")
    assert page.status_code == 200
    assert mails(browser.running) == []
    assert browser.submit(page, code="000000").status_code == 400


def test_other_accounts_and_modes_have_customers_of_their_own(client: Any, connect: Any, browser: Browser) -> None:
    opened_shop(client)
    live = opened_shop(connect("sk_live_emulator"))
    assert "test_" not in live.login
    assert "Ann" in browser.log_in(live.login, "ann@shop.example").text
    (mail,) = mails(browser.running)
    assert (mail["livemode"], mail["subject"]) == (True, "Your code for Emulator")


def test_a_code_is_random_works_once_and_in_its_own_browser_only(client: Any, running: Any, control: Any) -> None:
    shop = opened_shop(client)
    control("POST", "clock", {"set": 1_800_000_000})
    mine, other = Browser(running), Browser(running)
    page, elsewhere = mine.ask(shop.login, "ann@shop.example"), other.ask(shop.login, "ann@shop.example")
    first, second = mails(running)
    assert re.fullmatch(r"\d{6}", first["code"])
    assert first["time"] == 1_800_000_000
    if first["code"] != second["code"]:
        assert other.submit(elsewhere, code=first["code"]).status_code == 400
    assert "Your subscriptions" in mine.submit(page, code=f" {first['code'][:3]} {first['code'][3:]} ").text
    again = mine.submit(page, code=first["code"])
    assert (again.status_code, "Ask for a new one" in again.text) == (400, True)


def test_codes_differ(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    for _ in range(8):
        browser.ask(shop.login, "ann@shop.example")
    assert len({mail["code"] for mail in mails(browser.running)}) > 1


def test_a_newer_code_replaces_the_older(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    while len({mail["code"] for mail in mails(browser.running)}) < 2:
        page = browser.ask(shop.login, "ann@shop.example")
    first, last = mails(browser.running)[0], mails(browser.running)[-1]
    assert browser.submit(page, code=first["code"]).status_code == 400
    assert browser.submit(page, code=last["code"]).status_code == 200


def test_a_code_expires_by_the_emulators_clock(client: Any, browser: Browser, control: Any) -> None:
    shop = opened_shop(client)
    page = browser.ask(shop.login, "ann@shop.example")
    control("POST", "clock", {"advance": 601})
    answer = browser.submit(page, code=mails(browser.running)[-1]["code"])
    assert (answer.status_code, "Ask for a new one" in answer.text) == (400, True)


def test_after_five_wrong_codes_the_right_one_is_wrong(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    page = browser.ask(shop.login, "ann@shop.example")
    right = mails(browser.running)[-1]["code"]
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(5):
        assert browser.submit(page, code=wrong).status_code == 400
    assert browser.submit(page, code=right).status_code == 400
    assert "Your subscriptions" in browser.log_in(shop.login, "ann@shop.example").text


def test_a_form_without_its_seal_is_refused(client: Any, browser: Browser, running: Any) -> None:
    shop = opened_shop(client)
    page = browser.ask(shop.login, "ann@shop.example")
    code = mails(running)[-1]["code"]
    assert browser.session.post(shop.login, data={"email": "ann@shop.example"}).status_code == 403
    assert browser.session.post(f"{shop.login}/code", data={"code": code, "seal": "x"}).status_code == 403
    assert requests.post(f"{shop.login}/code", data={"code": code}).status_code == 403
    home = browser.submit(page, code=code)
    path = home.url.rpartition("/")[0]
    sent = {"subscription": shop.subscription}
    for seal in ({}, {"seal": ""}, {"seal": "é"}, {"seal": "0" * 64}):
        assert browser.session.post(f"{path}/cancel", data=sent | seal).status_code == 403
    assert client.v1.subscriptions.retrieve(shop.subscription).cancel_at_period_end is False


def test_the_seal_of_another_visit_does_not_do(client: Any, running: Any) -> None:
    shop = opened_shop(client)
    mine, other = Browser(running), Browser(running)
    details = [b.get(b.log_in(shop.login, "ann@shop.example").url.replace("/home", "/details")) for b in (mine, other)]
    stolen = re.search(r'name="seal" value="([^"]*)"', details[1].text)
    assert stolen
    assert mine.forge(details[0], "details", seal=stolen.group(1), name="Eve").status_code == 403
    assert client.v1.customers.retrieve(shop.customer).name == "Ann"


def test_an_address_without_its_cookie_shows_nothing(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    home = browser.log_in(shop.login, "ann@shop.example")
    answer = requests.get(home.url)
    assert (answer.status_code, "Ann" in answer.text) == (403, False)
    cookie = browser.session.cookies.get("portal")
    answer = requests.get(home.url.replace("/p/session/test_", "/p/session/test_x"), cookies={"portal": cookie})
    assert answer.status_code == 403


def test_cookies_are_for_the_server_and_this_visit_alone(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    page = browser.get(shop.login)
    landed = browser.log_in(shop.login, "ann@shop.example")
    path = landed.url.removeprefix(browser.running.url).rpartition("/")[0]
    for answer, where in ((page, shop.login.removeprefix(browser.running.url)), (landed.history[0], path)):
        assert re.search(rf"; HttpOnly; Path={where}; SameSite=lax", answer.headers["Set-Cookie"])
        assert "Domain" not in answer.headers["Set-Cookie"]


def test_pages_run_no_script_and_are_not_kept_or_framed(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    for page in (
        browser.get(shop.login),
        browser.log_in(shop.login, "ann@shop.example"),
        browser.get(shop.login + "x"),
    ):
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
        assert "script" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert "<script" not in page.text
        assert "stripe-portal emulator" in page.text


def test_what_others_wrote_is_only_text(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    bad = "\"><script>alert('1')</script>"
    client.v1.customers.update(shop.customer, {"name": bad})
    client.v1.products.update("starter", {"name": bad})
    configurations = client.v1.billing_portal.configurations
    configurations.update(shop.configuration.id, {"business_profile": {"headline": bad}})
    pages = [browser.get(shop.login, prefilled_email=bad), browser.submit(browser.get(shop.login), email=bad)]
    home = browser.log_in(shop.login, "ann@shop.example")
    pages += [home, browser.get(home.url.replace("/home", "/details"))]
    pages.append(browser.get(home.url.replace("/home", "/update"), subscription=shop.subscription))
    pages.append(browser.get(home.url, done=bad))
    for page in pages:
        assert "<script" not in page.text
    assert "&lt;script&gt;" in home.text


def test_the_email_is_filled_in_and_can_be_changed(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    page = browser.get(shop.login, prefilled_email="a+b@shop.example")
    assert 'value="a+b@shop.example"' in page.text
    assert "readonly" not in page.text
    assert browser.submit(page, email="ann@shop.example").status_code == 200
    assert mails(browser.running)[-1]["to"] == "ann@shop.example"


def test_a_session_opens_for_five_minutes_and_lasts_an_hour_idle(client: Any, running: Any, control: Any) -> None:
    shop = opened_shop(client)
    control("POST", "clock", {"set": 1_800_000_000})
    url = client.v1.billing_portal.sessions.create({"customer": shop.customer}).url
    early, late = Browser(running), Browser(running)
    control("POST", "clock", {"advance": 300})
    home = early.get(url)
    assert "Your subscriptions" in home.text
    control("POST", "clock", {"advance": 1})
    assert (late.get(url).status_code, "This session is over" in late.get(url).text) == (403, True)
    assert early.get(home.url).status_code == 200
    for _ in range(3):
        control("POST", "clock", {"advance": 3600})
        assert early.get(home.url).status_code == 200
    assert "Your subscriptions" in early.get(url).text
    control("POST", "clock", {"advance": 3601})
    assert early.get(home.url).status_code == 403
    assert early.forge(home, "cancel", subscription=shop.subscription).status_code == 403


def test_who_logged_in_finds_back_to_the_login(client: Any, browser: Browser, control: Any) -> None:
    shop = opened_shop(client)
    home = browser.log_in(shop.login, "ann@shop.example")
    control("POST", "clock", {"advance": 3601})
    answer = browser.get(home.url)
    assert answer.status_code == 403
    assert shop.login.removeprefix(browser.running.url) in answer.text


def test_a_session_may_be_recovered_by_its_own_customer(client: Any, browser: Browser, control: Any) -> None:
    shop = opened_shop(client)
    quiet = client.v1.customers.create({"email": "quiet@shop.example", "name": "Quiet"})
    params = {"customer": quiet.id, "after_expiration": {"type": "customer_login"}}
    url = client.v1.billing_portal.sessions.create(params).url
    plain = client.v1.billing_portal.sessions.create({"customer": quiet.id}).url
    control("POST", "clock", {"advance": 301})
    assert "Log in again" in browser.get(url).text
    assert "Log in again" not in browser.get(plain).text
    assert browser.get(f"{plain}/login").status_code == 404
    browser.ask(f"{url}/login", "ann@shop.example")
    assert mails(browser.running) == []
    assert "Quiet" in browser.log_in(f"{url}/login", "quiet@shop.example").text
    assert shop.customer


def test_a_session_ends_with_its_customer_or_configuration(client: Any, running: Any) -> None:
    client.v1.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})  # the default
    shop = opened_shop(client)
    browsers = [Browser(running), Browser(running)]
    pages = [one.log_in(shop.login, "ann@shop.example") for one in browsers]
    client.v1.billing_portal.configurations.update(shop.configuration.id, {"active": False})
    assert browsers[0].get(pages[0].url).status_code == 403
    client.v1.billing_portal.configurations.update(shop.configuration.id, {"active": True})
    assert browsers[0].get(pages[0].url).status_code == 200
    client.v1.customers.delete(shop.customer)
    assert browsers[1].get(pages[1].url).status_code == 403


def test_a_form_that_is_too_long_is_refused(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    assert browser.submit(browser.get(shop.login), email="x" * 70_000).status_code == 413


def test_a_code_is_good_only_where_it_was_asked_for(client: Any, browser: Browser, control: Any) -> None:
    shop = opened_shop(client)
    other = client.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": True}}, "login_page": {"enabled": True}}
    )
    params = {"customer": shop.customer, "after_expiration": {"type": "customer_login"}}
    session = client.v1.billing_portal.sessions.create(params).url
    control("POST", "clock", {"advance": 301})
    page = browser.ask(shop.login, "ann@shop.example")
    seal = re.search(r'name="seal" value="([^"]*)"', page.text)
    assert seal
    sent = {"code": mails(browser.running)[-1]["code"], "seal": seal.group(1)}
    cookies = {"login": str(browser.session.cookies.get("login"))}
    for door in (other.login_page.url, f"{session}/login"):
        assert requests.post(f"{door}/code", data=sent, cookies=cookies).status_code == 400
        assert requests.get(f"{door}/code", cookies=cookies, allow_redirects=False).status_code == 303
    assert "Your subscriptions" in browser.submit(page, code=sent["code"]).text


@pytest.mark.parametrize("email", ["ann@shop.example", "bob@shop.example"])
def test_five_codes_in_ten_minutes(client: Any, running: Any, control: Any, email: str) -> None:
    shop = opened_shop(client)
    control("POST", "clock", {"set": 1_800_000_000})
    first = Browser(running)
    pages = [first.ask(shop.login, email)]
    pages += [Browser(running).ask(shop.login, email) for _ in range(6)]
    bare = {re.sub(r"[0-9a-f]{64}", "", page.text) for page in pages}
    assert ({page.status_code for page in pages}, len(bare)) == ({200}, 1)
    known = email.startswith("ann")
    assert len(mails(running)) == (5 if known else 0)
    again = first.ask(shop.login, email)
    assert again.status_code == 200
    if known:
        assert "Your subscriptions" in first.submit(again, code=mails(running)[0]["code"]).text
    control("POST", "clock", {"advance": 600})
    Browser(running).ask(shop.login, email)
    assert len(mails(running)) == (6 if known else 0)


def test_the_outbox_is_listed_shown_in_status_and_emptied(client: Any, browser: Browser, control: Any) -> None:
    shop = opened_shop(client)
    assert "outbox" not in control("GET", "status")
    browser.ask(shop.login, "ann@shop.example")
    (mail,) = control("GET", "status")["outbox"]
    assert mail.keys() == {"to", "subject", "code", "time", "account", "livemode"}
    control("DELETE", "outbox")
    assert control("GET", "outbox") == {"mails": []}


def test_two_visits_in_one_browser_stay_apart(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    bob = client.v1.customers.create({"email": "bob@shop.example", "name": "Bob"})
    sessions = client.v1.billing_portal.sessions
    pages = [browser.get(sessions.create({"customer": one}).url) for one in (shop.customer, bob.id)]
    assert ["Bob" in browser.get(page.url).text for page in pages] == [False, True]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://shop.example:8443/a;script-src%20*", "https://shop.example:8443"),
        ("https://user:word@shop.example", "https://shop.example"),
        ("https://b;script-src/", "https://bscript-src"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("http://a..b/", "'self'"),
        ("http://[bad", "'self'"),
    ],
)
def test_an_address_adds_no_directive_to_the_policy(address: str, origin: str) -> None:
    assert html.origin(address) == origin


def test_kinds_of_payment_method_follow_the_configuration(client: Any, browser: Browser) -> None:
    off = {"display_preference": {"preference": "off"}}
    made = client.v1.payment_method_configurations.create(
        {"name": "Cards only", "apple_pay": off, "google_pay": off, "link": off}
    )
    shop = opened_shop(client, {"payment_method_update": {"payment_method_configuration": made.id}})
    home = browser.get(client.v1.billing_portal.sessions.create({"customer": shop.customer}).url)
    assert "kinds could be added: card." in browser.get(home.url.replace("/home", "/payment-methods")).text
    feature = {"payment_method_update": {"enabled": True, "payment_method_configuration": ""}}
    client.v1.billing_portal.configurations.update(shop.configuration.id, {"features": feature})
    text = browser.get(home.url.replace("/home", "/payment-methods")).text
    assert "apple pay, card, google pay, link." in text
