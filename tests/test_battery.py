"""Every field of every kind: set, changed, taken out, cleared, edited in Stripe, left alone.

The cases come from the kinds' own tables; what a table cannot say stands in `samples`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Invalid
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Clear, Default, Retire, Settable
from reconciler.model import Cause, Verb
from reconciler.report import text
from tests.battery import (
    Case,
    Data,
    Ids,
    Shop,
    allows,
    at,
    cases,
    comes_back,
    form,
    laid_over,
    nested,
    opened,
    place_of,
)
from tests.harness import COLLECTIONS, Account, in_service
from tests.samples import READ, SAMPLES, UNSUITED, UNSUITED_ALL

CASES = [pytest.param(case, id=f"{case.kind.name}.{case.field.name}") for case in cases()]


@pytest.fixture
def shop(tmp_path: Path, account: Account) -> Iterator[Shop]:
    with opened(tmp_path, account) as one:
        yield one


class Stage:
    """One case in one account: what is declared, and what Stripe then has."""

    def __init__(self, shop: Shop, case: Case):
        self.shop, self.case, self.kind = shop, case, case.kind
        self.ids = Ids(shop.account, case.kind)
        shop.account.forget()

    def put(self, data: Data) -> Any:
        return self.shop.put(self.filled(data), *allows(self.kind))

    def write(self, data: Data) -> None:
        self.shop.write(self.filled(data))

    def plan(self) -> Any:
        return self.shop.plan(*allows(self.kind))

    def apply(self) -> None:
        """Apply, and find nothing left to do."""
        self.shop.apply(*allows(self.kind))
        self.shop.converged()

    def filled(self, value: Any) -> Any:
        """The value with ids in the place of every `@name`."""
        return self.ids.filled(value)

    @property
    def path(self) -> str:
        return f"{COLLECTIONS[self.kind.name].path}/{self.live['id']}"

    @property
    def live(self) -> Any:
        return self.shop.account.one(self.kind.name, self.shop.account.find(self.case.address)["id"])

    @property
    def value(self) -> Any:
        return self.value_of(self.live)

    @property
    def identity(self) -> tuple[str, int]:
        """Which object it is: its id, and where another may have the same, how many were made so far."""
        if self.kind.retire is not Retire.DELETE:
            return self.live["id"], 0
        path = COLLECTIONS[self.kind.name].path
        return self.live["id"], sum(1 for r in self.shop.account.requests("POST") if r["path"] == path)

    def value_of(self, raw: Any) -> Any:
        """What Stripe has; of what it never answers, what it was sent last."""
        case = self.case
        if case.field.write_only:
            return self.sent()
        value = at(raw, READ.get(f"{self.kind.name}.{case.field.name}", case.path))
        if case.field.settable is Settable.ATTACHED:
            return sorted(row[case.field.rows]["id"] for row in value)
        if case.path == ("unit_amount",) and value is None:
            return raw["unit_amount_decimal"]
        return value

    def filled_in(self, value: Any) -> Any:
        """The value, or what stands for none."""
        default = self.case.field.default
        return form(default if value is None and default is not Default.ANY else value)

    def sent(self) -> Any:
        """The value that the object was sent last, as text."""
        sent, creations = None, COLLECTIONS[self.kind.name].path
        for request in self.shop.account.requests("POST"):
            mine = at(request["params"], ("metadata", "stripe_portal")) == f"acme/{self.case.address}"
            if request["path"] == self.path or (request["path"] == creations and mine):
                found = at(request["params"], self.case.path)
                sent = found if found is not None or request["path"] == creations else sent
        return sent

    def edit(self, value: Any) -> None:
        """What somebody does in the Dashboard."""
        account, case = self.shop.account, self.case
        self.ids.known["value"] = value
        if "@line" in str(case.dashboard):
            self.ids.known["line"] = self.live["line_items"]["data"][0]["id"]
        if case.field.settable is Settable.ATTACHED:
            path = f"{self.path}/{case.field.name}"
            for row in account.all(path):
                account.call("DELETE", f"{path}/{row['id']}")
            for one in self.filled(case.spelled(value)):
                account.post(path, {case.field.rows: one})
        else:
            account.post(self.path, form(self.filled(case.edited(value))))

    def mark(self) -> None:
        """Metadata that other code sets."""
        if self.kind.stampable:
            self.shop.account.post(self.path, {"metadata[other]": "theirs"})

    def has_mark(self) -> bool:
        return not self.kind.stampable or bool(self.live["metadata"].get("other") == "theirs")


@pytest.fixture
def stage(shop: Shop, request: pytest.FixtureRequest) -> Stage:
    return Stage(shop, request.param)


each = pytest.mark.parametrize("stage", CASES, indirect=True)


def test_every_field_has_a_case_or_a_reason_why_not() -> None:
    names = {f"{kind.name}.{row.name}" for kind in KINDS for row in kind.fields}
    assert set(UNSUITED) <= names
    assert all(name.partition("#")[0] in names or name.endswith(".*") for name in SAMPLES)
    assert set(READ) <= names
    assert all(reason for reason in (*UNSUITED.values(), *UNSUITED_ALL.values()))


@each
def test_set_at_creation_it_is_there_and_the_plan_is_empty(stage: Stage) -> None:
    case = stage.case
    stage.put(case.having(case.one))
    assert stage.value not in (None, [], "")


@each
def test_set_later_changed_and_taken_out(stage: Stage) -> None:
    case = stage.case
    bare: Any = None
    if case.replaces and not stage.kind.stampable:
        pytest.skip("without a stamp it is adopted each time, and an adoption never replaces")
    if case.is_whole:
        stage.put(case.without())
        stage.mark()
        bare, born = stage.value, stage.identity
    stage.put(case.having(case.one))
    one, first = stage.value, stage.identity
    fresh = case.fixed or any(_is_fixed(case, key) for key in case.beside)
    if case.is_whole:
        assert one != bare or not case.unsettable
        assert (first != born) == fresh
    else:
        stage.mark()
    stage.put(case.having(case.two))
    assert stage.value != one
    assert (stage.identity != first) == case.replaces
    if case.replaces and stage.kind.retire is Retire.DELETE:
        left = [o["id"] for o in stage.shop.account.of(stage.kind.name)]
        assert first[0] not in left or first[0] == stage.live["id"]
    elif case.replaces:
        old = stage.shop.account.one(stage.kind.name, first[0])
        assert stage.value_of(old) == one
        assert not in_service(old)
        assert old["metadata"]["other"] == "theirs"
    stage.put(case.having(case.one))
    assert stage.value == one
    last = stage.identity
    assert (last == first) == (comes_back(stage.kind) or not case.replaces)
    assert stage.has_mark() or last != first
    if not case.is_whole:
        return
    stage.write(case.without())
    plan = stage.plan()
    stage.apply()
    if case.field.default is Default.ANY and case.fixed:
        assert (stage.value, stage.identity) == (one, last)  # every value is right that nobody declares
    elif case.fixed or case.field.clears_with is Clear.REPLACE:
        assert stage.value == bare
        assert stage.identity != last
    elif not stage.kind.stampable:
        assert stage.value == one  # nothing remembers that it was declared
        assert not plan.warnings
    elif case.unsettable:
        assert stage.filled_in(stage.value) == stage.filled_in(bare) or (bare and stage.value == [])
        assert (stage.identity == last) == (not fresh)
    elif case.gone_with_another:
        assert stage.value is None
    else:
        assert stage.value == one
        assert any(".".join(case.path) in w and "cannot unset" in w for w in plan.warnings), plan.warnings
    assert stage.has_mark() or not comes_back(stage.kind)


@each
def test_what_cannot_change_is_refused_where_no_stamp_says_that_it_is_ours(stage: Stage) -> None:
    case = stage.case
    if not case.replaces or stage.kind.stampable:
        pytest.skip("it can change, or be replaced")
    stage.put(case.having(case.one))
    before = stage.live
    stage.write(case.having(case.two))
    (refusal,) = stage.plan().refusals
    assert case.address in refusal
    assert ".".join(case.path) in refusal
    assert stage.live == before


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
    plan = stage.plan()
    assert _causes(stage, plan) == [_cause(stage)]
    stage.apply()
    assert stage.value == cleared


@each
def test_edited_in_stripe_it_is_shown_and_put_back(stage: Stage) -> None:
    case = stage.case
    if case.replaces:
        pytest.skip("Stripe lets nobody change it")
    if case.field.write_only:
        pytest.skip("nobody can read what it is")
    stage.put(case.having(case.one))
    stage.mark()
    one, born = stage.value, stage.live["id"]
    stage.edit(case.two)
    assert stage.value != one
    plan = stage.plan()
    shown = text.render(plan)
    assert ("Edited in Stripe since the last apply" in shown) == stage.kind.stampable
    assert f"      {'.'.join(case.path)}" in shown
    assert ("edited in Stripe" in shown) == stage.kind.stampable
    assert _causes(stage, plan) == [_cause(stage)]
    assert {a.verb for a in plan.actions} == {Verb.UPDATE}
    assert len(plan.actions) == 1 or case.field.settable is Settable.ATTACHED
    stage.apply()
    assert (stage.value, stage.live["id"]) == (one, born)
    assert stage.has_mark()


@each
def test_never_declared_it_is_left_alone(stage: Stage) -> None:
    case = stage.case
    if case.fixed or not case.is_whole or any(_is_fixed(case, key) for key in case.beside):
        pytest.skip("Stripe lets nobody change it")
    stage.put(case.without())
    bare = stage.value
    stage.edit(case.one)
    edited = stage.live
    assert stage.value_of(edited) != bare or not case.unsettable
    stage.shop.converged()
    if not stage.kind.stampable:
        return
    stage.write(laid_over(case.without(), nested((*place_of(case.kind), "metadata", "beside"), "x")))
    stage.apply()
    assert stage.value == stage.value_of(edited)


def _causes(stage: Stage, plan: Any) -> list[Cause]:
    return [c.cause for a in plan.actions if a.change for c in a.change.fields if c.path == stage.case.path]


def _cause(stage: Stage) -> Cause:
    """Without a stamp nobody knows who did it."""
    return Cause.DRIFTED if stage.kind.stampable else Cause.UNKNOWN


def _is_fixed(case: Case, key: str) -> bool:
    row = next(f for f in case.kind.fields if f.path[0] == key)
    return Case(case.kind, row, None, None).fixed
