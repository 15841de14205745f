"""An account that somebody else's scripts made, over years, with the Dashboard beside them."""

from __future__ import annotations

from typing import Any

from tests.harness import Account, form

MONTH = {"recurring": {"interval": "month"}}


def made(account: Account, *, many: int = 150) -> dict[str, str]:
    """Fill the account. The ids of what tests ask for, by a name."""
    ids: dict[str, str] = {}

    def post(path: str, data: Any, name: str = "") -> str:
        answer = account.post(path, data)
        ids[name or path] = str(answer["id"])
        return str(answer["id"])

    def price(product: str, amount: int, name: str = "", **more: Any) -> str:
        return post("/v1/prices", {"product": product, "unit_amount": amount, "currency": "usd", **more}, name)

    gold = post("/v1/products", {"id": "gold", "name": "Gold ⭐", "metadata": {"crm": "42", "null": "null"}}, "gold")
    monthly = price(gold, 2900, "gold monthly", lookup_key="gold_monthly", tax_behavior="exclusive", **MONTH)
    price(gold, 29000, "gold yearly", lookup_key="gold-yearly", recurring={"interval": "year"})
    price(gold, 2500, "gold deal", nickname="For Ada: never sell again", **MONTH)
    old = price(gold, 1900, "gold old", **MONTH)
    account.post(f"/v1/prices/{old}", {"active": False})
    account.post("/v1/products/gold", {"default_price": monthly})

    for number in (1, 2, 3):  # the same script, run three times
        twin = post("/v1/products", {"name": "Starter 🚀"}, f"starter {number}")
        price(twin, 900 + number, f"starter price {number}", **MONTH)
    post("/v1/products", {"name": "🎉🎉"}, "emoji")
    post("/v1/products", {"name": "スターター", "description": "two\nlines: yes\n\n# three"}, "japanese")
    post("/v1/products", {"name": "yes", "description": "Pay ${amount} | 0100 - 12:30", "unit_label": "no"}, "yes")
    gone = post("/v1/products", {"name": "Gone"}, "gone")
    price(gone, 100, "gone price")
    account.post(f"/v1/products/{gone}", {"active": False})

    usage = post("/v1/products", {"name": "Usage"}, "usage")
    meter = post(
        "/v1/billing/meters",
        {"display_name": "Calls", "event_name": "api_call", "default_aggregation": {"formula": "sum"}},
        "meter",
    )
    tiers = [{"up_to": 100, "unit_amount": 0}, {"up_to": "inf", "unit_amount_decimal": "0.5", "flat_amount": 100}]
    metered = {"interval": "month", "usage_type": "metered", "meter": meter}
    scheme = {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers}
    post("/v1/prices", {"product": usage, "currency": "usd", "recurring": metered, **scheme}, "tiered")
    options = {
        "eur": {"unit_amount": 2700, "tax_behavior": "inclusive"},
        "jpy": {"unit_amount": 4500},
        "isk": {"unit_amount": 99},
    }
    price(usage, 3000, "currencies", currency_options=options, **MONTH)
    eur = {**scheme, "currency_options": {"eur": {"tiers": [{"up_to": "inf", "unit_amount": 9}]}}}
    post("/v1/prices", {"product": usage, "currency": "usd", **MONTH, **eur}, "tiered in two")
    decimal = {"unit_amount_decimal": "0.000000000001"}
    post("/v1/prices", {"product": usage, "currency": "usd", **decimal}, "fraction")
    custom = {"custom_unit_amount": {"enabled": True, "minimum": 500}}
    post("/v1/prices", {"product": usage, "currency": "usd", **custom}, "custom")
    price(usage, 0, "free")
    price(usage, 500, "yen", currency="jpy")

    half = post("/v1/coupons", {"id": "HALF", "percent_off": "50.5", "duration": "once", "name": "Half"}, "coupon")
    for_gold = {"amount_off": 500, "currency": "usd", "applies_to": {"products": ["gold"]}, "duration": "forever"}
    post("/v1/coupons", {**for_gold, "currency_options": {"eur": {"amount_off": 400}}}, "random coupon")
    promotion = {"type": "coupon", "coupon": half}
    post("/v1/promotion_codes", {"promotion": promotion, "code": "HALF-PRICE"}, "code")
    customer = post("/v1/customers", {"email": "ada@example.com"})
    post("/v1/promotion_codes", {"promotion": promotion, "code": "ADA", "customer": customer}, "ada's code")

    vat = {"display_name": "VAT", "percentage": "19.5", "inclusive": False, "country": "DE"}
    post("/v1/tax_rates", vat, "tax rate")
    ship = {"display_name": "Post", "type": "fixed_amount", "fixed_amount": {"amount": 150, "currency": "usd"}}
    post("/v1/shipping_rates", ship, "shipping rate")
    post("/v1/payment_links", {"line_items": [{"price": monthly, "quantity": 1}]}, "link")
    hook = {"url": "https://acme.example/stripe", "enabled_events": ["customer.created"]}
    post("/v1/webhook_endpoints", hook, "hook")
    post("/v1/webhook_endpoints", {**hook, "enabled_events": ["customer.deleted"]}, "second hook")
    post("/v1/entitlements/features", {"lookup_key": "api", "name": "API access"}, "feature")
    account.post("/v1/products/gold/features", {"entitlement_feature": ids["feature"]})
    post("/v1/billing/feedback_options", {"description": "We do it ourselves now"}, "reason")

    offered = [{"product": gold, "prices": [monthly, ids["gold yearly"]]}]
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": offered}
    features = {"invoice_history": {"enabled": True}, "subscription_update": update}
    post("/v1/billing_portal/configurations", {"features": features, "login_page": {"enabled": True}}, "portal")
    reasons = {"enabled": True, "options": ["other"], "feedback_options": [ids["reason"]]}
    cancel = {"subscription_cancel": {"enabled": True, "cancellation_reason": reasons}}
    post("/v1/billing_portal/configurations", {"features": cancel, "name": "Résumé"}, "second portal")

    for number in range(many):
        account.post("/v1/products", dict(form({"name": f"Item {number:03}", "metadata": {"sku": f"{number:04}"}})))
    return ids
