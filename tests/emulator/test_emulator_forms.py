"""Form encoding and parameter checks (stripe-facts 2.1, 2.2, 9, 15.1, 15.4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe._encode import _api_encode

from reconciler.emulator.forms import decode, readable

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1, max_size=8)
VALUES = st.text(max_size=8)
TREES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(TEXTS, inner, min_size=1),
    max_leaves=8,
)


def indexed(node: Any) -> Any:
    if isinstance(node, list):
        return {str(position): indexed(item) for position, item in enumerate(node)}
    return {key: indexed(value) for key, value in node.items()} if isinstance(node, dict) else node


@settings(deadline=None)
@given(st.dictionaries(TEXTS, TREES, max_size=4))
def test_whatever_the_sdk_encodes_comes_back(params: Any) -> None:
    assert decode(urlencode(list(_api_encode(params)))) == indexed(params)


def test_indexes_decide_the_order_and_empty_brackets_append() -> None:
    assert readable(decode("a[1]=y&a[0]=x&b[]=1&b[]=2")) == {"a": ["x", "y"], "b": ["1", "2"]}


@pytest.mark.parametrize("encoded", ["a[b=1", "a]=1", "a=1&a[b]=2", "a[b]=2&a=1", "=1"])
def test_a_malformed_name_is_refused(send: Any, refused: Any, encoded: str) -> None:
    assert refused(send("POST", "/v1/products", encoded))["status"] == 400


def test_lists_and_maps_arrive(client: Any) -> None:
    images = ["https://a.example/1.png", "https://a.example/2.png"]
    product = client.v1.products.create({"name": "Pro", "images": images, "metadata": {"a": "1", "b": "2"}})
    assert product.images == images
    assert product.metadata.to_dict() == {"a": "1", "b": "2"}


def test_empty_containers_are_not_sent_and_only_an_empty_text_unsets(client: Any) -> None:
    product = client.v1.products.create({"name": "Pro", "images": ["https://a.example/1.png"], "description": "x"})
    assert client.v1.products.update(product.id, {"images": []}).images == ["https://a.example/1.png"]
    emptied = client.v1.products.update(product.id, {"images": "", "description": ""})
    assert (emptied.images, emptied.description) == ([], None)


@pytest.mark.parametrize(
    ("path", "params", "param"),
    [
        ("/v1/products", {"name": "x", "nmae": "y"}, "nmae"),
        ("/v1/prices", {"currency": "usd", "recurring": {"interval": "month", "every": 1}}, "recurring[every]"),
        ("/v1/prices", {"currency": "usd", "tiers": [{"up_to": "inf", "amount": 1}]}, "tiers[0][amount]"),
        ("/v1/prices", {"currency": "usd", "currency_options": {"eur": {"sum": 1}}}, "currency_options[eur][sum]"),
        (
            "/v1/billing_portal/configurations",
            {"features": {"subscription_update": {"enabled": True, "products": [{"product": "p", "price": "x"}]}}},
            "features[subscription_update][products][0][price]",
        ),
    ],
)
def test_an_unknown_parameter_is_named_at_any_depth(
    send: Any, refused: Any, path: str, params: Any, param: str
) -> None:
    error = refused(send("POST", path, params))
    assert (error["status"], error["code"], error["param"]) == (400, "parameter_unknown", param)
    assert error["message"] == f"Received unknown parameter: {param}"
    assert error["type"] == "invalid_request_error"


def test_several_unknown_parameters_are_named_together(send: Any, refused: Any) -> None:
    error = refused(send("POST", "/v1/products", {"name": "x", "a": 1, "b": 2}))
    assert error["message"] == "Received unknown parameters: a, b"


@pytest.mark.parametrize(
    ("path", "params", "param"),
    [
        ("/v1/products", {}, "name"),
        ("/v1/prices", {"product": "p"}, "currency"),
        ("/v1/prices", {"currency": "usd", "recurring": {"interval_count": 1}}, "recurring[interval]"),
        ("/v1/prices", {"currency": "usd", "tiers": [{"unit_amount": 1}]}, "tiers[0][up_to]"),
        ("/v1/billing_portal/configurations", {"name": "x"}, "features"),
        (
            "/v1/billing_portal/configurations",
            {"features": {"subscription_cancel": {"mode": "immediately"}}},
            "features[subscription_cancel][enabled]",
        ),
    ],
)
def test_a_missing_parameter_is_named(send: Any, refused: Any, path: str, params: Any, param: str) -> None:
    error = refused(send("POST", path, params))
    assert (error["status"], error["code"], error["param"]) == (400, "parameter_missing", param)
    assert error["message"] == f"Missing required param: {param}."


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"currency": "usd", "unit_amount": "12.5"}, "unit_amount", "parameter_invalid_integer"),
        ({"currency": "usd", "unit_amount": "1e3"}, "unit_amount", "parameter_invalid_integer"),
        ({"currency": "usd", "unit_amount_decimal": "1E+2"}, "unit_amount_decimal", None),
        ({"currency": "usd", "unit_amount_decimal": "0.1234567890123"}, "unit_amount_decimal", None),
        ({"currency": "usd", "active": "yes"}, "active", None),
        ({"currency": "usd", "recurring": "month"}, "recurring", None),
        ({"currency": "usd", "tiers": "none"}, "tiers", None),
        ({"currency": "usd", "tiers": {"a": {"up_to": "inf"}}}, "tiers", None),
        ({"currency": {"a": "usd"}}, "currency", None),
        ({"currency": "usd", "recurring": {"interval": "fortnight"}}, "recurring[interval]", None),
        ({"currency": "usd", "tiers": [{"up_to": "infinity"}]}, "tiers[0][up_to]", "parameter_invalid_integer"),
        ({"currency": "usd", "nickname": ""}, "nickname", "parameter_invalid_empty"),
        ({"currency": "usd", "unit_amount": ""}, "unit_amount", "parameter_invalid_empty"),
        ({"currency": "usd", "lookup_key": "k" * 201}, "lookup_key", None),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(
    send: Any, refused: Any, params: Any, param: str, code: str | None
) -> None:
    error = refused(send("POST", "/v1/prices", params))
    assert (error["status"], error["param"], error.get("code")) == (400, param, code)


def test_an_invalid_choice_lists_the_choices(send: Any, refused: Any) -> None:
    error = refused(send("POST", "/v1/prices", {"currency": "usd", "recurring": {"interval": "fortnight"}}))
    assert error["message"] == "Invalid recurring[interval]: must be one of day, month, week, or year"


def test_a_field_without_an_unset_refuses_the_empty_text(client: Any, send: Any, refused: Any) -> None:
    product = client.v1.products.create({"name": "Pro", "statement_descriptor": "ACME"})
    for name in ("statement_descriptor", "name", "default_price"):
        error = refused(send("POST", f"/v1/products/{product.id}", {name: ""}))
        assert error["code"] == "parameter_invalid_empty"
        assert error["message"].startswith(f"You passed an empty string for '{name}'. We assume empty values are an")


def test_a_json_body_is_refused(send: Any, refused: Any) -> None:
    answer = send("POST", "/v1/products", '{"name": "x"}', headers={"Content-Type": "application/json"})
    assert "application/x-www-form-urlencoded" in refused(answer)["message"]
