"""Events (stripe-facts 13, 15.11)."""

from __future__ import annotations

from typing import Any

FEATURES = {"invoice_history": {"enabled": True}}


def test_every_write_leaves_an_event(client: Any) -> None:
    client.v1.products.create({"id": "pro", "name": "Pro"})
    price = client.v1.prices.create({"product": "pro", "currency": "usd", "unit_amount": 1})
    client.v1.prices.update(price.id, {"active": False})
    portal = client.v1.billing_portal.configurations.create({"features": FEATURES})
    client.v1.billing_portal.configurations.update(portal.id, {"name": "x"})
    client.v1.products.create({"id": "gone", "name": "x"})
    client.v1.products.delete("gone")
    client.v1.billing.feedback_options.create({"description": "no events for these"})
    assert [event.type for event in client.v1.events.list().data][::-1] == [
        "product.created",
        "price.created",
        "price.updated",
        "billing_portal.configuration.created",
        "billing_portal.configuration.updated",
        "product.created",
        "product.deleted",
    ]


def test_an_update_tells_what_was_before(client: Any, send: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    params = {"id": "pro", "name": "Pro", "images": ["https://a.example/1"], "metadata": {"a": "1", "b": "2"}}
    client.v1.products.create(params)
    control("POST", "clock", {"advance": 3})
    changed = {"name": "Pro 2", "images": ["https://a.example/2"], "metadata": {"a": "", "c": "3"}}
    answer = send("POST", "/v1/products/pro", changed, headers={"Idempotency-Key": "mine"})
    event = client.v1.events.list({"type": "product.updated"}).data[0].to_dict()
    assert event["data"]["previous_attributes"] == {
        "name": "Pro",
        "images": ["https://a.example/1"],
        "metadata": {"a": "1", "c": None},
        "updated": 1_800_000_000,
    }
    assert event["data"]["object"]["name"] == "Pro 2"
    assert event["request"] == {"id": answer.headers["Request-Id"], "idempotency_key": "mine"}
    assert (event["created"], event["livemode"], event["api_version"]) == (1_800_000_003, False, "2026-10-28.endive")


def test_nested_members_are_named_alone(client: Any) -> None:
    portal = client.v1.billing_portal.configurations.create({"features": FEATURES})
    off = {"features": {"invoice_history": {"enabled": False}}}
    client.v1.billing_portal.configurations.update(portal.id, off)
    event = client.v1.events.list({"type": "billing_portal.configuration.updated"}).data[0].to_dict()
    assert event["data"]["previous_attributes"]["features"] == {"invoice_history": {"enabled": True}}


def test_includable_fields_are_missing_from_events(client: Any) -> None:
    client.v1.billing_portal.configurations.create({"features": FEATURES})
    event = client.v1.events.list().data[0].to_dict()
    assert "products" not in event["data"]["object"]["features"]["subscription_update"]


def test_a_moved_lookup_key_tells_on_the_price_that_lost_it(client: Any) -> None:
    client.v1.products.create({"id": "pro", "name": "Pro"})
    base = {"product": "pro", "currency": "usd", "unit_amount": 1, "lookup_key": "k"}
    holder = client.v1.prices.create(base)
    client.v1.prices.create({**base, "transfer_lookup_key": True})
    (event,) = client.v1.events.list({"type": "price.updated"}).data
    assert event.data.object["id"] == holder.id
    assert event.to_dict()["data"]["previous_attributes"] == {"lookup_key": "k"}


def test_a_write_that_changes_nothing_leaves_no_event(client: Any) -> None:
    client.v1.products.create({"id": "pro", "name": "Pro"})
    price = client.v1.prices.create({"product": "pro", "currency": "usd", "unit_amount": 1})
    client.v1.prices.update(price.id, {"active": True})
    assert client.v1.events.list({"type": "price.updated"}).data == []


def test_a_refused_write_leaves_no_event(client: Any, send: Any) -> None:
    send("POST", "/v1/products", {"name": "x", "url": "nowhere"})
    assert client.v1.events.list().data == []


def test_events_are_filtered(client: Any, send: Any, refused: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    client.v1.products.create({"id": "pro", "name": "Pro"})
    control("POST", "clock", {"advance": 60})
    client.v1.products.update("pro", {"name": "Pro 2"})
    client.v1.customers.create({})

    def found(**params: Any) -> list[str]:
        return [event["type"] for event in send("GET", "/v1/events", params).json()["data"]]

    assert found(type="product.*") == ["product.updated", "product.created"]
    assert found(types=["product.created", "customer.created"]) == ["customer.created", "product.created"]
    assert found(created={"gt": 1_800_000_000}) == ["customer.created", "product.updated"]
    assert len(send("GET", "/v1/events", "types[]=product.created&types[]=customer.created").json()["data"]) == 2
    assert refused(send("GET", "/v1/events", {"type": "a", "types": ["b"]}))["code"] == "parameters_exclusive"
    many = [f"product.{number}" for number in range(21)]
    assert refused(send("GET", "/v1/events", {"types": many}))["param"] == "types"


def test_events_are_kept_for_30_days(client: Any, send: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    client.v1.products.create({"name": "x"})
    event = client.v1.events.list().data[0]
    assert client.v1.events.retrieve(event.id).type == "product.created"
    control("POST", "clock", {"advance": 30 * 24 * 3600})
    assert client.v1.events.list().data == []
    assert send("GET", f"/v1/events/{event.id}").status_code == 404
