"""A portal session for one customer: what it needs, and opening it (stripe-facts 5.4, 5.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from reconciler.errors import ApiFailure, Unresolved
from reconciler.gateway import Gateway, item
from reconciler.model import Address, Observed
from reconciler.portal.link import KIND
from reconciler.portal.link_checks import check_choice, check_pause, doubts, items_of, quantity_doubt

SESSIONS, SUBSCRIPTIONS = "/v1/billing_portal/sessions", "/v1/subscriptions"
ENDED = ("canceled", "incomplete_expired")
_OFFERED = next(f for f in KIND.fields if f.offers)


@dataclass(frozen=True, slots=True)
class Flow:
    """One thing to do in the portal. `feature` must be on; `offers`: and there must be something to choose from.

    `confirms`: the choice is made beforehand, and the customer only confirms it.
    """

    feature: str
    subscription: bool = False
    offers: bool = False
    confirms: bool = False


FLOWS: Mapping[str, Flow] = {
    "payment_method_update": Flow("payment_method_update"),
    "customer_update": Flow("customer_update"),
    "subscription_cancel": Flow("subscription_cancel", subscription=True),
    "subscription_update": Flow("subscription_update", subscription=True, offers=True),
    "subscription_update_confirm": Flow("subscription_update", subscription=True, offers=True, confirms=True),
    "subscription_pause": Flow("subscription_pause", subscription=True),
}
"""What each flow needs (stripe-facts 5.5)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The session that is asked for. `price` is an id."""

    customer: str
    flow: str = ""
    subscription: str = ""
    price: str = ""
    quantity: int | None = None
    return_url: str = ""
    locale: str = ""


def opened(gateway: Gateway, wish: Wish, portal: Observed, address: Address, warn: Callable[[str], None]) -> str:
    """Open a session, after every check that is cheap, and give its URL: a secret. Raises Unresolved, ApiFailure.

    `warn` is told what the portal will probably refuse behind the link.
    """
    optional = {"return_url": wish.return_url, "locale": wish.locale}
    params: dict[str, Any] = {"customer": wish.customer, "configuration": portal.id}
    params |= {name: value for name, value in optional.items() if value}
    if wish.flow:
        _check_flow(wish, portal, address)
        subscription = _subscription(gateway, wish) if wish.subscription else {}
        params["flow_data"] = _flow_data(wish, subscription)
        if subscription:
            _check_subscription(wish, subscription, portal, address, warn)
    url = gateway.post(SESSIONS, params, idempotency_key=token_hex(16)).get("url")
    if not isinstance(url, str) or not url.isprintable():
        raise ApiFailure(f"POST {SESSIONS}", "the answer has no URL")
    return url


def _check_flow(wish: Wish, found: Observed, address: Address) -> None:
    """Whether the configuration, as the account has it, lets customers do that."""
    flow = FLOWS[wish.flow]
    if not found.properties.get(("features", flow.feature, "enabled")):
        raise Unresolved(
            f"the flow {wish.flow} needs features.{flow.feature} of {address}, which is off in the account: "
            f"write features: {{{flow.feature}: {{enabled: true}}}} there, and apply"
        )
    offered = [p for row in found.properties.get(_OFFERED.path) or () for p in row.get(_OFFERED.offers) or ()]
    if flow.offers and not offered:
        raise Unresolved(f"the flow {wish.flow} needs {_OFFERED.name} of {address}, where nothing is offered")
    if wish.price and wish.price not in offered:
        raise Unresolved(f"{address} does not offer {wish.price}: add it to {_OFFERED.name}, and apply")


def _subscription(gateway: Gateway, wish: Wish) -> Mapping[str, Any]:
    """The subscription, if it is the customer's and goes on; nothing where the key may not read it and need not."""
    try:
        raw = gateway.get(item(SUBSCRIPTIONS, wish.subscription))
    except ApiFailure as failure:
        if failure.status != 403 or FLOWS[wish.flow].confirms:
            raise
        return {}  # Stripe checks it again
    owner = raw.get("customer")
    if (owner.get("id") if isinstance(owner, Mapping) else owner) != wish.customer:
        raise Unresolved(f"the subscription {wish.subscription} belongs to another customer")
    if raw.get("status") in ENDED:
        raise Unresolved(f"the subscription {wish.subscription} is {raw['status']}: there is nothing left to change")
    return raw


def _check_subscription(
    wish: Wish, subscription: Mapping[str, Any], portal: Observed, address: Address, warn: Callable[[str], None]
) -> None:
    """Refuse what Stripe documents that it refuses, and warn of what it is known to."""
    if wish.flow == "subscription_pause":
        check_pause(subscription)
    reasons = list(doubts(wish.flow, subscription))
    if FLOWS[wish.flow].confirms:
        (one,) = items_of(subscription)
        rows = portal.properties.get(_OFFERED.path) or ()
        check_choice(one, wish.price, wish.quantity, rows, str(address))
        allowed = portal.properties.get((*_OFFERED.path[:-1], "default_allowed_updates")) or ()
        reasons += filter(None, [quantity_doubt(one, wish.price, wish.quantity, rows, allowed)])
    if reasons:
        warn(
            f"the page behind this link will probably refuse {wish.subscription}: {'; '.join(reasons)}. "
            "That is recalled, and not documented by Stripe"
        )


def _flow_data(wish: Wish, subscription: Mapping[str, Any]) -> Mapping[str, Any]:
    """Stripe's parameters for a flow."""
    flow = FLOWS[wish.flow]
    if not flow.subscription:
        return {"type": wish.flow}
    details: dict[str, Any] = {"subscription": wish.subscription}
    if flow.confirms:
        items = items_of(subscription)
        if len(items) != 1:
            raise Unresolved(f"{wish.flow} takes a subscription with one item: {wish.subscription} has {len(items)}")
        chosen = {"price": wish.price or None, "quantity": wish.quantity}
        details["items"] = [{"id": items[0]["id"], **{k: v for k, v in chosen.items() if v is not None}}]
    return {"type": wish.flow, wish.flow: details}
