"""What the options of a portal mean for customers, in words."""

from __future__ import annotations

from collections.abc import Mapping

DETAILS: Mapping[str, str] = {
    "name": "Name",
    "email": "Email",
    "address": "Billing address",
    "shipping": "Shipping address",
    "phone": "Phone number",
    "tax_id": "Tax ID",
}
REASONS: Mapping[str, str] = {
    "too_expensive": "It’s too expensive",
    "missing_features": "I need more features",
    "switched_service": "I found an alternative",
    "unused": "I no longer need it",
    "customer_service": "Customer service was less than expected",
    "too_complex": "Ease of use was less than expected",
    "low_quality": "Quality was less than expected",
    "other": "Other reason",
}
PRICE, QUANTITY, CODE = "price", "quantity", "promotion_code"
UPDATES: Mapping[str, str] = {
    PRICE: "switch to another price",
    QUANTITY: "change the quantity",
    CODE: "enter a promotion code",
}
"""What a subscription's switch may change, which goes by the names of Stripe's options."""
TERMS: Mapping[str, Mapping[str, str]] = {
    "features.subscription_update.proration_behavior": {
        "none": "Nothing is charged or credited for the rest of the current period.",
        "create_prorations": "The difference for the rest of the period is on the next invoice.",
        "always_invoice": "The difference for the rest of the period is invoiced right away.",
    },
    "features.subscription_update.billing_cycle_anchor": {
        "now": "A new billing period begins with the switch.",
        "unchanged": "The billing date stays as it is.",
    },
    "features.subscription_update.trial_update_behavior": {
        "end_trial": "A free trial ends with the switch.",
        "continue_trial": "A free trial goes on after the switch.",
    },
    "features.subscription_cancel.proration_behavior": {
        "none": "Nothing is refunded or credited.",
        "create_prorations": "What is left of the period is credited.",
        "always_invoice": "What is left of the period is credited with an invoice right away.",
    },
}
SAME = "Where the billing interval stays the same: "
OTHER: Mapping[str, str] = {
    "none": "What is left of the old period is not credited.",
    "create_prorations": "What is left of the old period is credited.",
    "always_invoice": "What is left of the old period is credited.",
}
"""By what a switch prorates: what becomes of the old period where the interval is another one."""
ANOTHER = (
    "To another billing interval, when it takes effect: Stripe starts a new billing period at once, "
    "and as a rule invoices it at once. "
)
WAITS: Mapping[str, str] = {
    "decreasing_item_amount": "A switch to a lower amount waits for the end of the current period.",
    "shortening_interval": "A switch to a shorter billing interval waits for the end of the current period.",
}
AT_ONCE = "A switch takes effect at once."
OTHERWISE = "Any other switch takes effect at once."
ENDS: Mapping[str, str] = {
    "at_period_end": "Your plan is canceled at the end of the billing period. It stays available until then.",
    "immediately": "Your plan is canceled at once, and is not available any more.",
}
PAUSES: Mapping[str, str] = {
    "indefinite": "Your plan is paused until you resume it.",
    "interval_options": "Your plan resumes by itself when the time is over.",
}
WITHOUT: Mapping[str, str] = {
    "login_page.enabled": "log in by themselves: there is no login link, so your application must open the portal",
    "features.customer_update.enabled": "edit their details, such as name, email and address",
    "features.invoice_history.enabled": "see their invoices",
    "features.payment_method_update.enabled": "change how they pay",
    "features.subscription_cancel.enabled": "cancel",
    "features.subscription_cancel.cancellation_reason.enabled": "say why they cancel: nobody asks them",
    "features.subscription_pause.enabled": "pause",
    "features.subscription_update.enabled": "switch plans",
}
"""By what is off: what customers cannot do."""
