"""Nested data to canonical values, and back to Stripe's parameters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.portal_configuration import PORTAL_CONFIGURATION
from reconciler.kinds.price import PRICE
from reconciler.kinds.product import PRODUCT
from reconciler.kinds.shapes import exact, fold_decimals, unfold_decimals
from reconciler.kinds.values import comparable, flatten, parameters
from tests import worlds as worlds  # loads the profile


@pytest.mark.parametrize(
    ("written", "value"),
    [("1500.0", 1500), ("1500", 1500), (0, 0), ("0.50", "0.5"), ("1e3", 1000), ("0.000000000001", "0.000000000001")],
)
def test_an_amount_has_one_spelling(written: Any, value: Any) -> None:
    assert exact(written) == value


@given(st.decimals(0, 99_999_999, places=12))
def test_a_decimal_keeps_every_digit_there_and_back(number: Decimal) -> None:
    folded = fold_decimals({"unit_amount": None, "unit_amount_decimal": str(number)})
    back = unfold_decimals(folded)
    assert Decimal(str(back.get("unit_amount_decimal", back.get("unit_amount")))) == number


def test_yaml_and_an_answer_look_the_same() -> None:
    tiers = [{"up_to": 10, "unit_amount": 5}, {"up_to": "inf", "flat_amount": 7}]
    answer = [
        {"up_to": 10, "unit_amount": 5, "unit_amount_decimal": "5", "flat_amount": None, "flat_amount_decimal": None},
        {"up_to": None, "unit_amount": 0, "unit_amount_decimal": "0", "flat_amount": 7, "flat_amount_decimal": "7"},
    ]
    assert flatten(PRICE, {"tiers": tiers}) == flatten(PRICE, {"tiers": answer})


def test_a_null_counts_only_where_stripe_can_unset() -> None:
    found = flatten(PRODUCT, {"description": None, "statement_descriptor": None, "tax_details": None, "name": "Pro"})
    assert found == {
        ("description",): None,
        ("name",): "Pro",
        ("tax_details", "tax_code"): None,
        ("tax_details", "performance_location"): None,
    }


def test_empty_text_in_metadata_is_no_key() -> None:
    assert flatten(PRODUCT, {"metadata": {"a": "", "b": "0"}}) == {("metadata", "a"): None, ("metadata", "b"): "0"}


def test_sets_compare_without_order_and_lists_with_it() -> None:
    updates = PORTAL_CONFIGURATION.field_at(("features", "customer_update", "allowed_updates"))
    images = PRODUCT.field_at(("images",))
    assert updates
    assert images
    assert comparable(updates, ("email", "name")) == comparable(updates, ("name", "email"))
    assert comparable(images, ("a", "b")) != comparable(images, ("b", "a"))
    assert comparable(images, None) == ()


def test_a_unit_is_sent_whole() -> None:
    reason = ("features", "subscription_cancel", "cancellation_reason")
    base = {(*reason, "enabled"): True, (*reason, "options"): ("other",), ("name",): "x"}
    sent = parameters(PORTAL_CONFIGURATION, {(*reason, "options"): ("unused",)}, base)
    inner = {"enabled": True, "options": ["unused"]}
    assert sent == {"features": {"subscription_cancel": {"cancellation_reason": inner}}}


def test_a_unit_inside_a_map_is_sent_whole() -> None:
    custom = ("currency_options", "eur", "custom_unit_amount")
    sent = parameters(PRICE, {(*custom, "minimum"): 5}, {(*custom, "enabled"): True, (*custom, "minimum"): 5})
    assert sent == {"currency_options": {"eur": {"custom_unit_amount": {"enabled": True, "minimum": 5}}}}


def test_what_stripe_only_reads_out_is_never_sent() -> None:
    base = {("login_page", "enabled"): False, ("login_page", "url"): "https://billing.example"}
    sent = parameters(PORTAL_CONFIGURATION, {("login_page", "enabled"): True}, base)
    assert sent == {"login_page": {"enabled": True}}


def test_a_block_goes_whole_when_all_of_it_goes() -> None:
    whole: dict[tuple[str, ...], Any] = {("tax_details", "tax_code"): "a", ("tax_details", "performance_location"): "b"}
    assert parameters(PRODUCT, dict.fromkeys(whole), whole) == {"tax_details": ""}
    assert parameters(PRODUCT, {("tax_details", "tax_code"): None}, whole) == {"tax_details": {"tax_code": ""}}


def test_what_another_value_rules_out_is_not_sent_along() -> None:
    duration = ("features", "subscription_pause", "duration")
    base = {(*duration, "type"): "interval_options", (*duration, "interval_options"): ({"interval": "week"},)}
    sent = parameters(PORTAL_CONFIGURATION, {(*duration, "type"): "indefinite"}, base)
    assert sent == {"features": {"subscription_pause": {"duration": {"type": "indefinite"}}}}


def test_a_required_block_is_never_empty_at_creation() -> None:
    sent = parameters(PORTAL_CONFIGURATION, {("name",): "x"}, {}, creating=True)
    assert sent == {"name": "x", "features": {"customer_update": {"enabled": False}}}
