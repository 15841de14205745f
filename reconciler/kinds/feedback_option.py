"""The kind `feedback_option`: a cancellation reason of your own (stripe-facts 8, 18). It has no metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.kind import Field, Kind, Retire, Settable
from reconciler.kinds.scopes import Scope
from reconciler.kinds.shapes import BOOLEAN, text


def _read(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Stripe says `status` where other kinds have `active`."""
    return {**raw, "active": raw["status"] == "active"}


# fmt: off
_FIELDS = (
    Field("description", text(100), "What customers see. It is found by this text: with another one, another option is made, and this one stays.", required=True),
    Field("active", BOOLEAN, "Whether it can be offered. `false` is for good: Stripe has no way back.", settable=Settable.SWITCHED, default=True),
)
# fmt: on

FEEDBACK_OPTION = Kind(
    name="feedback_option",
    plural="feedback_options",
    service="billing.feedback_options",
    sdk="billing.FeedbackOption",
    # The row is recall: the portal is what they belong to.
    scope=Scope("Customer portal", ("customer_portal_read",), ("customer_portal_write",), certain=False),
    doc="A cancellation reason of your own, for a portal configuration to offer.",
    natural_key="description",
    stampable=False,
    revivable=False,
    retire=Retire.NEVER,
    switches={False: "deactivate"},
    served={"status": "active"},
    unserved={"status": "inactive"},
    retired_means="can no longer be offered",
    read=_read,
    excluded={"expand": "chosen by the reader"},
    fields=_FIELDS,
)
