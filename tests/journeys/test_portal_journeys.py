"""A merchant writes YAML and applies it; their customers use the portal that comes of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.journeys.conftest import Shop

ANN = "ann@beacon.example"


def notice(page: Any) -> str:
    return str(page.get_by_role("status").inner_text())


def heading(page: Any) -> str:
    return str(page.get_by_role("heading", level=1).inner_text())


def test_somebody_without_an_account_learns_nothing_and_stays_outside(page: Any, shop: Shop) -> None:
    shop.customer("starter.monthly")  # has no email, so no way in either
    page.goto(shop.login)
    page.get_by_label("Email").fill(ANN)
    page.get_by_role("button", name="Send the code").click()
    assert heading(page) == "Enter your code"
    assert f"If {ANN} belongs to an active subscription" in page.inner_text("main")
    assert shop.mails(ANN) == []
    for _ in range(4):
        page.get_by_label("Code of six digits").fill("123456")
        page.get_by_role("button", name="Log in").click()
        assert "not right" in page.get_by_role("alert").inner_text()
    page.get_by_label("Code of six digits").fill("123456")
    page.get_by_role("button", name="Log in").click()
    assert heading(page) == "Log in"


def test_of_two_customers_with_one_email_the_newest_that_pays_is_logged_in(log_in: Any, shop: Shop) -> None:
    shop.customer("starter.monthly", email=ANN, name="Ann the first")
    shop.customer("team.monthly", email=ANN, name="Ann the second")
    shop.customer(email=ANN, name="Ann who never paid")
    page = log_in(ANN)
    assert "Logged in as Ann the second" in page.inner_text("main")
    assert page.get_by_role("heading", level=2).all_inner_texts() == ["Team"]


def test_switching_the_plan_up_to_the_seat_limit(log_in: Any, shop: Shop) -> None:
    ann = shop.customer("starter.monthly", email=ANN)
    page = log_in(ANN)
    page.get_by_role("link", name="Change plan").click()
    assert page.get_by_role("radio").count() == 3
    page.get_by_label("$15.00 per seat per month").check()
    page.get_by_label("Quantity", exact=True).fill("6")
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_role("alert").inner_text() == "Team: choose a quantity between 2 and 5."
    assert shop.item(ann) == (shop.price("starter.monthly"), 1)
    page.get_by_label("Quantity", exact=True).fill("5")
    page.get_by_role("button", name="Continue").click()
    assert heading(page) == "Confirm your changes"
    page.get_by_role("button", name="Confirm").click()
    assert notice(page) == "Your plan was changed."
    assert shop.item(ann) == (shop.price("team.monthly"), 5)


def test_cancelling_with_a_reason_and_coming_back(log_in: Any, shop: Shop) -> None:
    ann = shop.customer("starter.monthly", email=ANN)
    page = log_in(ANN)
    page.get_by_role("link", name="Cancel subscription").click()
    assert page.get_by_role("radio").count() == 3
    page.get_by_label("I need more features").check()
    page.get_by_label("Anything to add?").fill("No dark mode")
    page.get_by_role("button", name="Cancel subscription").click()
    assert notice(page) == "Your cancellation was saved."
    after = shop.subscription(ann)
    assert (after["status"], after["cancel_at_period_end"]) == ("active", True)
    details = after["cancellation_details"]
    assert (details["feedback"], details["comment"]) == ("missing_features", "No dark mode")
    page.get_by_role("button", name="Don't cancel").click()
    assert notice(page) == "Your subscription goes on."
    assert shop.subscription(ann)["cancel_at_period_end"] is False


def test_who_came_by_the_link_cannot_change_the_email(log_in: Any, shop: Shop) -> None:
    ann = shop.customer("starter.monthly", email=ANN, name="Ann")
    page = log_in(ANN)
    page.get_by_role("link", name="Your details").click()
    assert page.get_by_label("Email").count() == 0
    assert "It can't be changed here" in page.inner_text("main")
    page.get_by_label("Name").fill("Ann Baker")
    page.get_by_role("button", name="Save").click()
    assert notice(page) == "Your details were saved."
    after = shop.account.get(f"/v1/customers/{ann}")
    assert (after["name"], after["email"]) == ("Ann Baker", ANN)


def test_a_deep_link_leads_to_one_thing_and_back_to_the_shop(page: Any, shop: Shop) -> None:
    ann = shop.customer("starter.monthly", email=ANN)
    back = f"{shop.account.url}/_emulator/clock"  # any address that answers
    flow = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": shop.subscription(ann)["id"]},
        "after_completion": {"type": "redirect", "redirect": {"return_url": back.replace("127.0.0.1", "localhost")}},
    }
    made = shop.account.post("/v1/billing_portal/sessions", {"customer": ann, "flow_data": flow})
    page.goto(made["url"])
    assert heading(page) == "Cancel your subscription"
    assert page.get_by_role("navigation").count() == 0
    page.get_by_role("button", name="Cancel subscription").click()
    page.wait_for_url("http://localhost:*/_emulator/clock")
    assert shop.subscription(ann)["cancel_at_period_end"] is True


def test_logging_in_with_the_keyboard_alone(page: Any, shop: Shop) -> None:
    shop.customer("starter.monthly", email="ann+b@beacon.example", name="Ann")
    page.goto(f"{shop.login}?prefilled_email={quote('ann+b@beacon.example')}")
    assert page.get_by_label("Email").input_value() == "ann+b@beacon.example"
    page.keyboard.press("Tab")
    assert page.get_by_label("Email").evaluate("field => field === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url("**/code")
    page.keyboard.type(shop.mails("ann+b@beacon.example")[-1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    assert heading(page) == "Your subscriptions"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Cancel subscription":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/cancel?*")
    assert heading(page) == "Cancel your subscription"


def test_taking_the_login_page_away_shuts_everybody_out(page: Any, project: Any, shop: Shop) -> None:
    shop.customer("starter.monthly", email=ANN)
    project.edit("login_page: {enabled: true}", "login_page: {enabled: false}")
    project.apply("--allow", "login-link")
    page.goto(shop.login)
    assert heading(page) == "This page is not available"
