"""Feedback options: cancellation reasons that the merchant wrote (stripe-facts 8, 18). They have no events."""

from __future__ import annotations

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.store import Body

KIND, URL = "billing.feedback_option", "/v1/billing/feedback_options"
READ, WRITE = "customer_portal_read", "customer_portal_write"
"""Their scope is recall: stripe-facts 11 has none, the portal is what they belong to."""


def create(call: Call) -> Body:
    body = {
        "id": random_id("fbo_1", 20),
        "object": KIND,
        "description": call.params["description"],
        "livemode": call.scope.livemode,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
    }
    return objects.create(call, KIND, body)


def update(call: Call) -> Body:
    before = objects.need(call, KIND, call.path["id"], "id", status=404)
    return objects.change(call, KIND, {**before, **call.params})


def deactivate(call: Call) -> Body:
    """For good: there is no way back (stripe-facts 3)."""
    before = objects.need(call, KIND, call.path["id"], "id", status=404)
    if before["status"] == "inactive":
        raise Refusal("This feedback option is already inactive.")
    body = {**before, "status": "inactive", "status_transitions": {"deactivated_at": call.now}}
    return objects.change(call, KIND, body)


SIZES = {"description": 100}
RESOURCE = Resource(
    kind=KIND,
    prefix="fbo_",
    noun="feedback option",
    facets=("status",),
    operations=(
        Operation(f"{KIND}.create", "POST", URL, "billing.FeedbackOptionCreateParams", create, WRITE, SIZES),
        Operation(f"{KIND}.update", "POST", URL + "/{id}", "billing.FeedbackOptionUpdateParams", update, WRITE, SIZES),
        Operation(
            f"{KIND}.deactivate",
            "POST",
            URL + "/{id}/deactivate",
            "billing.FeedbackOptionDeactivateParams",
            deactivate,
            WRITE,
        ),
        Operation(
            f"{KIND}.list",
            "GET",
            URL,
            "billing.FeedbackOptionListParams",
            listing(KIND, URL, {"status": "status"}),
            READ,
        ),
        Operation(
            f"{KIND}.retrieve",
            "GET",
            URL + "/{id}",
            "billing.FeedbackOptionRetrieveParams",
            objects.retrieving(KIND, "id"),
            READ,
        ),
    ),
)
