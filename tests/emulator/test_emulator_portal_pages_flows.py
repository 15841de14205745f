"""Sessions that were made for one thing: where they land, and what comes after (stripe-facts 5.5)."""

from __future__ import annotations

from typing import Any

import pytest
from test_emulator_portal_pages import Browser, Shop, opened_shop

ELSEWHERE = "http://127.0.0.1:9/done?x=1"


@pytest.fixture
def browser(running: Any) -> Browser:
    return Browser(running)


@pytest.fixture
def shop(client: Any) -> Shop:
    return opened_shop(client)


def flow(client: Any, shop: Shop, kind: str, after: Any = None, **details: Any) -> str:
    """The address of a session for one flow."""
    data: dict[str, Any] = {"type": kind}
    if kind.startswith("subscription_"):
        data[kind] = {"subscription": shop.subscription, **details}
    if after:
        data["after_completion"] = after
    params = {"customer": shop.customer, "flow_data": data, "return_url": "https://shop.example/back"}
    return str(client.v1.billing_portal.sessions.create(params).url)


def confirmation(client: Any, shop: Shop, price: str, quantity: int) -> dict[str, Any]:
    (item,) = client.v1.subscriptions.retrieve(shop.subscription)["items"].data
    return {"items": [{"id": item.id, "price": shop.prices[price], "quantity": quantity}]}


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("customer_update", "Your details"),
        ("payment_method_update", "Payment methods"),
        ("subscription_cancel", "Cancel your subscription"),
        ("subscription_pause", "Pause your subscription"),
        ("subscription_update", "Change your plan"),
        ("subscription_update_confirm", "Confirm your changes"),
    ],
)
def test_each_flow_lands_on_its_page(client: Any, browser: Browser, shop: Shop, kind: str, title: str) -> None:
    details = confirmation(client, shop, "team", 3) if kind == "subscription_update_confirm" else {}
    page = browser.get(flow(client, shop, kind, **details))
    assert (page.status_code, f"<h1>{title}</h1>" in page.text) == (200, True)
    assert 'href="https://shop.example/back"' in page.text
    assert "<nav" not in page.text


@pytest.mark.parametrize(
    ("kind", "page", "sent", "notice"),
    [
        ("customer_update", "details", {"name": "Ann B"}, "Your details were saved."),
        ("payment_method_update", "payment-methods", {}, "Nothing was changed."),
        ("subscription_cancel", "cancel", {}, "Your cancellation was saved."),
        ("subscription_pause", "pause", {"length": "1 month"}, "Your subscription is paused."),
        ("subscription_update_confirm", "confirm", {}, "Your plan was changed."),
    ],
)
@pytest.mark.parametrize("after", ["portal_homepage", "hosted_confirmation", "redirect"])
def test_each_flow_ends_as_the_session_says(
    client: Any, browser: Browser, shop: Shop, kind: str, page: str, sent: Any, notice: str, after: str
) -> None:
    details = confirmation(client, shop, "team", 3) if kind == "subscription_update_confirm" else {}
    members = {"redirect": {"return_url": ELSEWHERE}, "hosted_confirmation": {"custom_message": "Bye <b>Ann</b>"}}
    completion = {"type": after} | {name: value for name, value in members.items() if name == after}
    form = browser.get(flow(client, shop, kind, completion, **details))
    if after == "redirect":
        assert "form-action 'self' http://127.0.0.1:9;" in form.headers["Content-Security-Policy"]
        browser.session.max_redirects = 0
        with pytest.raises(Exception, match="redirects") as caught:
            browser.submit(form, page, **sent)
        assert caught.value.response.headers["Location"] == ELSEWHERE  # type: ignore[attr-defined]
        return
    done = browser.submit(form, page, **sent)
    assert (notice if after == "portal_homepage" else "Bye &lt;b&gt;Ann&lt;/b&gt;") in done.text
    home = browser.get(form.url.rpartition("/")[0] + "/home")
    assert "<nav" in home.text


def test_choosing_a_plan_in_a_flow_ends_it_too(client: Any, browser: Browser, shop: Shop) -> None:
    after = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Thanks"}}
    page = browser.get(flow(client, shop, "subscription_update", after))
    where = page.url.partition("/update?")[0] + "/confirm"
    confirm = browser.get(where, subscription=shop.subscription, price=shop.prices["team"], quantity="2")
    assert "Thanks" in browser.submit(confirm, "confirm").text


def test_a_confirmation_is_for_just_that(client: Any, browser: Browser, shop: Shop) -> None:
    coupon = client.v1.coupons.create({"percent_off": 50, "duration": "once"}).id
    details = confirmation(client, shop, "team", 3) | {"discounts": [{"coupon": coupon}]}
    page = browser.get(flow(client, shop, "subscription_update_confirm", **details))
    other = client.v1.subscriptions.create({"customer": shop.customer, "items": [{"price": shop.prices["starter"]}]})
    assert "Back to the plans" not in page.text
    for sent in (
        {"quantity": "4"},
        {"price": shop.prices["yearly"]},
        {"price": shop.prices["starter"], "quantity": "1"},
        {"price": "", "quantity": ""},
        {"subscription": other.id},
    ):
        assert browser.submit(page, "confirm", **sent).status_code == 403
    where = page.url.partition("/confirm?")[0]
    assert browser.get(f"{where}/update", subscription=shop.subscription).status_code == 403
    after = client.v1.subscriptions.retrieve(shop.subscription)
    assert (after["items"].data[0].price.id, after.discounts) == (shop.prices["starter"], [])
    browser.submit(page, "confirm")
    (item,) = client.v1.subscriptions.retrieve(shop.subscription)["items"].data
    assert (item.price.id, item.quantity) == (shop.prices["team"], 3)


@pytest.mark.parametrize(("price", "quantity"), [("team", 0), ("starter", 0), ("team", 40), ("starter", 1)])
@pytest.mark.parametrize("waits", [True, False])
def test_a_confirmation_of_nothing_or_too_much_is_refused(
    client: Any, browser: Browser, price: str, quantity: int, waits: bool
) -> None:
    conditions = [{"type": "decreasing_item_amount"}] if waits else []
    shop = opened_shop(client, {"subscription_update": {"schedule_at_period_end": {"conditions": conditions}}})
    url = flow(client, shop, "subscription_update_confirm", **confirmation(client, shop, price, quantity))
    page = browser.get(url)
    assert page.status_code == 403
    sealed = browser.get(page.url.partition("/confirm?")[0] + "/details")
    sent = {"subscription": shop.subscription, "price": shop.prices[price], "quantity": str(quantity)}
    assert browser.forge(sealed, "confirm", **sent).status_code == 403
    after = client.v1.subscriptions.retrieve(shop.subscription)
    assert (after["items"].data[0].quantity, after.schedule) == (1, None)


def test_an_amount_off_is_shown_in_the_subscriptions_currency(client: Any, browser: Browser, shop: Shop) -> None:
    options: Any = {"usd": {"amount_off": 120}}
    params: Any = {"amount_off": 100, "currency": "eur", "duration": "once", "currency_options": options}
    details = confirmation(client, shop, "team", 3) | {"discounts": [{"coupon": client.v1.coupons.create(params).id}]}
    assert "$1.20 off once" in browser.get(flow(client, shop, "subscription_update_confirm", **details)).text


def test_a_discount_of_a_session_that_does_not_fit_is_refused(client: Any, browser: Browser, shop: Shop) -> None:
    coupon = client.v1.coupons.create({"amount_off": 100, "currency": "eur", "duration": "once"}).id
    details = confirmation(client, shop, "team", 3) | {"discounts": [{"coupon": coupon}]}
    page = browser.get(flow(client, shop, "subscription_update_confirm", **details))
    assert (page.status_code, "not available in USD" in page.text) == (403, True)


def test_a_confirmation_redeems_its_discounts(client: Any, browser: Browser, shop: Shop) -> None:
    coupon = client.v1.coupons.create({"percent_off": 50, "duration": "once"}).id
    details = confirmation(client, shop, "team", 3) | {"discounts": [{"coupon": coupon}]}
    page = browser.get(flow(client, shop, "subscription_update_confirm", **details))
    assert "50% off once" in page.text
    browser.submit(page, "confirm")
    assert len(client.v1.subscriptions.retrieve(shop.subscription).discounts) == 1


def test_an_offer_to_stay(client: Any, browser: Browser, shop: Shop) -> None:
    coupon = client.v1.coupons.create({"percent_off": 30, "duration": "forever"}).id
    retention = {"type": "coupon_offer", "coupon_offer": {"coupon": coupon}}
    page = browser.get(flow(client, shop, "subscription_cancel", retention=retention))
    assert "Stay, and get 30% off for good" in page.text
    assert "You stay on your plan." in browser.submit(page, "keep").text
    after = client.v1.subscriptions.retrieve(shop.subscription)
    assert (after.cancel_at_period_end, len(after.discounts)) == (False, 1)
    plain = browser.get(client.v1.billing_portal.sessions.create({"customer": shop.customer}).url)
    details = browser.get(plain.url.replace("/home", "/details"))
    assert browser.forge(details, "keep", subscription=shop.subscription).status_code == 403


def test_an_offer_is_taken_once(client: Any, running: Any, shop: Shop) -> None:
    coupon = client.v1.coupons.create({"percent_off": 30, "duration": "forever"}).id
    retention = {"type": "coupon_offer", "coupon_offer": {"coupon": coupon}}
    url = flow(client, shop, "subscription_cancel", retention=retention)
    mine, other = Browser(running), Browser(running)
    first, second = mine.get(url), other.get(url)
    assert mine.submit(first, "keep").status_code == 200
    assert mine.submit(first, "keep").status_code == 403
    assert other.submit(second, "keep").status_code == 403
    again = other.get(flow(client, shop, "subscription_cancel", retention=retention))
    assert "Stay, and get" not in again.text
    assert len(client.v1.subscriptions.retrieve(shop.subscription).discounts) == 1
    assert client.v1.coupons.retrieve(coupon).times_redeemed == 1


def test_a_flow_for_what_was_switched_off_since_is_refused(client: Any, browser: Browser, shop: Shop) -> None:
    url = flow(client, shop, "subscription_cancel")
    off = {"features": {"subscription_cancel": {"enabled": False}}}
    client.v1.billing_portal.configurations.update(shop.configuration.id, off)
    assert browser.get(url).status_code == 403


def test_an_email_can_be_changed_in_a_session_of_the_api(client: Any, browser: Browser, shop: Shop) -> None:
    page = browser.get(flow(client, shop, "customer_update"))
    browser.submit(page, "details", email="new@shop.example")
    assert client.v1.customers.retrieve(shop.customer).email == "new@shop.example"
