"""What import makes of single objects that no test account could be brought to hold."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.import_files import Imported, imported
from reconciler.cli.importing import Account, Home
from reconciler.importer import names
from reconciler.importer.choose import ordered
from reconciler.importer.layout import Layout
from reconciler.importer.names import addresses, slug
from reconciler.importer.text import Insert, edited
from reconciler.kinds import BY_NAME, KINDS
from reconciler.model import Desired, Observed
from reconciler.observed import read
from reconciler.pair import pair
from tests.stages import TARGET

PRODUCT = {"id": "prod_Ab12Cd34Ef", "created": 1, "active": True, "name": "Pro"}
PRICE = {
    "id": "price_1",
    "created": 1,
    "active": True,
    "product": "prod_Ab12Cd34Ef",
    "currency": "usd",
    "unit_amount": 1900,
    "billing_scheme": "per_unit",
    "tax_behavior": "unspecified",
    "currency_options": {},
    "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed", "meter": None},
}
PORTAL = {"id": "bpc_1", "created": 1, "active": True, "is_default": True, "features": {}}


def one(kind: str, raw: dict[str, Any], **more: Any) -> Observed:
    return read(BY_NAME[kind], {**raw, **more})


def made(*objects: Observed, archived: bool = False) -> Imported:
    home = Home(Path("acme/stripe-portal.yaml"), Desired("acme", {}, ()))
    account = Account(TARGET, objects, pair(home.desired, objects), {}, {})
    return imported(home, account, {k.name for k in KINDS}, None, Layout.SINGLE, archived=archived)


def text_of(result: Imported) -> str:
    return result.files["stripe-portal.yaml"].decode()


def test_a_headline_from_before_there_was_a_limit() -> None:
    profile = {"headline": "x" * 61, "privacy_policy_url": "https://acme.example/p"}
    text = text_of(made(one("portal_configuration", PORTAL, business_profile=profile)))
    assert "# business_profile.headline is left out: " in text
    assert "61" in text
    assert "privacy_policy_url: https://acme.example/p" in text


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"unit_amount": 2905, "currency": "kwd"}, "too fine"),
        ({"unit_amount": 100_000_000}, "more than Stripe takes"),
        ({"unit_amount": None}, "no amount"),
    ],
)
def test_a_price_that_the_checks_refuse(raw: dict[str, Any], why: str) -> None:
    result = made(one("product", PRODUCT), one("price", PRICE, **raw))
    assert "# price.pro.monthly (price_1) is left out: " in text_of(result)
    assert why in text_of(result)


def test_a_portal_that_offers_what_cannot_be_declared_offers_it_in_this_account_alone() -> None:
    update = {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "products": [{"product": PRODUCT["id"], "prices": ["price_inline"], "adjustable_quantity": {"enabled": False}}],
    }
    result = made(
        one("product", PRODUCT), one("portal_configuration", PORTAL, features={"subscription_update": update})
    )
    assert "subscription_update" not in text_of(result)
    assert "id: price_inline" in result.files["environments/test.yaml"].decode()


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ({"unit_amount": 2900}, "amount: 29.00"),
        ({"unit_amount": 0}, "amount: 0,"),
        ({"unit_amount": 5, "currency": "jpy"}, "amount: 5,"),
        ({"unit_amount": 29050, "currency": "kwd"}, "amount: 29.050,"),
        ({"unit_amount": 2900, "currency": "isk"}, "unit_amount: 2900,"),
        ({"unit_amount": None, "unit_amount_decimal": "0.05"}, "unit_amount_decimal: 0.05,"),
        ({"unit_amount": 123456}, "amount: 1234.56,"),
    ],
)
def test_amounts(raw: dict[str, Any], written: str) -> None:
    assert written in text_of(made(one("product", PRODUCT), one("price", PRICE, **raw))) + ","


def test_metadata_without_room_for_our_mark() -> None:
    full = {f"key{n}": "x" for n in range(50)}
    result = made(one("product", PRODUCT), one("product", PRODUCT, id="full", name="Full", metadata=full))
    assert "# product.full (full) is left out: " in text_of(result)


def test_the_order_of_lists_says_nothing() -> None:
    products = [one("product", PRODUCT, id=f"prod_{n:012}", name="Same", created=n // 2) for n in range(4)]
    prices = [one("price", PRICE, id=f"price_{n}", product=p.id) for n, p in enumerate(products)]
    texts = {text_of(made(*order, *prices[::-1])) for order in itertools.permutations(products)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [("Über Pro! 🚀", "uber-pro"), ("🎉", ""), ("日本", ""), ("a" * 99, "a" * 58), ("--x--", "x"), ("№ 5", "no-5")],
)
def test_slugs(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize(
    ("kind", "raw", "name"),
    [
        ("product", {"id": "gold"}, "gold"),
        ("product", {}, "pro"),
        ("product", {"name": "日本"}, "product-1"),
        ("coupon", {"id": "LAUNCH25", "name": "Launch"}, "LAUNCH25"),
        ("coupon", {"id": "jMT0WJUD", "name": "Launch offer"}, "launch-offer"),
        ("coupon", {"id": "jMT0WJUD", "name": None}, "coupon-1"),
        ("feature", {"lookup_key": "api.read", "name": "API"}, "api-read"),
        ("webhook_endpoint", {"url": "https://www.acme.example/hook/", "status": "enabled"}, "acme-example-hook"),
    ],
)
def test_names(kind: str, raw: dict[str, Any], name: str) -> None:
    blank = {"valid": True, "currency": None, "currency_options": {}, "applies_to": None}
    found = addresses(ordered(KINDS), [one(kind, {**blank, **PRODUCT}, **raw)], {}, (), "acme")
    assert [a.name for a in found.values()] == [name]


def test_names_of_prices() -> None:
    year = {"interval": "year", "interval_count": 1, "usage_type": "licensed"}
    raws: list[tuple[dict[str, Any], str]] = [
        ({"lookup_key": "pro_monthly"}, "monthly"),
        ({"currency": "eur"}, "monthly-eur"),
        ({}, "monthly-2"),
        ({"recurring": year}, "yearly"),
        ({"recurring": {**year, "interval": "month", "interval_count": 3}}, "every-3-months"),
        ({"recurring": {**year, "interval": "month", "usage_type": "metered"}}, "metered"),
        ({"recurring": None}, "once"),
        ({"recurring": None, "currency": "eur"}, "once-eur"),
        ({"lookup_key": "summer offer"}, "summer-offer"),
    ]
    prices = [one("price", PRICE, id=f"price_{n}", **raw) for n, (raw, _) in enumerate(raws)]
    found = addresses(ordered(KINDS), [one("product", PRODUCT), *prices], {}, (), "acme")
    assert [found["price", p.id].name for p in prices] == [f"pro.{name}" for _, name in raws]
    assert names.LONGEST == 63


ODD = ["yes", "NO", "null", "~", "12:30", "0100", "1e3", "2026-01-01", "- a", "a: b", "a #b", "'", '"', "\\", "a\tb"]
ODD += ["${x}", "$${x}", " a", "a ", "[x]", "{x}", "*x", "&x", "!x", "%x", "@x", "`x", "?", "|", ">", "=", "<<", ".5"]
ODD += [
    "a\n",
    "\na",
    "a\n\nb",
    "a\n b",
    "a\\nb",
    "\x07",
    "\x85",
    "\u2028",
    "é日😀",
    "x" * 300,
    "a:",
    "a,b",
    "#",
    "0x1f",
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", ["name", "description"])
def test_every_text_is_read_back_as_it_was(odd: str, field: str) -> None:
    result = made(one("product", {**PRODUCT, field: odd}, metadata={"a": odd, "b": "x"}))  # it compares what it wrote
    assert not result.entries[0].is_out or odd == "\u2028"


def test_a_file_grows_where_it_can() -> None:
    before = "products:\n- a\n"
    with pytest.raises(ValueError, match="products is not a map"):
        edited(before, [Insert(("products", "b"), {"name": "B"})])
