"""The kind `product` (stripe-facts 7, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.checks.product import check
from reconciler.kinds.kind import Block, Clear, Default, Field, Kind, Settable
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import (
    BOOLEAN,
    IMAGE,
    METADATA,
    OWN_ID,
    POSITIVE,
    TAX_CODE,
    URL,
    exact,
    list_of,
    object_of,
    one_of,
    reference,
    text,
)


def _ascii(value: Any) -> Any:
    """Stripe strips every other character, and says so only in the SDK's docstring."""
    return value.encode("ascii", "ignore").decode() if isinstance(value, str) else value


def _features(value: Any) -> Any:
    """Stripe answers rows that hold the whole feature each; the YAML has names."""
    return tuple(
        v["entitlement_feature"]["id"] if isinstance(v, Mapping) and "entitlement_feature" in v else v for v in value
    )


# fmt: off
_FIELDS = (
    Field("id", OWN_ID, "Stripe's product id, the same in every account. Left out, Stripe makes one up.", settable=Settable.ON_CREATE, default=Default.ANY),
    Field("name", text(5000), "Shown to customers.", required=True),
    Field("active", BOOLEAN, "Whether it can be bought.", default=True),
    Field("description", text(40000), "Shown to customers.", clears_with=""),
    Field("images", list_of(IMAGE, 8), "At most 8: public URLs, or paths of JPEG, PNG or WEBP files under 2 MB, which are uploaded.", default=(), clears_with="", rewritten=True, uploads=True),
    Field("marketing_features", list_of(object_of(("name",), name=text(80)), 15), "At most 15, shown in pricing tables.", default=(), clears_with=""),
    Field("features", list_of(reference("feature"), unique=True), "What its buyers are entitled to. Current subscribers get a new one with their next billing period.", settable=Settable.ATTACHED, default=(), refers_to="feature", unordered=True, rows="entitlement_feature", lost_means="current subscribers lose the entitlement", canonical=_features),
    Field("package_dimensions.height", POSITIVE, "Inches.", required=True, clears_with=Clear.NOTHING, canonical=exact),
    Field("package_dimensions.length", POSITIVE, "Inches.", required=True, clears_with=Clear.NOTHING, canonical=exact),
    Field("package_dimensions.weight", POSITIVE, "Ounces.", required=True, clears_with=Clear.NOTHING, canonical=exact),
    Field("package_dimensions.width", POSITIVE, "Inches.", required=True, clears_with=Clear.NOTHING, canonical=exact),
    Field("shippable", BOOLEAN, "Whether it is a physical good.", clears_with=Clear.NOTHING),
    Field("statement_descriptor", text(22), "On the customer's card statement. Stripe cannot unset it.", clears_with=Clear.NOTHING, canonical=_ascii),
    Field("tax_code", TAX_CODE, "Stripe's tax code.", clears_with="", needed="tax_code"),
    Field("tax_details.tax_code", TAX_CODE, "Stripe's tax code.", clears_with="", needed="tax_code"),
    Field("tax_details.performance_location", text(5000), "Where the service is performed.", clears_with=Clear.NOTHING),
    Field("type", one_of("good", "service"), "Fixed at creation.", settable=Settable.ON_CREATE, default="service"),
    Field("unit_label", text(12), "What one unit is called: seat.", clears_with=""),
    Field("url", URL, "A public page about it.", clears_with=""),
    METADATA,
    Field("default_price", reference("price"), "The name of one of its prices.", settable=Settable.ON_UPDATE, refers_to="price", clears_with=Clear.NOTHING, holds=True),
)
# fmt: on

PRODUCT = Kind(
    name="product",
    plural="products",
    service="products",
    sdk="Product",
    scope=scope("Products", "product"),
    doc="What you sell: a plan, an add-on. Its prices are declared inside it.",
    known_by=("name",),
    natural_key="id",
    own_id=True,
    by_created=True,
    retired_means="can no longer be bought",
    excluded={
        "default_price_data": "creates a price that nothing declares; declare it under `prices`",
        "expand": "chosen by the reader",
    },
    check=check,
    fields=_FIELDS,
    blocks=(
        Block(name="package_dimensions", doc="For shipping. All four go together.", unit=True, clears_with=""),
        Block(name="tax_details", doc="Tax code and place of performance.", clears_with=""),
    ),
)
