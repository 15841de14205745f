"""What a preview says: of every option of a portal, of prices in any currency and language, and what is different."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from reconciler.kinds.kind import Field
from reconciler.kinds.portal_configuration import PORTAL_CONFIGURATION
from reconciler.kinds.price import PRICE
from reconciler.kinds.values import flatten
from reconciler.model import Ref
from reconciler.portal.compare import compare
from reconciler.portal.look import READABLE, colours, contrast
from reconciler.portal.money import later, locale_of, money
from reconciler.portal.page import beside, render
from reconciler.portal.prices import said
from reconciler.portal.scene import Scene
from reconciler.portal.shop import declared
from reconciler.portal.told import view
from reconciler.portal.view import Item, View
from tests.stages import desired

Data = dict[str, Any]
TODAY = date(2026, 1, 31)
FEATURES = sorted(f.name for f in PORTAL_CONFIGURATION.fields if f.name.endswith("enabled"))


def price(amount: int = 1900, every: str = "month", **more: Any) -> Data:
    return {"unit_amount": amount, "currency": "usd", "recurring": {"interval": every}, **more}


SHOP: Data = {
    "products": {
        "pro": {
            "name": "Pro",
            "description": "For teams",
            "unit_label": "seat",
            "prices": {"monthly": price(), "yearly": price(19000, "year")},
        },
        "max": {"name": "Max", "prices": {"monthly": price(9900)}},
    },
    "feedback_options": {"moving": {"description": "We are moving house"}},
    "payment_method_configurations": {
        "cards": {"name": "Cards", "card": {"display_preference": {"preference": "on"}}},
        "debits": {"name": "Debits", "sepa_debit": {"display_preference": {"preference": "on"}}},
    },
}
ALL_ON: Data = {
    "login_page": {"enabled": True},
    "features": {
        "customer_update": {"enabled": True, "allowed_updates": ["email"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True, "cancellation_reason": {"enabled": True, "options": ["other"]}},
        "subscription_pause": {
            "enabled": True,
            "duration": {"type": "interval_options", "interval_options": [{"interval": "month"}]},
        },
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": [{"product": "pro"}],
        },
    },
}
MORE: Mapping[str, list[Any]] = {
    "name": ["One", "Two"],
    "business_profile.headline": ["One", "Two"],
    "features.payment_method_update.payment_method_configuration": ["cards", "debits", {"id": "pmc_1"}],
    "features.subscription_cancel.cancellation_reason.feedback_options": [[], ["moving"], [{"id": "fbo_1"}]],
    "features.subscription_pause.duration.interval_options": [
        [{"interval": "month"}],
        [{"interval": "month", "interval_count": 3}, {"interval": "week"}],
    ],
    "features.subscription_update.products": [
        [{"product": "pro"}],
        [{"product": "pro", "prices": ["yearly"]}],
        [{"product": "pro"}, {"product": "max"}],
        [{"product": "pro", "prices": ["monthly", {"id": "price_1"}]}],
        [{"product": {"id": "prod_1"}, "prices": [{"id": "price_1"}]}],
    ],
    "features.subscription_update.schedule_at_period_end.conditions": [
        [],
        [{"type": "decreasing_item_amount"}],
        [{"type": "shortening_interval"}],
        [{"type": "shortening_interval"}, {"type": "decreasing_item_amount"}],
    ],
}
"""Values of fields whose shape does not say enough."""


def put(data: Data, name: str, value: Any) -> Data:
    """The data with a value at a dotted name."""
    found = copy.deepcopy(data)
    *around, last = name.split(".")
    at = found
    for key in around:
        at = at.setdefault(key, {})
    at[last] = value
    return found


def seen(portal: Data, shop: Data | None = None, locale: str = "en", **more: Any) -> View:
    """The view of a portal that is declared as `main`."""
    wanted = desired({**SHOP, **(shop or {}), **more, "portal_configurations": {"main": portal}})
    found = declared(wanted, "Planned")
    return view(Scene(found, found.portals["main"], locale_of(locale), TODAY))


def texts(found: View) -> list[str]:
    """Everything that is written on the pages."""
    return [t for block in [found.brand, *(b for s in found.screens for b in s.blocks)] for t in inside(block.items)]


def inside(items: tuple[Item, ...]) -> Iterator[str]:
    for item in items:
        yield item.text
        yield from item.detail
        yield from inside(item.items)


def values(field: Field) -> list[Any]:
    """Values of a field that customers should see a difference of."""
    shape = field.shape
    if field.name in MORE:
        return MORE[field.name]
    if shape.get("type") == "boolean":
        return [False, True]
    if "enum" in shape:
        return list(shape["enum"])
    if "enum" in shape.get("items", {}):
        return [[value] for value in shape["items"]["enum"]] + [shape["items"]["enum"]]
    return ["https://acme.example/one", "https://acme.example/two"]


@pytest.mark.parametrize("field", [f for f in PORTAL_CONFIGURATION.fields if "*" not in f.path], ids=lambda f: f.name)
def test_every_value_of_every_option_is_told(field: Field) -> None:
    without = {"features.subscription_pause.duration.type": ("features.subscription_pause.duration.interval_options",)}
    told = []
    for value in values(field):
        data = put(ALL_ON, field.name, value)
        for name in without.get(field.name, ()):
            data = put(data, name, [{"interval": "month"}] if value == "interval_options" else [])
        told.append(seen(data))
    assert all(one != other for n, one in enumerate(told) for other in told[:n])
    assert all(compare(one, other) for n, one in enumerate(told) for other in told[:n])


@pytest.mark.parametrize("name", FEATURES)
def test_what_is_off_is_said_outside_the_page(name: str) -> None:
    on, off = seen(ALL_ON), seen(put(ALL_ON, name, False))
    (said_of_it,) = set(off.cannot) - set(on.cannot) - {"change their billing address"}
    assert said_of_it
    assert len(texts(off)) < len(texts(on))
    assert not any(t in texts(off) for t in off.cannot)


def test_a_portal_with_nothing_in_it_has_a_homepage_alone() -> None:
    found = seen({"features": {}})
    assert [s.key for s in found.screens] == ["home"]
    assert len(found.cannot) == len(FEATURES) - 1  # nobody asks why, as nobody cancels


def test_what_is_allowed_in_part_is_said_too() -> None:
    found = seen(ALL_ON)
    assert "enter a promotion code" in found.cannot
    assert "change the quantity" in found.cannot
    assert "change their name, billing address, shipping address, phone number, tax ID" in found.cannot


def test_limits_of_seats_count_where_the_quantity_may_be_changed() -> None:
    seats = [{"product": "pro", "adjustable_quantity": {"enabled": True, "minimum": 2, "maximum": 9}}]
    data = put(ALL_ON, "features.subscription_update.products", seats)
    fixed, free = seen(data), seen(put(data, "features.subscription_update.default_allowed_updates", ["quantity"]))
    assert [i.limits for s in fixed.screens for b in s.blocks for i in b.items if i.items] == [None]
    assert [i.limits for s in free.screens for b in s.blocks for i in b.items if i.items] == [(2, 9)]
    assert "Quantity: 2" in texts(free)


def test_the_example_is_on_the_first_offered_price() -> None:
    found = texts(seen(put(ALL_ON, "features.subscription_update.products", [{"product": "max"}])))
    plan = found.index("Max")
    assert found[plan + 1 : plan + 3] == ["$99.00 per month", "Renews on February 28, 2026"]
    assert texts(seen({"features": {}}))[:3] == ["acme", "Pro", "$19.00 per month"]
    assert "The customer’s plan" in texts(seen({"features": {}}, products={}))


def test_what_is_not_declared_here_shows_as_its_id() -> None:
    offered = [{"product": {"id": "prod_other"}, "prices": [{"id": "price_other"}]}]
    found = texts(seen(put(ALL_ON, "features.subscription_update.products", offered)))
    assert "prod_other" in found
    assert found[found.index("price_other") + 1] == "not declared here: Stripe knows what it costs"


def test_a_switch_to_another_interval_is_charged_otherwise() -> None:
    offered = "features.subscription_update.products"
    one = texts(seen(put(ALL_ON, offered, [{"product": "pro", "prices": ["monthly"]}, {"product": "max"}])))
    assert "The billing date stays as it is." in one
    assert not any("another billing interval" in t for t in one)
    several = texts(seen(put(ALL_ON, offered, [{"product": "pro"}])))
    assert "Where the billing interval stays the same: the billing date stays as it is." in several
    (told,) = (t for t in several if "another billing interval" in t)
    assert "Stripe starts a new billing period at once" in told
    assert told.endswith("is not credited.")
    unknown = texts(seen(put(ALL_ON, offered, [{"product": "pro", "prices": ["monthly", {"id": "price_1"}]}])))
    assert any("another billing interval" in t for t in unknown)
    seats = put(ALL_ON, "features.subscription_update.default_allowed_updates", ["quantity"])
    assert not any("another billing interval" in t for t in texts(seen(seats)))


def test_other_currencies_are_no_choice() -> None:
    euro = {"eur": {"unit_amount": 800, "tax_behavior": "inclusive"}}
    prices = {"m": price(900, currency_options=euro), "y": price(7000, "year", currency="eur")}
    portal = put(ALL_ON, "features.subscription_update.products", [{"product": "pro", "prices": ["m", "y"]}])

    def drawn(eur: int) -> View:
        euro["eur"]["unit_amount"] = eur
        return seen(portal, {"products": {"pro": {"name": "Pro", "prices": prices}}})

    found = drawn(800)
    assert not any("€" in t for t in texts(found))
    (item,) = (i for i in found.facts.items if i.text == "Pro in other currencies")
    assert item.detail == ("€8.00 per month · tax included; €70.00 per year",)
    shown = beside("main", [found, drawn(700)], False)
    assert [m.word for m in shown.marks] == ["changed"]
    assert shown.reprices


def test_an_example_in_a_currency_that_is_not_the_own_of_a_price() -> None:
    told = said(
        flatten(PRICE, price(900, currency_options={"eur": {"unit_amount": 800, "tax_behavior": "inclusive"}})),
        "seat",
        locale_of("en"),
        "eur",
    )
    assert told is not None
    assert (told.text, *told.detail) == ("€8.00 per month", "for each seat · tax included")


@pytest.mark.parametrize(("locale", "attributes"), [("de-AT", 'lang="de-AT" dir="ltr"'), ("he", 'lang="he" dir="rtl"')])
def test_what_is_of_another_language_says_so(locale: str, attributes: str) -> None:
    text = render([beside("main", [seen(ALL_ON, locale=locale)], True)], title="It", about=["About"])
    assert '<html lang="en">' in text
    for before in ("<bdi>Renews on ", '<strong class="price"><bdi>', "<bdi>Until "):
        assert f"{before}<span {attributes}>" in text, before
    assert "<span lang" not in render([beside("main", [seen(ALL_ON)], True)], title="It", about=["About"])


def test_the_login_page_sends_a_code() -> None:
    screens = {s.key: s for s in seen(ALL_ON).screens}
    assert "one-time code" in screens["login"].lead
    assert [b.items[0].text for b in screens["login-code"].blocks] == ["Code from the email"]
    assert not any("link" in s.lead for s in screens.values())


def test_what_nobody_may_edit_is_not_saved() -> None:
    for allowed, button in ((["email"], "Save"), ([], "")):
        found = seen(put(ALL_ON, "features.customer_update.allowed_updates", allowed))
        assert [s.button for s in found.screens if s.key == "details"] == [button]


TIERS = [{"up_to": 50, "unit_amount": 60}, {"up_to": 500, "unit_amount": 45}, {"up_to": "inf", "flat_amount": 1000}]
TIERED = {"unit_amount": None, "tiers": TIERS, "billing_scheme": "tiered"}
NB, THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("locale", "data", "expected"),
    [
        ("en", price(2900), ["$29.00 per month", "for each seat"]),
        ("en", price(0), ["$0.00 per month", "for each seat"]),
        ("de", price(2900), [f"29,00{NB}$ pro Monat", "for each seat"]),
        ("fr-CA", price(2900), [f"29,00{NB}${NB}US par mois", "for each seat"]),
        ("de", price(29000, "year"), [f"290,00{NB}$ pro Jahr", "for each seat"]),
        ("en", price(8000, recurring={"interval": "month", "interval_count": 3}), ["$80.00 every 3 months"]),
        ("de", price(8000, recurring={"interval": "month", "interval_count": 3}), [f"80,00{NB}$ pro 3 Monate"]),
        ("en", price(700, "week", currency="eur"), ["€7.00 per week"]),
        ("de", price(1234567, currency="eur"), [f"12.345,67{NB}€ pro Monat"]),
        ("fr", price(1234567, currency="eur"), [f"12{THIN}345,67{NB}€ par mois"]),
        ("en", price(3000, currency="jpy"), ["¥3,000 per month"]),
        ("ja", price(3000, currency="jpy"), ["￥3,000/月"]),
        ("de", price(3000, currency="krw"), [f"3.000{NB}₩ pro Monat"]),
        ("en", price(12340, currency="kwd"), ["KWD12.340 per month"]),
        ("en", price(500, currency="isk"), ["500 smallest units of ISK per month"]),
        ("en", price(2900, tax_behavior="exclusive"), ["$29.00 per month", "for each seat · plus tax"]),
        ("en", price(2900, tax_behavior="inclusive"), ["$29.00 per month", "for each seat · tax included"]),
        ("en", {"unit_amount": 49000, "currency": "usd"}, ["$490.00", "for each seat · paid once"]),
        (
            "en",
            price(1000, transform_quantity={"divide_by": 10, "round": "up"}),
            ["$10.00 for every 10 seats per month", "rounded up to whole packets"],
        ),
        (
            "en",
            {"unit_amount_decimal": "0.05", **price(0, recurring={"interval": "month", "usage_type": "metered"})},
            ["$0.0005 per month", "for each seat · billed for what is used"],
        ),
        (
            "en",
            price(900, currency_options={"eur": {"unit_amount": 800, "tax_behavior": "inclusive"}}),
            ["$9.00 per month", "for each seat"],
        ),
        (
            "de",
            price(900, recurring={"interval": "month", "trial_period_days": 14}),
            [f"9,00{NB}$ pro Monat", "for each seat · free for the first 14 Tage"],
        ),
        (
            "en",
            price(**TIERED, tiers_mode="graduated", amount=0),
            [
                "from $0.60 per month",
                "the first 50 seats: $0.60 each",
                "51 to 500 seats: $0.45 each",
                "from 501 seats on: $10.00 flat",
            ],
        ),
        (
            "de",
            price(**TIERED, tiers_mode="volume", amount=0),
            [
                f"from 0,60{NB}$ pro Monat",
                f"1 to 50 seats: 0,60{NB}$ each, for all of them",
                f"51 to 500 seats: 0,45{NB}$ each, for all of them",
                f"from 501 seats on: 10,00{NB}$ flat, for all of them",
            ],
        ),
        ("en", {"custom_unit_amount": {"enabled": True}, "currency": "usd"}, ["an amount that the customer chooses"]),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_prices_as_people_say_them(locale: str, data: Data, expected: list[str]) -> None:
    data = {k: v for k, v in data.items() if v is not None and k != "amount"}
    if "unit_amount_decimal" in data:
        data.pop("unit_amount")
    told = said(flatten(PRICE, data), "seat", locale_of(locale))
    assert told is not None
    assert [told.text, *told.detail][: len(expected)] == expected


def test_every_language_has_its_words() -> None:
    for locale in ("ja", "pt-BR", "ar", "he", "zh-Hant", "vi"):
        for count in (1, 3):
            data = price(2900, recurring={"interval": "month", "interval_count": count})
            found = texts(seen(ALL_ON, {"products": {"pro": {"name": "Pro", "prices": {"m": data}}}}, locale))
            assert not any("duration-" in t or t.endswith(("per ", "par ")) for t in found), locale


def test_every_decimal_of_an_amount_is_shown() -> None:
    assert money(Fraction(5, 100), "usd", locale_of("en")) == "$0.0005"
    assert money(Fraction(1, 10**12), "usd", locale_of("en")) == "$0.00000000000001"
    assert money(Fraction(99_999_999), "jpy", locale_of("de")) == f"99.999.999{NB}¥"


@pytest.mark.parametrize(
    ("every", "times", "then"),
    [
        (("day", 10), 1, date(2026, 2, 10)),
        (("week", 1), -1, date(2026, 1, 24)),
        (("month", 1), 1, date(2026, 2, 28)),
        (("month", 1), -2, date(2025, 11, 30)),
        (("month", 11), 1, date(2026, 12, 31)),
        (("year", 1), 2, date(2028, 1, 31)),
    ],
)
def test_when_a_plan_renews(every: tuple[str, int], times: int, then: date) -> None:
    assert later(TODAY, every, times) == then


@pytest.mark.parametrize("primary", [None, "#ffffff", "#000000", "#777777", "#ffc43d", "#1b2b4d", "#ff0000"])
@pytest.mark.parametrize("secondary", [None, "#FFFFFF", "#808080", "#00ff00"])
def test_text_can_be_read_on_every_colour(primary: str | None, secondary: str | None) -> None:
    found = colours(primary, secondary)
    assert found["brand"] == (primary or "#ffffff")
    assert contrast(found["brand"], found["on-brand"]) >= READABLE
    assert contrast(found["accent"], found["on-accent"]) >= READABLE
    assert contrast(found["link"], "#ffffff") >= READABLE


def test_no_colour_is_anything_but_a_colour() -> None:
    for value in ("red", "#fff", "#1b2b4d;}body{display:none", "</style><script>", 7, Ref):
        assert colours(value, value) == colours(None, None)


def test_what_is_different_is_marked_once() -> None:
    before = put(ALL_ON, "business_profile.headline", "Old")
    after = put(put(before, "business_profile.headline", "New"), "features.invoice_history.enabled", False)
    after = put(after, "features.subscription_pause.enabled", False)
    shop = copy.deepcopy(SHOP)
    shop["products"]["pro"]["prices"]["monthly"]["unit_amount"] = 2400
    marks = compare(seen(before), seen(after, shop))
    assert [(m.word, " · ".join(m.where), m.before, m.after) for m in marks] == [
        ("changed", "Beside every page", "Old", "New"),
        ("changed", "Update plan · Pro", "$19.00 per month", "$24.00 per month"),
        ("removed", "Homepage · Pause plan", "", ""),
        ("removed", "Homepage · Invoice history", "", ""),
        ("removed", "Pause plan", "", ""),
    ]
    shown = beside("main", [seen(before), seen(after, shop)], False)
    assert shown.reprices
    assert {(m.key[0], shown.mark(m.key, 0), shown.mark(m.key, 1)) for m in marks} == {
        ("brand", "changed", "changed"),
        ("switch", "changed", "changed"),
        ("home", "removed", ""),
        ("pause", "removed", ""),
    }


def test_the_same_portal_is_no_difference() -> None:
    assert not compare(seen(ALL_ON), seen(ALL_ON))


def test_a_page_needs_nothing_else() -> None:
    text = render([beside("main", [seen(ALL_ON)], True)], title="It", about=["About"])
    assert "default-src 'none'; img-src data:; style-src 'sha256-" in text
    assert text.count("<style>") == 1
    for word in ("<script", "<link", "<iframe", "@import", "url(", "unsafe-inline", ' style="', "<form"):
        assert word not in text
