"""Includable fields and expansion (stripe-facts 2.4, 15.2)."""

from __future__ import annotations

from typing import Any

import pytest

PRODUCTS = "features.subscription_update.products"


@pytest.fixture
def plan(client: Any) -> Any:
    client.v1.products.create({"id": "pro", "name": "Pro", "tax_code": "txcd_10103001"})
    tiers = [{"up_to": 10, "unit_amount": 500}, {"up_to": "inf", "unit_amount": 400, "flat_amount": 100}]
    price = client.v1.prices.create(
        {
            "product": "pro",
            "currency": "usd",
            "billing_scheme": "tiered",
            "tiers_mode": "volume",
            "tiers": tiers,
            "recurring": {"interval": "month"},
            "currency_options": {"eur": {"tiers": tiers}},
        }
    )
    client.v1.products.update("pro", {"default_price": price.id})
    return price


@pytest.fixture
def configuration(client: Any, plan: Any) -> Any:
    update = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": "pro", "prices": [plan.id]}],
    }
    return client.v1.billing_portal.configurations.create({"features": {"subscription_update": update}})


def test_includable_fields_of_a_price_are_absent_until_asked_for(send: Any, plan: Any) -> None:
    path = f"/v1/prices/{plan.id}"
    plain = send("GET", path).json()
    assert not {"tiers", "currency_options"} & plain.keys()
    shown = send("GET", path, {"expand": ["tiers", "currency_options"]}).json()
    assert [tier["up_to"] for tier in shown["tiers"]] == [10, None]
    assert shown["tiers"][1] == {
        "flat_amount": 100,
        "flat_amount_decimal": "100",
        "unit_amount": 400,
        "unit_amount_decimal": "400",
        "up_to": None,
    }
    assert set(shown["currency_options"]) == {"usd", "eur"}
    assert "tiers" not in shown["currency_options"]["eur"]


def test_the_tiers_of_one_currency_are_asked_for_by_its_name(send: Any, plan: Any) -> None:
    shown = send("GET", f"/v1/prices/{plan.id}", {"expand": ["currency_options.eur.tiers"]}).json()
    assert [tier["up_to"] for tier in shown["currency_options"]["eur"]["tiers"]] == [10, None]
    assert "tiers" not in shown["currency_options"]["usd"]
    assert "tiers" not in shown


@pytest.mark.usefixtures("configuration")
def test_a_list_takes_the_same_paths_after_data(send: Any, refused: Any) -> None:
    (price,) = send("GET", "/v1/prices", {"expand": ["data.tiers", "data.currency_options.eur.tiers"]}).json()["data"]
    assert {"tiers", "currency_options"} <= price.keys()
    path = "/v1/billing_portal/configurations"
    (plain,) = send("GET", path).json()["data"]
    assert "products" not in plain["features"]["subscription_update"]
    (shown,) = send("GET", path, {"expand": [f"data.{PRODUCTS}"]}).json()["data"]
    assert shown["features"]["subscription_update"]["products"][0]["product"] == "pro"
    error = refused(send("GET", "/v1/prices", {"expand": ["tiers"]}))
    assert "expanding 'data.tiers' instead" in error["message"]


def test_writes_honour_expand(send: Any, plan: Any, configuration: Any) -> None:
    path = f"/v1/billing_portal/configurations/{configuration.id}"
    assert "products" not in send("POST", path, {"name": "x"}).json()["features"]["subscription_update"]
    shown = send("POST", path, {"name": "y", "expand": [PRODUCTS]}).json()
    assert shown["features"]["subscription_update"]["products"][0]["prices"] == [plan.id]
    created = send(
        "POST", path.rpartition("/")[0], {"features": {"invoice_history": {"enabled": True}}, "expand": [PRODUCTS]}
    )
    assert created.json()["features"]["subscription_update"]["products"] == []


def test_ids_become_objects(client: Any, plan: Any) -> None:
    assert client.v1.prices.retrieve(plan.id, {"expand": ["product"]}).product.name == "Pro"
    product = client.v1.products.retrieve("pro", {"expand": ["default_price.product", "tax_code"]})
    assert product.default_price.product.id == "pro"
    assert product.tax_code.id == "txcd_10103001"
    listed = client.v1.products.list({"expand": ["data.default_price.tiers"]}).data[0]
    assert len(listed.default_price.tiers) == 2
    assert isinstance(client.v1.products.retrieve("pro").default_price, str)


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("path", ["nonsense", "name", "default_price.nonsense", "product", "tiers", "metadata.a"])
def test_an_unknown_path_is_refused(send: Any, refused: Any, path: str) -> None:
    error = refused(send("GET", "/v1/products/pro", {"expand": [path]}))
    assert error["status"] == 400
    assert "cannot be expanded" in error["message"]


def test_an_unknown_path_is_refused_on_an_empty_list_too(send: Any, refused: Any) -> None:
    assert refused(send("GET", "/v1/products", {"expand": ["data.nonsense"]}))["status"] == 400


def test_more_than_four_levels_are_refused(send: Any, refused: Any) -> None:
    error = refused(send("GET", "/v1/subscriptions", {"expand": ["data.items.data.price.product"]}))
    assert error["code"] == "property_expansion_max_depth"
    assert error["message"].startswith("You cannot expand more than 4 levels of a property.")
