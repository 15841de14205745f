"""Customers, subscriptions and the smaller kinds."""

from __future__ import annotations

from typing import Any

import pytest
import stripe


@pytest.fixture
def plans(client: Any) -> tuple[str, str]:
    """A monthly and a yearly price."""
    client.v1.products.create({"id": "pro", "name": "Pro"})
    made = [
        client.v1.prices.create(
            {"product": "pro", "currency": "usd", "unit_amount": 1, "recurring": {"interval": one}}
        ).id
        for one in ("month", "year")
    ]
    return made[0], made[1]


def test_customers_are_found_by_their_exact_email(client: Any) -> None:
    first, second = (client.v1.customers.create({"email": "a@b.example"}).id for _ in range(2))
    client.v1.customers.create({"email": "A@b.example"})
    assert [one.id for one in client.v1.customers.list({"email": "a@b.example"}).data] == [second, first]
    client.v1.customers.update(first, {"email": "c@d.example", "name": "Ann", "address": {"city": "Bern"}})
    assert [one.id for one in client.v1.customers.list({"email": "a@b.example"}).data] == [second]
    assert client.v1.customers.retrieve(first).address.city == "Bern"
    with pytest.raises(stripe.InvalidRequestError, match="Invalid email address"):
        client.v1.customers.create({"email": "nobody"})


def test_a_deleted_customer_leaves_a_stub(client: Any, plans: Any) -> None:
    customer = client.v1.customers.create({"email": "a@b.example"})
    subscription = client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": plans[0]}]})
    assert client.v1.customers.delete(customer.id).deleted
    assert client.v1.customers.retrieve(customer.id).to_dict() == {
        "id": customer.id,
        "object": "customer",
        "deleted": True,
    }
    assert client.v1.customers.list().data == []
    assert client.v1.subscriptions.retrieve(subscription.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.customers.update(customer.id, {"name": "x"})


def test_what_the_emulator_cannot_do_is_refused_not_ignored(send: Any, refused: Any) -> None:
    error = refused(send("POST", "/v1/customers", {"payment_method": "pm_1"}))
    assert "does not support the parameter payment_method" in error["message"]
    error = refused(send("POST", "/v1/subscriptions", {"cancel_at": "max_period_end"}))
    assert "does not support the parameter cancel_at" in error["message"]


def test_subscriptions_are_listed_by_price_customer_and_status(client: Any, plans: Any) -> None:
    monthly, yearly = plans
    ann, bob = (client.v1.customers.create({}).id for _ in range(2))

    def subscribe(customer: str, **params: Any) -> Any:
        return client.v1.subscriptions.create({"customer": customer, **params})

    both = subscribe(ann, items=[{"price": monthly, "quantity": 3}, {"price": yearly}])
    trial = subscribe(bob, items=[{"price": monthly}], trial_period_days=14)
    ended = subscribe(bob, items=[{"price": yearly}])
    assert (both.status, trial.status, both["items"].data[0].quantity) == ("active", "trialing", 3)
    assert client.v1.subscriptions.cancel(ended.id).status == "canceled"

    def found(**params: Any) -> list[str]:
        return [one.id for one in client.v1.subscriptions.list(params).data]

    assert found() == [trial.id, both.id]
    assert found(price=monthly) == [trial.id, both.id]
    assert found(price=yearly) == [both.id]
    assert found(price=yearly, status="all") == [ended.id, both.id]
    assert found(customer=bob, status="trialing") == [trial.id]
    assert found(status="canceled") == found(status="ended") == [ended.id]
    expanded = client.v1.subscriptions.retrieve(both.id, {"expand": ["items.data.price.product", "customer"]})
    assert expanded["items"].data[0].price.product.name == "Pro"
    assert expanded.customer.id == ann


def test_items_change_price_and_the_list_follows(client: Any, plans: Any) -> None:
    monthly, yearly = plans
    customer = client.v1.customers.create({})
    made = client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": monthly}]})
    item = made["items"].data[0].id
    client.v1.prices.update(monthly, {"nickname": "old"})
    assert client.v1.subscriptions.retrieve(made.id)["items"].data[0].price.nickname == "old"
    changed = client.v1.subscriptions.update(made.id, {"items": [{"id": item, "price": yearly, "quantity": 2}]})
    assert (changed["items"].data[0].price.id, changed["items"].data[0].quantity) == (yearly, 2)
    assert client.v1.subscriptions.list({"price": monthly}).data == []
    assert client.v1.events.list({"type": "customer.subscription.updated"}).data


def test_cancelling_at_the_end_of_the_period(client: Any, plans: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_769_817_600})  # 2026-01-31
    customer = client.v1.customers.create({})
    made = client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": plans[0]}]})
    changed = client.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    assert (changed.status, changed.cancel_at) == ("active", 1_769_817_600 + 28 * 24 * 3600)  # 2026-02-28
    assert client.v1.subscriptions.update(made.id, {"cancel_at_period_end": False}).cancel_at is None


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize("price", ["archived", "once"])
def test_only_active_recurring_prices_are_subscribed(client: Any, price: str) -> None:
    params = {"product": "pro", "currency": "usd", "unit_amount": 1}
    recurring = {"recurring": {"interval": "month"}, "active": False}
    made = client.v1.prices.create(params | (recurring if price == "archived" else {}))
    customer = client.v1.customers.create({})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": made.id}]})
    assert caught.value.param == "items[0][price]"


def test_an_archived_price_keeps_billing(client: Any, plans: Any) -> None:
    customer = client.v1.customers.create({})
    made = client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": plans[0]}]})
    client.v1.prices.update(plans[0], {"active": False})
    assert client.v1.subscriptions.retrieve(made.id).status == "active"
    assert [one.id for one in client.v1.subscriptions.list({"price": plans[0]}).data] == [made.id]


def test_meters(client: Any, send: Any, refused: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    params = {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "count"}}
    meter = client.v1.billing.meters.create(params)
    assert meter.value_settings.event_payload_key == "value"
    assert refused(send("POST", "/v1/billing/meters", params))["param"] == "event_name"
    path = f"/v1/billing/meters/{meter.id}"
    assert refused(send("POST", path, {"event_name": "x"}))["code"] == "parameter_unknown"
    assert client.v1.billing.meters.update(meter.id, {"display_name": "API calls"}).display_name == "API calls"
    stopped = client.v1.billing.meters.deactivate(meter.id)
    assert (stopped.status, stopped.status_transitions.deactivated_at) == ("inactive", 1_800_000_000)
    assert refused(send("POST", f"{path}/deactivate"))["status"] == 400
    assert [one.id for one in client.v1.billing.meters.list({"status": "inactive"}).data] == [meter.id]
    assert client.v1.billing.meters.reactivate(meter.id).status == "active"
    types = [event.type for event in client.v1.events.list().data]
    assert types[:3] == ["billing.meter.reactivated", "billing.meter.deactivated", "billing.meter.updated"]


def test_feedback_options_end_for_good(client: Any, send: Any, refused: Any) -> None:
    option = client.v1.billing.feedback_options.create({"description": "Too slow"})
    assert client.v1.billing.feedback_options.update(option.id, {"description": "Slow"}).description == "Slow"
    assert client.v1.billing.feedback_options.deactivate(option.id).status == "inactive"
    assert client.v1.billing.feedback_options.list({"status": "active"}).data == []
    assert refused(send("POST", f"/v1/billing/feedback_options/{option.id}/reactivate"))["status"] == 404
    assert refused(send("POST", "/v1/billing/feedback_options", {"description": "d" * 101}))["param"] == "description"


def test_payment_method_configurations(client: Any) -> None:
    (default,) = client.v1.payment_method_configurations.list().data
    assert (default.is_default, default.active) == (True, True)
    child = client.v1.payment_method_configurations.create(
        {"name": "Cards", "parent": default.id, "card": {"display_preference": {"preference": "on"}}}
    )
    off = {"active": False, "link": {"display_preference": {"preference": "off"}}}
    changed = client.v1.payment_method_configurations.update(child.id, off)
    assert (changed.active, changed.link.available, changed.card.available) == (False, False, True)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be deactivated"):
        client.v1.payment_method_configurations.update(default.id, {"active": False})


def test_tax_codes(client: Any) -> None:
    assert "txcd_10103001" in [one.id for one in client.v1.tax_codes.list({"limit": 100}).data]
    assert client.v1.tax_codes.retrieve("txcd_10103001").name.startswith("Software as a service")
    with pytest.raises(stripe.InvalidRequestError, match="No such tax code"):
        client.v1.tax_codes.retrieve("txcd_1")
