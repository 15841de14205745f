"""Answers and requests against the OpenAPI description of the API, a second opinion beside the SDK's types."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator
from stripe import StripeObject

from reconciler.emulator.params import shape_of
from reconciler.emulator.resources import RESOURCES

SPEC = Path(__file__).parents[2] / ".." / "shared" / "stripe-spec" / "spec-slim.json"
NOT_IN_THE_DESCRIPTION = {"total_count"}
pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="the OpenAPI description is not at hand")


@pytest.fixture(scope="module")
def spec() -> Any:
    """The description, closed: an answer may have no member that it doesn't name."""
    document = json.loads(SPEC.read_text())
    for schema in document["components"]["schemas"].values():
        close(schema)
    return document


def close(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("type") == "object" and node.get("properties"):
            node.setdefault("additionalProperties", False)
            node["properties"].update({name: {} for name in NOT_IN_THE_DESCRIPTION})
        if node.get("nullable") and "anyOf" in node:  # OpenAPI 3.0 heeds it only beside a type
            node["anyOf"].append({"type": "string", "nullable": True, "enum": [None]})
        if node.get("nullable") and "enum" in node:
            node["enum"] = [*node["enum"], None]
        for value in node.values():
            close(value)
    elif isinstance(node, list):
        for value in node:
            close(value)


def problems(spec: Any, schema: Any, value: Any) -> list[str]:
    validator = OAS30Validator({**schema, "components": spec["components"]})
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(value)
    ]


def operation(spec: Any, method: str, path: str) -> Any:
    return spec["paths"][path][method.lower()]


@pytest.fixture
def judge(spec: Any, send: Any) -> Any:
    """Sends a request after checking it, and checks the answer. `judge(method, template, params, **variables)`."""

    def judge(method: str, template: str, params: Any = None, **variables: str) -> Any:
        described = operation(spec, method, template)
        if method == "POST" and params:
            form = described["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
            assert problems(spec, form, params) == []
        answer = send(method, template.format(**variables), params or {})
        assert answer.status_code == 200, answer.text
        schema = copy.deepcopy(described["responses"]["200"]["content"]["application/json"]["schema"])
        close(schema)
        body = answer.json()
        if body.get("deleted"):  # the description shows the whole object, Stripe answers a stub
            assert body == {"id": body["id"], "object": body["object"], "deleted": True}
        else:
            assert problems(spec, schema, body) == []
        StripeObject.construct_from(body, "key")
        return body

    return judge


def everywhere(judge: Any, path: str, variable: str, created: Any, changed: Any) -> Any:
    """Create, update, retrieve and list one kind."""
    body = judge("POST", path, created)
    one = f"{path}/{{{variable}}}"
    judge("POST", one, changed, **{variable: body["id"]})
    judge("GET", one, **{variable: body["id"]})
    judge("GET", path, {"limit": 100})
    return body


def test_products_and_prices(judge: Any) -> None:
    rich = {
        "name": "Pro",
        "id": "pro",
        "description": "d",
        "images": ["https://a.example/1.png"],
        "marketing_features": [{"name": "Fast"}],
        "metadata": {"a": "1"},
        "package_dimensions": {"height": 1.5, "length": 2.0, "weight": 3.0, "width": 4.0},
        "shippable": True,
        "statement_descriptor": "ACME",
        "tax_code": "txcd_10103001",
        "tax_details": {"tax_code": "txcd_10103001"},
        "unit_label": "seat",
        "url": "https://a.example",
    }
    everywhere(judge, "/v1/products", "id", rich, {"description": "", "images": "", "tax_details": "", "metadata": ""})
    meter = {"display_name": "m", "event_name": "m", "default_aggregation": {"formula": "sum"}}
    made = everywhere(judge, "/v1/billing/meters", "id", meter, {"display_name": "n"})
    tiers = [{"up_to": 5, "unit_amount": 1}, {"up_to": "inf", "flat_amount_decimal": "0.5"}]
    tiered = {
        "currency": "usd",
        "product": "pro",
        "billing_scheme": "tiered",
        "tiers_mode": "graduated",
        "tiers": tiers,
    }
    metered = {"interval": "month", "usage_type": "metered", "meter": made["id"]}
    shown = {"expand": ["tiers", "currency_options", "product"]}
    everywhere(judge, "/v1/prices", "price", {**tiered, "recurring": metered, **shown}, {"nickname": "x"})
    plain = {
        "currency": "usd",
        "product": "pro",
        "unit_amount_decimal": "12.5",
        "recurring": {"interval": "week", "interval_count": 2},
        "lookup_key": "k",
        "tax_behavior": "exclusive",
        "transform_quantity": {"divide_by": 2, "round": "up"},
        "currency_options": {"eur": {"unit_amount": 5, "tax_behavior": "inclusive"}},
        **shown,
    }
    price = everywhere(judge, "/v1/prices", "price", plain, {"currency_options": {"gbp": {"unit_amount": 3}}, **shown})
    everywhere(
        judge,
        "/v1/prices",
        "price",
        {"currency": "usd", "product": "pro", "custom_unit_amount": {"enabled": True, "preset": 5}},
        {"metadata": {"a": "b"}},
    )
    judge(
        "POST", "/v1/products/{id}", {"default_price": price["id"], "expand": ["default_price", "tax_code"]}, id="pro"
    )
    for action in ("deactivate", "reactivate"):
        judge("POST", f"/v1/billing/meters/{{id}}/{action}", id=made["id"])
    judge("POST", "/v1/products", {"name": "gone", "id": "gone"})
    judge("DELETE", "/v1/products/{id}", id="gone")
    judge("GET", "/v1/events", {"limit": 100})
    judge("GET", "/v1/tax_codes", {"limit": 100})
    judge("GET", "/v1/tax_codes/{id}", id="txcd_10103001")


def test_the_portal_and_those_who_use_it(judge: Any) -> None:
    judge("POST", "/v1/products", {"name": "Pro", "id": "pro"})
    params = {"currency": "usd", "product": "pro", "unit_amount": 5, "recurring": {"interval": "month"}}
    price = judge("POST", "/v1/prices", params)
    option = everywhere(judge, "/v1/billing/feedback_options", "id", {"description": "x"}, {"description": "y"})
    methods = everywhere(
        judge,
        "/v1/payment_method_configurations",
        "configuration",
        {"name": "Cards", "card": {"display_preference": {"preference": "on"}}},
        {"name": "x"},
    )
    features = {
        "customer_update": {"enabled": True, "allowed_updates": ["email", "tax_id"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True, "payment_method_configuration": methods["id"]},
        "subscription_cancel": {
            "enabled": True,
            "mode": "immediately",
            "proration_behavior": "create_prorations",
            "cancellation_reason": {"enabled": True, "options": ["other"], "feedback_options": [option["id"]]},
        },
        "subscription_pause": {"enabled": True, "duration": {"type": "indefinite"}},
        "subscription_update": {
            "enabled": True,
            "billing_cycle_anchor": "now",
            "default_allowed_updates": ["price", "quantity", "promotion_code"],
            "products": [
                {
                    "product": "pro",
                    "prices": [price["id"]],
                    "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 9},
                }
            ],
            "proration_behavior": "always_invoice",
            "schedule_at_period_end": {"conditions": [{"type": "shortening_interval"}]},
            "trial_update_behavior": "continue_trial",
        },
    }
    expand = [
        "features.subscription_update.products",
        "features.subscription_cancel.cancellation_reason.feedback_options",
    ]
    configuration = everywhere(
        judge,
        "/v1/billing_portal/configurations",
        "configuration",
        {"features": features, "login_page": {"enabled": True}, "name": "Main", "expand": expand},
        {"login_page": {"enabled": False}, "business_profile": {"headline": ""}, "metadata": ""},
    )
    judge("POST", "/v1/billing/feedback_options/{id}/deactivate", id=option["id"])
    address = {"city": "Bern", "country": "CH"}
    customer = everywhere(
        judge,
        "/v1/customers",
        "customer",
        {"email": "a@b.example", "address": address, "shipping": {"name": "Ann", "address": address}},
        {"name": "Ann", "preferred_locales": ["de"]},
    )
    subscription = everywhere(
        judge,
        "/v1/subscriptions",
        "subscription_exposed_id",
        {"customer": customer["id"], "items": [{"price": price["id"], "quantity": 2}], "trial_period_days": 3},
        {"cancel_at_period_end": True, "metadata": {"a": "b"}},
    )
    cancel = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription["id"]}}
    session = {
        "customer": customer["id"],
        "configuration": configuration["id"],
        "flow_data": cancel,
        "locale": "de",
        "after_expiration": {"type": "customer_login"},
        "return_url": "https://a.example",
        "expand": ["configuration"],
    }
    judge("POST", "/v1/billing_portal/sessions", session)
    judge("POST", "/v1/billing_portal/sessions", {"customer": customer["id"]})
    judge("DELETE", "/v1/subscriptions/{subscription_exposed_id}", subscription_exposed_id=subscription["id"])
    judge("DELETE", "/v1/customers/{customer}", customer=customer["id"])
    judge("GET", "/v1/account")
    judge("GET", "/v1/events", {"limit": 100})


def test_entitlements_and_discounts(judge: Any, spec: Any, send: Any) -> None:
    judge("POST", "/v1/products", {"name": "Pro", "id": "pro"})
    features = "/v1/entitlements/features"
    feature = everywhere(
        judge, features, "id", {"lookup_key": "sso", "name": "SSO", "metadata": {"a": "1"}}, {"name": "x"}
    )
    attached = judge("POST", "/v1/products/{product}/features", {"entitlement_feature": feature["id"]}, product="pro")
    one = {"product": "pro", "id": attached["id"]}
    judge("GET", "/v1/products/{product}/features", {"limit": 100}, product="pro")
    judge("GET", "/v1/products/{product}/features/{id}", **one)
    rich = {
        "id": "ten",
        "amount_off": 10,
        "applies_to": {"products": ["pro"]},
        "currency": "usd",
        "currency_options": {"eur": {"amount_off": 9}},
        "duration": "repeating",
        "duration_in_months": 3,
        "expand": ["applies_to", "currency_options"],
        "max_redemptions": 9,
        "name": "Ten",
        "redeem_by": 1_900_000_000,
    }
    more = {"currency_options": {"gbp": {"amount_off": 8}}, "metadata": {"a": "1"}, "expand": ["currency_options"]}
    everywhere(judge, "/v1/coupons", "coupon", rich, more)
    judge("POST", "/v1/coupons", {"percent_off": 12.5, "id": "gone", "expand": ["applies_to", "currency_options"]})
    customer = judge("POST", "/v1/customers", {})
    code = everywhere(
        judge,
        "/v1/promotion_codes",
        "promotion_code",
        {
            "promotion": {"type": "coupon", "coupon": "ten"},
            "customer": customer["id"],
            "expand": ["promotion.coupon", "customer", "restrictions.currency_options"],
            "restrictions": {
                "currency_options": {"eur": {"minimum_amount": 9}},
                "minimum_amount": 10,
                "minimum_amount_currency": "usd",
            },
        },
        {"active": False, "restrictions": {"currency_options": {"gbp": {"minimum_amount": 8}}}},
    )
    judge("POST", "/v1/promotion_codes/{promotion_code}", {"active": True}, promotion_code=code["id"])
    params = {"currency": "usd", "product": "pro", "unit_amount": 5, "recurring": {"interval": "month"}}
    price = judge("POST", "/v1/prices", params)
    discounts = [{"promotion_code": code["id"]}, {"coupon": "gone"}]
    wanted = {"customer": customer["id"], "items": [{"price": price["id"]}], "discounts": discounts}
    made = judge("POST", "/v1/subscriptions", wanted)
    expanded = send("GET", f"/v1/subscriptions/{made['id']}", {"expand": ["discounts.source.coupon"]}).json()
    for discount in expanded["discounts"]:
        assert problems(spec, spec["components"]["schemas"]["discount"], discount) == []
    judge("GET", "/v1/entitlements/active_entitlements", {"customer": customer["id"], "expand": ["data.feature"]})
    judge("DELETE", "/v1/products/{product}/features/{id}", **one)
    judge("DELETE", "/v1/coupons/{coupon}", coupon="gone")
    judge("POST", features + "/{id}", {"active": False}, id=feature["id"])
    judge("GET", features, {"archived": True})
    judge("GET", "/v1/events", {"limit": 100})


def test_rates_and_payment_links(judge: Any) -> None:
    judge("POST", "/v1/products", {"name": "Pro", "id": "pro"})
    price = judge("POST", "/v1/prices", {"currency": "usd", "product": "pro", "unit_amount": 5})
    monthly = {"currency": "usd", "product": "pro", "unit_amount": 5, "recurring": {"interval": "month"}}
    recurring = judge("POST", "/v1/prices", monthly)
    tax = {"display_name": "VAT", "inclusive": True, "percentage": 7.7, "country": "CH", "tax_type": "vat"}
    everywhere(judge, "/v1/tax_rates", "tax_rate", tax, {"active": False, "state": "BE"})
    bound = {"unit": "day", "value": 1}
    amount = {"amount": 5, "currency": "usd", "currency_options": {"eur": {"amount": 4, "tax_behavior": "inclusive"}}}
    shown = ["fixed_amount.currency_options", "tax_code"]
    shipping = {
        "display_name": "Post",
        "delivery_estimate": {"minimum": bound},
        "fixed_amount": amount,
        "tax_code": "txcd_92010001",
        "expand": shown,
    }
    rate = everywhere(judge, "/v1/shipping_rates", "shipping_rate_token", shipping, {"active": True, "expand": shown})
    field = {"key": "size", "label": {"type": "custom", "custom": "Size"}}
    options = {"options": [{"label": "S", "value": "s"}], "default_value": "s"}
    rich = {
        "line_items": [{"price": price["id"], "quantity": 2, "adjustable_quantity": {"enabled": True}}],
        "after_completion": {"type": "redirect", "redirect": {"url": "https://a.example"}},
        "automatic_tax": {"enabled": True},
        "consent_collection": {"terms_of_service": "required"},
        "custom_fields": [
            {**field, "type": "dropdown", "dropdown": options},
            {**field, "key": "number", "type": "numeric", "optional": True},
        ],
        "custom_text": {"submit": {"message": "Hi"}},
        "expand": ["line_items", "shipping_options.shipping_rate"],
        "invoice_creation": {"enabled": True, "invoice_data": {"issuer": {"type": "self"}}},
        "managed_payments": {"enabled": False},
        "name_collection": {"individual": {"enabled": True}},
        "optional_items": [{"price": price["id"], "quantity": 1}],
        "payment_intent_data": {"description": "d"},
        "payment_method_options": {"card": {"restrictions": {"brands_blocked": ["visa"]}}},
        "payment_method_types": ["card"],
        "restrictions": {"completed_sessions": {"limit": 5}},
        "shipping_address_collection": {"allowed_countries": ["CH"]},
        "shipping_options": [{"shipping_rate": rate["id"]}],
        "transfer_data": {"destination": "acct_1"},
    }
    unset = dict.fromkeys(["custom_fields", "restrictions", "name_collection", "payment_method_types"], "")
    link = everywhere(judge, "/v1/payment_links", "payment_link", rich, {"active": False, **unset})
    judge("GET", "/v1/payment_links/{payment_link}/line_items", payment_link=link["id"])
    trial = {"trial_period_days": 3, "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}}}
    subscribing = {"line_items": [{"price": recurring["id"], "quantity": 1}], "subscription_data": trial}
    judge("POST", "/v1/payment_links", {**subscribing, "expand": ["line_items.data.price.product"]})
    judge("GET", "/v1/events", {"limit": 100})


def test_endpoints_files_and_payment_methods(judge: Any, client: Any, control: Any) -> None:
    hook = {"url": "https://a.example", "enabled_events": ["*"], "api_version": "2026-10-28.endive", "connect": True}
    made = everywhere(judge, "/v1/webhook_endpoints", "webhook_endpoint", hook, {"disabled": True, "description": ""})
    judge("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}", webhook_endpoint=made["id"])
    path = "/v1/payment_method_configurations"
    (default,) = judge("GET", path)["data"]
    child = {"parent": default["id"], "card": {"display_preference": {"preference": "none"}}}
    everywhere(judge, path, "configuration", child, {"active": False})
    control("POST", "clock", {"set": 1_800_000_000})
    params = {"purpose": "dispute_evidence", "file_link_data": {"create": True}}
    file = client.v1.files.create({**params, "file": io.BytesIO(b"%PDF-1.7")})
    body = judge("GET", "/v1/files/{file}", file=file.id)
    assert body["links"]["data"]
    judge("GET", "/v1/files", {"purpose": "dispute_evidence"})
    later = {"expires_at": 1_900_000_000}
    link = everywhere(judge, "/v1/file_links", "link", {"file": file.id, "expand": ["file"]}, later)
    judge("POST", "/v1/file_links/{link}", {"expires_at": "now"}, link=link["id"])
    judge("GET", "/v1/events", {"limit": 100})


def test_errors_have_the_described_shape(spec: Any, send: Any) -> None:
    for answer in (
        send("GET", "/v1/products/nope"),
        send("POST", "/v1/products", {"x": 1}),
        send("GET", "/v1/x", key=""),
    ):
        assert problems(spec, spec["components"]["schemas"]["error"], answer.json()) == []


OPERATIONS = [pytest.param(one, id=one.name) for resource in RESOURCES for one in resource.operations]


@pytest.mark.parametrize("one", OPERATIONS)
def test_the_sdk_and_the_description_agree_on_parameters(spec: Any, one: Any) -> None:
    described = operation(spec, one.method, one.path)
    names = {parameter["name"] for parameter in described.get("parameters", ()) if parameter["in"] == "query"}
    for content in described.get("requestBody", {}).get("content", {}).values():
        names |= content["schema"].get("properties", {}).keys()
    fields = shape_of(one.params).fields
    assert fields is not None
    assert set(fields) == names
