"""What speaks against a flow on one subscription, before the session is opened (stripe-facts 5.2, 5.5, 5.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import Unresolved
from reconciler.portal.terms import QUANTITY

Raw = Mapping[str, Any]
UPDATES = ("subscription_update", "subscription_update_confirm")


def items_of(subscription: Raw) -> Sequence[Raw]:
    """Its items, as Stripe gives them."""
    return (subscription.get("items") or {}).get("data") or []


def check_pause(subscription: Raw) -> None:
    """Pausing takes flexible billing, which Stripe documents."""
    if (subscription.get("billing_mode") or {}).get("type") == "classic":
        raise Unresolved(f"{subscription['id']} cannot be paused: its billing mode is classic, not flexible")


def doubts(flow: str, subscription: Raw) -> Iterator[str]:
    """Why the portal may refuse the flow behind the link. None of it is verified: it is recall."""
    items = items_of(subscription)
    if flow == "subscription_pause" and subscription.get("status") not in (None, "active"):
        yield f"it is {subscription['status']}, not active"
    if flow in UPDATES:
        if len(items) > 1:
            yield f"it has {len(items)} items"
        usage = [((i.get("price") or {}).get("recurring") or {}).get("usage_type") for i in items]
        if "metered" in usage:
            yield "it is billed for metered usage"
        if subscription.get("collection_method") == "send_invoice" and not subscription.get("default_payment_method"):
            yield "its invoices are sent (collection_method: send_invoice), and it has no payment method"
    if flow in (*UPDATES, "subscription_pause") and subscription.get("schedule"):
        yield "a subscription schedule is attached to it"


def check_choice(item: Raw, price: str, quantity: int | None, rows: Sequence[Raw], name: str) -> None:
    """Whether there is something to confirm, within the limits that the configuration has. Raises Unresolved.

    `rows` are the offered products, and `name` what to call the configuration. Empty or None stays as it is.
    """
    now = (item.get("price") or {}).get("id")
    chosen = price or now
    if chosen == now and quantity in (None, item.get("quantity")):
        raise Unresolved(f"there is nothing to confirm: the subscription has {chosen}, {item.get('quantity')} of it")
    if quantity is None or quantity == item.get("quantity"):
        return
    seats = _seats(rows, chosen)
    if not seats.get("enabled"):
        return
    least, most = seats.get("minimum") or 1, seats.get("maximum")
    if quantity < least or (most is not None and quantity > most):
        limits = f"{least} to {most}" if most is not None else f"{least} or more"
        raise Unresolved(f"--quantity {quantity}: adjustable_quantity of {name} allows {limits} for {chosen}")


def _seats(rows: Sequence[Raw], chosen: Any) -> Raw:
    """The adjustable_quantity of the product that is offered at that price."""
    for row in rows:
        offered = row.get("prices") or ()
        if chosen in offered:
            return row.get("adjustable_quantity") or {}
    return {}


def quantity_doubt(item: Raw, price: str, quantity: int | None, rows: Sequence[Raw], allowed: Sequence[str]) -> str:
    """Why the portal may refuse another quantity, or nothing. That the confirm flow asks for it is not documented."""
    if quantity is None or quantity == item.get("quantity"):
        return ""
    chosen = price or (item.get("price") or {}).get("id")
    if QUANTITY not in allowed:
        return "the configuration's default_allowed_updates has no quantity"
    if not _seats(rows, chosen).get("enabled"):
        return f"the configuration has no adjustable_quantity for {chosen}"
    return ""
