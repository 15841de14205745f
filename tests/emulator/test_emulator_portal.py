"""Portal configurations, login pages and sessions (stripe-facts 5, 15.7)."""

from __future__ import annotations

from typing import Any

import pytest

PATH = "/v1/billing_portal/configurations"
PRODUCTS = "features.subscription_update.products"
HISTORY = {"invoice_history": {"enabled": True}}


@pytest.fixture
def portals(client: Any) -> Any:
    return client.v1.billing_portal.configurations


@pytest.fixture
def plans(client: Any) -> dict[str, str]:
    """Prices by name: monthly and yearly of `pro`, others for the rules."""
    for product in ("pro", "team"):
        client.v1.products.create({"id": product, "name": product})

    def price(product: str, **params: Any) -> str:
        made = client.v1.prices.create({"product": product, "currency": "usd", "unit_amount": 100, **params})
        return str(made.id)

    return {
        "monthly": price("pro", recurring={"interval": "month"}),
        "monthly2": price("pro", recurring={"interval": "month"}),
        "yearly": price("pro", recurring={"interval": "year"}),
        "archived": price("pro", recurring={"interval": "week"}, active=False),
        "once": price("pro"),
        "team": price("team", recurring={"interval": "month"}),
    }


def update(*products: Any, **members: Any) -> dict[str, Any]:
    """Features with plan switching between the given (product, prices…)."""
    listed = [{"product": product, "prices": list(prices)} for product, *prices in products]
    feature = {"enabled": True, "default_allowed_updates": ["price"], "products": listed, **members}
    return {"subscription_update": {name: value for name, value in feature.items() if value is not None}}


def test_everything_that_was_not_sent_is_filled_in(send: Any) -> None:
    made = send("POST", PATH, {"features": HISTORY, "expand": [PRODUCTS]}).json()
    assert made["features"] == {
        "customer_update": {"allowed_updates": [], "enabled": False},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": False, "payment_method_configuration": None},
        "subscription_cancel": {
            "cancellation_reason": {
                "enabled": False,
                "feedback_options": None,
                "options": ["too_expensive", "missing_features", "switched_service", "unused", "other"],
            },
            "enabled": False,
            "mode": "at_period_end",
            "proration_behavior": "none",
        },
        "subscription_pause": {
            "duration": {"interval_options": [{"interval": "month", "interval_count": 1}], "type": "interval_options"},
            "enabled": False,
        },
        "subscription_update": {
            "billing_cycle_anchor": "unchanged",
            "default_allowed_updates": [],
            "enabled": False,
            "products": [],
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    }
    assert made["login_page"] == {"enabled": False, "url": None}
    assert (made["name"], made["default_return_url"], made["metadata"], made["active"]) == (None, None, {}, True)


def test_the_first_configuration_is_the_default_and_stays(portals: Any, send: Any, refused: Any, connect: Any) -> None:
    first, second = (portals.create({"features": HISTORY}) for _ in range(2))
    assert (first.is_default, second.is_default) == (True, False)
    error = refused(send("POST", f"{PATH}/{first.id}", {"active": False}))
    assert (error["status"], error["type"]) == (400, "invalid_request_error")
    assert error["message"] == "You cannot set `active: false` on your default PortalConfiguration."
    assert portals.update(second.id, {"active": False}).active is False
    assert portals.update(second.id, {"active": True}).active is True
    assert connect("sk_live_emulator").v1.billing_portal.configurations.create({"features": HISTORY}).is_default


def test_is_default_cannot_be_set(send: Any, refused: Any) -> None:
    assert refused(send("POST", PATH, {"features": HISTORY, "is_default": True}))["code"] == "parameter_unknown"
    assert refused(send("POST", PATH, {"features": HISTORY, "active": True}))["code"] == "parameter_unknown"


def test_members_merge_and_lists_are_replaced(portals: Any, plans: Any) -> None:
    made = portals.create(
        {
            "business_profile": {"headline": "Hello", "privacy_policy_url": "https://a.example/p"},
            "features": {
                "customer_update": {"enabled": True, "allowed_updates": ["email", "address"]},
                **update(("pro", plans["monthly"], plans["yearly"]), ("team", plans["team"])),
            },
        }
    )
    changed = portals.update(
        made.id,
        {
            "business_profile": {"headline": "Hi"},
            "features": {
                "customer_update": {"allowed_updates": ["name"]},
                "subscription_update": {
                    "proration_behavior": "always_invoice",
                    "products": [{"product": "pro", "prices": [plans["yearly"]]}],
                },
            },
            "expand": [PRODUCTS],
        },
    ).to_dict()
    assert changed["business_profile"]["headline"] == "Hi"
    assert changed["business_profile"]["privacy_policy_url"] == "https://a.example/p"
    assert changed["features"]["customer_update"] == {"enabled": True, "allowed_updates": ["name"]}
    switching = changed["features"]["subscription_update"]
    assert switching["default_allowed_updates"] == ["price"]
    assert switching["proration_behavior"] == "always_invoice"
    assert switching["products"] == [
        {
            "adjustable_quantity": {"enabled": False, "maximum": None, "minimum": 1},
            "prices": [plans["yearly"]],
            "product": "pro",
        }
    ]


def test_what_can_be_unset(portals: Any) -> None:
    made = portals.create(
        {
            "name": "n",
            "default_return_url": "https://a.example",
            "business_profile": {"headline": "h", "terms_of_service_url": "https://a.example/t"},
            "features": {"customer_update": {"enabled": True, "allowed_updates": ["email"]}},
        }
    )
    emptied = portals.update(
        made.id,
        {
            "name": "",
            "default_return_url": "",
            "business_profile": {"headline": "", "terms_of_service_url": ""},
            "features": {"customer_update": {"allowed_updates": ""}},
        },
    ).to_dict()
    assert (emptied["name"], emptied["default_return_url"]) == (None, None)
    assert set(emptied["business_profile"].values()) == {None}
    assert emptied["features"]["customer_update"] == {"allowed_updates": [], "enabled": True}


def test_urls_are_emptyable_on_update_only(send: Any, refused: Any) -> None:
    params = {"features": HISTORY, "business_profile": {"privacy_policy_url": ""}}
    assert refused(send("POST", PATH, params))["code"] == "parameter_invalid_empty"


@pytest.mark.parametrize("name", ["products", "default_allowed_updates"])
def test_plan_switching_needs_products_and_allowed_updates(
    portals: Any, send: Any, refused: Any, plans: Any, name: str
) -> None:
    param = f"features[subscription_update][{name}]"
    features = update(("pro", plans["monthly"]), **{name: None})
    assert refused(send("POST", PATH, {"features": features}))["param"] == param
    features["subscription_update"]["enabled"] = False
    made = portals.create({"features": features})
    enable = {"features": {"subscription_update": {"enabled": True}}}
    error = refused(send("POST", f"{PATH}/{made.id}", enable))
    assert (error["param"], error["code"]) == (param, "parameter_missing")
    complete = portals.create({"features": update(("pro", plans["monthly"]))})
    assert (
        refused(send("POST", f"{PATH}/{complete.id}", {"features": {"subscription_update": {name: ""}}}))["param"]
        == param
    )
    off = {"features": {"subscription_update": {"enabled": False, name: ""}}}
    assert send("POST", f"{PATH}/{complete.id}", off).status_code == 200


@pytest.mark.parametrize(
    ("products", "param", "message"),
    [
        ([("nope", "monthly")], "[0][product]", "No such product: 'nope'"),
        ([("pro", "price_nope")], "[0][prices][0]", "No such price: 'price_nope'"),
        (
            [("pro", "monthly", "archived")],
            "[0][prices][1]",
            "The price specified is inactive. This field only accepts",
        ),
        ([("pro", "team")], "[0][prices][0]", "does not belong to"),
        ([("pro", "once")], "[0][prices][0]", "only accepts prices with `type=recurring`"),
        ([("pro", "monthly", "monthly2")], "[0][prices][1]", "same billing interval"),
        ([("pro", "monthly"), ("pro", "yearly")], "[1][product]", "more than once"),
    ],
)
def test_products_and_prices_must_fit(
    send: Any, refused: Any, plans: Any, products: Any, param: str, message: str
) -> None:
    listed = [(product, *(plans.get(price, price) for price in prices)) for product, *prices in products]
    error = refused(send("POST", PATH, {"features": update(*listed)}))
    assert (error["status"], error["param"]) == (400, f"features[subscription_update][products]{param}")
    assert message in error["message"]


def test_ten_products_at_most(client: Any, send: Any, refused: Any) -> None:
    pairs = []
    for number in range(11):
        client.v1.products.create({"id": f"p{number}", "name": "x"})
        price = client.v1.prices.create(
            {"product": f"p{number}", "currency": "usd", "unit_amount": 1, "recurring": {"interval": "month"}}
        )
        pairs.append((f"p{number}", price.id))
    error = refused(send("POST", PATH, {"features": update(*pairs)}))
    assert error["param"] == "features[subscription_update][products]"
    assert send("POST", PATH, {"features": update(*pairs[:10])}).status_code == 200


def test_a_price_archived_later_does_not_block_other_changes(client: Any, portals: Any, plans: Any) -> None:
    made = portals.create({"features": update(("pro", plans["monthly"]))})
    client.v1.prices.update(plans["monthly"], {"active": False})
    assert portals.update(made.id, {"name": "still editable"}).name == "still editable"


@pytest.mark.parametrize(
    "quantity", [{"enabled": True, "minimum": 5, "maximum": 4}, {"enabled": True, "minimum": -1}, {"minimum": 1}]
)
def test_adjustable_quantities_must_make_sense(send: Any, refused: Any, plans: Any, quantity: Any) -> None:
    features = update(("pro", plans["monthly"]))
    features["subscription_update"]["products"][0]["adjustable_quantity"] = quantity
    assert "[adjustable_quantity]" in refused(send("POST", PATH, {"features": features}))["param"]


@pytest.mark.parametrize(
    "cancel",
    [
        {"enabled": True, "proration_behavior": "always_invoice"},
        {"enabled": True, "proration_behavior": "always_invoice", "mode": "immediately"},
        {"enabled": True, "proration_behavior": "create_prorations"},
        {"enabled": True, "proration_behavior": "create_prorations", "mode": "at_period_end"},
    ],
)
def test_prorations_on_cancel(send: Any, refused: Any, cancel: Any) -> None:
    error = refused(send("POST", PATH, {"features": {"subscription_cancel": cancel}}))
    assert error["param"] == "features[subscription_cancel][proration_behavior]"


def test_prorations_are_judged_on_the_merged_result(portals: Any, send: Any, refused: Any) -> None:
    cancel = {"enabled": True, "mode": "immediately", "proration_behavior": "create_prorations"}
    made = portals.create({"features": {"subscription_cancel": cancel}})
    later = {"features": {"subscription_cancel": {"mode": "at_period_end"}}}
    assert refused(send("POST", f"{PATH}/{made.id}", later))["status"] == 400


def test_reasons_come_back_in_the_servers_order(portals: Any) -> None:
    reason = {"enabled": True, "options": ["other", "unused", "too_expensive"]}
    made = portals.create({"features": {"subscription_cancel": {"enabled": True, "cancellation_reason": reason}}})
    shown = made.features.subscription_cancel.cancellation_reason.options
    assert shown == ["too_expensive", "unused", "other"]


def test_feedback_options_must_be_active(client: Any, send: Any, refused: Any) -> None:
    option = client.v1.billing.feedback_options.create({"description": "Moved to another country"})
    cancel = {
        "enabled": True,
        "cancellation_reason": {"enabled": True, "options": ["other"], "feedback_options": [option.id]},
    }
    params = {"features": {"subscription_cancel": cancel}}
    made = send("POST", PATH, params).json()
    reason = made["features"]["subscription_cancel"]["cancellation_reason"]
    assert reason["feedback_options"] == [option.id]
    expand = {"expand": ["features.subscription_cancel.cancellation_reason.feedback_options"]}
    shown = send("GET", f"{PATH}/{made['id']}", expand).json()["features"]["subscription_cancel"]
    assert shown["cancellation_reason"]["feedback_options"][0]["description"] == "Moved to another country"
    client.v1.billing.feedback_options.deactivate(option.id)
    param = "features[subscription_cancel][cancellation_reason][feedback_options][0]"
    assert refused(send("POST", PATH, params))["param"] == param
    unset = {"features": {"subscription_cancel": {"cancellation_reason": {"enabled": True, "feedback_options": ""}}}}
    emptied = send("POST", f"{PATH}/{made['id']}", unset).json()["features"]["subscription_cancel"]
    assert emptied["cancellation_reason"]["feedback_options"] is None


@pytest.mark.parametrize(
    ("pause", "status"),
    [
        ({"enabled": True, "duration": {"type": "indefinite"}}, 200),
        ({"enabled": True, "duration": {"type": "indefinite", "interval_options": [{"interval": "day"}]}}, 400),
        ({"enabled": True, "duration": {"type": "interval_options", "interval_options": [{"interval": "day"}]}}, 200),
        (
            {"duration": {"type": "interval_options", "interval_options": [{"interval": "year", "interval_count": 4}]}},
            400,
        ),
        ({"enabled": True}, 200),
    ],
)
def test_pauses(send: Any, pause: Any, status: int) -> None:
    assert send("POST", PATH, {"features": {"subscription_pause": pause}}).status_code == status


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"business_profile": {"headline": "h" * 61}}, "business_profile[headline]"),
        ({"name": "n" * 257}, "name"),
        ({"default_return_url": "nowhere"}, "default_return_url"),
        ({"business_profile": {"terms_of_service_url": "x"}}, "business_profile[terms_of_service_url]"),
        (
            {"features": {"payment_method_update": {"enabled": True, "payment_method_configuration": "pmc_nope"}}},
            "features[payment_method_update][payment_method_configuration]",
        ),
    ],
)
def test_what_a_configuration_may_not_say(send: Any, refused: Any, params: Any, param: str) -> None:
    assert refused(send("POST", PATH, {"features": HISTORY, **params}))["param"] == param


def test_a_payment_method_configuration_may_be_named(client: Any, portals: Any) -> None:
    (default,) = client.v1.payment_method_configurations.list().data
    feature = {"enabled": True, "payment_method_configuration": default.id}
    made = portals.create({"features": {"payment_method_update": feature}})
    assert made.features.payment_method_update.payment_method_configuration == default.id
    unset = {"payment_method_update": {"enabled": True, "payment_method_configuration": ""}}
    emptied = portals.update(made.id, {"features": unset})
    assert emptied.features.payment_method_update.payment_method_configuration is None


def test_a_login_page_is_issued_withdrawn_and_issued_anew(portals: Any, session: Any, running: Any) -> None:
    def page(url: str) -> int:
        return int(session.get(url).status_code)

    made = portals.create({"features": HISTORY, "login_page": {"enabled": True}})
    first = made.login_page.url
    assert first.startswith(f"{running.url}/p/login/test_")
    assert page(first) == 200
    assert page(f"{first}?prefilled_email=a%40b.example") == 200
    assert portals.update(made.id, {"login_page": {"enabled": True}}).login_page.url == first
    assert portals.update(made.id, {"login_page": {"enabled": False}}).login_page.url is None
    assert page(first) == 404
    second = portals.update(made.id, {"login_page": {"enabled": True}}).login_page.url
    assert second != first
    assert (page(first), page(second)) == (404, 200)


def test_a_login_page_dies_with_its_configuration(portals: Any, session: Any, connect: Any) -> None:
    portals.create({"features": HISTORY})
    made = portals.create({"features": HISTORY, "login_page": {"enabled": True}})
    portals.update(made.id, {"active": False})
    assert session.get(made.login_page.url).status_code == 404
    live = connect("sk_live_emulator").v1.billing_portal.configurations
    url = live.create({"features": HISTORY, "login_page": {"enabled": True}}).login_page.url
    assert "test_" not in url


def test_every_write_shows_in_updated(portals: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    made = portals.create({"features": HISTORY})
    control("POST", "clock", {"advance": 7})
    assert portals.update(made.id, {"name": "x"}).updated == 1_800_000_007
    assert portals.retrieve(made.id).created == 1_800_000_000


def test_a_session_uses_the_default_configuration(client: Any, send: Any, refused: Any, session: Any) -> None:
    customer = client.v1.customers.create({"email": "a@b.example"})
    error = refused(send("POST", "/v1/billing_portal/sessions", {"customer": customer.id}))
    assert error["message"].startswith("No configuration provided and your test mode default configuration has not")
    default = client.v1.billing_portal.configurations.create({"features": HISTORY})
    made = client.v1.billing_portal.sessions.create({"customer": customer.id, "return_url": "https://a.example"})
    assert (made.configuration, made.customer) == (default.id, customer.id)
    assert session.get(made.url).status_code == 200
    assert refused(send("POST", "/v1/billing_portal/sessions", {}))["param"] == "customer"
    assert refused(send("GET", "/v1/billing_portal/sessions"))["status"] == 404


def test_flows_need_what_they_show(client: Any, send: Any, refused: Any, plans: Any) -> None:
    customer = client.v1.customers.create({})
    items = [{"price": plans["monthly"]}]
    subscription = client.v1.subscriptions.create({"customer": customer.id, "items": items})
    features = update(("pro", plans["monthly"], plans["yearly"]))
    client.v1.billing_portal.configurations.create({"features": features})

    def confirm(price: str) -> Any:
        item = {"id": subscription["items"].data[0].id, "price": price}
        flow = {"subscription": subscription.id, "items": [item]}
        data = {"type": "subscription_update_confirm", "subscription_update_confirm": flow}
        return send("POST", "/v1/billing_portal/sessions", {"customer": customer.id, "flow_data": data})

    assert (
        confirm(plans["yearly"]).json()["flow"]["subscription_update_confirm"]["items"][0]["price"] == plans["yearly"]
    )
    assert "not in the configuration" in refused(confirm(plans["team"]))["message"]
    cancel = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}}
    params = {"customer": customer.id, "flow_data": cancel}
    assert refused(send("POST", "/v1/billing_portal/sessions", params))["param"] == "flow_data[type]"
