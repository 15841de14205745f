"""A coupon that is replaced, stopped at any write: the next apply goes on, and no code is left without its coupon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.battery import Shop, opened
from tests.harness import Account

WRITES = ("promotion_code.update", "coupon.delete", "coupon.create", "promotion_code.create")
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "when": "before", "times": None},
    {"kind": "error", "when": "after", "times": None},
    {"kind": "drop", "when": "after", "times": None},
    {"kind": "malformed", "times": None},
)

OTHER = {"products": {"pro": {"name": "Pro"}}}


def discount(percent: int, own_id: bool) -> dict[str, Any]:
    coupon = {"percent_off": percent} | ({"id": "LAUNCH"} if own_id else {})
    code = {"code": "LAUNCH20", "promotion": {"coupon": "launch"}}
    return {"coupons": {"launch": coupon}, "promotion_codes": {"launch20": code}}


def stopped(shop: Shop, operation: str, what: dict[str, Any]) -> None:
    """One apply that does not come past this call, or only by sending it again."""
    plan = shop.plan()
    shop.account.control("faults", operation=operation, **what)
    try:
        shop.perform(plan)
    finally:
        shop.account.calm()


@pytest.mark.parametrize("what", FAULTS, ids=lambda f: "-".join(map(str, f.values())))
@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("own_id", [True, False], ids=["LAUNCH", "made up"])
def test_a_coupon_change_stopped_at_any_write_goes_on(
    tmp_path: Path, account: Account, own_id: bool, operation: str, what: Any
) -> None:
    with opened(tmp_path, account) as shop:
        shop.put(discount(20, own_id))
        shop.write(discount(25, own_id))
        stopped(shop, operation, what)
        shop.put(discount(25, own_id))
        coupon, code = shop.account.find("coupon.launch"), shop.account.find("promotion_code.launch20")
        assert (coupon["percent_off"], code["promotion"]["coupon"]) == (25, coupon["id"])
        assert len(shop.account.all("/v1/coupons")) == 1
        assert len(shop.account.all("/v1/promotion_codes", active="true")) == 1


@pytest.mark.parametrize("what", FAULTS, ids=lambda f: "-".join(map(str, f.values())))
@pytest.mark.parametrize("operation", WRITES[:2])
def test_a_coupon_that_leaves_with_its_code_goes_on(
    tmp_path: Path, account: Account, operation: str, what: Any
) -> None:
    with opened(tmp_path, account) as shop:
        shop.put(discount(20, True) | OTHER)
        shop.write(OTHER)
        stopped(shop, operation, what)
        shop.put(OTHER)
        assert shop.account.all("/v1/coupons") == []
        assert shop.account.all("/v1/promotion_codes", active="true") == []
