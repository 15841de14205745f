"""Payment links and their line items (stripe-facts 3, 8, 18)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

URL = "/v1/payment_links"


@pytest.fixture
def prices(client: Any) -> tuple[str, str]:
    """A price that is paid once and a monthly one."""
    client.v1.products.create({"id": "pro", "name": "Pro"})
    base = {"product": "pro", "currency": "usd", "unit_amount": 500, "currency_options": {"eur": {"unit_amount": 450}}}
    monthly = {**base, "recurring": {"interval": "month"}}
    return client.v1.prices.create(base).id, client.v1.prices.create(monthly).id


@pytest.fixture
def once(prices: tuple[str, str]) -> Any:
    return {"line_items": [{"price": prices[0], "quantity": 2}]}


@pytest.fixture
def monthly(prices: tuple[str, str]) -> Any:
    return {"line_items": [{"price": prices[1], "quantity": 1}]}


def test_the_least_is_filled_in(client: Any, once: Any, session: requests.Session) -> None:
    made = client.v1.payment_links.create(once).to_dict()
    assert made == client.v1.payment_links.retrieve(made["id"]).to_dict()
    expected = {
        "active": True,
        "after_completion": {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"},
        "automatic_tax": {"enabled": False, "liability": None},
        "currency": "usd",
        "custom_fields": [],
        "customer_creation": "if_required",
        "payment_intent_data": None,
        "payment_method_types": None,
        "shipping_options": [],
        "tax_id_collection": {"enabled": False, "required": "never"},
    }
    assert {name: made[name] for name in expected} == expected
    assert "line_items" not in made
    assert session.get(made["url"]).status_code == 200


ADDRESSES = {"allowed_countries": ["DE", "CH"]}
MESSAGE = {"message": "Thanks"}
TEXT = {"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text", "optional": True}
SURFACE = {
    "after_completion": {"type": "redirect", "redirect": {"url": "https://a.example/{CHECKOUT_SESSION_ID}"}},
    "allow_promotion_codes": True,
    "application_fee_amount": 5,
    "automatic_tax": {"enabled": True, "liability": {"type": "account", "account": "acct_1"}},
    "billing_address_collection": "required",
    "consent_collection": {
        "payment_method_reuse_agreement": {"position": "hidden"},
        "promotions": "auto",
        "terms_of_service": "required",
    },
    "custom_fields": [{**TEXT, "text": {"default_value": "M", "maximum_length": 9, "minimum_length": 1}}],
    "custom_text": dict.fromkeys(
        ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"), MESSAGE
    ),
    "customer_creation": "always",
    "inactive_message": "Over.",
    "invoice_creation": {
        "enabled": True,
        "invoice_data": {
            "account_tax_ids": ["txi_1"],
            "custom_fields": [{"name": "a", "value": "b"}],
            "description": "d",
            "footer": "f",
            "issuer": {"type": "self"},
            "metadata": {"a": "1"},
            "rendering_options": {"amount_tax_display": "exclude_tax", "template": "inrtem_1"},
        },
    },
    "managed_payments": {"enabled": True},
    "metadata": {"a": "1"},
    "name_collection": {"business": {"enabled": True, "optional": True}},
    "on_behalf_of": "acct_1",
    "payment_intent_data": {
        "capture_method": "manual",
        "description": "d",
        "metadata": {"a": "1"},
        "setup_future_usage": "off_session",
        "statement_descriptor": "ACME",
        "statement_descriptor_suffix": "PRO",
        "transfer_group": "g",
    },
    "payment_method_options": {"card": {"restrictions": {"brands_blocked": ["mastercard"]}}},
    "payment_method_types": ["card", "klarna"],
    "phone_number_collection": {"enabled": True},
    "restrictions": {"completed_sessions": {"limit": 3}},
    "shipping_address_collection": ADDRESSES,
    "submit_type": "book",
    "tax_id_collection": {"enabled": True, "required": "if_supported"},
    "transfer_data": {"destination": "acct_1", "amount": 5},
}
SUBSCRIPTION = {
    "application_fee_percent": 12.5,
    "payment_method_collection": "if_required",
    "subscription_data": {
        "description": "d",
        "invoice_settings": {"description": "d", "footer": "f", "issuer": {"type": "self"}},
        "metadata": {"a": "1"},
        "trial_period_days": 7,
        "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
    },
}


def within(sent: Any, shown: Any) -> bool:
    """Whether everything that was sent is shown, beside whatever else."""
    if isinstance(sent, dict):
        return all(within(value, shown[name]) for name, value in sent.items())
    if isinstance(sent, list):
        return len(sent) == len(shown) and all(map(within, sent, shown))
    return bool(sent == shown)


@pytest.mark.parametrize("name", SURFACE)
def test_every_setting_comes_back_as_sent(client: Any, send: Any, once: Any, name: str) -> None:
    made = send("POST", URL, {**once, name: SURFACE[name]}).json()
    assert within(SURFACE[name], made[name])
    other = client.v1.payment_links.create(once).to_dict()
    if name == "payment_intent_data":  # how it is captured is decided at the start
        sent = {key: value for key, value in SURFACE[name].items() if key != "capture_method"}  # type: ignore[attr-defined]
        changed = send("POST", f"{URL}/{other['id']}", {name: sent}).json()
        assert within(sent, changed[name])
    elif name != "managed_payments":
        changed = send("POST", f"{URL}/{other['id']}", {name: SURFACE[name]}).json()
        assert changed[name] == made[name]


@pytest.mark.parametrize("name", SUBSCRIPTION)
def test_what_subscriptions_alone_have(send: Any, refused: Any, once: Any, monthly: Any, name: str) -> None:
    assert within(SUBSCRIPTION[name], send("POST", URL, {**monthly, name: SUBSCRIPTION[name]}).json()[name])
    assert refused(send("POST", URL, {**once, name: SUBSCRIPTION[name]}))["param"] == name
    for other in ("application_fee_amount", "payment_intent_data"):
        assert refused(send("POST", URL, {**monthly, other: SURFACE[other]}))["param"] == other


def test_settings_merge_and_unset(client: Any, send: Any, once: Any) -> None:
    made = client.v1.payment_links.create({**once, **SURFACE})
    url = f"{URL}/{made.id}"
    changed = send("POST", url, {"tax_id_collection": {"enabled": False}, "restrictions": ""}).json()
    assert changed["tax_id_collection"] == {"enabled": False, "required": "if_supported"}
    assert (changed["restrictions"], changed["custom_fields"][0]["key"]) == (None, "size")
    intents = {"payment_intent_data": {"description": "", "metadata": {"b": "2"}}}
    invoices = {
        "invoice_creation": {"enabled": True, "invoice_data": {"metadata": {"b": "2"}, "rendering_options": ""}}
    }
    changed = send("POST", url, {**intents, **invoices}).json()
    data = changed["payment_intent_data"]
    assert (data["description"], data["metadata"], data["transfer_group"]) == (None, {"b": "2"}, "g")
    data = changed["invoice_creation"]["invoice_data"]
    assert (data["metadata"], data["rendering_options"], data["footer"]) == ({"a": "1", "b": "2"}, None, "f")
    unset: dict[str, Any] = {
        "custom_fields": [],
        "payment_method_types": None,
        "payment_method_options": None,
        "inactive_message": None,
        "name_collection": None,
        "optional_items": None,
        "on_behalf_of": None,
        "shipping_address_collection": None,
        "shipping_options": [],
        "transfer_data": None,
        "application_fee_amount": None,
    }
    changed = send("POST", url, dict.fromkeys(unset, "")).json()
    assert {name: changed[name] for name in unset} == unset
    confirmation = {"after_completion": {"type": "hosted_confirmation"}}
    shown = send("POST", url, confirmation).json()["after_completion"]
    assert shown == {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": None}}


def test_line_items_are_a_paged_list_of_their_own(client: Any, send: Any, prices: tuple[str, str]) -> None:
    quantity = {"enabled": True, "maximum": 9}
    items: list[Any] = [{"price": prices[0], "quantity": number + 1} for number in range(12)]
    items[0]["adjustable_quantity"] = quantity
    made = send("POST", URL, {"line_items": items, "expand": ["line_items"]}).json()
    shown = made["line_items"]
    assert ([item["quantity"] for item in shown["data"]], shown["has_more"]) == (list(range(1, 11)), True)
    assert shown["url"] == f"{URL}/{made['id']}/line_items"
    first = shown["data"][0]
    assert first["adjustable_quantity"] == {**quantity, "minimum": 0}
    assert (first["amount_subtotal"], first["amount_total"], first["description"]) == (500, 500, "Pro")
    assert (first["price"]["id"], "currency_options" in first["price"]) == (prices[0], False)
    listed = client.v1.payment_links.line_items.list(made["id"], {"limit": 5})
    assert [item.quantity for item in listed.auto_paging_iter()] == list(range(1, 13))
    expanded = send("GET", f"{URL}/{made['id']}/line_items", {"expand": ["data.price.product"]}).json()
    assert expanded["data"][0]["price"]["product"]["name"] == "Pro"
    deep = send("GET", f"{URL}/{made['id']}", {"expand": ["line_items.data.price.product"]}).json()
    assert deep["line_items"]["data"][0]["price"]["product"]["id"] == "pro"
    assert len(send("GET", URL, {"expand": ["data.line_items"]}).json()["data"][0]["line_items"]["data"]) == 10
    assert send("GET", f"{URL}/plink_nope/line_items").status_code == 404


def test_quantities_change_by_the_id_of_the_item(client: Any, send: Any, refused: Any, prices: tuple[str, str]) -> None:
    items = [{"price": price, "quantity": 1} for price in prices]
    made = send("POST", URL, {"line_items": items, "expand": ["line_items"]}).json()
    first, second = (item["id"] for item in made["line_items"]["data"])
    url = f"{URL}/{made['id']}"
    change = {"line_items": [{"id": second, "quantity": 7, "adjustable_quantity": {"enabled": True}}]}
    changed = send("POST", url, {**change, "expand": ["line_items"]}).json()
    assert [(item["id"], item["quantity"]) for item in changed["line_items"]["data"]] == [(first, 1), (second, 7)]
    assert refused(send("POST", url, {"line_items": [{"quantity": 1}]}))["param"] == "line_items[0][id]"
    assert refused(send("POST", url, {"line_items": [{"id": "li_x"}]}))["param"] == "line_items[0][id]"
    swap = {"line_items": [{"id": first, "price": prices[1]}]}
    assert refused(send("POST", url, swap))["param"] == "line_items[0][price]"
    assert refused(send("POST", url, {"currency": "eur"}))["code"] == "parameter_unknown"
    assert client.v1.events.list({"type": "payment_link.updated"}).data == []


def test_prices_are_there_active_and_of_one_currency(
    client: Any, send: Any, refused: Any, prices: tuple[str, str]
) -> None:
    product = {"product": "pro", "unit_amount": 1}
    dead = client.v1.prices.create({**product, "currency": "usd", "active": False}).id
    pounds = client.v1.prices.create({**product, "currency": "gbp"}).id

    def tried(*items: str, **params: Any) -> Any:
        return send("POST", URL, {"line_items": [{"price": one, "quantity": 1} for one in items], **params})

    assert refused(tried("price_nope"))["code"] == "resource_missing"
    assert refused(tried(dead))["message"].startswith("The price specified is inactive.")
    assert refused(tried(prices[0], pounds))["param"] == "line_items[1][price]"
    assert refused(tried(prices[0], currency="gbp"))["param"] == "line_items[0][price]"
    assert refused(tried(*[prices[0]] * 21))["param"] == "line_items"
    euros = tried(prices[0], currency="eur", expand=["line_items"]).json()
    (item,) = euros["line_items"]["data"]
    assert (euros["currency"], item["currency"], item["amount_total"]) == ("eur", "eur", 450)
    client.v1.prices.update(prices[0], {"active": False})
    assert send("GET", f"{URL}/{euros['id']}").json()["active"]


def test_an_inline_price_is_made_and_never_listed(client: Any, send: Any, refused: Any, once: Any) -> None:
    data = {"currency": "usd", "product_data": {"name": "Gift"}, "unit_amount": 7}
    made = send("POST", URL, {"line_items": [{"price_data": data, "quantity": 1}], "expand": ["line_items"]}).json()
    price = made["line_items"]["data"][0]["price"]
    assert (price["unit_amount"], price["active"], "inline" in price) == (7, False, False)
    assert client.v1.prices.retrieve(price["id"]).unit_amount == 7
    assert price["id"] not in [one.id for one in client.v1.prices.list().data]
    both = {"line_items": [{**once["line_items"][0], "price_data": data}]}
    assert refused(send("POST", URL, both))["code"] == "parameters_exclusive"
    assert refused(send("POST", URL, {"line_items": [{"quantity": 1}]}))["param"] == "line_items[0][price]"


def test_shipping_options_and_optional_items_refer_to_what_is_active(
    client: Any, send: Any, refused: Any, once: Any, prices: tuple[str, str]
) -> None:
    rate = client.v1.shipping_rates.create({"display_name": "Post", "fixed_amount": {"amount": 5, "currency": "usd"}})
    extra = {"price": prices[0], "quantity": 1, "adjustable_quantity": {"enabled": True}}
    more = {"shipping_options": [{"shipping_rate": rate.id}], "optional_items": [extra]}
    made = send("POST", URL, {**once, **more}).json()
    assert made["shipping_options"] == [{"shipping_amount": 5, "shipping_rate": rate.id}]
    quantity = {"enabled": True, "maximum": 99, "minimum": 0}
    assert made["optional_items"] == [{**extra, "adjustable_quantity": quantity}]
    expanded = send("GET", f"{URL}/{made['id']}", {"expand": ["shipping_options.shipping_rate"]}).json()
    assert expanded["shipping_options"][0]["shipping_rate"]["display_name"] == "Post"
    client.v1.shipping_rates.update(rate.id, {"active": False})
    client.v1.prices.update(prices[1], {"active": False})
    url = f"{URL}/{made['id']}"
    off = refused(send("POST", url, {"shipping_options": [{"shipping_rate": rate.id}]}))
    assert off["param"] == "shipping_options[0][shipping_rate]"
    gone = refused(send("POST", url, {"optional_items": [{"price": prices[1], "quantity": 1}]}))
    assert gone["param"] == "optional_items[0][price]"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"after_completion": {"type": "redirect"}}, "after_completion[redirect][url]"),
        (
            {"after_completion": {"type": "redirect", "redirect": {"url": "nowhere"}}},
            "after_completion[redirect][url]",
        ),
        (
            {"after_completion": {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "m" * 501}}},
            "after_completion[hosted_confirmation][custom_message]",
        ),
        ({"custom_fields": [{**TEXT, "key": f"k{n}"} for n in range(4)]}, "custom_fields"),
        ({"custom_fields": [TEXT, TEXT]}, "custom_fields[1][key]"),
        ({"custom_fields": [{**TEXT, "key": "a b"}]}, "custom_fields[0][key]"),
        ({"custom_fields": [{**TEXT, "type": "dropdown"}]}, "custom_fields[0][dropdown][options]"),
        ({"restrictions": {"completed_sessions": {"limit": 0}}}, "restrictions[completed_sessions][limit]"),
        ({"inactive": True}, "inactive"),
        ({"active": False}, "active"),
    ],
)
def test_what_a_link_may_not_be(send: Any, refused: Any, once: Any, params: Any, param: str) -> None:
    assert refused(send("POST", URL, {**once, **params}))["param"] == param


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"application_fee_percent": 100.5}, "application_fee_percent"),
        ({"application_fee_percent": 1.234}, "application_fee_percent"),
        ({"subscription_data": {"trial_period_days": 0}}, "subscription_data[trial_period_days]"),
    ],
)
def test_what_a_subscription_link_may_not_be(send: Any, refused: Any, monthly: Any, params: Any, param: str) -> None:
    assert refused(send("POST", URL, {**monthly, **params}))["param"] == param


def test_a_link_is_switched_off_and_says_so(client: Any, once: Any, session: requests.Session) -> None:
    made = client.v1.payment_links.create({**once, "inactive_message": "Sold out."})
    other = client.v1.payment_links.create(once)
    client.v1.payment_links.update(made.id, {"active": False})
    page = session.get(made.url)
    assert (page.status_code, page.text) == (404, "Sold out.")
    assert session.get(made.url + "x").status_code == 404
    assert [one.id for one in client.v1.payment_links.list({"active": True}).data] == [other.id]
    assert [one.id for one in client.v1.payment_links.list({"active": False}).data] == [made.id]
    events = client.v1.events.list({"types": ["payment_link.created", "payment_link.updated"]}).data
    assert [event.type.partition(".")[2] for event in events] == ["updated", "created", "created"]
    assert events[0].to_dict()["data"]["previous_attributes"] == {"active": True}
    assert "line_items" not in events[0].to_dict()["data"]["object"]
