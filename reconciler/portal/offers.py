"""What customers may switch to, and the subscription of one who might."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from babel import Locale

from reconciler.kinds.price import PRICE
from reconciler.kinds.tariff import Tariff, charge, tariffs
from reconciler.model import Properties
from reconciler.portal import terms
from reconciler.portal.look import picture
from reconciler.portal.prices import elsewhere, said
from reconciler.portal.shop import Portal, Shop
from reconciler.portal.view import Item

ELSEWHERE = "elsewhere "
"""How the keys begin of what is said of a product's prices in other currencies."""
_PARENT = (PRICE.parent or ("", ""))[1]


@dataclass(frozen=True, slots=True)
class Plan:
    """A subscription for the page: one product at one price. `due` are minor units for a period, where known."""

    product: str
    price: str
    tariff: Tariff
    quantity: int

    @property
    def due(self) -> Fraction | None:
        return None if self.tariff.metered else charge(self.tariff, self.quantity)


def offers(shop: Shop, portal: Portal, locale: Locale) -> tuple[Item, ...]:
    """Every offered product, with its prices inside: those in the currency of the example."""
    rows = portal.value("features.subscription_update.products") or ()
    example = plan(shop, portal, locale)
    currency = example.tariff.currency if example else ""
    return tuple(_offer(shop, portal, row, locale, currency) for row in rows)


def other_currencies(shop: Shop, portal: Portal, locale: Locale) -> Iterator[Item]:
    """What each offered product costs who subscribes in another currency than the example does."""
    example = plan(shop, portal, locale)
    for row in portal.value("features.subscription_update.products") or ():
        key, product = shop.find(row["product"])
        found = product or {}
        known = [price for member in row.get("prices") or () if (price := shop.find(member)[1]) is not None]
        unit, own = str(found.get(("unit_label",)) or ""), example.tariff.currency if example else ""
        if said := "; ".join(line for price in known for line in elsewhere(price, unit, locale, own)):
            yield Item(ELSEWHERE + key, f"{found.get(('name',)) or key} in other currencies", (said,))


def _offer(shop: Shop, portal: Portal, row: Mapping[str, Any], locale: Locale, currency: str) -> Item:
    key, product = shop.find(row["product"])
    found = product or {}
    prices = tuple(_prices(shop, row.get("prices") or (), str(found.get(("unit_label",)) or ""), locale, currency))
    seats = row.get("adjustable_quantity") or {}
    allowed = portal.value("features.subscription_update.default_allowed_updates") or ()
    free = bool(seats.get("enabled")) and terms.QUANTITY in allowed
    description = str(found.get(("description",)) or "")
    images = found.get(("images",)) or (None,)
    return Item(
        key,
        str(found.get(("name",)) or key),
        (description,) if description else (),
        picture=picture(images[0], shop.files),
        items=prices,
        limits=(seats.get("minimum") or 1, seats.get("maximum")) if free else None,
    )


def _prices(shop: Shop, members: Any, unit: str, locale: Locale, currency: str) -> Iterator[Item]:
    """The prices of a product. One is told from the others by how often it is due: that stays when it is replaced."""
    seen: dict[str, int] = {}
    for member in members:
        name, price = shop.find(member)
        if price is None:
            yield Item(name, name, ("not declared here: Stripe knows what it costs",))
            continue
        told = said(price, unit, locale, currency)
        if told is None:
            continue
        key = " ".join(map(str, told.tariff.every or ("once",)))
        seen[key] = seen.get(key, 0) + 1
        yield Item(key if seen[key] == 1 else f"{key} {seen[key]}", told.text, told.detail)


def several_intervals(shop: Shop, portal: Portal) -> bool:
    """Whether a switch may be to another billing interval: it is offered, or nobody here knows of every price."""
    rows = portal.value("features.subscription_update.products") or ()
    known = [shop.find(price)[1] for row in rows for price in row.get("prices") or ()]
    intervals = {next(iter(tariffs(p).values())).every if p else None for p in known}
    return len(known) > 1 and (len(intervals) > 1 or None in intervals)


def plan(shop: Shop, portal: Portal, locale: Locale) -> Plan | None:
    """The first price that is offered; where none is, the first recurring one that is known."""
    rows = portal.value("features.subscription_update.products") or ()
    offered = [(row, shop.find(price)[1]) for row in rows for price in row.get("prices") or ()]
    for row, price in offered:
        if price is not None:
            seats = row.get("adjustable_quantity") or {}
            return _plan(shop, price, seats.get("minimum") or 1 if seats.get("enabled") else 1, locale)
    every = (p for p in shop.objects.values() if p.get(("recurring", "interval")) and p.get((_PARENT,)))
    price = next(every, None)
    return _plan(shop, price, 1, locale) if price else None


def _plan(shop: Shop, price: Properties, quantity: int, locale: Locale) -> Plan:
    key, product = shop.find(price[(_PARENT,)])
    unit = str((product or {}).get(("unit_label",)) or "")
    told = said(price, unit, locale)
    assert told is not None
    return Plan(str((product or {}).get(("name",)) or key), told.text, told.tariff, quantity)
