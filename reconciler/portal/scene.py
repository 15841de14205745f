"""What the pages of a preview are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale

from reconciler.portal import offers
from reconciler.portal.offers import Plan
from reconciler.portal.shop import Portal, Shop


@dataclass(frozen=True, slots=True)
class Scene:
    """One portal of one shop, on one day, for readers of one locale."""

    shop: Shop
    portal: Portal
    locale: Locale
    today: date

    def on(self, feature: str) -> bool:
        """Whether customers have it."""
        return bool(self.portal.value(f"{feature}.enabled"))

    @property
    def plan(self) -> Plan | None:
        """The example of a subscription."""
        return offers.plan(self.shop, self.portal, self.locale)
