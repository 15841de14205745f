"""Plans as the product makes them: from YAML, against an emulated account that somebody edited."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from reconciler.emulator.server import Running
from reconciler.model import Plan
from tests.battery import Data, Shop, opened
from tests.harness import Account
from tests.report.hostile import NAMES


def price(amount: int, every: str = "month", **more: Any) -> Data:
    return {"unit_amount": amount, "currency": "usd", "recurring": {"interval": every}, **more}


PORTAL: Data = {
    "is_default": True,
    "business_profile": {"headline": "Manage your plan"},
    "features": {
        "invoice_history": {"enabled": True},
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": [{"product": "pro"}],
        },
    },
}
SHOP: Data = {
    "products": {
        "pro": {
            "id": "pro",
            "name": "Pro",
            "description": "For teams",
            "default_price": "monthly",
            "metadata": {"tier": "gold"},
            "prices": {"monthly": price(1900, lookup_key="pro_monthly")},
        },
        "legacy": {"name": "Legacy", "prices": {"monthly": price(900)}},
    },
    "portal_configurations": {"main": PORTAL},
}


@pytest.fixture(scope="session")
def reviewed(emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A price becomes dearer, a product leaves, another comes, and somebody has renamed one in the Dashboard."""
    folder = tmp_path_factory.mktemp("reviewed")
    with opened(folder, Account.register(emulator.url, "sk_test_reviewed01")) as shop:
        shop.write(SHOP)
        shop.apply()
        shop.account.post("/v1/products/pro", {"name": "Renamed"})
        data = copy.deepcopy(SHOP)
        data["products"]["pro"]["prices"]["monthly"]["unit_amount"] = 2400
        data["products"]["pro"]["metadata"]["tier"] = "platinum"
        data["products"]["max"] = {"name": "Max", "prices": {"monthly": price(9900)}}
        del data["products"]["legacy"]
        shop.write({**data, "branding": {"primary_color": "#1b2b4d"}})
        plan = shop.plan()
    target = replace(plan.target, host="", account="acct_1Acme", name="Acme, Inc.", livemode=True)
    refusal = "product.pro: pro would be replaced. If that is what you want: --allow replace=product.pro"
    return replace(plan, target=target, project="acme", environment="live", refusals=(refusal,))


@pytest.fixture(scope="session")
def hostile(emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Every hostile name as a name, a description, metadata and a nickname; in the YAML, and in Stripe."""
    folder = tmp_path_factory.mktemp("hostile")
    with opened(folder, Account.register(emulator.url, "sk_test_hostile001")) as shop:
        shop.write({"products": {f"p{n}": {"name": f"Plain {n}"} for n, _ in enumerate(NAMES)}})
        shop.apply()
        for n, name in enumerate(NAMES):
            (one,) = [p for p in shop.account.all("/v1/products") if p["name"] == f"Plain {n}"]
            shop.account.post(f"/v1/products/{one['id']}", {"name": f"Edited {name}"[:4000]})
        escaped(shop, {"products": {f"p{n}": _named(name) for n, name in enumerate(NAMES)}})
        plan = shop.plan()
    said = tuple(f"product.p{n}: the name {name} is odd" for n, name in enumerate(NAMES))
    target = replace(plan.target, name=NAMES[0])
    return replace(plan, target=target, project="acme", environment="live", warnings=said, refusals=said, allowed=said)


def _named(name: str) -> Data:
    key = "".join(c for c in name[:30] if c.isprintable() and c not in "[]$")
    metadata = {key: name[:500], "hint": name[:500]}
    return {
        "name": name[:4000],
        "description": name,
        "metadata": metadata,
        "prices": {"a": price(100, nickname=name[:4000])},
    }


def escaped(shop: Shop, data: Data) -> None:
    """Write YAML in which no control character stands as itself, as the loader takes none."""
    text = json.dumps({"stripe_portal": 1, "project": "acme", **data}).replace("${", "$${")
    (shop.folder / "stripe-portal.yaml").write_text(text, encoding="utf-8")
