"""Tax rates (stripe-facts 8, 18)."""

from __future__ import annotations

import re
from decimal import Decimal

from reconciler.emulator import metadata, objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.store import Body

KIND, URL, ONE = "tax_rate", "/v1/tax_rates", "/v1/tax_rates/{tax_rate}"
DETAILS = ("country", "description", "jurisdiction", "state", "tax_type")
COUNTRY = re.compile(r"[A-Z]{2}")


def create(call: Call) -> Body:
    """What only Stripe Tax fills in stays null (SDK docstring); that the effective percentage does too is what the
    reference shows. At most four decimal places is recall."""
    params = call.params
    percentage = params["percentage"]
    if not 0 <= percentage <= 100 or Decimal(repr(percentage)) * 10_000 % 1:
        text = "Invalid percentage: must be between 0 and 100, with at most four decimal places."
        raise Refusal(text, param="percentage")
    body = {
        "id": random_id("txr_1"),
        "object": KIND,
        "active": True,
        **dict.fromkeys(DETAILS),
        "created": call.now,
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": params["inclusive"],
        "jurisdiction_level": None,
        "livemode": call.scope.livemode,
        "metadata": {},
        "percentage": percentage,
        "rate_type": None,
    }
    return objects.create(call, KIND, written(call, body))


def update(call: Call) -> Body:
    before = objects.need(call, KIND, call.path["tax_rate"], "tax_rate", status=404)
    return objects.change(call, KIND, written(call, before))


def written(call: Call, before: Body) -> Body:
    """The body after a write, whose country is an ISO code."""
    sent = call.params
    if not COUNTRY.fullmatch(sent.get("country", "DE")):
        raise Refusal(f"Invalid country: {sent['country']}. Must be a two-letter ISO code.", param="country")
    return {**before, **sent, "metadata": metadata.merged(before["metadata"], sent.get("metadata"))}


READ, WRITE = "tax_rate_read", "tax_rate_write"
FILTERS = {"active": "active", "inclusive": "inclusive"}
SIZES = {"display_name": 50, "jurisdiction": 50, "state": 2}
RESOURCE = Resource(
    kind=KIND,
    prefix="txr_",
    noun="tax rate",
    event=KIND,
    facets=("active",),
    operations=(
        Operation("tax_rate.create", "POST", URL, "TaxRateCreateParams", create, WRITE, SIZES),
        Operation("tax_rate.update", "POST", ONE, "TaxRateUpdateParams", update, WRITE, SIZES),
        Operation("tax_rate.list", "GET", URL, "TaxRateListParams", listing(KIND, URL, FILTERS), READ),
        Operation("tax_rate.retrieve", "GET", ONE, "TaxRateRetrieveParams", objects.retrieving(KIND, "tax_rate"), READ),
    ),
)
