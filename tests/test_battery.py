"""Every field of every kind: set, changed, taken out, cleared, edited in Stripe, left alone.

The cases come from the kinds' own tables; what a table cannot say stands in `battery.SAMPLES` and `UNSUITED`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Invalid
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Clear
from reconciler.model import Cause, Verb
from reconciler.report import text
from tests.battery import SAMPLES, UNSUITED, UNSUITED_ALL, Case, Data, Shop, at, cases, filled_in, form, opened
from tests.harness import COLLECTIONS, Account

CASES = [pytest.param(case, id=f"{case.kind.name}.{case.field.name}") for case in cases()]


@pytest.fixture
def shop(tmp_path: Path, account: Account) -> Iterator[Shop]:
    with opened(tmp_path, account) as one:
        yield one


class Stage:
    """One case in one account: what is declared, and what Stripe then has."""

    def __init__(self, shop: Shop, case: Case):
        self.shop, self.case = shop, case
        self.ids: dict[str, str] = {}
        text = str([case.one, case.two, case.beside])
        if "@meter" in text:
            for name in ("@meter", "@meter2"):
                sent = {"display_name": name, "event_name": name, "default_aggregation[formula]": "sum"}
                self.ids[name] = shop.account.post("/v1/billing/meters", sent)["id"]
        if "@method" in text:
            for name in ("@method", "@method2"):
                self.ids[name] = shop.account.post("/v1/payment_method_configurations", {"name": name})["id"]
        if "@reason" in text:
            for name in ("@reason", "@reason2"):
                self.ids[name] = shop.account.post("/v1/billing/feedback_options", {"description": name})["id"]

    def put(self, data: Data, *allow: str) -> Any:
        return self.shop.put(filled_in(data, self.ids), *allow)

    def write(self, data: Data) -> None:
        self.shop.write(filled_in(data, self.ids))

    @property
    def live(self) -> Any:
        one = self.shop.account.find(self.case.address)
        return self.price(one["id"]) if self.case.kind.name == "price" else one

    def price(self, ident: str) -> Any:
        hidden = ["tiers", "currency_options", "currency_options.eur.tiers"]
        return self.shop.account.get(f"/v1/prices/{ident}", **{"expand[]": hidden})

    @property
    def value(self) -> Any:
        return self.value_of(self.live)

    def value_of(self, raw: Any) -> Any:
        """What Stripe has, with names in the place of the ids of prices, which change."""
        value = at(raw, self.case.path)
        if self.case.path == ("unit_amount",) and value is None:
            return raw["unit_amount_decimal"]
        return value

    def edit(self, value: Any) -> None:
        """What somebody does in the Dashboard."""
        ids: dict[str, Any] = {**self.ids, "@value": value}
        if "@yearly" in str(self.case.dashboard):
            ids["@yearly"] = self.shop.account.find("price.pro.yearly")["id"]
        sent = filled_in(self.case.edited(value), ids)
        self.shop.account.post(f"{COLLECTIONS[self.case.kind.name][0]}/{self.live['id']}", form(sent))

    def mark(self) -> None:
        """Metadata that other code sets."""
        path = f"{COLLECTIONS[self.case.kind.name][0]}/{self.live['id']}"
        self.shop.account.post(path, {"metadata[other]": "theirs"})

    def has_mark(self) -> bool:
        return bool(self.live["metadata"]["other"] == "theirs")


@pytest.fixture
def stage(shop: Shop, request: pytest.FixtureRequest) -> Stage:
    return Stage(shop, request.param)


each = pytest.mark.parametrize("stage", CASES, indirect=True)


def test_every_field_has_a_case_or_a_reason_why_not() -> None:
    names = {f"{kind.name}.{row.name}" for kind in KINDS for row in kind.fields}
    assert set(UNSUITED) <= names
    assert all(name in names or name.endswith(".*") for name in SAMPLES)
    assert all(reason for reason in (*UNSUITED.values(), *UNSUITED_ALL.values()))


@each
def test_set_at_creation_it_is_there_and_the_plan_is_empty(stage: Stage) -> None:
    case = stage.case
    stage.put(case.having(case.one))
    assert stage.value not in (None, [], "")


@each
def test_set_later_changed_and_taken_out(stage: Stage) -> None:
    case = stage.case
    if not _is_whole(case):
        pytest.skip("part of what every price must have")
    stage.put(case.without())
    stage.mark()
    bare, born = stage.value, stage.live["id"]
    stage.put(case.having(case.one))
    one, first = stage.value, stage.live
    assert one != bare or not case.unsettable
    fresh = case.fixed or any(_is_fixed(case, key) for key in case.beside)
    assert (first["id"] != born) == fresh
    stage.put(case.having(case.two))
    assert stage.value != one
    assert (stage.live["id"] != first["id"]) == case.replaces
    if case.replaces:
        old = stage.price(first["id"])
        assert stage.value_of(old) == one
        assert old["active"] is False
        assert old["metadata"]["other"] == "theirs"
    stage.put(case.having(case.one))
    assert stage.value == one
    assert stage.live["id"] == first["id"]
    stage.write(case.without())
    plan = stage.shop.plan()
    stage.shop.apply()
    stage.shop.converged()
    if case.fixed or case.field.clears_with is Clear.REPLACE:
        assert stage.value == bare
        assert stage.live["id"] != first["id"]
    elif case.unsettable:
        assert stage.value == bare or (bare is None and stage.value == []) or (bare and stage.value == [])
        assert (stage.live["id"] == first["id"]) == (not fresh)
    else:
        assert stage.value == one
        assert any(".".join(case.path) in w and "cannot unset" in w for w in plan.warnings), plan.warnings
    assert stage.has_mark()


@each
def test_null_clears_and_stays_declared(stage: Stage) -> None:
    case = stage.case
    stage.put(case.having(case.one))
    stage.write(case.having(None))
    try:
        stage.shop.desired()
    except Invalid:
        pytest.skip("the YAML takes no null here")
    if case.fixed:
        pytest.skip("a null is the same as no line")
    stage.put(case.having(None))
    assert stage.value != case.one
    if case.replaces or case.field.clears_with is Clear.NOTHING:
        return
    cleared = stage.value
    stage.edit(case.one)
    plan = stage.shop.plan()
    assert [c.cause for a in plan.actions if a.change for c in a.change.fields if c.path == case.path] == [
        Cause.DRIFTED
    ]
    stage.shop.apply()
    stage.shop.converged()
    assert stage.value == cleared


@each
def test_edited_in_stripe_it_is_shown_and_put_back(stage: Stage) -> None:
    case = stage.case
    if case.replaces:
        pytest.skip("Stripe lets nobody change it")
    stage.put(case.having(case.one))
    stage.mark()
    one, born = stage.value, stage.live["id"]
    stage.edit(case.two)
    assert stage.value != one
    plan = stage.shop.plan()
    shown = text.render(plan)
    assert "Edited in Stripe since the last apply" in shown
    assert f"      {'.'.join(case.path)}" in shown
    assert "edited in Stripe" in shown
    assert [a.verb for a in plan.actions] == [Verb.UPDATE]
    stage.shop.apply()
    assert (stage.value, stage.live["id"]) == (one, born)
    stage.shop.converged()
    assert stage.has_mark()


@each
def test_never_declared_it_is_left_alone(stage: Stage) -> None:
    case = stage.case
    if case.fixed or not _is_whole(case) or any(_is_fixed(case, key) for key in case.beside):
        pytest.skip("Stripe lets nobody change it")
    stage.put(case.without())
    bare = stage.value
    stage.edit(case.one)
    edited = stage.live
    assert stage.value_of(edited) != bare or not case.unsettable
    stage.shop.converged()
    stage.write(laid_beside(case))
    stage.shop.apply()
    stage.shop.converged()
    assert stage.value == stage.value_of(edited)


def laid_beside(case: Case) -> Data:
    """The same catalogue, with something else changed on the same object."""
    data = case.without()
    catalogue: Mapping[str, Any] = data.get("portal_configurations") or data["products"]
    one = catalogue.get("it") or catalogue["pro"]
    one = one["prices"]["it"] if case.kind.name == "price" else one
    one["metadata"] = {**one.get("metadata", {}), "beside": "x"}
    return data


def _is_whole(case: Case) -> bool:
    """Whether the object can do without the field."""
    return f"{case.kind.name}.{case.field.name}" not in ("price.unit_amount", "price.currency")


def _is_fixed(case: Case, key: str) -> bool:
    row = next(f for f in case.kind.fields if f.path[0] == key)
    return Case(case.kind, row, None, None).fixed
