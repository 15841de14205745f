"""Active entitlements: the features that a customer's subscriptions give (stripe-facts 8). Nothing is stored: they
follow the subscriptions and the features of the products at once, where Stripe takes a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from reconciler.emulator import objects
from reconciler.emulator.errors import exclusive, no_such
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import page_size
from reconciler.emulator.store import Body

KIND, URL = "entitlements.active_entitlement", "/v1/entitlements/active_entitlements"
GRANTING = ("active", "trialing", "past_due")


def index(call: Call) -> Body:
    """One page, in the order in which the products were subscribed to."""
    customer = objects.need(call, "customer", call.params["customer"], "customer")
    found = {one["id"]: one for one in entitlements(call, customer["id"])}
    keys = list(found)
    limit = page_size(call.params)
    cursors = [name for name in ("starting_after", "ending_before") if name in call.params]
    if len(cursors) > 1:
        raise exclusive(*cursors)
    for name in cursors:
        if call.params[name] not in found:
            raise no_such("entitlement", call.params[name], name)
    if "ending_before" in call.params:
        before = keys[: keys.index(call.params["ending_before"])]
        shown, more = before[-limit:], len(before) > limit
    else:
        rest = keys[keys.index(call.params["starting_after"]) + 1 :] if cursors else keys
        shown, more = rest[:limit], len(rest) > limit
    return {"object": "list", "url": URL, "has_more": more, "data": [found[key] for key in shown]}


def entitlements(call: Call, customer: str) -> Iterator[Body]:
    """One per feature, however often it is bought; its id tells the customer and the feature."""
    for subscription in objects.having(call, "subscription", "customer", customer):
        if subscription["status"] not in GRANTING:
            continue
        for item in subscription["items"]["data"]:
            price = objects.need(call, "price", item["price"], "price")
            for attached in objects.having(call, "product_feature", "product", price["product"]):
                feature = objects.need(call, "entitlements.feature", attached["entitlement_feature"], "feature")
                digest = hashlib.sha256(f"{customer}/{feature['id']}".encode()).hexdigest()
                yield {
                    "id": f"ent_{'' if call.scope.livemode else 'test_'}{digest[:32]}",
                    "object": KIND,
                    "feature": feature["id"],
                    "livemode": call.scope.livemode,
                    "lookup_key": feature["lookup_key"],
                }


RESOURCE = Resource(
    kind=KIND,
    prefix="ent_",
    noun="entitlement",
    expandable={"feature": "entitlements.feature"},
    operations=(
        Operation(f"{KIND}.list", "GET", URL, "entitlements.ActiveEntitlementListParams", index, "entitlements_read"),
    ),
)
