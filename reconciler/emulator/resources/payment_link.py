"""Payment links (stripe-facts 8, 18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.emulator import link_settings, metadata, objects
from reconciler.emulator.currencies import code_of
from reconciler.emulator.errors import Refusal, missing_parameter
from reconciler.emulator.ids import BASE, random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.resources import item, price
from reconciler.emulator.store import Body

KIND, URL, ONE = "payment_link", "/v1/payment_links", "/v1/payment_links/{payment_link}"
RECURRING_ONLY = ("application_fee_percent", "payment_method_collection", "subscription_data")
ONCE_ONLY = ("application_fee_amount", "payment_intent_data")
"""Members that need a line item with a recurring price, and those that bear none (SDK docstrings)."""
APART = frozenset({"currency", "line_items", "metadata"})


def create(call: Call) -> Body:
    """The currency is the one asked for, or that of the first price; every price must have it."""
    params = call.params
    sent: Sequence[Mapping[str, Any]] = params["line_items"]
    prices = [item.priced(call, entry, f"line_items[{position}]") for position, entry in enumerate(sent)]
    currency = code_of(params["currency"], "currency") if "currency" in params else prices[0]["currency"]
    for position, found in enumerate(prices):
        item.check_currency(found, currency, f"line_items[{position}][price]")
    token = random_id("" if call.scope.livemode else "test_", 14)
    head = {
        "id": random_id("plink_1"),
        "object": KIND,
        **link_settings.BLANK,
        "currency": currency,
        "livemode": call.scope.livemode,
        "metadata": {},
        "recurring": any(found["recurring"] for found in prices),
        "url": f"{BASE}/p/pay/{token}",
    }
    body = written(call, head, len(sent))
    item.create(call, body, sent, prices)
    return objects.create(call, KIND, body)


def update(call: Call) -> Body:
    """The prices of a link stay; quantities change by the id of their item."""
    before = objects.need(call, KIND, call.path["payment_link"], "payment_link", status=404)
    body = written(call, before, len(item.of(call, before["id"])))
    item.update(call, before, call.params.get("line_items", ()))
    return objects.change(call, KIND, body)


def written(call: Call, before: Body, items: int) -> Body:
    """The body after a write, checked where something was sent."""
    sent = call.params
    for name in sent.keys() & set(ONCE_ONLY if before["recurring"] else RECURRING_ONLY):
        if sent[name] != "":
            without = "no" if before["recurring"] else "a"
            text = f"`{name}` can only be set on a payment link with {without} line item that has a recurring price."
            raise Refusal(text, param=name)
    check(sent)
    body = link_settings.settled(before, {name: value for name, value in sent.items() if name not in APART})
    body["metadata"] = metadata.merged(before["metadata"], sent.get("metadata"))
    if sent.get("shipping_options"):
        body["shipping_options"] = shipping(call, sent["shipping_options"])
    if sent.get("optional_items"):
        body["optional_items"] = optional(call, sent["optional_items"], body["currency"], items)
    return body


def check(sent: Mapping[str, Any]) -> None:
    """What one parameter says about itself."""
    completion = sent.get("after_completion", {})
    if completion.get("type") == "redirect":
        if "redirect" not in completion:
            raise missing_parameter("after_completion[redirect][url]")
        objects.web_address(completion["redirect"]["url"], "after_completion[redirect][url]")
    for position, field in enumerate(sent.get("custom_fields") or ()):
        check_field(field, sent["custom_fields"][:position], f"custom_fields[{position}]")
    percent = sent.get("application_fee_percent") or 0
    if not 0 <= percent <= 100 or round(percent, 2) != percent:
        text = "Invalid application_fee_percent: must be between 0 and 100, with at most two decimal places."
        raise Refusal(text, param="application_fee_percent")
    trial = sent.get("subscription_data", {}).get("trial_period_days")
    objects.at_least(1, None if trial == "" else trial, "subscription_data[trial_period_days]")
    if sent.get("restrictions"):
        limit = sent["restrictions"]["completed_sessions"]["limit"]
        objects.at_least(1, limit, "restrictions[completed_sessions][limit]")


def check_field(field: Mapping[str, Any], others: Sequence[Mapping[str, Any]], place: str) -> None:
    """A key of its own, of letters and digits; options for a dropdown, among them the default (SDK docstring)."""
    if not field["key"].isalnum():
        raise Refusal("The key of a custom field must be alphanumeric.", param=f"{place}[key]")
    if any(other["key"] == field["key"] for other in others):
        raise Refusal(f"The key {field['key']} is used by more than one custom field.", param=f"{place}[key]")
    if field["type"] == "dropdown":
        if "dropdown" not in field:
            raise missing_parameter(f"{place}[dropdown][options]")
        values = [option["value"] for option in field["dropdown"]["options"]]
        if field["dropdown"].get("default_value", values[0]) not in values:
            text = "The default value of a dropdown must be one of its options."
            raise Refusal(text, param=f"{place}[dropdown][default_value]")


def shipping(call: Call, sent: Sequence[Mapping[str, Any]]) -> list[Body]:
    """Active rates, with their amounts."""
    result = []
    for position, option in enumerate(sent):
        place = f"shipping_options[{position}][shipping_rate]"
        if "shipping_rate" not in option:
            raise missing_parameter(place)
        rate = objects.need(call, "shipping_rate", option["shipping_rate"], place)
        if not rate["active"]:
            raise Refusal(f"The shipping rate {rate['id']} is not active.", param=place)
        result.append({"shipping_amount": rate["fixed_amount"]["amount"], "shipping_rate": rate["id"]})
    return result


def optional(call: Call, sent: Sequence[Mapping[str, Any]], currency: str, items: int) -> list[Body]:
    """At most twenty together with the line items (SDK docstring)."""
    if len(sent) + items > 20:
        text = "A payment link can have at most 20 line items and optional items together."
        raise Refusal(text, param="optional_items")
    result = []
    for position, entry in enumerate(sent):
        place = f"optional_items[{position}]"
        found = objects.need(call, "price", entry["price"], f"{place}[price]")
        price.check_active(found, f"{place}[price]")
        item.check_currency(found, currency, f"{place}[price]")
        quantity = entry.get("adjustable_quantity")
        held = item.adjustable(quantity, f"{place}[adjustable_quantity]") if quantity else None
        result.append({**entry, "adjustable_quantity": held})
    return result


def view(call: Call, body: Body) -> Body:
    body.pop("recurring")
    return {**body, "line_items": item.included(call, body["id"])}


READ, WRITE = "payment_links_read", "payment_links_write"
SIZES = {
    "after_completion.hosted_confirmation.custom_message": 500,
    "after_completion.redirect.url": 2048,
    "custom_fields": 3,
    "custom_fields.dropdown.options": 200,
    "custom_fields.dropdown.options.label": 100,
    "custom_fields.dropdown.options.value": 100,
    "custom_fields.key": 200,
    "custom_fields.label.custom": 50,
    "custom_text.shipping_address.message": 1000,
    "custom_text.submit.message": 1000,
    "invoice_creation.invoice_data.custom_fields.name": 30,
    "invoice_creation.invoice_data.custom_fields.value": 30,
    "invoice_creation.invoice_data.description": 1500,
    "line_items": 20,
    "optional_items": 10,
    "subscription_data.description": 500,
}
RESOURCE = Resource(
    kind=KIND,
    prefix="plink_",
    noun="payment link",
    event=KIND,
    hidden=("line_items", "line_items.data.price.tiers", "line_items.data.price.currency_options"),
    expandable={"line_items.data.price.product": "product", "shipping_options.shipping_rate": "shipping_rate"},
    facets=("active", "url"),
    view=view,
    operations=(
        Operation(f"{KIND}.create", "POST", URL, "PaymentLinkCreateParams", create, WRITE, SIZES),
        Operation(f"{KIND}.update", "POST", ONE, "PaymentLinkUpdateParams", update, WRITE, SIZES),
        Operation(f"{KIND}.list", "GET", URL, "PaymentLinkListParams", listing(KIND, URL, {"active": "active"}), READ),
        Operation(
            f"{KIND}.retrieve", "GET", ONE, "PaymentLinkRetrieveParams", objects.retrieving(KIND, "payment_link"), READ
        ),
    ),
)
