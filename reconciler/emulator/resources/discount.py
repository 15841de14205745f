"""Discounts: what a coupon or a promotion code became on a subscription. They are read by expanding it only."""

from __future__ import annotations

from reconciler.emulator.model import Resource

RESOURCE = Resource(
    kind="discount",
    prefix="di_",
    noun="discount",
    event="customer.discount",
    expandable={"source.coupon": "coupon", "promotion_code": "promotion_code", "customer": "customer"},
    operations=(),
)
