"""Every parameter of products, prices and portal configurations on its way to Stripe: set, changed, cleared and brought
back, with no word of the document broken, and the plan empty after each step. `test_kinds` does less for every kind."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.conformance.document import Document
from tests.conformance.proxy import Proxy
from tests.harness import Project

Path = tuple[str, ...]
Data = dict[str, Any]

PRODUCT: Data = {
    "id": "pro",
    "name": "Pro",
    "description": "For teams",
    "images": ["https://acme.example/a.png", "https://acme.example/b.webp"],
    "marketing_features": [{"name": "Unlimited projects"}, {"name": "Priority support"}],
    "package_dimensions": {"height": 1.5, "length": 2, "weight": 0.25, "width": 3},
    "shippable": False,
    "statement_descriptor": "ACME PRO",
    "tax_code": "txcd_10103001",
    "tax_details": {"tax_code": "txcd_10103001", "performance_location": "taxloc_1"},
    "unit_label": "seat",
    "url": "https://acme.example/pro",
    "metadata": {"tier": "2", "team": "growth"},
    "default_price": "seats",
}
SEATS: Data = {
    "nickname": "Seats",
    "lookup_key": "pro_seats",
    "currency": "usd",
    "unit_amount": 1900,
    "recurring": {"interval": "month", "interval_count": 3, "usage_type": "licensed", "trial_period_days": 14},
    "transform_quantity": {"divide_by": 5, "round": "up"},
    "tax_behavior": "exclusive",
    "currency_options": {
        "eur": {"unit_amount": 1800, "tax_behavior": "inclusive"},
        "kwd": {"unit_amount": 5500},
        "jpy": {"unit_amount_decimal": "2500.5"},
    },
    "metadata": {"sku": "S-1"},
}
USAGE: Data = {
    "currency": "usd",
    "unit_amount_decimal": "0.000125",
    "recurring": {"interval": "month", "usage_type": "metered", "meter": {"id": "METER"}},
}
TIERS: Data = {
    "currency": "usd",
    "tiers_mode": "graduated",
    "tiers": [
        {"up_to": 10, "unit_amount": 0, "flat_amount": 500},
        {"up_to": 100, "unit_amount_decimal": "12.5"},
        {"up_to": "inf", "unit_amount": 9, "flat_amount_decimal": "0.5"},
    ],
    "currency_options": {
        "eur": {
            "tax_behavior": "exclusive",
            "tiers": [
                {"up_to": 10, "unit_amount": 0, "flat_amount": 450},
                {"up_to": 100, "unit_amount_decimal": "11.5"},
                {"up_to": "inf", "unit_amount": 8, "flat_amount_decimal": "0.25"},
            ],
        }
    },
}
GIFT: Data = {
    "currency": "usd",
    "custom_unit_amount": {"enabled": True, "minimum": 100, "preset": 500, "maximum": 90000},
    "currency_options": {
        "eur": {"custom_unit_amount": {"enabled": True, "minimum": 90, "preset": 450, "maximum": 80000}}
    },
}
PORTAL: Data = {
    "name": "Main",
    "active": True,
    "default_return_url": "https://acme.example/account",
    "business_profile": {
        "headline": "Manage your plan",
        "privacy_policy_url": "https://acme.example/privacy",
        "terms_of_service_url": "https://acme.example/terms",
    },
    "login_page": {"enabled": True},
    "features": {
        "customer_update": {"enabled": True, "allowed_updates": ["email", "tax_id", "address"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True, "payment_method_configuration": {"id": "pmc_1"}},
        "subscription_cancel": {
            "enabled": True,
            "mode": "immediately",
            "proration_behavior": "create_prorations",
            "cancellation_reason": {
                "enabled": True,
                "options": ["unused", "other"],
                "feedback_options": [{"id": "FEEDBACK"}],
            },
        },
        "subscription_pause": {
            "enabled": True,
            "duration": {
                "type": "interval_options",
                "interval_options": [{"interval": "month"}, {"interval": "week", "interval_count": 2}],
            },
        },
        "subscription_update": {
            "enabled": True,
            "billing_cycle_anchor": "now",
            "default_allowed_updates": ["price", "quantity", "promotion_code"],
            "proration_behavior": "always_invoice",
            "trial_update_behavior": "continue_trial",
            "schedule_at_period_end": {"conditions": [{"type": "shortening_interval"}]},
            "products": [
                {
                    "product": "pro",
                    "prices": ["yearly"],
                    "adjustable_quantity": {"enabled": True, "minimum": 2, "maximum": 20},
                }
            ],
        },
    },
    "metadata": {"brand": "main"},
}
YEARLY: Data = {"currency": "usd", "unit_amount": 19000, "recurring": {"interval": "year"}}
FULL: Data = {
    "stripe_portal": 1,
    "project": "acme",
    "products": {
        "pro": {**PRODUCT, "prices": {"seats": SEATS, "yearly": YEARLY, "usage": USAGE, "tiers": TIERS, "gift": GIFT}},
        "box": {"name": "Box", "type": "good", "shippable": True, "active": True},
    },
    "portal_configurations": {
        "first": {"is_default": True, "features": {"invoice_history": {"enabled": True}}},
        "main": PORTAL,
    },
}

STREAMS = {
    "product": ("products", "pro"),
    **{name: ("products", "pro", "prices", name) for name in ("seats", "usage", "tiers", "gift")},
    "box": ("products", "box"),
    "portal": ("portal_configurations", "main"),
}
"""Resources that are changed next to each other: each step takes one change from every stream."""

ANOTHER = {
    "month": "week",
    "licensed": "metered",
    "graduated": "volume",
    "up": "down",
    "exclusive": "inclusive",
    "inclusive": "exclusive",
    "immediately": "at_period_end",
    "create_prorations": "none",
    "interval_options": "indefinite",
    "now": "unchanged",
    "always_invoice": "create_prorations",
    "continue_trial": "end_trial",
    "txcd_10103001": "txcd_10000000",
    "seats": "yearly",
    "usd": "gbp",
    "2500.5": "2500.25",
    "0.000125": "0.000000000001",
}
"""Another value, where adding to the text doesn't make one."""

NEVER_SENT = {
    "Product.create": {"default_price_data", "expand"},
    "Product.update": {"expand"},
    "Price.create": {"product_data", "expand"},
    "Price.update": {"expand"},
    "Configuration.create": {"expand"},
    "Configuration.update": {"expand"},
}
"""Parameters left out on purpose: objects that no YAML declares, and answers that nobody reads."""

EMPTIED = {
    ("metadata",),
    ("currency_options",),
    ("features", "subscription_pause", "duration", "interval_options"),
}
"""Maps and lists that are never sent empty: not all in them is ours, or the server's default is sent instead."""


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a resource, those of maps included; a list is one place."""
    if path and path != ("prices",):
        yield path
    if isinstance(data, Mapping) and path != ("prices",):
        for key, value in data.items():
            yield from paths(value, (*path, key))


def without(data: Data, path: Path) -> None:
    at = data
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]


def changed(data: Data, path: Path) -> None:
    at = data
    for key in path[:-1]:
        at = at[key]
    value = at[path[-1]]
    at[path[-1]] = different(value)


def different(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 10
    if isinstance(value, str):
        return ANOTHER.get(value, value + "2")
    if isinstance(value, list):
        return [different(one) for one in value] if len(value) == 1 and isinstance(value[0], dict) else value[1:]
    return {key: different(one) for key, one in value.items()}


def variants(project: Project, full: Data, how: Any) -> Iterator[tuple[list[str], Data]]:
    """The full catalogue with one change in every resource at once, until each place has had its turn.

    A change that doesn't validate is none that a user can make: the field is required, or goes with another.
    """
    rows = []
    for around in STREAMS.values():
        start = copy.deepcopy(full)
        at = start
        for key in around:
            at = at[key]
        row = []
        for path in paths(at):
            if path == ("id",):
                continue
            one = copy.deepcopy(full)
            how(one, (*around, *path))
            project.write(json.dumps(one))
            if project.run("validate", code=None).code == 0:
                row.append((*around, *path))
        rows.append(row)
    for number in range(max(map(len, rows))):
        data, touched = copy.deepcopy(full), []
        for row in rows:
            if number < len(row):
                how(data, row[number])
                touched.append(".".join(row[number]))
        yield touched, data


MADE = {
    "METER": ("/v1/billing/meters", {"display_name": "Calls", "default_aggregation[formula]": "sum"}, "event_name"),
    "FEEDBACK": ("/v1/billing/feedback_options", {}, "description"),
    "pmc_1": ("/v1/payment_method_configurations", {}, "name"),
}
"""What the catalogue refers to and doesn't declare: where it is made, and the parameter that names it."""


@pytest.fixture
def full(judged: Project, monkeypatch: pytest.MonkeyPatch) -> Data:
    """The catalogue with everything in it, and two of everything that it refers to in the account."""
    text = json.dumps(FULL)
    for word, (path, sent, name) in MADE.items():
        one, other = (judged.account.post(path, {**sent, name: f"a_{n}"})["id"] for n in range(2))
        text = text.replace(word, one)
        monkeypatch.setitem(ANOTHER, one, other)
    data: Data = json.loads(text)
    return data


ALLOWED = ("--allow", "replace", "--allow", "retire", "--allow", "price-change")


def test_everything_is_set_changed_cleared_and_set_again(
    judged: Project, full: Data, proxy: Proxy, document: Document
) -> None:
    judged.write(json.dumps(full))
    judged.apply()
    judged.converged()
    steps = 0
    for how in (without, changed):
        for touched, data in variants(judged, full, how):
            judged.write(json.dumps(data))
            result = judged.apply(*ALLOWED, code=None)
            assert result.code == 0, f"{how.__name__} {touched}\n{result.text}"
            plan = judged.plan("--detailed-exitcode", code=None)
            assert plan.code == 0, f"{how.__name__} {touched}\n{result.text}\n{plan.text}"
            assert not proxy.violations, (how.__name__, touched, proxy.violations)
            steps += 1
    grown = copy.deepcopy(full)
    grown["products"]["pro"]["prices"]["yearly"]["tax_behavior"] = "inclusive"
    for price in grown["products"]["pro"]["prices"].values():
        for option in list(price.get("currency_options", {}).values())[:1]:
            price["currency_options"]["cad"] = option
    judged.write(json.dumps(grown))
    judged.apply()
    judged.converged()
    for operation, left_out in NEVER_SENT.items():
        known = {path for path in document.named(operation).parameters() if path[0] not in left_out}
        known -= EMPTIED
        if operation.endswith("create"):  # where nothing is there to be emptied
            known = {path for path in known if not any(one[:-1] == path for one in known if one[-1] == "*")}
            known -= {path for path in known if any(one[: len(path)] == path != one for one in known)}
        sent = {path for name, path in proxy.seen if name == operation}
        assert known - sent == set(), operation


@pytest.mark.parametrize("name", ["seats", "tiers", "gift"])
def test_a_currency_that_leaves_the_yaml_can_no_longer_be_paid_in(judged: Project, full: Data, name: str) -> None:
    judged.write(json.dumps(full))
    judged.apply()
    before = judged.account.find(f"price.pro.{name}")
    del full["products"]["pro"]["prices"][name]["currency_options"]["eur"]
    judged.write(json.dumps(full))
    judged.apply()
    after = judged.account.find(f"price.pro.{name}")
    assert "eur" in before["currency_options"]
    assert "eur" not in after["currency_options"]
    judged.converged()


PLAIN = """
stripe_portal: 1
project: acme
products:
  pro:
    name: Pro
    default_price: monthly
    prices:
      monthly: {unit_amount: 1900, currency: usd, recurring: {interval: month}, lookup_key: pro_monthly}
      yearly: {unit_amount: 19000, currency: usd, recurring: {interval: year}}
  team:
    name: Team
    prices:
      monthly: {unit_amount: 4900, currency: usd, recurring: {interval: month}}
portal_configurations:
  main:
    is_default: true
    features:
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products: [{product: pro}, {product: team}]
  partners:
    features: {invoice_history: {enabled: true}}
"""
STEPS: list[tuple[str, list[tuple[str, str]], tuple[str, ...]]] = [
    ("replace", [("unit_amount: 1900", "unit_amount: 2400"), ("4900", "5900")], ()),
    ("revive", [("unit_amount: 2400", "unit_amount: 1900"), ("5900", "4900")], ()),
    ("out of service", [("    name: Team", "    name: Team\n    active: false"), (", {product: team}", "")], ()),
    ("in service", [("\n    active: false", "")], ()),
    ("retire", [("  partners:\n    features: {invoice_history: {enabled: true}}\n", "")], ()),
    ("come back", [("portal_configurations:", "portal_configurations:\n  partners: {features: {}}")], ()),
    ("another key", [("lookup_key: pro_monthly", "lookup_key: pro")], ()),
    ("the key moves", [(", lookup_key: pro}", "}"), ("interval: year}", "interval: year}, lookup_key: pro")], ()),
    (
        "moved",
        [
            ("project: acme", "project: acme\nmoved: [{from: product.pro, to: product.max}]"),
            ("  pro:", "  max:"),
            ("product: pro", "product: max"),
        ],
        (),
    ),
    ("another default", [("default_price: monthly", "default_price: yearly")], ()),
    ("a price leaves", [("      monthly: {unit_amount: 1900, currency: usd, recurring: {interval: month}}\n", "")], ()),
    (
        "release",
        [
            (
                "  team:\n    name: Team\n    prices:\n      monthly: {unit_amount: 4900, currency: usd, recurring: "
                "{interval: month}}\n",
                "",
            ),
            ("project: acme", "project: acme\nreleased: [product.team, price.team.monthly]"),
        ],
        (),
    ),
]


def test_what_happens_to_an_object_in_its_life(judged: Project) -> None:
    judged.write(PLAIN)
    judged.apply()
    judged.converged()
    for name, edits, allowed in STEPS:
        for old, new in edits:
            judged.edit(old, new)
        result = judged.apply(*allowed, code=None)
        assert result.code == 0, f"{name}\n{judged.read()}\n{result.text}"
        plan = judged.plan("--detailed-exitcode", code=None)
        assert plan.code == 0, f"{name}\n{result.text}\n{plan.text}"


def test_what_is_in_the_account_already_is_adopted(judged: Project) -> None:
    account = judged.account
    account.post("/v1/products", {"id": "pro", "name": "Professional", "images[0]": "https://acme.example/a.png"})
    account.post(
        "/v1/prices",
        {
            "product": "pro",
            "currency": "usd",
            "unit_amount": 1900,
            "recurring[interval]": "month",
            "lookup_key": "pro_monthly",
            "metadata[theirs]": "stays",
        },
    )
    yearly = account.post(
        "/v1/prices",
        {
            "product": "pro",
            "currency": "usd",
            "unit_amount": 19000,
            "recurring[interval]": "year",
        },
    )
    account.post("/v1/billing_portal/configurations", {"features[invoice_history][enabled]": "true"})
    judged.write(
        PLAIN.replace("  pro:\n", "  pro:\n    id: pro\n").replace("yearly: {", f"yearly: {{adopt: {yearly['id']}, ")
    )
    refused = judged.apply(code=None)
    assert refused.code in (1, 3)
    judged.apply("--allow", "adopt")
    judged.converged()
    price = account.find("price.pro.monthly")
    assert price["metadata"]["theirs"] == "stays"
    assert len(account.all("/v1/prices")) == 3
