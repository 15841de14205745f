"""What only the account tells of a customer portal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.sense.declared import ALLOWED, CANCEL, UPDATE, can_be_offered, is_on, offers, price_at
from reconciler.kinds.sense.rule import Remark, Seen, at
from reconciler.kinds.tariff import tariffs
from reconciler.model import Path, Properties, Ref, Resource, Verb

SERVED = ("active", "past_due", "trialing")
"""The states in which a subscription gives its customer what was bought."""
SUBSCRIPTIONS, CUSTOMERS = "/v1/subscriptions", "/v1/customers"
_PAUSE: Path = ("features", "subscription_pause")
_LOGIN: Path = ("login_page", "enabled")
_EVENTS: Mapping[Path, tuple[str, str]] = {
    CANCEL: ("cancel", "customer.subscription.deleted"),
    UPDATE: ("switch plans", "customer.subscription.updated"),
    _PAUSE: ("pause", "customer.subscription.paused"),
}
_WRITES = (Verb.CREATE, Verb.UPDATE, Verb.ADOPT, Verb.REVIVE)


def default_price(resource: Resource, seen: Seen) -> Iterator[Remark]:
    """Of products that are offered by their id."""
    products, prices = seen.in_service("product"), seen.in_service("price")
    for number, item in offers(resource.properties):
        product = products.get(item["product"]) if isinstance(item["product"], str) else None
        default = prices.get(product.properties.get(("default_price",), "")) if product else None
        listed = {_id(m, seen) for m in item.get("prices") or ()}
        if product and default and can_be_offered(default.properties) and default.id not in listed:
            place = at(*UPDATE, "products", number, "prices")
            yield place, f"{product.id} is offered without its default price {default.id}"


def _id(member: Any, seen: Seen) -> Any:
    found = seen.found.get(member.address) if isinstance(member, Ref) else None
    return found.id if found else member


def out_of_service(resource: Resource, seen: Seen) -> Iterator[Remark]:
    """Of what is offered by its id: what is in service was read."""
    for number, item in offers(resource.properties):
        for key, kind, members in (("product", "product", [item["product"]]), ("prices", "price", item.get("prices"))):
            known = seen.in_service(kind)
            for member in members or () if seen.knows(kind) else ():
                if isinstance(member, str) and member not in known:
                    said = f"{member} is offered, and is not among the {BY_NAME[kind].plural} in service"
                    yield at(*UPDATE, "products", number, key), said


def promotion_codes(resource: Resource, seen: Seen) -> Iterator[Remark]:
    may = is_on(resource, *UPDATE) and "promotion_code" in (resource.properties.get(ALLOWED) or ())
    kind = "promotion_code"
    if may and seen.knows(kind) and not seen.declared(kind) and not seen.foreign(kind):
        yield ALLOWED, "customers may enter a promotion code, and none is in service"


def currencies(resource: Resource, seen: Seen) -> Iterator[Remark]:
    """Said once, of the first portal: a customer may be one of another."""
    mine = [r for r in seen.declared(resource.address.kind) if _switches(r.properties)]
    mine.sort(key=lambda r: not r.hints.get("is_default"))
    if not mine or mine[0] is not resource or not seen.knows("price"):
        return
    portals = [r.properties for r in mine] + [o.properties for o in seen.foreign(resource.address.kind)]
    known = {currency for portal in portals if _switches(portal) for currency in _currencies(portal, seen)}
    sheet = seen.sheet(SUBSCRIPTIONS) if known else None
    if sheet is None:
        return
    held = Counter(row["currency"] for row in _served(sheet.rows) if row["currency"] not in known)
    if held:
        few = " and ".join(f"{number} in {currency}" for currency, number in sorted(held.items()))
        counted = _of("subscription", len(_served(sheet.rows)), sheet.more)
        yield (*UPDATE, "products"), f"{few} of {counted}, and no offered price has an amount in that currency"


def _switches(properties: Properties) -> bool:
    return any(True for _ in offers(properties)) and "price" in (properties.get(ALLOWED) or ())


def _currencies(portal: Properties, seen: Seen) -> Iterator[str]:
    """The currencies of what a portal offers, as far as that is known."""
    prices = seen.in_service("price")
    for _, item in offers(portal):
        for member in item.get("prices") or ():
            other = prices.get(member) if isinstance(member, str) else None
            price = other.properties if other else price_at(seen.desired, member)
            yield from tariffs(price) if price else ()


def pause_mode(resource: Resource, seen: Seen) -> Iterator[Remark]:
    sheet = seen.sheet(SUBSCRIPTIONS) if is_on(resource, *_PAUSE) else None
    served = _served(sheet.rows) if sheet else []
    modes = [(row.get("billing_mode") or {}).get("type", "flexible") for row in served]
    if sheet and (other := sum(1 for mode in modes if mode != "flexible")):
        said = f"customers may pause, and {other} of {_of('subscription', len(served), sheet.more)}"
        yield (*_PAUSE, "enabled"), f"{said} {_are(other)} not in flexible billing mode"


def login_emails(resource: Resource, seen: Seen) -> Iterator[Remark]:
    """Only when the page is switched on: afterwards it is for `customers` to say."""
    before = seen.found.get(resource.address)
    if resource.properties.get(_LOGIN) is not True or (before and before.properties.get(_LOGIN) is True):
        return
    sheet = seen.sheet(CUSTOMERS)
    lacking = sum(1 for row in sheet.rows if not row.get("email")) if sheet else 0
    if sheet and lacking:
        have = "has" if lacking == 1 else "have"
        yield _LOGIN, f"{lacking} of {_of('customer', len(sheet.rows), sheet.more)} {have} no email"


def webhook_events(resource: Resource, seen: Seen) -> Iterator[Remark]:
    """Where there is an endpoint at all: code may as well ask Stripe."""
    kind = "webhook_endpoint"
    endpoints = [r.properties for r in seen.declared(kind)] + [o.properties for o in seen.foreign(kind)]
    served = [p for p in endpoints if p.get(("disabled",)) is not True and p.get(("connect",)) is not True]
    heard = {event for p in served for event in p.get(("enabled_events",)) or ()}
    lacking = [f for f, (_, event) in _EVENTS.items() if is_on(resource, *f) and event not in heard]
    if served and lacking and "*" not in heard and seen.knows(kind):
        may, events = (" and ".join(_EVENTS[f][n] for f in lacking) for n in (0, 1))
        yield (*lacking[0], "enabled"), f"customers may {may}, and no webhook endpoint listens to {events}"


def legal_links(resource: Resource, seen: Seen) -> Iterator[Remark]:
    """In what the plan leaves as it is: of the rest, the guard `required` speaks."""
    address, asked = resource.address, seen.desired.guards.get("required")
    written = any(a.address == address and a.verb in _WRITES for a in seen.plan.actions)
    if not seen.plan.target.livemode or written or (address, "required") in seen.desired.permits:
        return
    before = seen.found.get(address)
    state = {**(before.properties if before else {}), **resource.properties}
    needed = [f for f in BY_NAME[address.kind].fields if f.needed and (asked is None or f.needed in asked)]
    if lacking := [f.needed for f in needed if not state.get(f.path)]:
        yield ("business_profile",), f"it is live without {' and '.join(lacking)}"


def _served(rows: Any) -> list[Mapping[str, Any]]:
    return [row for row in rows if row.get("status") in SERVED]


def _of(what: str, number: int, more: bool) -> str:
    active = "active " if what == "subscription" else ""
    return f"the {'newest ' if more else ''}{number} {active}{what}{'' if number == 1 else 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
