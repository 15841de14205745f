"""What the served portal lets a customer do, and what it refuses whatever is sent to it."""

from __future__ import annotations

from typing import Any

import pytest
from test_emulator_portal_pages import Browser, Shop, opened_shop

NO_UPDATE = {"subscription_update": {"enabled": False}}


@pytest.fixture
def browser(running: Any) -> Browser:
    return Browser(running)


def home(client: Any, browser: Browser, shop: Shop, **params: Any) -> Any:
    """The homepage of a session made by the API."""
    return browser.get(client.v1.billing_portal.sessions.create({"customer": shop.customer, **params}).url)


def page(browser: Browser, start: Any, name: str, **query: str) -> Any:
    return browser.get(start.url.rpartition("/")[0] + f"/{name}", **query)


def held(client: Any, shop: Shop) -> Any:
    return client.v1.subscriptions.retrieve(shop.subscription)


def item(client: Any, shop: Shop) -> tuple[str, int]:
    (one,) = held(client, shop)["items"].data
    return one.price.id, one.quantity


def written(client: Any) -> list[str]:
    """The types of events that no request of a key left."""
    return [one.type for one in client.v1.events.list({"limit": 100}).data if one.request.id is None]


@pytest.mark.parametrize(
    ("feature", "read", "sent"),
    [
        ("subscription_update", "update", "confirm"),
        ("subscription_cancel", "cancel", "cancel"),
        ("subscription_pause", "pause", "pause"),
        ("customer_update", "details", "details"),
        ("payment_method_update", "payment-methods", "payment-methods"),
        ("invoice_history", "invoices", "invoices"),
    ],
)
def test_what_is_off_is_hidden_and_refused(client: Any, browser: Browser, feature: str, read: str, sent: str) -> None:
    shop = opened_shop(client, {feature: {"enabled": False}})
    start = home(client, browser, shop)
    assert f"/{read}" not in start.text
    answer = page(browser, start, read, subscription=shop.subscription)
    assert (answer.status_code, "does not offer this" in answer.text) == (403, True)
    seal = page(browser, start, "cancel", subscription=shop.subscription)
    if feature == "subscription_cancel":
        seal = page(browser, start, "details")
    forged = browser.forge(
        seal,
        sent,
        subscription=shop.subscription,
        price=shop.prices["team"],
        quantity="2",
        name="Eve",
        length="1 month",
    )
    assert forged.status_code == (404 if sent == "invoices" else 403)
    assert written(client) == []


@pytest.mark.parametrize("action", ["confirm", "cancel", "keep", "renew", "pause", "resume", "undo"])
def test_anothers_subscription_is_not_there(client: Any, browser: Browser, action: str) -> None:
    shop = opened_shop(client)
    other = client.v1.customers.create({"email": "bob@shop.example"})
    theirs = client.v1.subscriptions.create({"customer": other.id, "items": [{"price": shop.prices["team"]}]})
    start = page(browser, home(client, browser, shop), "details")
    for name in (theirs.id, "sub_nope", ""):
        assert browser.forge(start, action, subscription=name, price=shop.prices["starter"]).status_code == 404
    assert written(client) == []


@pytest.mark.parametrize("action", ["keep", "renew", "resume", "undo"])
def test_what_there_is_no_reason_for_is_refused(client: Any, browser: Browser, action: str) -> None:
    shop = opened_shop(client)
    start = page(browser, home(client, browser, shop), "details")
    assert browser.forge(start, action, subscription=shop.subscription).status_code == 403
    assert browser.forge(start, "nonsense", subscription=shop.subscription).status_code == 404
    assert browser.forge(start, "update", subscription=shop.subscription).status_code == 404
    assert written(client) == []


@pytest.mark.parametrize("name", ["hidden", "euro", "price_nope"])
def test_only_offered_prices_in_the_subscriptions_currency(client: Any, browser: Browser, name: str) -> None:
    shop = opened_shop(client)
    start = home(client, browser, shop)
    shown = page(browser, start, "update", subscription=shop.subscription)
    price = shop.prices.get(name, name)
    assert shop.prices["team"] in shown.text
    assert price not in shown.text
    assert page(browser, start, "confirm", subscription=shop.subscription, price=price).status_code == 403
    sealed = page(browser, start, "details")
    assert browser.forge(sealed, "confirm", subscription=shop.subscription, price=price).status_code == 403
    assert item(client, shop) == (shop.prices["starter"], 1)


def test_an_archived_price_is_not_offered_any_more(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    client.v1.prices.update(shop.prices["team"], {"active": False})
    start = home(client, browser, shop)
    assert shop.prices["team"] not in page(browser, start, "update", subscription=shop.subscription).text


@pytest.mark.parametrize(
    ("price", "quantity", "status"),
    [
        ("team", "6", 400),
        ("team", "1", 400),
        ("team", "0", 400),
        ("team", "-1", 400),
        ("team", "2.5", 400),
        ("team", "²", 400),
        ("team", "9999999999", 400),
        ("team", "", 400),
        ("starter", "2", 403),
    ],
)
def test_quantities_beyond_the_limits(client: Any, browser: Browser, price: str, quantity: str, status: int) -> None:
    shop = opened_shop(client)
    start = page(browser, home(client, browser, shop), "details")
    sent = {"subscription": shop.subscription, "price": shop.prices[price], "quantity": quantity}
    assert browser.forge(start, "confirm", **sent).status_code == status
    if status == 400:
        assert 'role="alert"' in page(browser, start, "confirm", **sent).text
    assert item(client, shop) == (shop.prices["starter"], 1)
    assert written(client) == []


def test_a_quantity_without_a_maximum_has_a_minimum_all_the_same(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    team = {"product": "team", "prices": [shop.prices["team"]], "adjustable_quantity": {"enabled": True, "minimum": 0}}
    features = {"subscription_update": {"products": [team]}}
    client.v1.billing_portal.configurations.update(shop.configuration.id, {"features": features})
    start = page(browser, home(client, browser, shop), "details")
    sent = {"subscription": shop.subscription, "price": shop.prices["team"]}
    assert "a quantity of 1 or more" in page(browser, start, "confirm", **sent, quantity="0").text
    assert browser.forge(start, "confirm", **sent, quantity="0").status_code == 400
    assert browser.forge(start, "confirm", **sent, quantity="5000").status_code == 200
    assert item(client, shop) == (shop.prices["team"], 5000)


def test_what_is_not_among_the_allowed_updates_is_refused(client: Any, browser: Browser) -> None:
    shop = opened_shop(client, {"subscription_update": {"default_allowed_updates": ["quantity"]}}, items=("team",))
    start = home(client, browser, shop)
    shown = page(browser, start, "update", subscription=shop.subscription).text
    assert shop.prices["yearly"] not in shown
    assert "promotion_code" not in shown
    sent = {"subscription": shop.subscription, "quantity": "3"}
    sealed = page(browser, start, "details")
    assert browser.forge(sealed, "confirm", **sent, price=shop.prices["yearly"]).status_code == 403
    assert browser.forge(sealed, "confirm", **sent, promotion_code="SAVE").status_code == 403
    assert browser.forge(sealed, "confirm", **sent).status_code == 200
    assert item(client, shop) == (shop.prices["team"], 3)


def test_quantities_are_fixed_where_only_plans_may_change(client: Any, browser: Browser) -> None:
    shop = opened_shop(client, {"subscription_update": {"default_allowed_updates": ["price"]}})
    start = page(browser, home(client, browser, shop), "details")
    sent = {"subscription": shop.subscription, "price": shop.prices["team"]}
    assert browser.forge(start, "confirm", **sent, quantity="3").status_code == 403
    assert browser.forge(start, "confirm", **sent).status_code == 200
    assert item(client, shop) == (shop.prices["team"], 1)


def test_a_plan_is_chosen_confirmed_and_changed(client: Any, browser: Browser) -> None:
    shop = opened_shop(client, {"subscription_update": {"proration_behavior": "always_invoice"}})
    start = home(client, browser, shop)
    sent = {"subscription": shop.subscription, "price": shop.prices["team"], "quantity": "3"}
    confirm = page(browser, start, "confirm", **sent)
    for text in ("Starter", "$9.00 per month", "Team", "$15.00 per seat per month", "charged or credited today"):
        assert text in confirm.text
    done = browser.submit(confirm, "confirm")
    assert "Your plan was changed." in done.text
    assert item(client, shop) == (shop.prices["team"], 3)
    assert written(client) == ["customer.subscription.updated"]


def test_the_current_plan_is_no_change(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    start = home(client, browser, shop)
    same = {"subscription": shop.subscription, "price": shop.prices["starter"]}
    assert "This is your plan already." in page(browser, start, "confirm", **same).text
    assert "Nothing was changed" in browser.forge(page(browser, start, "details"), "confirm", **same).text
    assert written(client) == []


def test_a_quantity_left_in_the_form_does_not_hinder_a_plan_without_one(client: Any, browser: Browser) -> None:
    shop = opened_shop(client, items=("team",))
    start = home(client, browser, shop)
    sent = {"subscription": shop.subscription, "price": shop.prices["starter"], "quantity": "4"}
    browser.submit(page(browser, start, "confirm", **sent), "confirm")
    assert item(client, shop) == (shop.prices["starter"], 1)


@pytest.mark.parametrize(("behavior", "status"), [("continue_trial", "trialing"), ("end_trial", "active")])
def test_a_switch_ends_a_trial_unless_it_may_go_on(client: Any, browser: Browser, behavior: str, status: str) -> None:
    shop = opened_shop(client, {"subscription_update": {"trial_update_behavior": behavior}}, trial_period_days=14)
    sent = {"subscription": shop.subscription, "price": shop.prices["team"], "quantity": "2"}
    confirm = page(browser, home(client, browser, shop), "confirm", **sent)
    assert ("Your trial ends" in confirm.text) is (status == "active")
    browser.submit(confirm, "confirm")
    assert held(client, shop).status == status


@pytest.mark.parametrize(
    ("condition", "before", "after", "later"),
    [
        ("decreasing_item_amount", "team", "starter", True),
        ("decreasing_item_amount", "starter", "team", False),
        ("shortening_interval", "yearly", "team", True),
        ("shortening_interval", "team", "yearly", False),
        ("shortening_interval", "team", "starter", False),
    ],
)
def test_a_downgrade_may_wait_for_the_end_of_the_period(
    client: Any, browser: Browser, condition: str, before: str, after: str, later: bool
) -> None:
    waits = {"schedule_at_period_end": {"conditions": [{"type": condition}]}}
    shop = opened_shop(client, {"subscription_update": waits}, items=(before,))
    sent = {"subscription": shop.subscription, "price": shop.prices[after], "quantity": "2"}
    confirm = page(browser, home(client, browser, shop), "confirm", **sent)
    assert ("at the end of your current period" in confirm.text) is later
    done = browser.submit(confirm, "confirm")
    assert (item(client, shop)[0] == shop.prices[before]) is later
    assert (held(client, shop).schedule is not None) is later
    if later:
        assert "Change plan" not in done.text
        assert page(browser, done, "update", subscription=shop.subscription).status_code == 403
        browser.submit(done, "undo")
        assert held(client, shop).schedule is None
        assert "Change plan" in page(browser, done, "home").text


@pytest.mark.parametrize("why", ["items", "usage", "invoice"])
def test_what_can_only_be_cancelled(client: Any, browser: Browser, why: str) -> None:
    items: Any = ("starter", "team") if why == "items" else ("starter",)
    terms = {"collection_method": "send_invoice", "days_until_due": 30} if why == "invoice" else {}
    shop = opened_shop(client, items=items, **terms)
    name = shop.subscription
    if why == "usage":
        meter = client.v1.billing.meters.create(
            {"display_name": "m", "event_name": "m", "default_aggregation": {"formula": "sum"}}
        )
        recurring = {"interval": "month", "usage_type": "metered", "meter": meter.id}
        params = {"product": "starter", "currency": "usd", "unit_amount": 1, "recurring": recurring}
        metered = client.v1.prices.create(params).id
        name = client.v1.subscriptions.create({"customer": shop.customer, "items": [{"price": metered}]}).id
        client.v1.subscriptions.cancel(shop.subscription)
    start = home(client, browser, shop)
    assert "only cancelled" in start.text
    for refused in ("update", "pause"):
        assert f"/{refused}?" not in start.text
        assert page(browser, start, refused, subscription=name).status_code == 403
    sealed = page(browser, start, "details")
    assert browser.forge(sealed, "confirm", subscription=name, price=shop.prices["team"]).status_code == 403
    assert browser.forge(sealed, "pause", subscription=name, length="1 month").status_code == 403
    browser.submit(page(browser, start, "cancel", subscription=name), "cancel")
    assert client.v1.subscriptions.retrieve(name).cancel_at_period_end is True


def test_cancelling_at_the_end_with_a_reason_and_staying_after_all(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    start = home(client, browser, shop)
    form = page(browser, start, "cancel", subscription=shop.subscription)
    done = browser.submit(form, "cancel", reason="too_expensive", comment=" Too much for <me> ")
    after = held(client, shop)
    assert (after.status, after.cancel_at_period_end) == ("active", True)
    details = after.cancellation_details
    assert (details.feedback, details.comment) == ("too_expensive", "Too much for <me>")
    assert details.reason == "cancellation_requested"
    assert "is not renewed" in done.text
    assert page(browser, done, "update", subscription=shop.subscription).status_code == 403
    browser.submit(done, "renew")
    assert (held(client, shop).cancel_at_period_end, held(client, shop).cancel_at) == (False, None)
    assert written(client) == ["customer.subscription.updated"] * 2


def test_cancelling_at_once(client: Any, browser: Browser) -> None:
    shop = opened_shop(
        client, {"subscription_cancel": {"mode": "immediately", "proration_behavior": "create_prorations"}}
    )
    form = page(browser, home(client, browser, shop), "cancel", subscription=shop.subscription)
    assert "ends at once. What you paid" in form.text
    done = browser.submit(form, "cancel", reason="other")
    assert (held(client, shop).status, held(client, shop).cancellation_details.feedback) == ("canceled", "other")
    assert "Ended on" in done.text
    assert browser.submit(form, "cancel").status_code == 404
    assert written(client) == ["customer.subscription.deleted"]


@pytest.mark.parametrize("sent", [{"reason": "unused"}, {"reason": "fbo_nope"}, {"reason": "<b>"}])
def test_a_reason_that_nobody_asked_for_is_refused(client: Any, browser: Browser, sent: Any) -> None:
    shop = opened_shop(client)
    form = page(browser, home(client, browser, shop), "cancel", subscription=shop.subscription)
    assert browser.submit(form, "cancel", **sent).status_code == 403
    assert written(client) == []


def test_no_reason_is_taken_where_none_is_asked(client: Any, browser: Browser) -> None:
    shop = opened_shop(
        client, {"subscription_cancel": {"cancellation_reason": {"enabled": False, "options": ["other"]}}}
    )
    form = page(browser, home(client, browser, shop), "cancel", subscription=shop.subscription)
    assert "Why do you cancel?" not in form.text
    for sent in ({"reason": "other"}, {"comment": "x"}):
        assert browser.submit(form, "cancel", **sent).status_code == 403
    assert browser.submit(form, "cancel").status_code == 200


def test_a_reason_that_the_merchant_wrote(client: Any, browser: Browser) -> None:
    options = [client.v1.billing.feedback_options.create({"description": text}).id for text in ("Moved", "Gone")]
    reason = {"enabled": True, "options": ["other"], "feedback_options": options}
    shop = opened_shop(client, {"subscription_cancel": {"cancellation_reason": reason}})
    client.v1.billing.feedback_options.deactivate(options[1])
    form = page(browser, home(client, browser, shop), "cancel", subscription=shop.subscription)
    assert ("Moved" in form.text, "Gone" in form.text) == (True, False)
    assert browser.submit(form, "cancel", reason=options[1]).status_code == 403
    browser.submit(form, "cancel", reason=options[0])
    details = held(client, shop).cancellation_details
    assert (details.feedback, details.feedback_option) == (None, options[0])


def test_pausing_for_a_while_and_resuming(client: Any, browser: Browser, control: Any) -> None:
    control("POST", "clock", {"set": 1_769_817_600})  # 2026-01-31
    shop = opened_shop(client)
    form = page(browser, home(client, browser, shop), "pause", subscription=shop.subscription)
    for length in ("2 months", ""):
        assert browser.submit(form, "pause", length=length).status_code == 403
    done = browser.submit(form, "pause", length="1 month")
    assert "Paused until 28 February 2026" in done.text
    after = held(client, shop)
    assert (after.status, after.status_details.paused.subscription.type) == ("paused", "pause_requested")
    assert page(browser, done, "update", subscription=shop.subscription).status_code == 403
    browser.submit(done, "resume")
    assert (held(client, shop).status, held(client, shop).status_details) == ("active", None)
    assert written(client) == ["customer.subscription.resumed", "customer.subscription.paused"]


def test_pausing_without_end(client: Any, browser: Browser) -> None:
    shop = opened_shop(client, {"subscription_pause": {"duration": {"type": "indefinite"}}})
    form = page(browser, home(client, browser, shop), "pause", subscription=shop.subscription)
    assert browser.submit(form, "pause", length="1 month").status_code == 403
    browser.submit(form, "pause")
    assert held(client, shop).status == "paused"


def test_only_flexible_billing_can_be_paused(client: Any, browser: Browser, send: Any, refused: Any) -> None:
    shop = opened_shop(client, billing_mode={"type": "classic"})
    start = page(browser, home(client, browser, shop), "details")
    assert browser.forge(start, "pause", subscription=shop.subscription, length="1 month").status_code == 403
    assert "flexible" in refused(send("POST", f"/v1/subscriptions/{shop.subscription}/pause"))["message"]


@pytest.mark.parametrize(
    ("allowed", "sent"),
    [
        ([], {"name": "Eve"}),
        (["name"], {"name": "Eve", "email": "eve@shop.example"}),
        (["address"], {"shipping.name": "Eve"}),
        (["email"], {"tax_id.type": "eu_vat", "tax_id.value": "DE1"}),
        (["name"], {"metadata.vip": "1"}),
        (["name"], {"balance": "-1000"}),
        (["name"], {"name[x]": "1"}),
    ],
)
def test_a_detail_that_is_not_open_is_refused(client: Any, browser: Browser, allowed: Any, sent: Any) -> None:
    shop = opened_shop(client, {"customer_update": {"allowed_updates": allowed}})
    start = page(browser, home(client, browser, shop), "cancel", subscription=shop.subscription)
    assert browser.forge(start, "details", **sent).status_code == 403
    assert written(client) == []


def test_who_came_by_the_login_link_keeps_the_email(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    details = page(browser, browser.log_in(shop.login, "ann@shop.example"), "details")
    assert 'name="email"' not in details.text
    assert "be changed here, as you logged in with it" in details.text
    assert browser.submit(details, "details", name="Ann B", email="eve@shop.example").status_code == 403
    after = client.v1.customers.retrieve(shop.customer)
    assert (after.name, after.email) == ("Ann", "ann@shop.example")
    browser.submit(details, "details", name="Ann B")
    assert client.v1.customers.retrieve(shop.customer).name == "Ann B"


def test_details_are_saved_and_mended(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    form = page(browser, home(client, browser, shop), "details")
    wrong = browser.submit(form, "details", email="nobody", name="Kept <b>")
    assert (wrong.status_code, "Invalid email address" in wrong.text) == (400, True)
    assert 'value="Kept &lt;b&gt;"' in wrong.text
    assert "Enter an email address" in browser.submit(form, "details", email=" ").text
    assert "Enter a recipient" in browser.submit(form, "details", **{"shipping.address.city": "Bern"}).text
    assert "not known" in browser.submit(form, "details", **{"tax_id.type": "x", "tax_id.value": "1"}).text
    assert written(client) == []
    place = {"line1": "Weg 1", "city": "Bern", "country": "CH", "line2": "", "state": "", "postal_code": "3000"}
    sent = {"name": "Ann B", "email": "b@shop.example", "phone": "+41"} | {f"address.{k}": v for k, v in place.items()}
    sent |= {"shipping.name": "Bo", "shipping.phone": ""} | {f"shipping.address.{k}": v for k, v in place.items()}
    sent |= {"tax_id.type": "eu_vat", "tax_id.value": "DE123456789"}
    assert "Your details were saved." in browser.submit(form, "details", **sent).text
    after = client.v1.customers.retrieve(shop.customer, {"expand": ["tax_ids"]})
    assert (after.name, after.email, after.phone, after.address.city) == ("Ann B", "b@shop.example", "+41", "Bern")
    assert (after.shipping.name, after.shipping.address.line1, after.address.line2) == ("Bo", "Weg 1", None)
    assert [(one.type, one.value) for one in after.tax_ids.data] == [("eu_vat", "DE123456789")]
    assert set(written(client)) == {"customer.updated", "customer.tax_id.created"}
    emptied = {name: "" for name in sent if name.startswith(("address", "shipping"))}
    browser.submit(form, "details", **emptied)
    after = client.v1.customers.retrieve(shop.customer)
    assert (after.address, after.shipping) == (None, None)
    assert "tax_ids" not in after.to_dict()


@pytest.mark.parametrize(
    ("field", "good", "bad", "text"),
    [
        ("address.country", "de", "DEU", "two letters"),
        ("address.country", "", "D1", "two letters"),
        ("address.country", "DE", "ß", "two letters"),
        ("name", "x" * 256, "x" * 257, "at most 256"),
        ("tax_id.value", "1" * 100, "1" * 101, "at most 100"),
    ],
)
def test_details_of_the_right_form(client: Any, browser: Browser, field: str, good: str, bad: str, text: str) -> None:
    shop = opened_shop(client)
    form = page(browser, home(client, browser, shop), "details")
    kind = {"tax_id.type": "eu_vat"} if field == "tax_id.value" else {}
    answer = browser.submit(form, "details", **{field: bad}, **kind)
    assert (answer.status_code, text in answer.text) == (400, True)
    assert written(client) == []
    assert browser.submit(form, "details", **{field: good}, **kind).status_code == 200
    if good == "de":
        assert client.v1.customers.retrieve(shop.customer).address.country == "DE"


def test_promotion_codes(client: Any, browser: Browser) -> None:
    shop = opened_shop(client, {"subscription_update": {"default_allowed_updates": ["price", "promotion_code"]}})
    coupon = client.v1.coupons.create({"percent_off": 20, "duration": "repeating", "duration_in_months": 3}).id
    promotion = {"type": "coupon", "coupon": coupon}
    code = client.v1.promotion_codes.create({"promotion": promotion, "code": "SAVE20"})
    start = home(client, browser, shop)
    sent = {"subscription": shop.subscription, "price": shop.prices["starter"]}
    assert page(browser, start, "confirm", **sent, promotion_code="NOPE").status_code == 400
    confirm = page(browser, start, "confirm", **sent, promotion_code="save20")
    assert "20% off for 3 months" in confirm.text
    browser.submit(confirm, "confirm")
    (discount,) = client.v1.subscriptions.retrieve(shop.subscription, {"expand": ["discounts"]}).discounts
    assert discount.promotion_code == code.id
    client.v1.promotion_codes.update(code.id, {"active": False})
    assert page(browser, start, "confirm", **sent, promotion_code="save20").status_code == 400


def test_money_in_all_its_units(client: Any, browser: Browser) -> None:
    shop = opened_shop(client)
    for currency, amount in (("jpy", {"unit_amount": 1200}), ("kwd", {"unit_amount": 1500})):
        params = {"product": "starter", "currency": currency, "recurring": {"interval": "month", "interval_count": 3}}
        price = client.v1.prices.create(params | amount).id
        client.v1.subscriptions.create({"customer": shop.customer, "items": [{"price": price}]})
    decimal = {"product": "starter", "currency": "usd", "unit_amount_decimal": "0.5", "recurring": {"interval": "day"}}
    price = client.v1.prices.create(decimal).id
    client.v1.subscriptions.create({"customer": shop.customer, "items": [{"price": price}]})
    text = home(client, browser, shop).text
    for cost in ("¥1,200 every 3 months", "KWD\u00a01.500 every 3 months", "$0.005 per day", "$9.00 per month"):
        assert cost in text


def test_the_api_knows_what_the_portal_writes(client: Any, send: Any, refused: Any) -> None:
    shop = opened_shop(client)
    path = f"/v1/subscriptions/{shop.subscription}"
    until = {"behavior": "void", "resumes_at": 1_900_000_000}
    assert send("POST", path, {"pause_collection": until}).json()["pause_collection"] == until
    assert (
        send("POST", path, {"pause_collection": {"behavior": "void"}}).json()["pause_collection"]["resumes_at"] is None
    )
    assert send("POST", path, {"pause_collection": ""}).json()["pause_collection"] is None
    error = refused(send("POST", path, {"cancellation_details": {"feedback_option": "fbo_nope"}}))
    assert error["param"] == "cancellation_details[feedback_option]"
    assert send("POST", f"{path}/pause").json()["status"] == "paused"
    assert "cannot be paused" in refused(send("POST", f"{path}/pause"))["message"]
    assert send("POST", f"{path}/resume").json()["status"] == "active"
    assert "Only a paused" in refused(send("POST", f"{path}/resume"))["message"]
