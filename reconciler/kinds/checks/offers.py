"""The rules of what a portal offers to switch to: products with their prices (stripe-facts 5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds.kind import Children, Objection

_At = tuple[str | int, ...]
_Price = Mapping[str, Any]


def check_offers(offers: Sequence[Mapping[str, Any]], at: _At, children: Children) -> Iterator[Objection]:
    """Each product once, with prices in service that differ in their interval, and a seat limit that makes sense."""
    products = [_id(offer["product"]) for offer in offers]
    for number, offer in enumerate(offers):
        here = (*at, number)
        if products[number] in products[:number]:
            yield (*here, "product"), f"the product {products[number]} is offered twice", "list its prices in one entry"
        yield from _prices(offer, here, children)
        seats = offer.get("adjustable_quantity") or {}
        if "maximum" in seats and seats["maximum"] < seats.get("minimum", 0):
            said = f"`maximum` {seats['maximum']} is below `minimum` {seats['minimum']}"
            yield (*here, "adjustable_quantity", "maximum"), said, "a subscription must have a number of seats to be at"


def _id(reference: Any) -> str:
    return str(reference["id"]) if isinstance(reference, Mapping) else str(reference)


def _prices(offer: Mapping[str, Any], at: _At, children: Children) -> Iterator[Objection]:
    product, listed = offer["product"], offer.get("prices", "all")
    if listed == "all":
        yield from _all_prices(product, at, children)
        return
    seen: dict[object, str] = {}
    for number, reference in enumerate(listed):
        here, name = (*at, "prices", number), _id(reference)
        price: _Price | None = None
        if isinstance(reference, str) and isinstance(product, str):
            parent, dot, short = reference.rpartition(".")
            if dot and parent != product:
                yield here, f"{name} is not a price of {product}", "an entry lists prices of its own product"
                continue
            name, price = short, _known(children, product).get(short)
        if name in seen:
            yield here, f"the price {name} is offered twice", "each once is enough"
        elif price:
            yield from _offered(name, price, here, seen)
        seen[name] = name


def _all_prices(product: Any, at: _At, children: Children) -> Iterator[Objection]:
    if not isinstance(product, str):
        yield at, f"every price of {_id(product)}, which is not declared here", "list them: `prices: [{id: price_…}]`"
        return
    try:
        prices = children(product)
    except LookupError:
        return
    offered = {n: p for n, p in prices.items() if p.get("recurring") and p.get("active") is not False}
    if not offered and all(prices.values()):
        yield at, f"{product} has no recurring price in service to offer", "declare one, or take the product out"
    seen: dict[object, str] = {}
    for name, price in offered.items():
        for _, said, _ in _offered(name, price, at, seen):
            yield at, said, "without `prices`, every recurring price is offered; list those that customers may choose"


def _known(children: Children, product: str) -> Mapping[str, _Price]:
    try:
        return children(product)
    except LookupError:
        return {}


def _offered(name: str, price: _Price, at: _At, seen: dict[object, str]) -> Iterator[Objection]:
    """What keeps a price from being switched to. `seen` are the intervals that are taken, with the price that did."""
    recurring = price.get("recurring") or {}
    if price.get("active") is False:
        yield at, f"the price {name} is out of service (`active: false`)", "take it out of the portal first"
    elif not recurring:
        yield at, f"the price {name} is charged once", "customers can only switch to recurring prices"
    elif recurring.get("usage_type") == "metered":
        yield at, f"the price {name} is metered", "Stripe's portal cannot switch to it"
    elif price.get("tiers") is not None:
        yield at, f"the price {name} has tiers", "Stripe's portal cannot switch to it"
    else:
        interval, count = recurring["interval"], recurring.get("interval_count") or 1
        if (other := seen.setdefault((interval, count), name)) != name:
            every = interval if count == 1 else f"{count} {interval}s"
            yield at, f"the prices {other} and {name} are both billed every {every}", "offer one price per interval"
