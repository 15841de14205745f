"""Cursor pages and filters (stripe-facts 2.5, 3, 15.3)."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def five(client: Any, control: Any) -> list[str]:
    """Five products, oldest first; the first three within one second."""
    control("POST", "clock", {"set": 1_800_000_000})
    made = []
    for number in range(5):
        if number >= 3:
            control("POST", "clock", {"advance": 10})
        made.append(client.v1.products.create({"id": f"p{number}", "name": f"P{number}", "active": number != 1}).id)
    return made


def ids(answer: Any) -> list[str]:
    return [item["id"] for item in answer.json()["data"]]


def test_newest_first_and_stable_within_a_second(send: Any, five: list[str]) -> None:
    answer = send("GET", "/v1/products")
    assert ids(answer) == five[::-1]
    assert answer.json() | {"data": []} == {"object": "list", "url": "/v1/products", "has_more": False, "data": []}


def test_pages_meet_without_gap_or_overlap(send: Any, client: Any, five: list[str]) -> None:
    first = send("GET", "/v1/products", {"limit": 2})
    assert (ids(first), first.json()["has_more"]) == (["p4", "p3"], True)
    second = send("GET", "/v1/products", {"limit": 3, "starting_after": "p3"})
    assert (ids(second), second.json()["has_more"]) == (["p2", "p1", "p0"], False)
    back = send("GET", "/v1/products", {"limit": 2, "ending_before": "p1"})
    assert (ids(back), back.json()["has_more"]) == (["p3", "p2"], True)
    assert [one.id for one in client.v1.products.list({"limit": 2}).auto_paging_iter()] == five[::-1]


def test_ten_by_default_and_a_hundred_at_most(send: Any, refused: Any, client: Any) -> None:
    for number in range(12):
        client.v1.products.create({"name": str(number)})
    assert len(ids(send("GET", "/v1/products"))) == 10
    assert len(ids(send("GET", "/v1/products", {"limit": 100}))) == 12
    for limit in (0, 101, -1):
        assert refused(send("GET", "/v1/products", {"limit": limit}))["param"] == "limit"


@pytest.mark.usefixtures("five")
def test_an_unknown_cursor_is_refused(send: Any, refused: Any) -> None:
    for name in ("starting_after", "ending_before"):
        error = refused(send("GET", "/v1/products", {name: "nope"}))
        assert (error["status"], error["code"], error["param"]) == (400, "resource_missing", name)
        assert error["message"] == "No such product: 'nope'"
    assert refused(send("GET", "/v1/products", {"starting_after": "p1", "ending_before": "p3"}))["status"] == 400


@pytest.mark.usefixtures("five")
def test_a_create_while_paging_moves_nothing(send: Any, client: Any) -> None:
    first = ids(send("GET", "/v1/products", {"limit": 3}))
    client.v1.products.create({"name": "late"})
    assert ids(send("GET", "/v1/products", {"limit": 3, "starting_after": first[-1]})) == ["p1", "p0"]


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"active": True}, ["p4", "p3", "p2", "p0"]),
        ({"active": False}, ["p1"]),
        ({"ids": ["p0", "p3", "missing"]}, ["p3", "p0"]),
        ({"created": {"gte": 1_800_000_010}}, ["p4", "p3"]),
        ({"created": {"gt": 1_800_000_000, "lt": 1_800_000_020}}, ["p3"]),
        ({"created": {"lte": 1_800_000_000}, "active": True}, ["p2", "p0"]),
        ({"created": 1_800_000_020}, ["p4"]),
        ({"active": True, "limit": 2, "starting_after": "p3"}, ["p2", "p0"]),
        ({"type": "good"}, []),
        ({"shippable": True}, []),
        ({"url": "https://a.example"}, []),
    ],
)
def test_products_are_filtered(send: Any, params: Any, expected: list[str]) -> None:
    assert ids(send("GET", "/v1/products", params)) == expected


@pytest.mark.usefixtures("five")
def test_ids_and_cursors_exclude_each_other(send: Any, refused: Any) -> None:
    assert (
        refused(send("GET", "/v1/products", {"ids": ["p1"], "starting_after": "p2"}))["code"] == "parameters_exclusive"
    )


def test_prices_are_filtered(send: Any, refused: Any, client: Any) -> None:
    for product in ("a", "b"):
        client.v1.products.create({"id": product, "name": product})
    meter = client.v1.billing.meters.create(
        {"display_name": "m", "event_name": "m", "default_aggregation": {"formula": "sum"}}
    )
    made: dict[str, Any] = {
        "monthly": {"product": "a", "currency": "usd", "recurring": {"interval": "month"}, "lookup_key": "k1"},
        "yearly": {"product": "a", "currency": "eur", "recurring": {"interval": "year"}, "active": False},
        "metered": {
            "product": "b",
            "currency": "usd",
            "recurring": {"interval": "month", "usage_type": "metered", "meter": meter.id},
        },
        "once": {"product": "b", "currency": "usd", "lookup_key": "k2"},
    }
    names = {client.v1.prices.create({**params, "unit_amount": 1}).id: name for name, params in made.items()}

    def found(**params: Any) -> set[str]:
        return {names[one] for one in ids(send("GET", "/v1/prices", params))}

    assert found() == set(made)
    assert found(active=True) == {"monthly", "metered", "once"}
    assert found(product="a", active=False) == {"yearly"}
    assert found(currency="eur") == {"yearly"}
    assert found(type="one_time") == {"once"}
    assert found(lookup_keys=["k1", "k2", "k3"]) == {"monthly", "once"}
    assert found(recurring={"interval": "month", "usage_type": "licensed"}) == {"monthly"}
    assert found(recurring={"meter": meter.id}) == {"metered"}
    keys = [f"k{number}" for number in range(11)]
    assert refused(send("GET", "/v1/prices", {"lookup_keys": keys}))["param"] == "lookup_keys"


def test_portal_configurations_are_filtered(client: Any) -> None:
    features = {"invoice_history": {"enabled": True}}
    first, second = (client.v1.billing_portal.configurations.create({"features": features}) for _ in range(2))
    client.v1.billing_portal.configurations.update(second.id, {"active": False})

    def found(**params: Any) -> list[str]:
        return [one.id for one in client.v1.billing_portal.configurations.list(params).data]

    assert found(is_default=True) == [first.id]
    assert found(is_default=False) == [second.id]
    assert found(active=True) == [first.id]
    assert found(active=False) == [second.id]
    assert found() == [second.id, first.id]
