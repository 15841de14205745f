"""The kind `feature`: an entitlement (stripe-facts 8, 18). A product lists the features that its buyers get."""

from __future__ import annotations

from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.kinds.scopes import Scope
from reconciler.kinds.shapes import BOOLEAN, METADATA, text

# fmt: off
_FIELDS = (
    Field("name", text(80), "For your own eyes; customers do not see it.", required=True),
    Field("lookup_key", text(80), "The name that your code checks. It cannot change; another key is another feature.", required=True, settable=Settable.ON_CREATE),
    Field("active", BOOLEAN, "Whether it can be attached to products. `false` is for good.", settable=Settable.ON_UPDATE, default=True),
    METADATA,
)
# fmt: on

FEATURE = Kind(
    name="feature",
    plural="features",
    service="entitlements.features",
    sdk="entitlements.Feature",
    scope=Scope("Entitlements", ("entitlement_read",)),  # no name for writing is known
    doc="Something that customers are entitled to. Products list the features that their buyers get.",
    natural_key="lookup_key",
    # "You can't reuse [the key] unless you archive the feature" (docs.stripe.com/billing/entitlements); unverified live.
    frees_key=True,
    revivable=False,  # archiving is documented as permanent; that `active=true` is refused is recall (stripe-facts 17.12)
    served={},  # the list shows active ones alone
    unserved={"archived": True},
    retired_means="can no longer be attached to a product",
    excluded={"expand": "chosen by the reader"},
    fields=_FIELDS,
)
