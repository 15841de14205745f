"""A saved plan whose apply was killed, at any write: the same file finishes it, and nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import planfile
from reconciler.apply import apply
from reconciler.cli.reread import reread
from reconciler.emulator.server import Running
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Kind
from reconciler.model import Outcome, Plan, Status
from reconciler.standing import Standing, stand
from tests import worlds
from tests.battery import Data, Ids, Shop, allows, cases, catalogue, laid_over, opened, surroundings
from tests.harness import Account
from tests.worlds import ALLOWED, World, fault, next_one, no_faults, world_in

KEEPER: Data = {
    "products": {"keeper": {"id": "keeper", "name": "Something stays"}},
    "portal_configurations": {"main": {"is_default": True, "features": {}}},
}

KILLED: tuple[dict[str, Any], ...] = (
    {"kind": "drop", "when": "before", "times": None},
    {"kind": "drop", "when": "after", "times": None},
    {"kind": "error", "when": "before", "times": None},
    {"kind": "error", "when": "after", "times": None},
)
"""From the nth write on, every one fails: before it takes effect, or after."""


def saved(plan: Plan) -> Plan:
    """The plan as it comes back from its file."""
    text = planfile.render(plan, None, created=0, summary="")
    back = planfile.parse(text.encode(), "plan.json").plan
    assert planfile.render(back, None, created=0, summary="") == text
    return back


def stands(shop: Shop, plan: Plan) -> Standing:
    return stand(plan, reread(plan, shop.gateway)[0])


def killed(shop: Shop, plan: Plan, nth: int, how: dict[str, Any]) -> tuple[Outcome, ...]:
    """An apply of which no write succeeds from the nth on."""
    for method in ("POST", "DELETE"):
        fault(shop.account, method=method, nth=nth if method == "POST" else 1, **how)
    try:
        return shop.perform(plan)
    finally:
        no_faults(shop.account)


def finish(shop: Shop, plan: Plan) -> tuple[Outcome, ...]:
    """Apply the same file again. It must not be refused."""
    standing = stands(shop, plan)
    assert not standing.moved
    outcomes = apply(standing.plan, shop.gateway, done=standing.done)
    assert all(o.status is Status.DONE for o in outcomes), [o.error for o in outcomes if o.error]
    return outcomes


def survives(shop: Shop, data: Data, *allow: str) -> None:
    """Bring the YAML about by one plan that is killed at each of its writes, one after the other."""
    shop.write(data)
    survive(shop, shop.plan(*allow))


def survive(shop: Shop, plan: Plan) -> None:
    """Perform a plan from its file, a write or so at a time."""
    plan = saved(plan)
    assert not plan.refusals, plan.refusals
    assert not stands(shop, plan).done
    for number in range(sum(a.writes for a in plan.actions) + 1):
        standing = stands(shop, plan)
        assert not standing.moved
        how = KILLED[number % len(KILLED)]
        fault(shop.account, method="POST", nth=2, **how)
        fault(shop.account, method="DELETE", nth=2, **how)
        try:
            apply(standing.plan, shop.gateway, done=standing.done)
        finally:
            no_faults(shop.account)
    finish(shop, plan)
    assert len(stands(shop, plan).done) == len(plan.actions)
    shop.converged()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@given(data=st.data())
def test_any_catalogue(emulator: Running, folder: Path, data: st.DataObject) -> None:
    with world_in(folder, emulator.url) as shop:
        world = World.of(shop)
        history = [data.draw(worlds.catalogue())]
        for _ in range(2):
            world.write(history[-1])
            plan = shop.plan(*ALLOWED)
            if plan.refusals:
                break
            plan = saved(plan)
            killed(shop, plan, data.draw(st.integers(1, 8)), data.draw(st.sampled_from(KILLED)))
            finish(shop, plan)
            world.settle()
            world.check()
            history.append(data.draw(next_one(history)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_life_of_every_kind(kind: Kind, tmp_path: Path, account: Account) -> None:
    """It comes, is replaced, goes and comes back, each by a plan that is killed at every write."""
    one = next((c for c in cases() if c.kind is kind and c.replaces and kind.stampable and not c.dashboard), None)
    with opened(tmp_path, account) as shop:
        ids = Ids(account, kind)
        stages = [surroundings(kind), catalogue(kind), *([c.having(v) for c in (one,) if c for v in (c.one, c.two)])]
        for data in (*stages, surroundings(kind), catalogue(kind)):
            survives(shop, laid_over(KEEPER, ids.filled(data)), *allows(kind), "replace")


def test_one_of_every_kind(account: Account) -> None:
    with opened(Path("examples/everything"), account) as shop:
        survive(shop, shop.plan())


def test_two_applies_of_one_file_at_the_same_time_make_nothing_twice(account: Account) -> None:
    with opened(Path("examples/everything"), account) as shop:
        plan = saved(shop.plan())
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(apply, plan, shop.gateway) for _ in range(2)]
        outcomes = [o for one in both for o in one.result()]
        assert {o.error for o in outcomes if o.status is not Status.DONE} <= {""}
        shop.converged()
        addresses = [one["metadata"].get("stripe_portal") for one in account.everything().values() if "metadata" in one]
        assert len(addresses) == len(set(addresses))
