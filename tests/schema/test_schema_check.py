"""How the findings of a document come together."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reconciler import config
from reconciler.kinds import KINDS
from reconciler.kinds.money import THREE_DECIMAL, ZERO_DECIMAL
from reconciler.model import Document
from reconciler.schema import Findings, check
from reconciler.schema.failure import KEYWORDS
from reconciler.schema.gate import schema_of

MONTH = {"interval": "month"}


def findings(data: dict[str, Any]) -> Findings:
    return check(Document({"stripe_portal": 1, "project": "acme", **data}, {}, {}, ("acme.yaml",)))


def said_of_price(**price: Any) -> list[str]:
    found = findings({"products": {"pro": {"name": "Pro", "prices": {"monthly": price}}}})
    return [problem.message for problem in found.problems]


def load(folder: Path, text: str) -> Findings:
    (folder / "acme.yaml").write_text(f"stripe_portal: 1\nproject: acme\n{text}", "utf-8")
    return check(config.load(folder / "acme.yaml"))


def test_broken_are_the_resources_that_a_problem_is_about() -> None:
    prices = {
        "monthly": {"amount": 2900, "currency": "usd"},
        "yearly": {"amount": Decimal("290.00"), "currency": "usd"},
    }
    found = findings(
        {
            "products": {
                "pro": {"nmae": "Pro", "prices": prices},
                "my basic": {"name": "Basic"},
                "free": {"name": "Free"},
            },
            "portal_configurations": {"main": {"features": {}}},
        }
    )
    assert {str(a) for a in found.broken} == {"product.pro", "price.pro.monthly", "product.my basic"}


def test_a_problem_of_the_file_breaks_no_resource() -> None:
    found = findings({"produkts": {}, "products": {"pro": {"name": "Pro"}}})
    assert len(found.problems) == 1
    assert not found.broken


def test_a_wrong_default_is_said_once(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """\
defaults: {price: {currency: USD}}
products:
  basic: {name: Basic, prices: {monthly: {amount: 9.00}, yearly: {amount: 90.00}}}
  pro: {name: Pro, prices: {monthly: {amount: 29.00}}}
""",
    )
    assert [(p.source.line, p.message.split("; ")[-1]) for p in found.problems] == [(3, "the same in 2 more")]
    assert len(found.broken) == 3


def test_rules_are_applied_to_what_is_sound_beside_what_is_not(tmp_path: Path) -> None:
    """A misspelt key in one price hides nothing that is wrong with the others, nor with the portal that offers them."""
    found = load(
        tmp_path,
        """\
products:
  pro:
    name: Pro
    default_price: old
    prices:
      misspelt: {amonut: 29.00, currency: usd, recurring: {interval: month}}
      old: {amount: 29.00, currency: usd, recurring: {interval: year}, active: false}
portal_configurations:
  main:
    features:
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products:
          - {product: pro, prices: [misspelt, old]}
          - {product: {id: prod_1}, prices: [{id: price_1}]}
  all:
    features:
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products: [{product: pro}]
""",
    )
    assert [p.source.line for p in found.problems] == [6, 8, 17]


def test_what_is_not_declared_is_left_to_those_who_know_names(tmp_path: Path) -> None:
    text = """\
products: {pro: {name: Pro, default_price: nowhere.monthly}}
portal_configurations:
  main:
    features:
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products: [{product: nowhere}, {product: nobody, prices: [monthly]}]
"""
    assert load(tmp_path, text).problems == ()


@pytest.mark.parametrize("currency", ["usd", *sorted(ZERO_DECIMAL), *sorted(THREE_DECIMAL)])
def test_zero_is_free_in_every_currency(currency: str) -> None:
    assert said_of_price(amount=0, currency=currency) == []
    assert said_of_price(unit_amount=0, currency=currency) == []


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(Decimal("999999.99"), "usd"), (99_999_999, "jpy"), (Decimal("99999.990"), "kwd")],
)
def test_the_largest_amount(amount: int | Decimal, currency: str) -> None:
    assert said_of_price(amount=amount, currency=currency) == []
    more = amount + (Decimal("0.01") if isinstance(amount, Decimal) else 1)
    assert len(said_of_price(amount=more, currency=currency)) == 1


@pytest.mark.parametrize(("interval", "most"), [("day", 1095), ("week", 156), ("month", 36), ("year", 3)])
def test_the_longest_interval(interval: str, most: int) -> None:
    price = {"amount": Decimal("29.00"), "currency": "usd"}
    assert said_of_price(**price, recurring={"interval": interval, "interval_count": most}) == []
    assert len(said_of_price(**price, recurring={"interval": interval, "interval_count": most + 1})) == 1


def test_a_whole_number_that_is_written_with_decimals_is_not_minor_units() -> None:
    assert said_of_price(unit_amount=Decimal("29.00"), currency="usd")
    assert said_of_price(unit_amount=29, currency="usd") == []


def test_every_keyword_of_the_schemas_has_words() -> None:
    used = {keyword for kind in ("", *(k.name for k in KINDS)) for keyword in keywords(schema_of(kind))}
    silent = {"properties", "items", "$ref", "$defs", "title", "description", "default", "examples", "whole"}
    structural = {"anyOf", "required", "additionalProperties", "propertyNames"}
    assert used - silent - structural - KEYWORDS == set()


def keywords(shape: dict[str, Any]) -> Iterator[str]:
    yield from shape
    inner = [*shape.get("properties", {}).values(), *shape.get("$defs", {}).values(), *shape.get("anyOf", ())]
    inner += [shape[k] for k in ("items", "additionalProperties", "propertyNames") if isinstance(shape.get(k), dict)]
    for part in inner:
        yield from keywords(part)
