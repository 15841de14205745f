"""Prices (stripe-facts 6, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.emulator import amounts, metadata, objects
from reconciler.emulator.currencies import code_of
from reconciler.emulator.errors import Refusal, missing_parameter
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.periods import check_period
from reconciler.emulator.search import searching
from reconciler.emulator.store import Body

IS_DEFAULT = "This price cannot be archived because it is the default price of its product."
INACTIVE = "The price specified is inactive. This field only accepts active prices."
NEEDS_METER = "Prices with `recurring[usage_type]=metered` must be backed by a meter. Set `recurring[meter]`."


def create(call: Call) -> Body:
    return make(call, call.params)


def make(call: Call, params: Mapping[str, Any], *, inline: bool = False) -> Body:
    """A new price, also from the `default_price_data` of a product. An inline one, from `price_data`, is never listed
    and never active (stripe-facts 6)."""
    parent = product_of(call, params)
    currency = code_of(params["currency"], "currency")
    tiered = params.get("billing_scheme") == "tiered"
    if tiered and "tiers_mode" not in params:
        raise missing_parameter("tiers_mode")
    if "tiers_mode" in params and not tiered:
        raise Refusal("`tiers_mode` can only be used with `billing_scheme=tiered`.", param="tiers_mode")
    recurring = recurrence(call, params.get("recurring"))
    body: Body = {
        "id": random_id("price_1"),
        "object": "price",
        "active": params.get("active", not inline),
        "billing_scheme": params.get("billing_scheme", "per_unit"),
        "created": call.now,
        "currency": currency,
        "livemode": call.scope.livemode,
        "lookup_key": params.get("lookup_key"),
        "metadata": metadata.merged({}, params.get("metadata")),
        "nickname": params.get("nickname"),
        "product": parent,
        "recurring": recurring,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": params.get("tiers_mode"),
        "transform_quantity": transform(params),
        "type": "recurring" if recurring else "one_time",
        **amounts.amounts(params, currency, tiered, recurring is not None),
    }
    body["currency_options"] = amounts.options({}, params.get("currency_options", {}), body)
    if inline:
        body["inline"] = True
    claim(call, body, transfer=params.get("transfer_lookup_key", False))
    return objects.create(call, "price", body)


def product_of(call: Call, params: Mapping[str, Any]) -> str:
    """The id of the product that was named, or made from `product_data`. An archived product may have new prices."""
    if ("product" in params) == ("product_data" in params):
        text = "You must specify either `product` or `product_data` when creating a price."
        raise Refusal(text, code="parameter_missing", param="product")
    if "product" in params:
        named: str = objects.need(call, "product", params["product"], "product")["id"]
        return named
    from reconciler.emulator.resources import product  # each makes the other, so one import waits

    made: str = product.make(call, dict(params["product_data"]))["id"]
    return made


def recurrence(call: Call, sent: Mapping[str, Any] | None) -> Body | None:
    """At most three years; usage is metered by an active meter, since 2025-03-31 (stripe-facts 6)."""
    if sent is None:
        return None
    check_period(sent["interval"], sent.get("interval_count", 1), "recurring[interval_count]")
    metered = sent.get("usage_type") == "metered"
    if metered and "meter" not in sent:
        raise Refusal(NEEDS_METER, code="parameter_missing", param="recurring[meter]")
    if "meter" in sent:
        if not metered:
            raise Refusal("`recurring[meter]` requires `recurring[usage_type]=metered`.", param="recurring[meter]")
        if objects.need(call, "billing.meter", sent["meter"], "recurring[meter]")["status"] != "active":
            raise Refusal(f"The meter {sent['meter']} is not active.", param="recurring[meter]")
    return {
        "interval": sent["interval"],
        "interval_count": sent.get("interval_count", 1),
        "meter": sent.get("meter"),
        "trial_period_days": sent.get("trial_period_days"),
        "usage_type": sent.get("usage_type", "licensed"),
    }


def transform(params: Mapping[str, Any]) -> Body | None:
    sent = params.get("transform_quantity")
    if sent is None:
        return None
    if "tiers" in params:
        raise Refusal("`transform_quantity` cannot be combined with `tiers`.", param="transform_quantity")
    if sent["divide_by"] < 1:
        text = "This value must be greater than or equal to 1."
        raise Refusal(text, code="parameter_invalid_integer", param="transform_quantity[divide_by]")
    return dict(sent)


def claim(call: Call, body: Body, *, transfer: bool) -> None:
    """Makes the lookup key this price's own; one that a price holds, archived or not, is refused or moved
    (stripe-facts 6)."""
    key = body["lookup_key"]
    if key is None:
        return
    for holder in objects.having(call, "price", "lookup_key", key):
        if holder["id"] == body["id"]:
            continue
        if not transfer:
            raise Refusal(f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key")
        objects.change(call, "price", {**holder, "lookup_key": None})


def update(call: Call) -> Body:
    before = objects.need(call, "price", call.path["price"], "price", status=404)
    params = dict(call.params)
    transfer = params.pop("transfer_lookup_key", False)
    body = objects.merged(
        before, {name: params[name] for name in ("active", "lookup_key", "nickname") if name in params}
    )
    body["metadata"] = metadata.merged(before["metadata"], params.get("metadata"))
    if "tax_behavior" in params:
        body["tax_behavior"] = amounts.tax_behavior(before["tax_behavior"], params["tax_behavior"])
    currencies = params.get("currency_options")
    if currencies == "":
        body["currency_options"] = {}
    elif currencies:
        body["currency_options"] = amounts.options(before["currency_options"], currencies, before)
    if not body["active"] and before["active"]:
        owner = objects.find(call, "product", before["product"])
        if owner and owner["default_price"] == before["id"]:
            raise Refusal(IS_DEFAULT)
    claim(call, body, transfer=transfer)
    return objects.change(call, "price", body)


def check_active(price: Body, param: str) -> None:
    if not price["active"]:
        raise Refusal(INACTIVE, param=param)


def check_recurring(price: Body, param: str) -> None:
    if price["type"] != "recurring":
        text = "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`."
        raise Refusal(text, param=param)


def view(_call: Call, body: Body) -> Body:
    """The base currency is one of the `currency_options` of an answer (stripe-facts 6, recall)."""
    body.pop("inline", None)
    base = {name: body[name] for name in ("custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal")}
    body["currency_options"] = {body["currency"]: {**base, "tiers": body["tiers"]}, **body["currency_options"]}
    return body


FILTERS = {
    "active": "active",
    "currency": "currency",
    "lookup_keys": "lookup_key",
    "product": "product",
    "recurring": "recurring",
    "type": "type",
}
READ, WRITE = "plan_read", "plan_write"
SIZES = {"lookup_key": 200, "product_data.statement_descriptor": 22, "product_data.unit_label": 12}
RELEASED = frozenset({"lookup_key", "nickname"})
"""Emptyable in practice, though not in the SDK's types (stripe-facts 4)."""
search = searching("price", "/v1/prices/search", frozenset({"active", "currency", "lookup_key", "product", "type"}))

RESOURCE = Resource(
    kind="price",
    prefix="price_",
    noun="price",
    event="price",
    hidden=("tiers", "currency_options", "currency_options.*.tiers"),
    expandable={"product": "product"},
    facets=("lookup_key", "recurring.meter", "product", "active"),
    view=view,
    operations=(
        Operation("price.create", "POST", "/v1/prices", "PriceCreateParams", create, WRITE, SIZES),
        Operation("price.update", "POST", "/v1/prices/{price}", "PriceUpdateParams", update, WRITE, SIZES, RELEASED),
        Operation(
            "price.list",
            "GET",
            "/v1/prices",
            "PriceListParams",
            listing("price", "/v1/prices", FILTERS, "json_extract(o.body, '$.inline') is null"),
            READ,
            {"lookup_keys": 10},
        ),
        Operation("price.search", "GET", "/v1/prices/search", "PriceSearchParams", search, READ),
        Operation(
            "price.retrieve",
            "GET",
            "/v1/prices/{price}",
            "PriceRetrieveParams",
            objects.retrieving("price", "price"),
            READ,
        ),
    ),
)
