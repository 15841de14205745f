"""The life of an object of every kind: it leaves the YAML, comes back, rests, is adopted, copied, released, moved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.stages import surveyed
from reconciler.drift import Where, drift
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Kind, Retire
from reconciler.model import Plan, Verb
from reconciler.report import text
from tests.battery import (
    Data,
    Ids,
    Shop,
    address_of,
    allows,
    at,
    catalogue,
    comes_back,
    form,
    laid_over,
    opened,
    place_of,
    surroundings,
    verbs,
)
from tests.harness import COLLECTIONS, Account, in_service

KEEPER: Data = {"products": {"keeper": {"id": "keeper", "name": "Something stays"}}}
OTHERS: Mapping[str, Data] = {
    "portal_configuration": {"portal_configurations": {"main": {"is_default": True, "features": {}}}},
}
"""What keeps the account's flags while the object itself comes and goes."""


class Life:
    """One object of a kind in an account of its own."""

    def __init__(self, shop: Shop, kind: Kind):
        self.shop, self.kind, self.address = shop, kind, address_of(kind)
        Ids(shop.account, kind)
        shop.account.forget()

    def with_it(self, **fields: Any) -> Data:
        return self._among_others(catalogue(self.kind, fields))

    def without_it(self) -> Data:
        return self._among_others(surroundings(self.kind))

    def _among_others(self, data: Data) -> Data:
        return laid_over(laid_over(KEEPER, OTHERS.get(self.kind.name, {})), data)

    def put(self, data: Data, *allow: str) -> Plan:
        return self.shop.put(data, *allows(self.kind), *allow)

    @property
    def path(self) -> str:
        return COLLECTIONS[self.kind.name].path

    def every(self) -> dict[str, bool]:
        """Whether each object that bears the address is in service, by id."""
        return {o["id"]: in_service(o) for o in self.shop.account.bearing(self.address)}

    def as_it_is(self) -> Any:
        """The live object without what changes with every write, and without our stamp."""
        one = self.shop.account.find(self.address, active=None)
        own = {k: v for k, v in (one.get("metadata") or {}).items() if not k.startswith("stripe_portal")}
        return {k: v for k, v in one.items() if k != "updated"} | ({"metadata": own} if "metadata" in one else {})

    def drifted(self) -> list[Where]:
        """Where the object was changed since the last apply."""
        desired = self.shop.desired()
        found = surveyed(desired, self.shop.gateway)
        findings = drift(desired, found.observed, found.pairs, found.differences).findings
        return [f.where for f in findings if str(f.address) == self.address]

    def verbs(self, plan: Plan) -> list[Verb]:
        """What happens to the object itself."""
        return [verb for verb, address in verbs(plan) if address == self.address]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def life(tmp_path: Path, account: Account, request: pytest.FixtureRequest) -> Iterator[Life]:
    with opened(tmp_path, account) as shop:
        yield Life(shop, request.param)


def test_it_leaves_the_yaml_and_comes_back(life: Life) -> None:
    life.put(life.with_it())
    born = life.shop.account.find(life.address)["id"]
    plan = life.put(life.without_it())
    if life.kind.retire is Retire.NEVER:
        assert not plan.actions
        assert life.every() == {born: True}
        assert not life.put(life.with_it()).actions
        assert life.every() == {born: True}
        return
    assert verbs(plan) == [(Verb.RETIRE, life.address)]
    gone = life.kind.retire is Retire.DELETE
    assert life.every() == ({} if gone else {born: False})
    plan = life.put(life.with_it())
    assert verbs(plan) == [(Verb.REVIVE if comes_back(life.kind) else Verb.CREATE, life.address)]
    assert "Edited in Stripe" not in text.render(plan)
    every = life.every()
    assert list(every.values()).count(True) == 1
    assert (every.get(born) is True) == (comes_back(life.kind) or (gone and life.kind.own_id))
    assert len(every) == (1 if comes_back(life.kind) or gone else 2)


def test_it_rests_and_works_again(life: Life) -> None:
    if life.kind.field_at(("active",)) is None:
        pytest.skip("it is in service as long as it exists")
    life.put(life.with_it())
    born = life.shop.account.find(life.address)["id"]
    plan = life.put(life.with_it(active=False))
    assert life.verbs(plan) == [Verb.RETIRE]
    assert life.every() == {born: False}
    if life.kind.stampable:
        life.put(life.with_it(active=False, metadata={"a": "b"}))
        assert life.every() == {born: False}
    plan = life.put(life.with_it())
    assert life.verbs(plan) == [Verb.REVIVE if life.kind.revivable else Verb.CREATE]
    assert life.every() == ({born: True} if life.kind.revivable else {born: False} | life.every())
    assert list(life.every().values()).count(True) == 1


def test_it_can_be_declared_out_of_service_from_the_start(life: Life) -> None:
    if life.kind.field_at(("active",)) is None:
        pytest.skip("it is in service as long as it exists")
    life.put(life.with_it(active=False))
    assert set(life.every().values()) <= {False}


def test_out_of_service_in_the_dashboard_it_comes_back(life: Life) -> None:
    if life.kind.field_at(("active",)) is None:
        pytest.skip("it is in service as long as it exists")
    life.put(life.with_it())
    born = life.shop.account.find(life.address)["id"]
    if life.kind.switches:
        life.shop.account.post(f"{life.path}/{born}/{life.kind.switches[False]}")
    else:
        life.shop.account.post(f"{life.path}/{born}", {"active": "false"})
    nobody_knows = Where.UNKNOWN if life.kind.revivable else Where.YAML  # it is as if it had never been applied
    assert life.drifted() == [Where.STRIPE if life.kind.stampable else nobody_knows]
    plan = life.shop.plan(*allows(life.kind))
    assert life.verbs(plan) == [Verb.REVIVE if life.kind.revivable else Verb.CREATE]
    assert ("edited in Stripe" in text.render(plan)) == (life.kind.stampable and life.kind.revivable)
    life.shop.apply(*allows(life.kind))
    life.shop.converged()
    assert list(life.every().values()).count(True) == 1
    assert life.every()[born] is life.kind.revivable


def test_deleted_in_the_dashboard_it_is_made_again(life: Life) -> None:
    if life.kind.retire is not Retire.DELETE:
        pytest.skip("Stripe deletes none")
    life.put(life.with_it())
    born = life.shop.account.find(life.address)["id"]
    life.shop.account.call("DELETE", f"{life.path}/{born}")
    assert life.drifted() == [Where.YAML]  # no mark is left that could tell
    assert life.verbs(life.put(life.with_it())) == [Verb.CREATE]
    assert list(life.every().values()) == [True]


def test_what_nobody_owns_is_adopted_as_it_is(life: Life) -> None:
    """An object with the same natural key; where there is none, one that the YAML names by its id."""
    kind = life.kind
    data = life.with_it()
    life.put(data)
    one = life.shop.account.find(life.address)["id"]
    stamp = {k: "" for k in (life.shop.account.one(kind.name, one).get("metadata") or {}) if k.startswith("stripe_")}
    if kind.stampable:
        life.shop.account.post(f"{life.path}/{one}", {"metadata": stamp | {"other": "theirs"}})
    else:  # there is no stamp to take off: somebody else's YAML declares the same
        life.shop.write({**data, "project": "globex"})
        assert not life.verbs(life.shop.plan())
        return
    before = life.shop.account.one(kind.name, one)
    key = at(data, (*place_of(kind), kind.natural_key)) if kind.natural_key else None
    if key is None:
        data = laid_over(data, _hinted(kind, one))
        life.shop.write(data)
    else:
        refusals = life.shop.plan().refusals
        if kind.own_id:
            assert not refusals  # the id names the very object
        else:
            assert [r for r in refusals if f"--allow adopt={life.address}" in r and one in r], refusals
            assert life.shop.account.one(kind.name, one) == before
    plan = life.shop.apply("adopt")
    life.shop.converged()
    assert life.verbs(plan) == [Verb.ADOPT]
    after = life.as_it_is()
    assert after == {k: v for k, v in before.items() if k != "updated"}


def _hinted(kind: Kind, ident: str) -> Data:
    data: Data = {"adopt": ident}
    for key in reversed(place_of(kind)):
        data = {key: data}
    return data


def test_a_copy_with_our_stamp_leaves(life: Life) -> None:
    """Somebody made it again, metadata included: the older one stays, for which nothing changes."""
    account, kind = life.shop.account, life.kind
    life.put(life.with_it())
    created = [r["params"] for r in account.requests("POST") if r["path"] == life.path]
    mine = [p for p in created if at(p, ("metadata", "stripe_portal")) == f"acme/{life.address}"]
    if not mine:
        pytest.skip("it bears no stamp")
    born = account.find(life.address)
    if kind.frees_key or kind.own_id or "lookup_key" in born:
        pytest.skip("no two can have its key")
    account.post(life.path, {**mine[0], "metadata": born["metadata"]})
    assert len(life.every()) == 2
    plan = life.shop.plan(*allows(kind))
    assert life.verbs(plan) == [Verb.RETIRE]
    assert plan.warnings
    life.shop.apply(*allows(kind))
    life.shop.converged()
    assert [i for i, active in life.every().items() if active] == [born["id"]]


def test_metadata_of_others_stays_whatever_happens(life: Life) -> None:
    if not life.kind.stampable:
        pytest.skip("it has no metadata")
    life.put(life.with_it(metadata={"ours": "1"}))
    born = life.shop.account.find(life.address)["id"]
    assert not life.drifted()
    life.shop.account.post(f"{life.path}/{born}", form({"metadata": {"theirs": "x", "ours": "2"}}))
    assert life.drifted() == [Where.STRIPE]
    life.put(life.with_it(metadata={"ours": "1"}))
    own = life.as_it_is()["metadata"]
    assert own == {"ours": "1", "theirs": "x"}
    life.put(life.with_it())
    assert life.as_it_is()["metadata"] == {"theirs": "x"}


def test_released_it_stays_as_it_is_without_our_stamp(life: Life) -> None:
    if not life.kind.stampable:
        pytest.skip("it bears no stamp")
    life.put(life.with_it(metadata={"a": "b"}))
    born, before = life.shop.account.find(life.address)["id"], life.as_it_is()
    plan = life.shop.put({**life.without_it(), "released": [life.address]})
    assert verbs(plan) == [(Verb.RELEASE, life.address)]
    left = life.shop.account.one(life.kind.name, born)
    assert left["metadata"] == {"a": "b"}
    assert {k: v for k, v in left.items() if k != "updated"} == before
    life.shop.put(life.without_it())


def test_moved_it_keeps_its_id(life: Life) -> None:
    life.put(life.with_it())
    born = life.shop.account.find(life.address)["id"]
    to, renamed = _renamed(life)
    plan = life.shop.put({**renamed, "moved": [{"from": life.address, "to": to}]})
    assert verbs(plan) == ([(Verb.RESTAMP, to)] if life.kind.stampable else [])
    life.shop.put(renamed)
    if life.kind.stampable:
        assert [(o["id"], in_service(o)) for o in life.shop.account.bearing(to)] == [(born, True)]
        assert not life.every()


def test_renamed_without_saying_so_the_plan_shows_the_line_to_write(life: Life) -> None:
    if not (life.kind.stampable and life.kind.natural_key):
        pytest.skip("nothing but its mark, or nothing but its key, tells whose it is")
    key = {} if at(life.with_it(), (*place_of(life.kind), life.kind.natural_key)) else {life.kind.natural_key: "it"}
    life.put(life.with_it(**key))
    to, renamed = _renamed(life, **key)
    life.shop.write(renamed)
    plan = life.shop.plan(*allows(life.kind))
    said = "\n".join([text.render(plan), *plan.refusals])
    assert f"moved: [{{from: {life.address}, to: {to}}}]" in said, said
    life.put({**renamed, "moved": [{"from": life.address, "to": to}]})


def _renamed(life: Life, **fields: Any) -> tuple[str, Data]:
    """Another name for the object, and the YAML with it."""
    renamed = json.loads(json.dumps(life.with_it(**fields)))
    *around, name = place_of(life.kind)
    at(renamed, tuple(around))["new"] = at(renamed, tuple(around)).pop(name)
    return f"{life.address.removesuffix(name)}new", renamed


@pytest.mark.parametrize("way", ["moved", "released"])
def test_without_a_mark_there_is_nothing_to_move_or_release(life: Life, way: str) -> None:
    if life.kind.stampable:
        pytest.skip("it bears a stamp")
    life.put(life.with_it())
    to, renamed = _renamed(life)
    if way == "moved":
        plan = life.put({**renamed, "moved": [{"from": life.address, "to": to}]})
    else:
        plan = life.put({**life.without_it(), "released": [life.address]})
    assert not plan.actions
    (warning,) = plan.warnings
    assert warning.startswith(f"{way}: {life.address} carries no mark")


def test_of_another_project_it_takes_leave_to_take_it_over(life: Life) -> None:
    """With a natural key or without: it keeps its id, and the other project's objects beside it stay theirs."""
    if not life.kind.stampable:
        pytest.skip("it bears no stamp")
    life.shop.write({**life.with_it(), "project": "globex"})
    life.shop.apply(*allows(life.kind))
    born = life.shop.account.find(life.address)["id"]
    life.shop.write(life.with_it())
    refusals = life.shop.plan(*allows(life.kind)).refusals
    assert [r for r in refusals if "--allow takeover=globex" in r], refusals
    assert life.shop.plan("takeover=initech").refusals
    assert not life.shop.plan("takeover", *allows(life.kind)).refusals
    plan = life.shop.apply("takeover=globex")
    assert life.verbs(plan) == [Verb.ADOPT]
    assert life.shop.account.find(life.address)["id"] == born
    life.shop.converged()


@pytest.mark.parametrize("wrong", ["unknown", "of another kind"])
def test_adopting_what_is_not_there_is_refused(life: Life, wrong: str) -> None:
    if life.kind.own_id:
        pytest.skip("`id:` names it, and makes it where it is not there")
    ident = "pm_1NotHere" if wrong == "unknown" else life.shop.account.post("/v1/products", {"name": "Other"})["id"]
    life.shop.write(laid_over(life.with_it(), _hinted(life.kind, ident)))
    refusals = life.shop.plan(*allows(life.kind)).refusals
    assert [r for r in refusals if r.startswith(f"{life.address}: ") and ident in r and "adopt" in r], refusals
    assert (wrong == "of another kind") == any(f"{ident} is a product" in r for r in refusals), refusals


def test_adopting_what_is_out_of_service_takes_leave(life: Life) -> None:
    """By its id, where that is no key. What never comes back cannot be adopted at all."""
    kind = life.kind
    if kind.own_id or kind.field_at(("active",)) is None:
        pytest.skip("`id:` names it, or it is in service as long as it exists")
    life.put(life.with_it())
    one = life.shop.account.find(life.address)["id"]
    if kind.stampable:
        stamp = life.shop.account.one(kind.name, one)["metadata"]
        off = {"metadata": {k: "" for k in stamp if k.startswith("stripe_")}}
        life.shop.account.post(f"{life.path}/{one}", form(off))
    if kind.switches:
        life.shop.account.post(f"{life.path}/{one}/{kind.switches[False]}")
    else:
        life.shop.account.post(f"{life.path}/{one}", {"active": "false"})
    life.shop.write(laid_over(life.with_it(), _hinted(kind, one)))
    plan = life.shop.plan()
    if not kind.revivable:
        assert [r for r in plan.refusals if r.startswith(f"{life.address}: {one}") and "for good" in r], plan.refusals
        return
    if kind.stampable:
        assert [r for r in plan.refusals if f"--allow adopt={life.address}" in r], plan.refusals
    plan = life.shop.apply("adopt")
    assert life.verbs(plan) == [Verb.REVIVE]
    assert life.shop.account.find(life.address)["id"] == one
    life.shop.converged()
