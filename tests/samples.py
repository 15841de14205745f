"""Values for the battery: what an object of each kind needs, and two values for fields whose shape does not say enough.

Text such as `@meter` stands for an id that only the account knows: of what `MADE` makes there, or of the live object
that bears an address (`@price.pro.yearly`). `@value` is the value that somebody in the Dashboard sets.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

Data = dict[str, Any]
DROP = object()
"""In an overlay: take the key out of what is below, also later."""

MONTH = {"recurring": {"interval": "month"}}
TIERS = [{"up_to": 10, "unit_amount": 100}, {"up_to": "inf", "unit_amount_decimal": "0.5", "flat_amount": 7}]
OTHER_TIERS = [{"up_to": 20, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 90}]
TIERED = {"unit_amount": DROP, **MONTH, "tiers_mode": "graduated", "tiers": TIERS}
CUSTOM = {"unit_amount": DROP, "custom_unit_amount": {"enabled": True}}
REASON = {
    "features": {"subscription_cancel": {"cancellation_reason": {"enabled": True, "options": ["unused", "other"]}}}
}
PAUSE = {
    "features": {
        "subscription_pause": {
            "duration": {"type": "interval_options", "interval_options": [{"interval": "month", "interval_count": 2}]}
        }
    }
}
SWITCH = {
    "features": {"subscription_update": {"default_allowed_updates": ["price"], "products": [{"product": "pro"}]}},
}
BOX = {"package_dimensions": {"height": 1.5, "length": 2, "weight": 3, "width": 4}}
ROUND = {"transform_quantity": {"divide_by": 10, "round": "up"}}

PRICES = {
    "monthly": {"unit_amount": 100, "currency": "usd", **MONTH},
    "yearly": {"unit_amount": 1000, "currency": "usd", "recurring": {"interval": "year"}},
}

ONCE = {
    "once": {"unit_amount": 100, "currency": "usd", "currency_options": {"eur": {"unit_amount": 90}}},
    "other": {"unit_amount": 200, "currency": "usd", "currency_options": {"eur": {"unit_amount": 180}}},
}
SOON, LATER = (int(time.time()) + days * 86_400 for days in (100, 200))
AMOUNT = {"percent_off": DROP, "amount_off": 500, "currency": "usd"}
MINIMUM = {"restrictions": {"minimum_amount": 500, "minimum_amount_currency": "usd"}}
ESTIMATE = {"delivery_estimate": {"minimum": {"unit": "day", "value": 2}, "maximum": {"unit": "day", "value": 9}}}
SUBSCRIBED: Data = {"needs": ("price",), "ground": {"line_items": [{"price": "pro.monthly"}]}}
INVOICED = {"invoice_creation": {"enabled": True}}
WRITTEN = {"default_value": "12", "minimum_length": 1, "maximum_length": 9}
TRANSFERRED = {"transfer_data": {"destination": "acct_1"}}

BASE: Mapping[str, Data] = {
    "feature": {"name": "It", "lookup_key": "it"},
    "product": {"id": "it", "name": "It"},
    "price": {"unit_amount": 1900, "currency": "usd"},
    "coupon": {"id": "it", "percent_off": 10},
    "promotion_code": {"code": "IT", "promotion": {"coupon": "one"}},
    "tax_rate": {"display_name": "It", "percentage": 19, "inclusive": False},
    "shipping_rate": {"display_name": "It", "fixed_amount": {"amount": 500, "currency": "usd"}},
    "payment_link": {"line_items": [{"price": "pro.once"}]},
    "meter": {"display_name": "It", "event_name": "it", "default_aggregation": {"formula": "sum"}},
    "portal_configuration": {"features": {}},
    "feedback_option": {"description": "It"},
    "payment_method_configuration": {"name": "It"},
    "webhook_endpoint": {"url": "https://acme.example/it", "enabled_events": ["price.created"]},
}
"""An object of each kind with nothing in it but what it must have."""

SUPPORT: Mapping[str, tuple[str, str, Data]] = {
    "product": ("pro", "max", {"products": {"pro": {"id": "pro", "name": "Pro"}, "max": {"id": "max", "name": "Max"}}}),
    "price": ("pro.monthly", "pro.yearly", {"products": {"pro": {"id": "pro", "name": "Pro", "prices": PRICES}}}),
    "once": ("pro.once", "pro.other", {"products": {"pro": {"id": "pro", "name": "Pro", "prices": ONCE}}}),
    **{
        kind: ("one", "two", {f"{kind}s": {name: {**one, **dict.fromkeys(keys, name)} for name in ("one", "two")}})
        for kind, one, keys in (
            ("feature", {"name": "A feature"}, ("lookup_key",)),
            ("coupon", {"percent_off": 5}, ("id",)),
            ("shipping_rate", BASE["shipping_rate"], ("display_name",)),
            ("meter", BASE["meter"], ("event_name",)),
            ("feedback_option", {}, ("description",)),
        )
    },
}
"""Two resources of each kind that others refer to, and how they are declared."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "price": ("product",),
    "promotion_code": ("coupon",),
    "payment_link": ("once",),
    "portal_configuration": ("price",),
}
"""What else must be declared for the base of a kind: what it refers to, or stands inside."""

THERE: Mapping[str, tuple[str, Data]] = {
    "payment_method_configuration": ("/v1/payment_method_configurations", {"name": "It"}),
}
"""How the object comes into the account, of kinds that the tool does not create."""

MADE: Mapping[str, tuple[str, Data]] = {
    name: (path, {key: text} | sent)
    for noun, path, key, sent in (
        ("method", "/v1/payment_method_configurations", "name", {}),
        ("customer", "/v1/customers", "email", {}),
    )
    for name, text in ((noun, f"{noun}@acme.example"), (f"{noun}2", f"{noun}2@acme.example"))
}
"""What may be in the account without being declared, and how it comes there."""

SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "product.default_price": {"one": "monthly", "two": "yearly", "dashboard": {"default_price": "@price.it.yearly"}},
    "product.images": {"one": ["https://acme.example/a.png"], "two": ["https://acme.example/b.png"]},
    "product.tax_code": {"one": "txcd_10103001", "two": "txcd_10000000"},
    "product.tax_details.tax_code": {"one": "txcd_10103001", "two": "txcd_10000000"},
    "product.package_dimensions.*": {"one": 1.5, "two": 2, "beside": BOX},
    "price.lookup_key": {"one": "it", "two": "it_2"},
    "price.currency": {"one": "usd", "two": "eur"},
    "price.unit_amount": {"one": 1900, "two": 2400},
    "price.tiers_mode": {"one": "graduated", "two": "volume", "beside": TIERED},
    "price.tiers": {"one": TIERS, "two": OTHER_TIERS, "beside": TIERED},
    "price.transform_quantity.divide_by": {"one": 10, "two": 20, "beside": ROUND},
    "price.transform_quantity.round": {"one": "up", "two": "down", "beside": ROUND},
    "price.custom_unit_amount.minimum": {"one": 100, "two": 200, "ground": CUSTOM},
    "price.custom_unit_amount.maximum": {"one": 100, "two": 200, "ground": CUSTOM},
    "price.custom_unit_amount.preset": {"one": 100, "two": 200, "ground": CUSTOM},
    "price.recurring.interval": {"one": "month", "two": "year"},
    "price.recurring.interval_count": {"one": 2, "two": 3, "ground": MONTH},
    "price.recurring.meter": {"beside": {"recurring": {"interval": "month", "usage_type": "metered"}}},
    "price.recurring.trial_period_days": {"one": 7, "two": 14, "ground": MONTH},
    "price.tax_behavior": {"one": "exclusive", "two": "inclusive"},
    "price.currency_options.*.tax_behavior": {
        "one": "exclusive",
        "two": "inclusive",
        "ground": {"currency_options": {"eur": {"unit_amount": 1700}}},
    },
    "price.currency_options.*.tiers": {"one": TIERS, "two": OTHER_TIERS, "ground": TIERED},
    "price.currency_options.*.custom_unit_amount.*": {
        "one": 100,
        "two": 200,
        "ground": CUSTOM | {"currency_options": {"eur": {"custom_unit_amount": {"enabled": True}}}},
    },
    "portal_configuration.features.payment_method_update.payment_method_configuration": {
        "one": {"id": "@method"},
        "two": {"id": "@method2"},
        "ground": {"features": {"payment_method_update": {"enabled": True}}},
    },
    "portal_configuration.features.subscription_cancel.proration_behavior": {
        "one": "create_prorations",
        "two": "none",
        "ground": {"features": {"subscription_cancel": {"mode": "immediately"}}},
    },
    "portal_configuration.features.subscription_cancel.cancellation_reason.*": {"beside": REASON},
    "portal_configuration.features.subscription_cancel.cancellation_reason.options": {
        "one": ["unused", "other"],
        "two": ["too_complex"],
        "beside": REASON,
    },
    "portal_configuration.features.subscription_pause.duration.interval_options": {
        "one": [{"interval": "month", "interval_count": 2}],
        "two": [{"interval": "week"}, {"interval": "month"}],
        "beside": PAUSE,
    },
    "portal_configuration.features.subscription_update.enabled": {
        "beside": SWITCH,
        "dashboard": {
            "features": {
                "subscription_update": {
                    "enabled": "@value",
                    "default_allowed_updates": ["price"],
                    "products": [{"product": "pro", "prices": ["@price.pro.yearly"]}],
                }
            }
        },
    },
    "portal_configuration.features.subscription_update.products": {
        "one": [{"product": "pro"}],
        "two": [{"product": "pro", "prices": ["yearly"], "adjustable_quantity": {"enabled": True, "maximum": 5}}],
        "dashboard": {
            "features": {"subscription_update": {"products": [{"product": "pro", "prices": ["@price.pro.yearly"]}]}}
        },
    },
    "portal_configuration.features.subscription_update.billing_cycle_anchor": {"one": "now", "two": "unchanged"},
    "portal_configuration.features.subscription_update.schedule_at_period_end.conditions": {
        "one": [{"type": "decreasing_item_amount"}],
        "two": [{"type": "shortening_interval"}, {"type": "decreasing_item_amount"}],
    },
    "coupon.id": {"one": "it", "two": "it_2"},
    "coupon.percent_off": {"one": 10, "two": 12.5},
    "coupon.amount_off": {"one": 500, "two": 700, "ground": AMOUNT},
    "coupon.currency": {"one": "usd", "two": "gbp", "ground": AMOUNT},
    "coupon.currency_options.*.amount_off": {"one": 400, "two": 600, "ground": AMOUNT},
    "coupon.duration": {"one": "forever", "two": "once"},
    "coupon.duration_in_months": {"beside": {"duration": "repeating"}},
    "coupon.redeem_by": {"one": SOON, "two": LATER},
    "promotion_code.code": {"one": "IT", "two": "OTHER"},
    "promotion_code.customer": {"one": "@customer", "two": "@customer2"},
    "promotion_code.expires_at": {"one": SOON, "two": LATER},
    "promotion_code.restrictions.minimum_amount": {"one": 500, "two": 700, "beside": MINIMUM},
    "promotion_code.restrictions.minimum_amount_currency": {"one": "usd", "two": "gbp", "beside": MINIMUM},
    "promotion_code.restrictions.currency_options.*.minimum_amount": {
        "ground": MINIMUM,
        "dashboard": {"restrictions": {"currency_options": {"eur": {"minimum_amount": "@value"}}}},
    },
    "tax_rate.percentage": {"one": 19, "two": 7.25},
    "tax_rate.country": {"one": "DE", "two": "US"},
    "tax_rate.state": {"one": "NY", "two": "CA"},
    "shipping_rate.fixed_amount.currency": {"one": "usd", "two": "gbp"},
    "shipping_rate.fixed_amount.currency_options.*.tax_behavior": {
        "one": "exclusive",
        "two": "inclusive",
        "ground": {"fixed_amount": {"currency_options": {"eur": {"amount": 450}}}},
    },
    "shipping_rate.tax_behavior": {"one": "exclusive", "two": "inclusive"},
    "shipping_rate.tax_code": {"one": "txcd_10103001", "two": "txcd_10000000"},
    "shipping_rate.delivery_estimate.minimum.*": {"beside": ESTIMATE},
    "shipping_rate.delivery_estimate.maximum.unit": {"beside": ESTIMATE},
    "shipping_rate.delivery_estimate.maximum.value": {"one": 9, "two": 10, "beside": ESTIMATE},
    "payment_link.line_items": {"one": [{"price": "pro.once"}], "two": [{"price": "pro.other"}]},
    "payment_link.line_items#quantity": {
        "one": [{"price": "pro.once", "quantity": 2}],
        "two": [{"price": "pro.once", "quantity": 3, "adjustable_quantity": {"enabled": True, "maximum": 9}}],
        "dashboard": {"line_items": [{"id": "@line", "quantity": 3, "adjustable_quantity": {"enabled": True}}]},
    },
    "payment_link.currency": {"one": "eur", "two": "usd"},
    "payment_link.optional_items": {
        "one": [{"price": "pro.other", "quantity": 1}],
        "two": [{"price": "pro.other", "quantity": 2, "adjustable_quantity": {"enabled": True, "maximum": 9}}],
    },
    "payment_link.after_completion.hosted_confirmation.custom_message": {
        "beside": {"after_completion": {"type": "hosted_confirmation"}},
    },
    "payment_link.after_completion.redirect.url": {"beside": {"after_completion": {"type": "redirect"}}},
    "payment_link.custom_fields": {
        "one": [{"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text", "text": WRITTEN}],
        "two": [
            {
                "key": "colour",
                "label": {"type": "custom", "custom": "Colour"},
                "type": "dropdown",
                "optional": True,
                "dropdown": {"options": [{"label": "Red", "value": "red"}], "default_value": "red"},
            },
            {
                "key": "n",
                "label": {"type": "custom", "custom": "N"},
                "type": "numeric",
                "numeric": WRITTEN,
            },
        ],
    },
    "payment_link.invoice_creation.invoice_data.*": {"ground": INVOICED},
    "payment_link.invoice_creation.invoice_data.metadata.*": {"ground": INVOICED},
    "payment_link.invoice_creation.invoice_data.rendering_options.*": {"ground": INVOICED},
    "payment_link.invoice_creation.invoice_data.account_tax_ids": {
        "one": ["txi_1"],
        "two": ["txi_2"],
        "ground": INVOICED,
    },
    "payment_link.name_collection.business.optional": {"ground": {"name_collection": {"business": {"enabled": True}}}},
    "payment_link.name_collection.individual.optional": {
        "ground": {"name_collection": {"individual": {"enabled": True}}},
    },
    "payment_link.payment_method_collection": SUBSCRIBED,
    "payment_link.subscription_data.*": SUBSCRIBED,
    "payment_link.subscription_data.metadata.*": SUBSCRIBED,
    "payment_link.subscription_data.invoice_settings.*": SUBSCRIBED,
    "payment_link.subscription_data.trial_settings.end_behavior.*": SUBSCRIBED,
    "payment_link.subscription_data.invoice_settings.account_tax_ids": {
        "one": ["txi_1"],
        "two": ["txi_2"],
        **SUBSCRIBED,
    },
    "payment_link.tax_id_collection.required": {"ground": {"tax_id_collection": {"enabled": True}}},
    "payment_link.application_fee_percent": {"one": 1.25, "two": 2, **SUBSCRIBED},
    "payment_link.on_behalf_of": {"one": "acct_1", "two": "acct_2"},
    "payment_link.transfer_data.destination": {"one": "acct_1", "two": "acct_2"},
    "payment_link.transfer_data.amount": {"beside": TRANSFERRED},
    "webhook_endpoint.api_version": {"one": "2026-10-28.endive", "two": "2026-09-30.endive"},
}
"""What fields need that their shape does not say; `*` at the end is every other member of the block, and what follows
a `#` tells a second case for a field from the first."""

READ: Mapping[str, tuple[str, ...]] = {"webhook_endpoint.disabled": ("status",)}
"""Where an answer has a field, if not where it was sent."""

UNSUITED: Mapping[str, str] = {
    "product.id": "fixed by the base; its change is a replacement, tested by name",
    "product.type": "another type is another product; tested by name",
    "price.product": "a price stands inside its product",
    "price.billing_scheme": "comes with tiers, tested there",
    "price.recurring.usage_type": "comes with a meter, tested there",
    "price.custom_unit_amount.enabled": "true is its only value; comes with the limits, tested there",
    "price.currency_options.*.custom_unit_amount.enabled": "true is its only value",
    "portal_configuration.features.subscription_pause.duration.type": "has companions of its own; tested by name",
    "promotion_code.promotion.type": "its only value goes without saying",
    "promotion_code.customer_account": "the emulator has no accounts of customers",
    "shipping_rate.type": "its only value goes without saying",
    "payment_link.after_completion.type": "comes with its companions, tested there",
    "meter.event_name": "its name: another one is another meter, tested by name",
    "meter.customer_mapping.type": "its only value goes without saying",
    "feedback_option.description": "its name: another one is another option, tested by name",
    "payment_method_configuration.name": "its name: another one is another configuration, tested by name",
}
"""Fields that the battery cannot set on and off, with the reason."""

UNSUITED_ALL = {"active": "always declared; tested in test_lives"}
