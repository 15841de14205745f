"""Names become references, and everything gets an order."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.desired import resolve
from reconciler.model import Address, Ref
from tests.stages import PRICE, desired, document, pro

PRO, IT = Address("product", "pro"), Address("price", "pro.it")


def messages(data: dict[str, Any]) -> list[str]:
    return [f"{p.message}; {p.hint}" for p in resolve(document(data))[1]]


def test_short_and_full_names_mean_the_same() -> None:
    for name in ("it", "pro.it"):
        found = desired(pro({"it": PRICE}, default_price=name))
        assert found.resources[PRO].properties[("default_price",)] == Ref(IT)
        assert found.resources[IT].properties[("product",)] == Ref(PRO)
        assert found.order == (PRO, IT)


def test_an_id_is_taken_as_it_is() -> None:
    found = desired(pro(default_price={"id": "price_theirs"}))
    assert found.resources[PRO].properties[("default_price",)] == "price_theirs"


def test_a_name_that_is_not_declared_comes_with_the_nearest() -> None:
    (message,) = messages(pro({"monthly": PRICE}, default_price="montly"))
    assert "there is no price `montly`" in message
    assert "did you mean" in message


def test_active_is_always_declared() -> None:
    for written in ({}, {"active": None}, {"active": True}):
        found = desired(pro({"it": {**PRICE, **written}}, **written))
        assert [r.properties[("active",)] for r in found.resources.values()] == [True, True]
    assert desired(pro(active=False)).resources[PRO].properties[("active",)] is False


def test_every_recurring_price_in_service_is_offered_when_none_is_named() -> None:
    once = {"unit_amount": 5, "currency": "usd"}
    prices = {"it": PRICE, "once": once, "gone": {**PRICE, "active": False}}
    update = {"enabled": True, "default_allowed_updates": ["price"], "products": [{"product": "pro"}]}
    portal = {"portal_configurations": {"main": {"features": {"subscription_update": update}}}}
    found = desired(pro(prices) | portal).resources[Address("portal_configuration", "main")]
    (offered,) = found.properties[("features", "subscription_update", "products")]
    assert (offered["product"], offered["prices"]) == (Ref(PRO), (Ref(IT),))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"moved": [{"from": "product.old", "to": "product.none"}]}, "product.none is not declared"),
        ({"moved": [{"from": "product.pro", "to": "product.pro"}]}, "product.pro is still declared"),
        ({"moved": [{"from": "price.old.it", "to": "product.pro"}]}, "price.old.it cannot become product.pro"),
        ({"moved": [{"from": "old", "to": "product.pro"}]}, "is not an address"),
        ({"moved": [{"from": "prodct.old", "to": "product.pro"}]}, "did you mean `product`"),
        ({"released": ["product.pro"]}, "product.pro is declared and released"),
    ],
)
def test_what_cannot_be_moved_or_released_is_said(entry: dict[str, Any], said: str) -> None:
    (message, *_) = messages(pro() | entry)
    assert said in message
