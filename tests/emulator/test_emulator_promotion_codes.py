"""Promotion codes (stripe-facts 3, 8, 18)."""

from __future__ import annotations

from typing import Any

import pytest

NOW = 1_800_000_000
URL = "/v1/promotion_codes"
TEN = {"promotion": {"type": "coupon", "coupon": "ten"}}


@pytest.fixture
def coupon(client: Any, control: Any) -> Any:
    """Ten percent off, five times, for a minute."""
    control("POST", "clock", {"set": NOW})
    return client.v1.coupons.create({"id": "ten", "percent_off": 10, "max_redemptions": 5, "redeem_by": NOW + 60})


@pytest.mark.usefixtures("coupon")
def test_everything_comes_back_as_sent(client: Any, send: Any) -> None:
    customer = client.v1.customers.create({}).id
    restrictions = {"first_time_transaction": True, "minimum_amount": 1000, "minimum_amount_currency": "usd"}
    params = {
        **TEN,
        "active": False,
        "code": "Summer-26",
        "customer": customer,
        "expires_at": NOW + 60,
        "max_redemptions": 5,
        "metadata": {"a": "1"},
    }
    sent = {**restrictions, "currency_options": {"eur": {"minimum_amount": 900}}}
    expand = ["restrictions.currency_options"]
    made = send("POST", URL, {**params, "restrictions": sent, "expand": expand}).json()
    options = {"usd": {"minimum_amount": 1000}, "eur": {"minimum_amount": 900}}
    assert made["restrictions"] == {**restrictions, "currency_options": options}
    assert {name: made[name] for name in params} == params
    assert (made["times_redeemed"], made["created"], made["object"]) == (0, NOW, "promotion_code")


@pytest.mark.usefixtures("coupon")
def test_the_least_and_what_is_expanded(client: Any, send: Any) -> None:
    made = send("POST", URL, TEN).json()
    assert (made["active"], made["customer"], made["expires_at"], made["max_redemptions"]) == (True, None, None, None)
    assert len(made["code"]) == 8
    blank = {"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None}
    assert made["restrictions"] == blank
    assert made["promotion"] == TEN["promotion"]
    read = client.v1.promotion_codes.retrieve(made["id"], {"expand": ["promotion.coupon.applies_to"]}).to_dict()
    assert (read["promotion"]["coupon"]["percent_off"], read["promotion"]["coupon"]["applies_to"]) == (10, None)


@pytest.mark.usefixtures("coupon")
@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"promotion": {"type": "coupon", "coupon": "nope"}}, "promotion[coupon]"),
        ({"promotion": {"type": "coupon"}}, "promotion[coupon]"),
        ({"promotion": {"type": "gift", "coupon": "ten"}}, "promotion[type]"),
        ({"coupon": "ten"}, "coupon"),
        ({**TEN, "code": "with space"}, "code"),
        ({**TEN, "code": "ümlaut"}, "code"),
        ({**TEN, "code": "c" * 501}, "code"),
        ({**TEN, "customer": "cus_nope"}, "customer"),
        ({**TEN, "expires_at": NOW}, "expires_at"),
        ({**TEN, "expires_at": NOW + 61}, "expires_at"),
        ({**TEN, "max_redemptions": 0}, "max_redemptions"),
        ({**TEN, "max_redemptions": 6}, "max_redemptions"),
        ({**TEN, "restrictions": {"minimum_amount": 5}}, "restrictions[minimum_amount_currency]"),
        ({**TEN, "restrictions": {"minimum_amount_currency": "usd"}}, "restrictions[minimum_amount]"),
        (
            {**TEN, "restrictions": {"currency_options": {"eur": {"minimum_amount": 1}}}},
            "restrictions[minimum_amount]",
        ),
    ],
)
def test_what_a_code_may_not_be(send: Any, refused: Any, params: Any, param: str) -> None:
    assert refused(send("POST", URL, params))["param"] == param


@pytest.mark.usefixtures("coupon")
def test_a_code_is_one_of_its_kind_among_the_active(client: Any, send: Any, refused: Any) -> None:
    first = client.v1.promotion_codes.create({**TEN, "code": "SPRING"})
    error = refused(send("POST", URL, {**TEN, "code": "spring"}))
    assert error["message"] == "An active promotion code with `code: spring` already exists."
    client.v1.promotion_codes.update(first.id, {"active": False})
    second = client.v1.promotion_codes.create({**TEN, "code": "Spring"})
    assert refused(send("POST", f"{URL}/{first.id}", {"active": True}))["param"] == "code"
    client.v1.promotion_codes.update(second.id, {"active": False})
    assert client.v1.promotion_codes.update(first.id, {"active": True}).active


@pytest.mark.usefixtures("coupon")
def test_customers_may_have_the_same_code(client: Any, send: Any, refused: Any) -> None:
    ann, bob = (client.v1.customers.create({}).id for _ in range(2))
    for customer in (ann, bob):
        client.v1.promotion_codes.create({**TEN, "code": "YOURS", "customer": customer})
    for more in ({"customer": ann}, {}):
        assert refused(send("POST", URL, {**TEN, "code": "yours", **more}))["param"] == "code"


def test_a_code_ends_with_its_coupon(client: Any, send: Any, refused: Any, control: Any, coupon: Any) -> None:
    made = client.v1.promotion_codes.create(TEN)
    off = client.v1.promotion_codes.create({**TEN, "active": False})
    control("POST", "clock", {"advance": 60})
    assert not client.v1.promotion_codes.retrieve(made.id).active
    assert client.v1.promotion_codes.list({"active": True}).data == []
    assert refused(send("POST", f"{URL}/{off.id}", {"active": True}))["param"] == "active"
    assert refused(send("POST", URL, TEN))["param"] == "promotion[coupon]"
    control("POST", "clock", {"set": NOW})
    assert client.v1.promotion_codes.update(off.id, {"active": True}).active
    client.v1.coupons.delete(coupon.id)
    assert not client.v1.promotion_codes.retrieve(made.id).active
    assert len(client.v1.promotion_codes.list({"active": False}).data) == 2
    assert client.v1.promotion_codes.retrieve(made.id, {"expand": ["promotion.coupon"]}).promotion.coupon == "ten"


@pytest.mark.usefixtures("coupon")
def test_active_metadata_and_minimum_amounts_are_all_that_changes(client: Any, send: Any, refused: Any) -> None:
    limits = {"minimum_amount": 10, "minimum_amount_currency": "usd"}
    made = client.v1.promotion_codes.create({**TEN, "restrictions": limits, "metadata": {"a": "1"}})
    for amount in (5, 6):
        more = {"restrictions": {"currency_options": {"eur": {"minimum_amount": amount}}}, "metadata": {"b": "2"}}
        changed = client.v1.promotion_codes.update(made.id, {**more, "expand": ["restrictions.currency_options"]})
    assert changed.restrictions.currency_options["eur"]["minimum_amount"] == 6
    assert changed.metadata.to_dict() == {"a": "1", "b": "2"}
    for name in ("code", "customer", "expires_at", "max_redemptions", "promotion"):
        assert refused(send("POST", f"{URL}/{made.id}", {name: "1"}))["code"] == "parameter_unknown"
    first = refused(send("POST", f"{URL}/{made.id}", {"restrictions": {"first_time_transaction": True}}))
    assert first["param"] == "restrictions[first_time_transaction]"
    usd = {"restrictions": {"currency_options": {"usd": {"minimum_amount": 1}}}}
    assert refused(send("POST", f"{URL}/{made.id}", usd))["param"] == "restrictions[currency_options][usd]"


@pytest.mark.usefixtures("coupon")
def test_codes_are_filtered(client: Any, send: Any, refused: Any, control: Any) -> None:
    client.v1.coupons.create({"id": "five", "percent_off": 5})
    ann = client.v1.customers.create({}).id
    made = {
        "a": {**TEN, "code": "AAA"},
        "b": {**TEN, "code": "BBB", "customer": ann, "expires_at": NOW + 30},
        "c": {"promotion": {"type": "coupon", "coupon": "five"}, "code": "CCC", "active": False},
    }
    names = {client.v1.promotion_codes.create(params).id: name for name, params in made.items()}

    def found(**params: Any) -> str:
        return "".join(names[one.id] for one in client.v1.promotion_codes.list(params).data)

    assert found() == "cba"
    assert (found(active=True), found(active=False)) == ("ba", "c")
    assert (found(code="aaa"), found(code="AAA"), found(code="x")) == ("a", "a", "")
    assert (found(coupon="ten"), found(coupon="five")) == ("ba", "c")
    assert (found(customer=ann), found(customer=ann, active=True, code="bbb")) == ("b", "b")
    assert found(created={"gt": NOW}) == ""
    assert found(coupon="ten", active=True, limit=1) == "b"
    control("POST", "clock", {"advance": 30})
    assert (found(active=True), found(active=False)) == ("a", "cb")
    assert "customer_account" in refused(send("GET", URL, {"customer_account": "x"}))["message"]


@pytest.mark.usefixtures("coupon")
def test_events(client: Any) -> None:
    made = client.v1.promotion_codes.create(TEN)
    client.v1.promotion_codes.update(made.id, {"active": False})
    events = client.v1.events.list({"types": ["promotion_code.created", "promotion_code.updated"]}).data
    assert [event.type for event in events] == ["promotion_code.updated", "promotion_code.created"]
    assert events[0].to_dict()["data"]["previous_attributes"] == {"active": True}
