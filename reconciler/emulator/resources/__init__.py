"""Kinds of Stripe objects, one file each."""

from __future__ import annotations

from reconciler.emulator.model import Resource
from reconciler.emulator.resources import (
    account,
    billing_feedback_option,
    billing_meter,
    billing_portal_configuration,
    billing_portal_session,
    customer,
    event,
    payment_method_configuration,
    price,
    product,
    subscription,
    tax_code,
)

RESOURCES: tuple[Resource, ...] = (
    account.RESOURCE,
    billing_feedback_option.RESOURCE,
    billing_meter.RESOURCE,
    billing_portal_configuration.RESOURCE,
    billing_portal_session.RESOURCE,
    customer.RESOURCE,
    event.RESOURCE,
    payment_method_configuration.RESOURCE,
    price.RESOURCE,
    product.RESOURCE,
    subscription.RESOURCE,
    tax_code.RESOURCE,
)
"""Each kind names the others by its text only, so that a new one costs one file and one line here."""
