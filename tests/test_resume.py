"""An apply that stops anywhere: the next one goes on from there, and nothing is made twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.server import Running
from reconciler.model import Cause, Status
from tests.worlds import ALLOWED, World, catalogue, fault, next_one, no_faults, world_in

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "when": "before"},
    {"kind": "error", "when": "after"},
    {"kind": "error", "when": "before", "times": None},
    {"kind": "error", "when": "after", "times": None},
    {"kind": "error", "when": "after", "times": None, "status": 503},
    {"kind": "drop", "when": "before"},
    {"kind": "drop", "when": "after"},
    {"kind": "drop", "when": "after", "times": None},
    {"kind": "lock_timeout"},
    {"kind": "rate_limit"},
    {"kind": "malformed"},
    {"kind": "malformed", "times": None},
)
"""What may happen to a write, before or after it takes effect; without `times`, to one write only."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


def interrupted(world: World, nth: int, what: dict[str, Any]) -> bool:
    """One apply with a fault at the nth write. Whether it went through all the same.

    Nobody edited anything in Stripe, and no plan says so.
    """
    plan = world.shop.plan(*ALLOWED)
    if plan.refusals:
        return False
    fault(world.shop.account, method="POST", nth=nth, **what)
    try:
        outcomes = world.shop.perform(plan)
    finally:
        no_faults(world.shop.account)
    assert len(outcomes) == len(plan.actions)
    for action in world.shop.plan(*ALLOWED).actions:
        for change in action.change.fields if action.change else ():
            assert change.cause not in (Cause.DRIFTED, Cause.BOTH), (action.address, change)
    return all(o.status is Status.DONE for o in outcomes)


def only_some(world: World, number: int) -> None:
    """One address, with what that needs and what must follow it; then the same again, and nothing is left to do."""
    wanted = sorted(world.shop.desired().resources)
    chosen = [wanted[number % len(wanted)]]
    plan = world.shop.plan(*ALLOWED, only=chosen)
    if not plan.refusals:
        assert all(o.status is Status.DONE for o in world.shop.perform(plan))
        assert not world.shop.plan(*ALLOWED, only=chosen).actions


@given(data=st.data())
def test_any_part_of_an_apply_and_then_a_whole_one_converge(
    emulator: Running, folder: Path, data: st.DataObject
) -> None:
    with world_in(folder, emulator.url) as shop:
        world = World.of(shop)
        history = [data.draw(catalogue())]
        world.write(history[0])
        interrupted(world, data.draw(st.integers(1, 8)), data.draw(st.sampled_from(FAULTS)))
        assert world.put(history[0])
        shop.converged()
        world.check()
        for _ in range(data.draw(st.integers(1, 2))):
            following = data.draw(next_one(history))
            world.write(following)
            for _ in range(data.draw(st.integers(1, 3))):
                interrupted(world, data.draw(st.integers(1, 8)), data.draw(st.sampled_from(FAULTS)))
            if data.draw(st.booleans()):
                only_some(world, data.draw(st.integers(0, 99)))
            if data.draw(st.booleans()):
                following = history[-1]  # the change is taken back before it went through
            if world.put(following):
                world.settle()
                world.check()
                history.append(following)


def chain(amount: int) -> dict[str, Any]:
    """A price that everything names: replacing it takes four writes."""
    price = {"unit_amount": amount, "currency": "usd", "recurring": {"interval": "month"}, "lookup_key": "monthly"}
    switch = {"enabled": True, "default_allowed_updates": ["price"], "products": [{"product": "pro"}]}
    return {
        "products": {"pro": {"id": "pro", "name": "Pro", "default_price": "monthly", "prices": {"monthly": price}}},
        "portal_configurations": {"main": {"is_default": True, "features": {"subscription_update": switch}}},
    }


@pytest.mark.parametrize("what", FAULTS, ids=lambda f: "-".join(map(str, f.values())))
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_price_change_stopped_at_any_write_goes_on(tmp_path: Path, emulator: Running, nth: int, what: Any) -> None:
    with world_in(tmp_path, emulator.url) as shop:
        world = World.of(shop)
        world.put(chain(1900))
        first = shop.account.find("price.pro.monthly")["id"]
        world.write(chain(2400))
        interrupted(world, nth, what)
        portal = shop.account.find("portal_configuration.main")["features"]["subscription_update"]
        for offered in portal["products"][0]["prices"]:
            assert shop.account.get(f"/v1/prices/{offered}")["active"]
        world.put(chain(2400))
        shop.converged()
        world.check()
        second = shop.account.find("price.pro.monthly")
        assert (second["unit_amount"], second["lookup_key"]) == (2400, "monthly")
        assert shop.account.get(f"/v1/prices/{first}")["active"] is False
        assert len(shop.account.bearing("price.pro.monthly")) == 2
        world.put(chain(1900))
        assert shop.account.find("price.pro.monthly")["id"] == first
        world.check()


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_a_first_apply_stopped_at_any_write_makes_nothing_twice(tmp_path: Path, emulator: Running, nth: int) -> None:
    with world_in(tmp_path, emulator.url) as shop:
        world = World.of(shop)
        world.write(chain(1900))
        interrupted(world, nth, {"kind": "error", "when": "after", "times": None})
        world.put(chain(1900))
        shop.converged()
        world.check()
        assert [len(shop.account.bearing(a)) for a in ("product.pro", "price.pro.monthly")] == [1, 1]
        assert len(shop.account.all("/v1/billing_portal/configurations")) == 1
