"""What a payment link looks like between its line items: every member that answers have, with Stripe's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.emulator import metadata, objects
from reconciler.emulator.store import Body

SELF = {"account": None, "type": "self"}
INVOICE_DATA: Body = {
    "account_tax_ids": None,
    "custom_fields": None,
    "description": None,
    "footer": None,
    "issuer": None,
    "metadata": {},
    "rendering_options": None,
}
SUBSCRIPTION_DATA: Body = {
    "description": None,
    "invoice_settings": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": SELF,
    },
    "metadata": {},
    "trial_period_days": None,
    "trial_settings": None,
}
BLANK: Body = {
    "active": True,
    "after_completion": {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"},
    "allow_promotion_codes": False,
    "application": None,
    "application_fee_amount": None,
    "application_fee_percent": None,
    "automatic_tax": {"enabled": False, "liability": None},
    "billing_address_collection": "auto",
    "consent_collection": None,
    "custom_fields": [],
    "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
    "customer_creation": "if_required",
    "inactive_message": None,
    "invoice_creation": {"enabled": False, "invoice_data": INVOICE_DATA},
    "managed_payments": None,
    "name_collection": None,
    "on_behalf_of": None,
    "optional_items": None,
    "payment_intent_data": None,
    "payment_method_collection": "always",
    "payment_method_options": None,
    "payment_method_types": None,
    "phone_number_collection": {"enabled": False},
    "restrictions": None,
    "shipping_address_collection": None,
    "shipping_options": [],
    "submit_type": "auto",
    "subscription_data": SUBSCRIPTION_DATA,
    "tax_id_collection": {"enabled": False, "required": "never"},
    "transfer_data": None,
}
"""As Stripe's reference shows a link that has line items and nothing else; members of later date are recall."""
STARTS: Mapping[str, Body] = {
    "consent_collection": dict.fromkeys(("payment_method_reuse_agreement", "promotions", "terms_of_service")),
    "managed_payments": {"enabled": False},
    "name_collection": {"business": None, "individual": None},
    "payment_intent_data": {
        **dict.fromkeys(("capture_method", "description", "setup_future_usage", "statement_descriptor")),
        **dict.fromkeys(("statement_descriptor_suffix", "transfer_group")),
        "metadata": {},
    },
    "payment_method_options": {"card": {"restrictions": {"brands_blocked": []}}},
    "restrictions": {"completed_sessions": {"count": 0, "limit": 0}},
    "transfer_data": {"amount": None},
}
"""What a member that was null begins with as soon as something is sent for it."""
FIELDS: Mapping[str, Body] = {
    "dropdown": {"default_value": None, "options": []},
    "numeric": dict.fromkeys(("default_value", "maximum_length", "minimum_length")),
    "text": dict.fromkeys(("default_value", "maximum_length", "minimum_length")),
}


def settled(before: Body, sent: Mapping[str, Any]) -> Body:
    """The members after a write: nested ones merge, lists are replaced, and what the sender may leave out is filled in.
    `""` leaves null where null is the default."""
    body = dict(before)
    for name, value in sent.items():
        if value == "":
            body[name] = [] if BLANK[name] == [] else None
        elif name == "after_completion":
            body[name] = completion(value)
        elif isinstance(value, dict):
            start = before[name] if isinstance(before[name], dict) else STARTS.get(name, {})
            body[name] = with_metadata(emptied(objects.merged(start, value)), start, value)
        else:
            body[name] = value
    body["name_collection"] = name_collection(body["name_collection"])
    body["custom_fields"] = [field(one) for one in body["custom_fields"]]
    if body["automatic_tax"]["enabled"] and body["automatic_tax"]["liability"] is None:
        body["automatic_tax"] = {"enabled": True, "liability": SELF}
    return body


def emptied(node: Body) -> Body:
    """`""` as null, also within what was null before."""
    return {
        name: emptied(value) if isinstance(value, dict) else (None if value == "" else value)
        for name, value in node.items()
    }


def with_metadata(body: Body, before: Body, sent: Mapping[str, Any]) -> Body:
    """The metadata of payments and subscriptions to come is replaced as a whole, as the SDK says; that of invoices
    merges."""
    if "metadata" in sent:
        body["metadata"] = metadata.merged({}, sent["metadata"])
    if "metadata" in sent.get("invoice_data", {}):
        merged = metadata.merged(before["invoice_data"]["metadata"], sent["invoice_data"]["metadata"])
        body["invoice_data"] = {**body["invoice_data"], "metadata": merged}
    return body


def completion(sent: Mapping[str, Any]) -> Body:
    """One of two ways on; what belongs to the other is gone."""
    chosen = sent["type"]
    start: Body = {"custom_message": None} if chosen == "hosted_confirmation" else {}
    return {chosen: {**start, **sent.get(chosen, {})}, "type": chosen}


def name_collection(value: Body | None) -> Body | None:
    if value is None:
        return None
    return {name: {"optional": False, **one} if one else None for name, one in value.items()}


def field(sent: Mapping[str, Any]) -> Body:
    """A custom field with the members of its own type."""
    chosen = sent["type"]
    others = {name: None for name in FIELDS if name != chosen}
    return {"optional": False, **sent, **others, chosen: {**FIELDS[chosen], **(sent.get(chosen) or {})}}
