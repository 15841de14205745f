"""What is hidden in an answer unless it is asked for (stripe-facts 2.4): absent must not pass for unset."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import ApiFailure
from reconciler.kinds import BY_NAME
from reconciler.model import Address, Observed, Pair, Pairs, Resource, Source
from reconciler.observed import check_complete, read
from tests.harness import Account

HERE = Source("stripe-portal.yaml", 1, 1)


def coupon(account: Account, **query: Any) -> Observed:
    account.post("/v1/coupons", {"id": "LAUNCH", "percent_off": 20})
    return read(BY_NAME["coupon"], account.get("/v1/coupons/LAUNCH", **query))


def paired(one: Observed, *paths: tuple[str, ...]) -> Pairs:
    resource = Resource(Address("coupon", "launch"), dict.fromkeys(paths, "x"), HERE)
    return Pairs((Pair(resource, one),), frozenset())


def test_what_did_not_come_is_known(account: Account) -> None:
    assert set(coupon(account).lacks) == {"applies_to", "currency_options"}


def test_what_came_as_null_is_unset(account: Account) -> None:
    assert coupon(account, **{"expand[]": ["applies_to", "currency_options"]}).lacks == ()


def test_it_matters_only_where_it_is_declared(account: Account) -> None:
    one = coupon(account)
    check_complete(paired(one, ("name",)))
    with pytest.raises(ApiFailure, match="the answer lacks applies_to of LAUNCH, which was asked for"):
        check_complete(paired(one, ("applies_to", "products")))
    with pytest.raises(ApiFailure, match="currency_options"):
        check_complete(paired(one, ("currency_options", "eur", "amount_off")))


def test_a_price_with_tiers_comes_with_them(account: Account) -> None:
    account.post("/v1/products", {"id": "pro", "name": "Pro"})
    tiers = [{"up_to": "inf", "unit_amount": 5}]
    sent = {"product": "pro", "currency": "usd", "billing_scheme": "tiered", "tiers_mode": "volume", "tiers": tiers}
    one = account.post("/v1/prices", sent | {"recurring": {"interval": "month"}})
    with pytest.raises(ApiFailure, match="the answer lacks tiers"):
        read(BY_NAME["price"], account.get(f"/v1/prices/{one['id']}"))
