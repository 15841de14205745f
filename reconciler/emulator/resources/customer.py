"""Customers: what the portal's login and the impact of a price change need to know of them (stripe-facts 5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.emulator import events, metadata, objects
from reconciler.emulator.errors import Refusal, unsupported
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.store import Body

KEPT = frozenset(
    [
        "address",
        "balance",
        "business_name",
        "description",
        "email",
        "individual_name",
        "invoice_prefix",
        "name",
        "next_invoice_sequence",
        "phone",
        "preferred_locales",
        "shipping",
        "tax_exempt",
    ]
)
"""Parameters that are stored as sent; others are refused."""

BLANK: Body = {
    "address": None,
    "balance": 0,
    "currency": None,
    "default_source": None,
    "delinquent": False,
    "description": None,
    "discount": None,
    "email": None,
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "name": None,
    "next_invoice_sequence": 1,
    "phone": None,
    "preferred_locales": [],
    "shipping": None,
    "tax_exempt": "none",
    "tax_ids": {"data": [], "has_more": False, "object": "list", "url": None},
    "test_clock": None,
}
ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def create(call: Call) -> Body:
    head = {
        "id": random_id("cus_", 14),
        "object": "customer",
        "created": call.now,
        "invoice_prefix": random_id("", 8).upper(),
        "livemode": call.scope.livemode,
        "metadata": {},
    }
    body = written({**head, **BLANK}, {name: value for name, value in call.params.items() if name != "tax_id_data"})
    return objects.create(call, "customer", with_tax_ids(call, body, call.params.get("tax_id_data", ())))


def update(call: Call) -> Body:
    before = objects.need(call, "customer", call.path["customer"], "id", status=404)
    return objects.change(call, "customer", written(before, call.params))


def delete(call: Call) -> Body:
    """Ends the subscriptions too; what remains answers that it was deleted."""
    body = objects.need(call, "customer", call.path["customer"], "id", status=404)
    for subscription in objects.having(call, "subscription", "customer", body["id"]):
        if subscription["status"] != "canceled":
            ended = {"status": "canceled", "canceled_at": call.now, "ended_at": call.now}
            objects.change(call, "subscription", {**subscription, **ended}, verb="deleted")
    return objects.remove(call, "customer", body)


def written(before: Body, sent: Mapping[str, Any]) -> Body:
    for name in sent.keys() - KEPT - {"metadata"}:
        raise unsupported(name)
    if sent.get("email") and not ("@" in sent["email"][1:-1] and " " not in sent["email"]):
        raise Refusal(f"Invalid email address: {sent['email']}", code="email_invalid", param="email")
    body = objects.merged(before, {name: value for name, value in sent.items() if name != "metadata"})
    if body["address"]:
        body["address"] = placed(body["address"])
    if body["shipping"]:
        shipping = {"phone": None, **body["shipping"]}
        phone, place = shipping["phone"] or None, placed(body["shipping"]["address"])
        body["shipping"] = {**shipping, "phone": phone, "address": place}
    body["metadata"] = metadata.merged(before["metadata"], sent.get("metadata"))
    return body


def placed(address: Body) -> Body:
    return {**ADDRESS, **{name: value or None for name, value in address.items()}}


def with_tax_ids(call: Call, customer: Body, sent: Sequence[Mapping[str, Any]]) -> Body:
    """A customer with further tax IDs, which nobody verifies. They are read with `expand[]=tax_ids`; calls of their own
    are missing."""
    held: Body = customer.get("tax_ids") or BLANK["tax_ids"]
    made = [
        {
            "id": random_id("txi_1"),
            "object": "tax_id",
            "country": entry["type"][:2].upper(),
            "created": call.now,
            "customer": customer["id"],
            "livemode": call.scope.livemode,
            "owner": {"customer": customer["id"], "type": "customer"},
            "type": entry["type"],
            "value": entry["value"],
            "verification": {"status": "unavailable", "verified_address": None, "verified_name": None},
        }
        for entry in sent
    ]
    for tax_id in made:
        events.emit(call, "customer.tax_id.created", tax_id)
    url = f"/v1/customers/{customer['id']}/tax_ids"
    return {**customer, "tax_ids": {**held, "data": [*held["data"], *made], "url": url}}


READ, WRITE = "customer_read", "customer_write"
URL, ONE = "/v1/customers", "/v1/customers/{customer}"
RESOURCE = Resource(
    kind="customer",
    prefix="cus_",
    noun="customer",
    event="customer",
    hidden=("tax_ids",),
    facets=("email",),
    gone=True,
    operations=(
        Operation("customer.create", "POST", URL, "CustomerCreateParams", create, WRITE, {"email": 512}),
        Operation("customer.update", "POST", ONE, "CustomerUpdateParams", update, WRITE, {"email": 512}),
        Operation("customer.delete", "DELETE", ONE, "CustomerDeleteParams", delete, WRITE),
        Operation(
            "customer.list", "GET", URL, "CustomerListParams", listing("customer", URL, {"email": "email"}), READ
        ),
        Operation(
            "customer.retrieve",
            "GET",
            ONE,
            "CustomerRetrieveParams",
            objects.retrieving("customer", "customer"),
            READ,
        ),
    ),
)
