"""Which promotion codes the served portal takes, and what becomes of a planned change."""

from __future__ import annotations

from typing import Any

import pytest
from test_emulator_portal_pages import Browser, Shop, opened_shop

CODES = {"subscription_update": {"default_allowed_updates": ["price", "quantity", "promotion_code"]}}


@pytest.fixture
def browser(running: Any) -> Browser:
    return Browser(running)


def code(client: Any, text: str = "SAVE", coupon: Any = None, **restrictions: Any) -> Any:
    made = client.v1.coupons.create({"duration": "forever", **(coupon or {"percent_off": 20})}).id
    params = {"promotion": {"type": "coupon", "coupon": made}, "code": text}
    return client.v1.promotion_codes.create(params | ({"restrictions": restrictions} if restrictions else {}))


def start(client: Any, browser: Browser, shop: Shop) -> Any:
    home = browser.get(client.v1.billing_portal.sessions.create({"customer": shop.customer}).url)
    return browser.get(home.url.replace("/home", "/details"))


def entered(
    browser: Browser, page: Any, shop: Shop, price: str = "starter", quantity: str = "", text: str = "save"
) -> Any:
    """Both pages must say the same: the one that is shown before, and the one that does it."""
    sent = {"subscription": shop.subscription, "price": shop.prices[price], "promotion_code": text}
    sent |= {"quantity": quantity} if quantity else {}
    shown = browser.get(page.url.replace("/details", "/confirm"), **sent)
    done = browser.forge(page, "confirm", **sent)
    assert shown.status_code == done.status_code
    return done


def discounts(client: Any, shop: Shop) -> int:
    return len(client.v1.subscriptions.retrieve(shop.subscription).discounts)


def test_a_code_is_redeemed_once(client: Any, browser: Browser) -> None:
    shop = opened_shop(client, CODES)
    made = code(client)
    page = start(client, browser, shop)
    assert entered(browser, page, shop).status_code == 200
    promotion = {"type": "coupon", "coupon": made.promotion.coupon}
    client.v1.promotion_codes.create({"promotion": promotion, "code": "TWIN"})
    for text in ("save", "SAVE", "twin"):
        again = entered(browser, page, shop, text=text)
        assert (again.status_code, "has this discount already" in again.text) == (400, True)
    assert discounts(client, shop) == 1


@pytest.mark.parametrize(
    ("restrictions", "price", "quantity", "text"),
    [
        ({"minimum_amount": 900, "minimum_amount_currency": "usd"}, "starter", "", None),
        ({"minimum_amount": 901, "minimum_amount_currency": "usd"}, "starter", "", "minimum amount"),
        ({"minimum_amount": 4500, "minimum_amount_currency": "usd"}, "team", "3", None),
        ({"minimum_amount": 4500, "minimum_amount_currency": "usd"}, "team", "2", "minimum amount"),
        ({"minimum_amount": 1, "minimum_amount_currency": "eur"}, "starter", "", "not available in USD"),
        (
            {
                "minimum_amount": 1,
                "minimum_amount_currency": "eur",
                "currency_options": {"usd": {"minimum_amount": 1000}},
            },
            "starter",
            "",
            "minimum amount",
        ),
        ({"first_time_transaction": True}, "starter", "", "first purchase"),
    ],
)
def test_restrictions_of_a_code(
    client: Any, browser: Browser, restrictions: Any, price: str, quantity: str, text: str | None
) -> None:
    shop = opened_shop(client, CODES)
    code(client, **restrictions)
    answer = entered(browser, start(client, browser, shop), shop, price, quantity)
    assert (answer.status_code, text is None or text in answer.text) == (400 if text else 200, True)
    assert discounts(client, shop) == (0 if text else 1)


@pytest.mark.parametrize("others", [0, 1])
def test_a_first_purchase_is_one_still_on_trial(client: Any, browser: Browser, others: int) -> None:
    shop = opened_shop(client, CODES, trial_period_days=7)
    for _ in range(others):
        params = {"customer": shop.customer, "items": [{"price": shop.prices["team"]}]}
        client.v1.subscriptions.cancel(client.v1.subscriptions.create(params).id)
    code(client, first_time_transaction=True)
    assert entered(browser, start(client, browser, shop), shop).status_code == (400 if others else 200)


@pytest.mark.parametrize(
    ("coupon", "price", "text"),
    [
        ({"amount_off": 100, "currency": "usd"}, "starter", None),
        ({"amount_off": 100, "currency": "eur"}, "starter", "not available in USD"),
        (
            {"amount_off": 100, "currency": "eur", "currency_options": {"usd": {"amount_off": 120}}},
            "starter",
            None,
        ),
        ({"percent_off": 10, "applies_to": {"products": ["team"]}}, "starter", "does not apply to this plan"),
        ({"percent_off": 10, "applies_to": {"products": ["team"]}}, "team", None),
    ],
)
def test_currency_and_products_of_a_coupon(
    client: Any, browser: Browser, coupon: Any, price: str, text: str | None
) -> None:
    shop = opened_shop(client, CODES)
    code(client, coupon=coupon)
    answer = entered(browser, start(client, browser, shop), shop, price, "2" if price == "team" else "")
    assert (answer.status_code, text is None or text in answer.text) == (400 if text else 200, True)
    assert discounts(client, shop) == (0 if text else 1)


def test_no_code_for_a_change_that_waits(client: Any, browser: Browser) -> None:
    waits = {"schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}]}}
    shop = opened_shop(client, {"subscription_update": CODES["subscription_update"] | waits}, items=("team",))
    code(client)
    answer = entered(browser, start(client, browser, shop), shop)
    assert (answer.status_code, "waits for the end of the period" in answer.text) == (400, True)
    assert client.v1.subscriptions.retrieve(shop.subscription).schedule is None


def test_cancelling_drops_what_was_planned(client: Any, browser: Browser) -> None:
    waits = {"schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}]}}
    shop = opened_shop(client, {"subscription_update": waits}, items=("team",))
    page = start(client, browser, shop)
    sent = {"subscription": shop.subscription}
    browser.forge(page, "confirm", **sent, price=shop.prices["starter"])
    assert client.v1.subscriptions.retrieve(shop.subscription).schedule
    browser.forge(page, "cancel", **sent)
    home = browser.forge(page, "renew", **sent)
    after = client.v1.subscriptions.retrieve(shop.subscription)
    assert (after.schedule, after.cancel_at_period_end) == (None, False)
    assert "Change plan" in home.text
