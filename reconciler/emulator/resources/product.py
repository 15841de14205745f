"""Products (stripe-facts 7, 18)."""

from __future__ import annotations

import re
from typing import Any

from reconciler.emulator import metadata, objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.resources import price, tax_code
from reconciler.emulator.search import searching
from reconciler.emulator.store import Body

SIZES = {
    "description": 40_000,
    "statement_descriptor": 22,
    "unit_label": 12,
    "images": 8,
    "marketing_features": 15,
    "marketing_features.name": 80,
    "default_price_data.lookup_key": 200,
}
BLANK: Body = {
    "active": True,
    "default_price": None,
    "description": None,
    "images": [],
    "marketing_features": [],
    "package_dimensions": None,
    "shippable": None,
    "statement_descriptor": None,
    "tax_code": None,
    "tax_details": None,
    "type": "service",
    "unit_label": None,
    "url": None,
}
NO_TAX_DETAILS = {"performance_location": None, "tax_code": None}
EXISTS = "Product already exists."
HAS_PRICES = "This product cannot be deleted because it has one or more user-created prices."


def create(call: Call) -> Body:
    return make(call, dict(call.params))


def make(call: Call, params: dict[str, Any]) -> Body:
    """A product under its own id or a new one, also from the `product_data` of a price; `default_price_data` makes its
    first price."""
    identifier = params.pop("id", None) or random_id("prod_", 14)
    first_price = params.pop("default_price_data", None)
    if objects.find(call, "product", identifier):
        raise Refusal(EXISTS, code="resource_already_exists", param="id")
    head = {"id": identifier, "object": "product", "created": call.now, "livemode": call.scope.livemode}
    body = written(call, {**head, **BLANK, "metadata": {}}, params)
    result = objects.create(call, "product", body)
    if first_price is None:
        return result
    made = price.make(call, {**first_price, "product": identifier})
    return objects.change(call, "product", {**body, "default_price": made["id"]})


def update(call: Call) -> Body:
    before = objects.need(call, "product", call.path["id"], "id", status=404)
    return objects.change(call, "product", written(call, before, dict(call.params)))


def delete(call: Call) -> Body:
    """Only a product that never had a price can go (stripe-facts 7)."""
    body = objects.need(call, "product", call.path["id"], "id", status=404)
    if objects.having(call, "price", "product", body["id"]):
        raise Refusal(HAS_PRICES)
    for attached in objects.having(call, "product_feature", "product", body["id"]):
        objects.remove(call, "product_feature", attached)
    return objects.remove(call, "product", body)


def written(call: Call, before: Body, params: dict[str, Any]) -> Body:
    """The body after a write, checked."""
    if isinstance(params.get("tax_details"), dict):
        before = {**before, "tax_details": before["tax_details"] or NO_TAX_DETAILS}
    sent_metadata = params.pop("metadata", None)
    body = objects.merged(before, params)
    body["metadata"] = metadata.merged(before["metadata"], sent_metadata)
    body["updated"] = call.now
    if params.get("statement_descriptor"):
        body["statement_descriptor"] = descriptor(params["statement_descriptor"])
    if body["type"] == "good":
        for name in ("statement_descriptor", "unit_label"):
            if body[name] is not None:
                raise Refusal(f"`{name}` can only be set on products of type `service`.", param=name)
    for position, image in enumerate(params.get("images") or ()):
        objects.web_address(image, f"images[{position}]")
    if params.get("url"):
        objects.web_address(params["url"], "url")
    tax_code.check(call, params.get("tax_code"), "tax_code")
    tax_code.check(call, (params.get("tax_details") or {}).get("tax_code"), "tax_details[tax_code]")
    if "default_price" in params:
        check_default(call, body)
    return body


def check_default(call: Call, body: Body) -> None:
    """A default price is an active price of the same product (stripe-facts 7)."""
    chosen = objects.need(call, "price", body["default_price"], "default_price")
    if chosen["product"] != body["id"]:
        text = f"The price {chosen['id']} does not belong to the product {body['id']}."
        raise Refusal(text, param="default_price")
    price.check_active(chosen, "default_price")


def descriptor(text: str) -> str:
    """At most 22 characters, none of `< > \\ " '`, at least one letter; what is not ASCII is dropped, as the SDK says.
    The capital letters of a bank statement don't show in the API (SDK docstring)."""
    kept = text.encode("ascii", "ignore").decode()
    if re.search(r"[<>\\\"']", kept) or not re.search(r"[A-Za-z]", kept):
        message = "The statement descriptor must contain at least one letter and none of the characters < > \\ \" '."
        raise Refusal(message, param="statement_descriptor")
    return kept


def index(call: Call) -> Body:
    """`ids` and cursors exclude each other (stripe-facts 2.5)."""
    cursors = call.params.keys() & {"starting_after", "ending_before"}
    if "ids" in call.params and cursors:
        text = f"You may only specify one of these parameters: ids, {min(cursors)}."
        raise Refusal(text, code="parameters_exclusive", param="ids")
    return LISTING(call)


FILTERS = {"active": "active", "ids": "id", "shippable": "shippable", "type": "type", "url": "url"}
LISTING = listing("product", "/v1/products", FILTERS)
READ, WRITE = "product_read", "product_write"
search = searching("product", "/v1/products/search", frozenset({"active", "description", "name", "shippable", "url"}))

RESOURCE = Resource(
    kind="product",
    prefix="prod_",
    noun="product",
    event="product",
    expandable={"default_price": "price", "tax_code": "tax_code"},
    facets=("url", "active"),
    operations=(
        Operation("product.create", "POST", "/v1/products", "ProductCreateParams", create, WRITE, SIZES),
        Operation("product.update", "POST", "/v1/products/{id}", "ProductUpdateParams", update, WRITE, SIZES),
        Operation("product.list", "GET", "/v1/products", "ProductListParams", index, READ),
        Operation("product.search", "GET", "/v1/products/search", "ProductSearchParams", search, READ),
        Operation(
            "product.retrieve",
            "GET",
            "/v1/products/{id}",
            "ProductRetrieveParams",
            objects.retrieving("product", "id"),
            READ,
        ),
        Operation("product.delete", "DELETE", "/v1/products/{id}", "ProductDeleteParams", delete, WRITE),
    ),
)
