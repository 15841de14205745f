"""Search sees what happened a minute ago (stripe-facts 2.6, 15.11)."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def shelf(client: Any, control: Any) -> None:
    """Three products and a price, old enough to be found."""
    control("POST", "clock", {"set": 1_800_000_000})
    client.v1.products.create({"id": "p0", "name": "Pro", "metadata": {"tier": "gold"}})
    client.v1.products.create({"id": "p1", "name": "Pro Plus"})
    client.v1.products.create({"id": "p2", "name": "Basic", "active": False, "metadata": {"tier": "gold"}})
    client.v1.prices.create({"product": "p0", "currency": "usd", "unit_amount": 5, "lookup_key": "pro"})
    control("POST", "clock", {"advance": 60})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name:'Pro'", ["p0"]),
        ('name~"pro"', ["p1", "p0"]),
        ("metadata['tier']:'gold'", ["p2", "p0"]),
        ("metadata['tier']:'gold' AND active:'true'", ["p0"]),
        ("-active:'true'", ["p2"]),
        ("name:'Basic' OR name:'Pro'", ["p2", "p0"]),
        ("name:'nothing'", []),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_a_query_finds(client: Any, query: str, found: list[str]) -> None:
    assert [one.id for one in client.v1.products.search({"query": query}).data] == found


@pytest.mark.usefixtures("shelf")
def test_what_is_new_or_edited_is_not_found_at_once(client: Any, control: Any) -> None:
    client.v1.products.create({"id": "p3", "name": "New"})
    client.v1.products.update("p0", {"name": "Professional"})
    assert client.v1.products.search({"query": "name:'New' OR name:'Professional'"}).data == []
    assert [one.id for one in client.v1.products.list({"limit": 1}).data] == ["p3"]
    control("POST", "clock", {"advance": 60})
    found = client.v1.products.search({"query": "name:'New' OR name:'Professional'"})
    assert [one.id for one in found.data] == ["p3", "p0"]


@pytest.mark.usefixtures("shelf")
def test_pages_follow_each_other(client: Any) -> None:
    first = client.v1.products.search({"query": "name~'o' OR name~'a'", "limit": 2})
    second = client.v1.products.search({"query": "name~'o' OR name~'a'", "limit": 2, "page": first.next_page})
    assert ([one.id for one in first.data], first.has_more) == (["p2", "p1"], True)
    assert ([one.id for one in second.data], second.has_more, second.next_page) == (["p0"], False, None)


@pytest.mark.usefixtures("shelf")
def test_prices_are_found_by_lookup_key(client: Any) -> None:
    assert [one.product for one in client.v1.prices.search({"query": "lookup_key:'pro'"}).data] == ["p0"]


@pytest.mark.parametrize("query", ["", "name", "colour:'red'", "name['a']:'b'", "name:'a' AND name:'b' OR name:'c'"])
def test_a_query_that_is_none_is_refused(send: Any, refused: Any, query: str) -> None:
    assert refused(send("GET", "/v1/products/search", {"query": query}))["status"] == 400
