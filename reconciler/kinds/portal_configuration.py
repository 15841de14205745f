"""The kind `portal_configuration` (stripe-facts 5, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.checks.portal_configuration import check
from reconciler.kinds.kind import Block, Children, Field, Kind, Settable
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import (
    BOOLEAN,
    INTERVAL,
    METADATA,
    URL,
    list_of,
    object_of,
    one_of,
    reference,
    text,
    whole,
)

_PRODUCT = object_of(
    ("product",),
    product=reference("product"),
    prices={
        "title": "`all` or a list of prices",
        "anyOf": [{"const": "all"}, list_of(reference("price")) | {"minItems": 1}],
    },
    adjustable_quantity=object_of(("enabled",), enabled=BOOLEAN, minimum=whole(0), maximum=whole(1)),
)
_REASONS = (
    *("customer_service", "low_quality", "missing_features", "other"),
    *("switched_service", "too_complex", "too_expensive", "unused"),
)
_USUAL = ("too_expensive", "missing_features", "switched_service", "unused", "other")
"""The reasons in a configuration where nobody ever chose any, as in the fixture of Stripe's specification."""
_MONTH = ({"interval": "month", "interval_count": 1},)


def _products(value: Any) -> Any:
    """Offered products with the server's defaults filled in: the seat limit is always answered (stripe-facts 5.3)."""
    return value and tuple({**v, "adjustable_quantity": _seats(v.get("adjustable_quantity"))} for v in value)


def _seats(value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if not value or not value["enabled"]:
        return {"enabled": False}
    limits = {"minimum": value.get("minimum") or 1, "maximum": value.get("maximum")}
    return {"enabled": True} | {k: v for k, v in limits.items() if v is not None}


def _pauses(value: Any) -> Any:
    return value and tuple({"interval": v["interval"], "interval_count": v.get("interval_count") or 1} for v in value)


def _spell(data: Mapping[str, Any], children: Children) -> Mapping[str, Any]:
    """`prices: all`, or none, is every recurring price in service declared under the product."""
    update = (data.get("features") or {}).get("subscription_update") or {}
    if not update.get("products"):
        return data
    products = [{**p, "prices": _offered(p, children)} for p in update["products"]]
    return {**data, "features": {**data["features"], "subscription_update": {**update, "products": products}}}


def _offered(item: Mapping[str, Any], children: Children) -> list[Any]:
    product, prices = item["product"], item.get("prices", "all")
    if not isinstance(product, str):
        return [] if prices == "all" else list(prices)
    if prices == "all":
        prices = [n for n, p in children(product).items() if p.get("recurring") and p.get("active", True)]
    return [f"{product}.{p}" if isinstance(p, str) and "." not in p else p for p in prices]


def _unspell(data: Mapping[str, Any], children: Children) -> Mapping[str, Any]:
    """Prices go by their short name, and without saying where every one in service is offered."""
    update = (data.get("features") or {}).get("subscription_update") or {}
    if not update.get("products"):
        return data
    products = [_listed(p, children) for p in update["products"]]
    return {**data, "features": {**data["features"], "subscription_update": {**update, "products": products}}}


def _listed(item: Mapping[str, Any], children: Children) -> Mapping[str, Any]:
    prices, product = item.get("prices") or [], item["product"]
    if isinstance(product, str):
        every = {f"{product}.{n}" for n, p in children(product).items() if p.get("recurring") and p.get("active", True)}
        if every and every == {p if isinstance(p, str) else p["id"] for p in prices}:
            prices = []
    short = [p.removeprefix(f"{product}.") if isinstance(p, str) else p for p in prices]
    seats = item.get("adjustable_quantity") or {}
    return (
        {"product": product}
        | ({"prices": short} if short else {})
        | ({"adjustable_quantity": seats} if seats.get("enabled") else {})
    )


# fmt: off
_FIELDS = (
    Field("name", text(256), "Shown in the Dashboard.", clears_with=""),
    Field("active", BOOLEAN, "Whether it can be used. The default cannot be switched off.", settable=Settable.ON_UPDATE, default=True),
    Field("default_return_url", URL, "Where the portal's link back leads.", clears_with=""),
    Field("business_profile.headline", text(60), "Shown on top of the portal.", clears_with=""),
    Field("business_profile.privacy_policy_url", URL, "A link in the portal.", clears_with="", needed="privacy_policy_url"),
    Field("business_profile.terms_of_service_url", URL, "A link in the portal.", clears_with="", needed="terms_of_service_url"),
    Field("login_page.enabled", BOOLEAN, "Switch on the shareable login link. Switching it off kills the link.", required=True, default=False, publishes="login_page.url", link_rule="login-link"),
    Field("features.customer_update.enabled", BOOLEAN, "Customers may edit their details.", required=True, default=False),
    Field("features.customer_update.allowed_updates", list_of(one_of("address", "email", "name", "phone", "shipping", "tax_id"), unique=True), "Which details.", default=(), clears_with="", unordered=True),
    Field("features.invoice_history.enabled", BOOLEAN, "Customers see their invoices.", required=True, default=False),
    Field("features.payment_method_update.enabled", BOOLEAN, "Customers may change their payment methods.", required=True, default=False),
    Field("features.payment_method_update.payment_method_configuration", reference("payment_method_configuration"), "Which methods; left out, the account's default.", clears_with="", refers_to="payment_method_configuration"),
    Field("features.subscription_cancel.enabled", BOOLEAN, "Customers may cancel.", required=True, default=False),
    Field("features.subscription_cancel.mode", one_of("at_period_end", "immediately"), "When a cancellation takes effect.", default="at_period_end"),
    Field("features.subscription_cancel.proration_behavior", one_of("none", "create_prorations", "always_invoice"), "`create_prorations` goes with `mode: immediately`; Stripe refuses `always_invoice` here.", default="none"),
    Field("features.subscription_cancel.cancellation_reason.enabled", BOOLEAN, "Ask why.", required=True, default=False),
    Field("features.subscription_cancel.cancellation_reason.options", list_of(one_of(*_REASONS), unique=True), "Stripe's reasons to choose from.", required=True, default=(), clears_with="", unordered=True, usual=_USUAL),
    Field("features.subscription_cancel.cancellation_reason.feedback_options", list_of(reference("feedback_option")), "Your own reasons to choose from.", default=(), clears_with="", unordered=True, refers_to="feedback_option"),
    Field("features.subscription_pause.enabled", BOOLEAN, "Customers may pause (redesigned portal, flexible billing).", required=True, default=False),
    Field("features.subscription_pause.duration.type", one_of("indefinite", "interval_options"), "For how long.", required=True, default="interval_options"),
    Field("features.subscription_pause.duration.interval_options", list_of(object_of(("interval",), interval=INTERVAL, interval_count=whole(1, 1095))), "The durations to choose from, three years at most.", default=_MONTH, unordered=True, canonical=_pauses, only_when=("features.subscription_pause.duration.type", "interval_options")),
    Field("features.subscription_update.enabled", BOOLEAN, "Customers may switch plans.", required=True, default=False),
    Field("features.subscription_update.default_allowed_updates", list_of(one_of("price", "quantity", "promotion_code"), unique=True), "What may be changed.", default=(), clears_with="", unordered=True),
    Field("features.subscription_update.products", list_of(_PRODUCT, 10), "What is offered: at most 10 products, each with its prices and seat limit.", default=(), clears_with="", unordered=True, refers_to={"product": "product", "prices": "price"}, expand="features.subscription_update.products", present_when=("features.subscription_update.enabled", True), canonical=_products, match_by="product", offers="prices"),
    Field("features.subscription_update.proration_behavior", one_of("none", "create_prorations", "always_invoice"), "How a switch is charged.", default="none"),
    Field("features.subscription_update.billing_cycle_anchor", one_of("now", "unchanged"), "Whether a switch starts a new billing period.", default="unchanged"),
    Field("features.subscription_update.trial_update_behavior", one_of("end_trial", "continue_trial"), "What a switch does to a trial.", default="end_trial"),
    Field("features.subscription_update.schedule_at_period_end.conditions", list_of(object_of(("type",), type=one_of("decreasing_item_amount", "shortening_interval")), 2, unique=True), "Which switches wait for the end of the period.", default=(), clears_with="", unordered=True),
    METADATA,
)
# fmt: on

PORTAL_CONFIGURATION = Kind(
    name="portal_configuration",
    plural="portal_configurations",
    service="billing_portal.configurations",
    sdk="billing_portal.Configuration",
    scope=scope("Customer portal", "customer_portal"),
    doc="What customers see and may do in the portal.",
    known_by=("name", "business_profile.headline"),
    default_flag="is_default",
    read_only=("is_default", "login_page.url"),
    retired_means="can no longer be used for portal sessions",
    check=check,
    spell=_spell,
    unspell=_unspell,
    excluded={"expand": "chosen by the reader"},
    hints=(Field("is_default", BOOLEAN, "This is the account's default configuration: adopt it, never make another."),),
    fields=_FIELDS,
    blocks=(
        Block(name="business_profile", doc="What the portal says about your business."),
        Block(name="features", doc="What customers may do.", required=True),
        Block(name="login_page", doc="The login link that you can share.", unit=True),
        Block(name="features.payment_method_update", unit=True),
        Block(name="features.subscription_cancel.cancellation_reason", unit=True),
        Block(name="features.subscription_pause.duration", unit=True),
    ),
)
