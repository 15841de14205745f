"""Products (stripe-facts 3, 7, 15.4, 15.5)."""

from __future__ import annotations

from typing import Any

import pytest
import stripe


def test_everything_comes_back_as_sent(client: Any) -> None:
    params = {
        "id": "acme pro/1+2",
        "name": "Pro",
        "active": False,
        "description": "d" * 6000,
        "images": ["https://a.example/1.png"],
        "marketing_features": [{"name": "Fast"}, {"name": "Good"}],
        "metadata": {"a": "1"},
        "package_dimensions": {"height": 1.5, "length": 2, "weight": 3, "width": 4},
        "shippable": True,
        "statement_descriptor": "Acme PRO",
        "tax_code": "txcd_10103001",
        "unit_label": "seat",
        "url": "https://a.example",
    }
    created = client.v1.products.create(params)
    read = client.v1.products.retrieve("acme pro/1+2").to_dict()
    assert read == created.to_dict()
    assert {name: read[name] for name in params} == params
    assert (read["livemode"], read["type"], read["default_price"]) == (False, "service", None)


def test_an_id_is_taken_once(client: Any, send: Any, refused: Any) -> None:
    client.v1.products.create({"id": "pro", "name": "Pro"})
    client.v1.products.update("pro", {"active": False})
    error = refused(send("POST", "/v1/products", {"id": "pro", "name": "Again"}))
    assert (error["status"], error["code"], error["param"]) == (400, "resource_already_exists", "id")
    assert error["message"] == "Product already exists."


def test_a_missing_product_is_404(client: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.products.retrieve("nope")
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (404, "resource_missing", "id")


@pytest.mark.parametrize("name", ["id", "type", "default_price_data"])
def test_create_only_fields_are_unknown_to_update(client: Any, send: Any, refused: Any, name: str) -> None:
    client.v1.products.create({"id": "pro", "name": "Pro"})
    assert refused(send("POST", "/v1/products/pro", {name: "x"}))["code"] == "parameter_unknown"


def test_a_default_price_cannot_be_given_on_create(send: Any, refused: Any) -> None:
    assert refused(send("POST", "/v1/products", {"name": "x", "default_price": "y"}))["param"] == "default_price"


def test_the_default_price_is_an_active_price_of_the_product(client: Any, send: Any, refused: Any) -> None:
    for product in ("a", "b"):
        client.v1.products.create({"id": product, "name": product})
    other = client.v1.prices.create({"product": "b", "currency": "usd", "unit_amount": 1})
    dead = client.v1.prices.create({"product": "a", "currency": "usd", "unit_amount": 1, "active": False})
    for price in (other.id, dead.id):
        assert refused(send("POST", "/v1/products/a", {"default_price": price}))["param"] == "default_price"
    error = refused(send("POST", "/v1/products/a", {"default_price": "price_nope"}))
    assert (error["message"], error["code"], error["status"]) == (
        "No such price: 'price_nope'",
        "resource_missing",
        400,
    )


def test_only_a_product_that_never_had_a_price_is_deleted(client: Any, send: Any, refused: Any) -> None:
    client.v1.products.create({"id": "a", "name": "a"})
    client.v1.products.create({"id": "b", "name": "b"})
    price = client.v1.prices.create({"product": "b", "currency": "usd", "unit_amount": 1})
    client.v1.prices.update(price.id, {"active": False})
    assert client.v1.products.delete("a").deleted
    assert refused(send("GET", "/v1/products/a"))["status"] == 404
    assert "user-created prices" in refused(send("DELETE", "/v1/products/b"))["message"]
    assert [one.id for one in client.v1.products.list().data] == ["b"]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"statement_descriptor": "1234"}, "statement_descriptor"),
        ({"statement_descriptor": "A<b"}, "statement_descriptor"),
        ({"statement_descriptor": "A" * 23}, "statement_descriptor"),
        ({"unit_label": "a" * 13}, "unit_label"),
        ({"images": [f"https://a.example/{n}" for n in range(9)]}, "images"),
        ({"images": ["ftp://a"]}, "images[0]"),
        ({"marketing_features": [{"name": "x"}] * 16}, "marketing_features"),
        ({"tax_code": "txcd_1"}, "tax_code"),
        ({"url": "nowhere"}, "url"),
        ({"type": "good", "unit_label": "seat"}, "unit_label"),
        ({"package_dimensions": {"height": 1}}, "package_dimensions[length]"),
        ({"description": "d" * 40_001}, "description"),
    ],
)
def test_what_a_product_may_not_be(send: Any, refused: Any, params: Any, param: str) -> None:
    assert refused(send("POST", "/v1/products", {"name": "x", **params}))["param"] == param


def test_updated_tells_that_something_was_written(client: Any, control: Any) -> None:
    control("POST", "clock", {"set": 1_800_000_000})
    product = client.v1.products.create({"name": "x"})
    control("POST", "clock", {"advance": 5})
    assert client.v1.products.update(product.id, {"name": "x"}).updated == product.created + 5


def test_default_price_data_makes_a_price(client: Any) -> None:
    data = {"currency": "usd", "unit_amount": 500, "recurring": {"interval": "month"}}
    product = client.v1.products.create({"name": "x", "default_price_data": data, "expand": ["default_price"]})
    assert (product.default_price.unit_amount, product.default_price.product) == (500, product.id)


def test_tax_details_merge(client: Any) -> None:
    product = client.v1.products.create({"name": "x", "tax_details": {"tax_code": "txcd_10103001"}})
    merged = client.v1.products.update(product.id, {"tax_details": {"performance_location": "taxloc_1"}})
    assert merged.tax_details.to_dict() == {"performance_location": "taxloc_1", "tax_code": "txcd_10103001"}
    assert client.v1.products.update(product.id, {"tax_details": ""}).tax_details is None
