"""Line items of payment links. Stored with the id of their price; answers show the price as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal, exclusive, missing_parameter, no_such
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import Query, compare, page
from reconciler.emulator.resources import price
from reconciler.emulator.store import Body

KIND, URL = "item", "/v1/payment_links/{payment_link}/line_items"
MOST_ADJUSTABLE = 999_999


def priced(call: Call, sent: Mapping[str, Any], place: str) -> Body:
    """The price of a new item: an active one, or one made inline."""
    given = [name for name in ("price", "price_data") if name in sent]
    if not given:
        raise missing_parameter(f"{place}[price]")
    if len(given) > 1:
        raise exclusive(f"{place}[price]", f"{place}[price_data]")
    if given == ["price_data"]:
        return price.make(call, sent["price_data"], inline=True)
    found = objects.need(call, "price", sent["price"], f"{place}[price]")
    price.check_active(found, f"{place}[price]")
    return found


def check_currency(found: Body, currency: str, param: str) -> None:
    """A price serves a link in its own currency or in one of its options (SDK docstring)."""
    if currency != found["currency"] and currency not in found["currency_options"]:
        text = f"The price {found['id']} is not available in the currency `{currency}` of the payment link."
        raise Refusal(text, param=param)


def create(call: Call, link: Body, sent: Sequence[Mapping[str, Any]], prices: Sequence[Body]) -> None:
    """The items of a new link. The last comes first into the store, so that lists, which show the newest first, show
    them as they were sent (recall)."""
    for position in reversed(range(len(sent))):
        place = f"line_items[{position}]"
        body = {
            "id": random_id("li_1"),
            "object": KIND,
            "adjustable_quantity": None,
            "currency": link["currency"],
            "payment_link": link["id"],
            "price": prices[position]["id"],
            "quantity": 1,
        }
        objects.create(call, KIND, written(body, sent[position], place))


def update(call: Call, link: Body, sent: Sequence[Mapping[str, Any]]) -> None:
    """Items are named by their ids; those that aren't named stay (recall)."""
    held = {item["id"]: item for item in of(call, link["id"])}
    for position, entry in enumerate(sent):
        place = f"line_items[{position}]"
        if entry["id"] not in held:
            raise no_such("line item", entry["id"], f"{place}[id]")
        objects.change(call, KIND, written(held[entry["id"]], entry, place))


def written(before: Body, sent: Mapping[str, Any], place: str) -> Body:
    objects.at_least(1, sent.get("quantity"), f"{place}[quantity]")
    body = {**before, "quantity": sent.get("quantity", before["quantity"])}
    if "adjustable_quantity" in sent:
        body["adjustable_quantity"] = adjustable(sent["adjustable_quantity"], f"{place}[adjustable_quantity]")
    return body


def adjustable(sent: Mapping[str, Any], place: str) -> Body:
    """0 to 99 by default, 999,999 at most (SDK docstring)."""
    body = {"enabled": False, "maximum": 99, "minimum": 0, **sent}
    if not 0 <= body["minimum"] <= body["maximum"] <= MOST_ADJUSTABLE:
        raise Refusal(f"`minimum` ≤ `maximum` ≤ {MOST_ADJUSTABLE} must hold for an adjustable quantity.", param=place)
    return body


def of(call: Call, link: str) -> list[Body]:
    """The stored items of a link, in their order."""
    return objects.having(call, KIND, "payment_link", link)[::-1]


def included(call: Call, link: str) -> Body:
    """The first ten items of a link, as the link itself shows them when expanded."""
    items = of(call, link)
    data = [view(call, item) for item in items[:10]]
    return {"object": "list", "data": data, "has_more": len(items) > 10, "url": URL.format(payment_link=link)}


def view(call: Call, body: Body) -> Body:
    """An item with its price and what it amounts to, before taxes and discounts, of which there are none here."""
    found = objects.need(call, "price", body["price"], "price")
    product = objects.find(call, "product", found["product"])
    amount = {**found, **found["currency_options"].get(body["currency"], {})}["unit_amount"] or 0
    total = amount * body["quantity"]
    return {
        **{name: value for name, value in body.items() if name != "payment_link"},
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "description": product["name"] if product else None,
        "price": price.view(call, found),
    }


def index(call: Call) -> Body:
    link = objects.need(call, "payment_link", call.path["payment_link"], "payment_link", status=404)
    query = Query()
    compare(call, query, KIND, "payment_link", link["id"])
    return page(call, KIND, URL.format(payment_link=link["id"]), query)


RESOURCE = Resource(
    kind=KIND,
    prefix="li_",
    noun="line item",
    hidden=("price.tiers", "price.currency_options"),
    expandable={"price.product": "product"},
    facets=("payment_link",),
    view=view,
    operations=(Operation("item.list", "GET", URL, "PaymentLinkLineItemListParams", index, "payment_links_read"),),
)
