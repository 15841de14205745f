"""What the YAML of a customer portal shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from reconciler.kinds.sense.rule import Remark, at
from reconciler.kinds.tariff import MONTHS
from reconciler.model import ACTIVE, Address, Desired, Path, Properties, Ref, Resource

CANCEL: Path = ("features", "subscription_cancel")
UPDATE: Path = ("features", "subscription_update")
ALLOWED: Path = (*UPDATE, "default_allowed_updates")
_CUSTOMER: Path = ("features", "customer_update")
_CONDITIONS: Path = (*UPDATE, "schedule_at_period_end", "conditions")


def is_on(resource: Resource, *feature: str) -> bool:
    return resource.properties.get((*feature, "enabled")) is True


def offers(properties: Properties) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The products to which customers may switch, where they may, each with its place in the list."""
    if properties.get((*UPDATE, "enabled")) is True:
        yield from enumerate(properties.get((*UPDATE, "products")) or ())


def price_at(desired: Desired, member: Any) -> Properties | None:
    """The declared properties of what a member of a list means, or None where it is not declared."""
    resource = desired.resources.get(member.address) if isinstance(member, Ref) else None
    return resource.properties if resource else None


def can_be_offered(price: Properties) -> bool:
    """Whether the portal can switch to a price: to one in service, billed again and again, without meter or tiers."""
    tiered = price.get(("tiers",)) or price.get(("billing_scheme",)) == "tiered"
    metered = price.get(("recurring", "usage_type")) == "metered"
    return bool(price.get(("recurring", "interval")) and price.get(ACTIVE) is not False and not tiered and not metered)


def cancel_reasons(resource: Resource, _: Desired) -> Iterator[Remark]:
    if is_on(resource, *CANCEL) and not is_on(resource, *CANCEL, "cancellation_reason"):
        yield (*CANCEL, "cancellation_reason", "enabled"), "customers may cancel, and nothing here asks them why"


def cancel_credit(resource: Resource, _: Desired) -> Iterator[Remark]:
    now = resource.properties.get((*CANCEL, "mode")) == "immediately"
    if is_on(resource, *CANCEL) and now and _credits_nothing(resource, CANCEL):
        yield (*CANCEL, "proration_behavior"), "a cancellation takes effect at once, and nothing here credits it"


def switch_credit(resource: Resource, desired: Desired) -> Iterator[Remark]:
    waiting = {c["type"] for c in resource.properties.get(_CONDITIONS) or ()}
    if "shortening_interval" in waiting or not _credits_nothing(resource, UPDATE):
        return
    members = (m for _, item in offers(resource.properties) for m in item.get("prices") or ())
    lengths = dict(filter(None, (_length(price_at(desired, m)) for m in members)))
    if len(lengths) > 1 and "price" in (resource.properties.get(ALLOWED) or ()):
        said = f"customers may switch from {lengths[max(lengths)]} to {lengths[min(lengths)]} at once"
        yield (*UPDATE, "proration_behavior"), f"{said}, and nothing here credits it"


def _credits_nothing(resource: Resource, feature: Path) -> bool:
    return resource.properties.get((*feature, "proration_behavior")) in (None, "none")


def _length(price: Properties | None) -> tuple[Fraction, str] | None:
    """How many months a billing period has, and what people call it."""
    if price is None or not can_be_offered(price):
        return None
    interval, count = price[("recurring", "interval")], price.get(("recurring", "interval_count")) or 1
    return MONTHS[interval] * count, f"a {interval}" if count == 1 else f"{count} {interval}s"


def default_price(resource: Resource, desired: Desired) -> Iterator[Remark]:
    for number, item in offers(resource.properties):
        product = price_at(desired, item["product"])
        default = product.get(("default_price",)) if product else None
        price = price_at(desired, default)
        if default and price and can_be_offered(price) and default not in (item.get("prices") or ()):
            said = f"{item['product'].address.name} is offered without its default price {default.address.name}"
            yield at(*UPDATE, "products", number, "prices"), said


def out_of_service(resource: Resource, desired: Desired) -> Iterator[Remark]:
    for number, item in offers(resource.properties):
        members = [("product", item["product"])]
        members += [("prices", m) for m in item.get("prices") or () if _around(m) != item["product"]]
        for key, member in members:
            found = price_at(desired, member)
            if found is not None and found.get(ACTIVE) is False:
                yield at(*UPDATE, "products", number, key), f"{member.address} is offered, and says `active: false`"


def _around(price: Any) -> Any:
    """The product in which a price is declared: `validate` judges what is offered in its name."""
    return Ref(Address("product", price.address.name.partition(".")[0])) if isinstance(price, Ref) else None


def seats(resource: Resource, _: Desired) -> Iterator[Remark]:
    found = list(offers(resource.properties))
    having = [n for n, item in found if (item.get("adjustable_quantity") or {}).get("enabled")]
    may = "quantity" in (resource.properties.get(ALLOWED) or ())
    if found and may and not having:
        yield ALLOWED, "`quantity` may be changed, and no offered product has `adjustable_quantity`"
    if having and not may:
        place = at(*UPDATE, "products", having[0], "adjustable_quantity")
        yield place, "`adjustable_quantity` is set, and `quantity` is not among `default_allowed_updates`"


def details(resource: Resource, _: Desired) -> Iterator[Remark]:
    if is_on(resource, *_CUSTOMER) and not resource.properties.get((*_CUSTOMER, "allowed_updates")):
        place = (*_CUSTOMER, "allowed_updates")
        yield place, "customers may edit their details, and `allowed_updates` names none here"
