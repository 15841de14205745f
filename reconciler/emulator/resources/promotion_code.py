"""Promotion codes: what customers type to redeem a coupon (stripe-facts 8, 18)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.emulator import discounts, metadata, objects
from reconciler.emulator.currencies import check_amount, code_of
from reconciler.emulator.errors import Refusal, missing_parameter, unsupported
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import PAGING, Query, compare, compare_age, page
from reconciler.emulator.store import Body

KIND, URL, ONE = "promotion_code", "/v1/promotion_codes", "/v1/promotion_codes/{promotion_code}"
CHARACTERS = re.compile(r"[A-Za-z0-9-]+")
LEFT = "coalesce(json_extract({0}, '$.times_redeemed') < json_extract({0}, '$.max_redemptions'), 1)"
USABLE = f"""
(json_extract(o.body, '$.active') and coalesce(json_extract(o.body, '$.expires_at') > ?, 1) and {LEFT.format("o.body")}
 and exists (select 1 from objects c where c.scope = o.scope and c.kind = 'coupon'
  and c.id = json_extract(o.body, '$.promotion.coupon') and {LEFT.format("c.body")}
  and coalesce(json_extract(c.body, '$.redeem_by') > ?, 1)))
"""
"""`discounts.usable` in SQL, for lists."""


def create(call: Call) -> Body:
    """For a valid coupon, within its limits (SDK docstring)."""
    params = call.params
    if "customer_account" in params:
        raise unsupported("customer_account")
    if "coupon" not in params["promotion"]:
        raise missing_parameter("promotion[coupon]")
    coupon = discounts.check(call, params["promotion"]["coupon"], "promotion[coupon]")
    if "customer" in params:
        objects.need(call, "customer", params["customer"], "customer")
    objects.in_future(call, params.get("expires_at"), "expires_at")
    check_limit(coupon["redeem_by"], params, "expires_at", "redeem_by")
    objects.at_least(1, params.get("max_redemptions"), "max_redemptions")
    check_limit(coupon["max_redemptions"], params, "max_redemptions", "max_redemptions")
    code = params.get("code") or random_id("", 8).upper()
    if not CHARACTERS.fullmatch(code):
        raise Refusal("Promotion codes may only contain the characters a-z, A-Z, 0-9 and -.", param="code")
    body = {
        "id": random_id("promo_1"),
        "object": KIND,
        "active": params.get("active", True),
        "code": code,
        "created": call.now,
        "customer": params.get("customer"),
        "customer_account": None,
        "expires_at": params.get("expires_at"),
        "folded": code.lower(),
        "livemode": call.scope.livemode,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": metadata.merged({}, params.get("metadata")),
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": restrictions(params.get("restrictions", {})),
        "times_redeemed": 0,
    }
    check_unique(call, body)
    return objects.create(call, KIND, body)


def check_limit(most: int | None, params: Mapping[str, Any], name: str, theirs: str) -> None:
    if most is not None and params.get(name, most) > most:
        raise Refusal(f"`{name}` cannot be beyond the coupon's `{theirs}` ({most}).", param=name)


def check_unique(call: Call, body: Body) -> None:
    """Among active codes that one customer could type, whatever the case (SDK docstring)."""
    if not body["active"]:
        return
    for other in objects.having(call, KIND, "folded", body["folded"]):
        theirs = other["customer"] is None or body["customer"] is None or other["customer"] == body["customer"]
        if theirs and other["id"] != body["id"] and discounts.usable(call, other):
            raise Refusal(f"An active promotion code with `code: {body['code']}` already exists.", param="code")


def restrictions(sent: Mapping[str, Any]) -> Body:
    """An amount and its currency come together."""
    amount, currency = sent.get("minimum_amount"), sent.get("minimum_amount_currency")
    for given, other in (("minimum_amount", "minimum_amount_currency"), ("minimum_amount_currency", "minimum_amount")):
        if given in sent and other not in sent:
            raise missing_parameter(f"restrictions[{other}]")
    if currency is not None:
        currency = code_of(currency, "restrictions[minimum_amount_currency]")
        check_amount(amount or 0, currency, "restrictions[minimum_amount]")
    body = {
        "currency_options": {},
        "first_time_transaction": sent.get("first_time_transaction", False),
        "minimum_amount": amount,
        "minimum_amount_currency": currency,
    }
    return {**body, "currency_options": options(body, sent.get("currency_options", {}))}


def options(restriction: Body, sent: Mapping[str, Any]) -> dict[str, Body]:
    """Minimum amounts in further currencies, each other than the first (SDK docstring). That they need a first is
    recall."""
    result = dict(restriction["currency_options"])
    for key, option in sent.items():
        place = f"restrictions[currency_options][{key}]"
        currency = code_of(key, place)
        if currency == restriction["minimum_amount_currency"]:
            raise Refusal("The currency must be different from `minimum_amount_currency`.", param=place)
        if restriction["minimum_amount"] is None:
            raise missing_parameter("restrictions[minimum_amount]")
        if "minimum_amount" not in option:
            raise missing_parameter(f"{place}[minimum_amount]")
        check_amount(option["minimum_amount"], currency, f"{place}[minimum_amount]")
        result[currency] = option
    return result


def update(call: Call) -> Body:
    """Switched on again only while it could be redeemed (SDK docstring)."""
    before = objects.need(call, KIND, call.path["promotion_code"], "promotion_code", status=404)
    params = call.params
    body = {**before, "active": params.get("active", before["active"])}
    body["metadata"] = metadata.merged(before["metadata"], params.get("metadata"))
    held = before["restrictions"]
    added = options(held, params.get("restrictions", {}).get("currency_options", {}))
    body["restrictions"] = {**held, "currency_options": added}
    if params.get("active") and not discounts.usable(call, before):
        if not discounts.usable(call, body):
            text = (
                "This promotion code cannot be activated because its coupon is not valid or it is used up or expired."
            )
            raise Refusal(text, param="active")
        check_unique(call, body)
    return objects.change(call, KIND, body)


def view(call: Call, body: Body) -> Body:
    """Active means redeemable now. The first currency is one of the options (recall, as on prices)."""
    held = body["restrictions"]
    base = {held["minimum_amount_currency"]: {"minimum_amount": held["minimum_amount"]}}
    shown = {**base, **held["currency_options"]} if held["minimum_amount_currency"] else None
    body = {**body, "active": discounts.usable(call, body), "restrictions": {**held, "currency_options": shown}}
    body.pop("folded")
    return body


def index(call: Call) -> Body:
    query = Query()
    for name, value in call.params.items():
        if name == "created":
            compare_age(query, value)
        elif name == "active":
            query.conditions.append(USABLE if value else f"not {USABLE}")
            query.values += [call.now, call.now]
        elif name in FILTERS:
            compare(call, query, KIND, FILTERS[name], value.lower() if name == "code" else value)
        elif name not in PAGING:
            raise unsupported(name)
    return page(call, KIND, URL, query)


FILTERS = {"code": "folded", "coupon": "promotion.coupon", "customer": "customer"}
READ, WRITE = "coupon_read", "coupon_write"
SIZES = {"code": 500}
RESOURCE = Resource(
    kind=KIND,
    prefix="promo_",
    noun="promotion code",
    event=KIND,
    hidden=("restrictions.currency_options",),
    expandable={"promotion.coupon": "coupon", "customer": "customer"},
    facets=("folded", "promotion.coupon", "customer"),
    view=view,
    operations=(
        Operation("promotion_code.create", "POST", URL, "PromotionCodeCreateParams", create, WRITE, SIZES),
        Operation("promotion_code.update", "POST", ONE, "PromotionCodeUpdateParams", update, WRITE),
        Operation("promotion_code.list", "GET", URL, "PromotionCodeListParams", index, READ),
        Operation(
            "promotion_code.retrieve",
            "GET",
            ONE,
            "PromotionCodeRetrieveParams",
            objects.retrieving(KIND, "promotion_code"),
            READ,
        ),
    ),
)
