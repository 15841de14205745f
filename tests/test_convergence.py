"""Whatever is declared, changed, edited and reverted: one apply, and the plan is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.server import Running
from tests.battery import form
from tests.worlds import World, catalogue, next_one, world_in


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@given(data=st.data())
def test_any_catalogue_and_any_change_converge(emulator: Running, folder: Path, data: st.DataObject) -> None:
    with world_in(folder, emulator.url) as shop:
        world = World.of(shop)
        history = [data.draw(catalogue())]
        assert world.put(history[0])
        shop.converged()
        world.write(backwards(history[0]))
        shop.converged()
        world.check()
        for _ in range(data.draw(st.integers(1, 3))):
            following = data.draw(next_one(history))
            if world.put(following):
                world.settle()
                world.check()
                history.append(following)


def backwards(data: Any) -> Any:
    """The same catalogue with the keys of every map in the other order, which says nothing."""
    return {k: backwards(data[k]) for k in reversed(data)} if isinstance(data, dict) else data


@given(data=st.data())
def test_whatever_is_edited_in_stripe_is_put_back(emulator: Running, folder: Path, data: st.DataObject) -> None:
    with world_in(folder, emulator.url) as shop:
        world = World.of(shop)
        declared = data.draw(catalogue())
        assert world.put(declared)
        shop.converged()
        world.check()
        for _ in range(data.draw(st.integers(1, 4))):
            data.draw(edits(world))
        if world.put(declared):
            world.settle()
            world.check()


@st.composite
def edits(draw: st.DrawFn, world: World) -> None:
    """Somebody with the Dashboard does something to something of ours."""
    account = world.shop.account
    ours = [o for _, found in sorted(world.live().items()) for o in found]
    if not ours:
        return
    one = draw(st.sampled_from(ours))
    path = {"product": "/v1/products", "price": "/v1/prices"}.get(one["object"], "/v1/billing_portal/configurations")
    where = f"{path}/{one['id']}"
    how = draw(st.sampled_from(["archive", "copy", "metadata", "own", "stamp", "point"]))
    if how == "metadata":
        account.post(where, {"metadata[plain]": "edited", "metadata[other]": "theirs"})
    elif how == "stamp":
        account.post(where, {"metadata[stripe_portal_fields]": draw(st.sampled_from(["", "1:a", "2:x=abcdef", "?"]))})
    elif how == "archive":
        held = [p["default_price"] for p in account.all("/v1/products")]
        if one["id"] not in held and not one.get("is_default"):
            account.post(where, {"active": "false"})
    elif one["object"] == "product":
        sent = {"own": {"name": "Edited", "images": "", "description": "Edited", "tax_code": ""}}
        if how == "copy":
            account.post(path, form({"name": one["name"], "metadata": one["metadata"]}))
        elif how == "point":
            new = {"product": one["id"], "unit_amount": 5, "currency": "usd"}
            account.post(where, {"default_price": account.post("/v1/prices", new)["id"]})
            world.foreign = world.not_ours()
        else:
            account.post(where, sent["own"])
    elif one["object"] == "price":
        if how == "copy" and one["unit_amount"] is not None and not one["recurring"]:
            same = {k: one[k] for k in ("product", "currency", "unit_amount", "metadata", "tax_behavior")}
            account.post(path, form(same))
        else:
            account.post(where, {"nickname": "Edited", "lookup_key": ""})
    else:
        sent = {"features": {"customer_update": {"enabled": "true", "allowed_updates": ["phone"]}}}
        account.post(where, form(sent) | {"business_profile[headline]": "Edited"})
