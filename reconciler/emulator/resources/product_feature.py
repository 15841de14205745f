"""Features of a product: attached, listed, detached, never changed (stripe-facts 8, 18). They have no events."""

from __future__ import annotations

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal, no_such
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import Query, compare, page
from reconciler.emulator.resources.entitlements_feature import check_attachable
from reconciler.emulator.store import Body

KIND = "product_feature"
URL, ONE = "/v1/products/{product}/features", "/v1/products/{product}/features/{id}"
READ, WRITE = "product_read", "product_write"
"""That attachments go with the product is recall (stripe-facts 11)."""


def create(call: Call) -> Body:
    """Stored with the id of the feature and the product, which answers don't name. That a second time is refused is
    recall."""
    product = objects.need(call, "product", call.path["product"], "product", status=404)
    feature = check_attachable(call, call.params["entitlement_feature"], "entitlement_feature")
    if any(one["entitlement_feature"] == feature for one in objects.having(call, KIND, "product", product["id"])):
        text = f"The feature {feature} is already attached to the product {product['id']}."
        raise Refusal(text, code="resource_already_exists", param="entitlement_feature")
    body = {
        "id": random_id("prodft_1", 23),
        "object": KIND,
        "entitlement_feature": feature,
        "livemode": call.scope.livemode,
        "product": product["id"],
    }
    return objects.create(call, KIND, body)


def retrieve(call: Call) -> Body:
    found = objects.need(call, KIND, call.path["id"], "id", status=404)
    if found["product"] != call.path["product"]:
        raise no_such("product feature", found["id"], "id", status=404)
    return found


def delete(call: Call) -> Body:
    return objects.remove(call, KIND, retrieve(call))


def index(call: Call) -> Body:
    product = objects.need(call, "product", call.path["product"], "product", status=404)
    query = Query()
    compare(call, query, KIND, "product", product["id"])
    return page(call, KIND, URL.format(product=product["id"]), query)


def view(call: Call, body: Body) -> Body:
    """Answers hold the whole feature, as it is now (stripe-facts 18)."""
    body.pop("product")
    body["entitlement_feature"] = objects.find(call, "entitlements.feature", body["entitlement_feature"])
    return body


RESOURCE = Resource(
    kind=KIND,
    prefix="prodft_",
    noun="product feature",
    facets=("product", "entitlement_feature"),
    view=view,
    operations=(
        Operation(f"{KIND}.create", "POST", URL, "ProductFeatureCreateParams", create, WRITE),
        Operation(f"{KIND}.list", "GET", URL, "ProductFeatureListParams", index, READ),
        Operation(f"{KIND}.retrieve", "GET", ONE, "ProductFeatureRetrieveParams", retrieve, READ),
        Operation(f"{KIND}.delete", "DELETE", ONE, "ProductFeatureDeleteParams", delete, WRITE),
    ),
)
