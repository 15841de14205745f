"""Which live object bears which address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.kinds.fixed import must_replace
from reconciler.model import Address, How, Observed, Pair, Path
from reconciler.pair import pair
from reconciler.stamp import digest
from tests.stages import PRICE, desired, observed, pro

IT = Address("price", "pro.it")


def pair_of(wanted: Any, live: list[Observed], address: Address = IT) -> Pair:
    return next(p for p in pair(wanted, live).pairs if p.desired and p.desired.address == address)


def priced(**fields: Any) -> Any:
    return desired(pro({"it": {**PRICE, **fields}}))


def copy(one: Observed, ident: str, **changes: Any) -> Observed:
    """Another object of ours at the same address, with a stamp that is true to its values."""
    own = changes.pop("set", {})
    properties: dict[Path, Any] = {**one.properties, **own}
    assert one.stamp is not None
    mark = replace(one.stamp, fields={**one.stamp.fields, **{path: digest(value) for path, value in own.items()}})
    return replace(one, id=ident, properties=properties, **{"stamp": mark, **changes})


def test_the_winner_is_equal_then_active_then_oldest() -> None:
    wanted = priced()
    price, product = observed(wanted)
    other = copy(price, "other", set={("unit_amount",): 5}, created=0)
    archived = copy(price, "archived", active=False, created=0)
    young = copy(price, "young", created=9)
    found = pair_of(wanted, [young, other, archived, price, product])
    assert found.observed is price
    assert [o.id for o in found.predecessors] == ["other"]
    assert [o.id for o in found.duplicates] == ["young"]


def test_within_a_second_the_order_of_the_list_tells_the_age() -> None:
    wanted = priced()
    price, product = observed(wanted)
    found = pair_of(wanted, [copy(price, "a_copy"), price, product])
    assert found.observed is price


def test_an_archived_equal_one_comes_back_before_a_new_one_is_made() -> None:
    wanted = priced()
    price, product = observed(wanted)
    back = copy(price, "back", active=False)
    now = copy(price, "now", set={("unit_amount",): 5})
    found = pair_of(wanted, [now, back, product])
    assert (found.observed, found.predecessors) == (back, (now,))


def test_only_what_may_be_archived_is_unsettled() -> None:
    wanted = priced(lookup_key="it")
    price, product = observed(wanted)
    assert pair(wanted, [price, product]).unsettled == frozenset()
    assert pair(wanted, [product]).unsettled == {IT}
    moved = copy(price, "price_pro.it", set={("lookup_key",): "old"})
    assert pair(wanted, [moved, product]).unsettled == {IT}


def test_an_object_is_paired_once() -> None:
    data: dict[str, Any] = {"portal_configurations": {"old": {"features": {}}}}
    (default,) = observed(desired(data))
    default = replace(default, properties={**default.properties, ("is_default",): True})
    data["portal_configurations"]["new"] = {"features": {}, "is_default": True}
    pairs = {str(p.desired.address): p for p in pair(desired(data), [default]).pairs if p.desired}
    assert pairs["portal_configuration.new"].observed is default
    assert pairs["portal_configuration.new"].how is How.DEFAULT
    assert pairs["portal_configuration.old"].observed is None


def test_a_name_that_changed_without_saying_so_is_a_problem() -> None:
    live = observed(desired(pro()))
    wanted = desired({"products": {"team": {"id": "pro", "name": "Pro"}}})
    (problem,) = pair(wanted, live).problems
    assert "moved: [{from: product.pro, to: product.team}]" in problem


def test_nothing_of_another_project_leaves_with_a_takeover() -> None:
    theirs = observed(desired(pro({"it": PRICE, "more": PRICE}), "globex"))
    pairs = pair(priced(), theirs, takeover=["globex"]).pairs
    assert {str(p.desired.address) for p in pairs if p.desired and p.observed} == {"product.pro", "price.pro.it"}
    assert all(p.desired for p in pairs)


def test_what_forces_a_replacement() -> None:
    wanted = priced(tax_behavior="exclusive", currency_options={"eur": {"unit_amount": 5}})
    price, product = observed(wanted)
    found = pair(wanted, [price, product]).found

    def forced(asked: Any, live: Observed = price) -> list[str]:
        return [".".join(p) for p in must_replace(_kind(), asked.resources[IT], live, found)]

    assert forced(wanted) == []
    assert forced(priced()) == ["currency_options.eur.unit_amount"]
    assert forced(priced(tax_behavior="inclusive", currency_options={"eur": {"unit_amount": 6}})) == [
        "currency_options.eur.unit_amount",
        "tax_behavior",
    ]
    more = {"eur": {"unit_amount": 5}, "gbp": {"unit_amount": 4}}
    assert forced(priced(tax_behavior="exclusive", currency_options=more)) == []
    unset = copy(price, "x", set={("tax_behavior",): "unspecified"})
    assert forced(wanted, unset) == []
    foreign = replace(price, stamp=None)
    assert forced(priced(tax_behavior="exclusive"), foreign) == []


def _kind() -> Any:
    from reconciler.kinds.price import PRICE as KIND

    return KIND
