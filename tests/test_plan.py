"""The order of calls, what each needs, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.model import Address, Ref, Verb
from tests.battery import verbs
from tests.stages import PRICE, desired, observed, planned, pro

SWITCH = {"enabled": True, "default_allowed_updates": ["price"], "products": [{"product": "pro"}]}
PORTAL = {"portal_configurations": {"main": {"is_default": True, "features": {"subscription_update": SWITCH}}}}


def catalogue(amount: int = 1900, **more: Any) -> Any:
    prices = {"it": {**PRICE, "unit_amount": amount, "lookup_key": "it"}}
    return desired(pro(prices, default_price="it", **more) | PORTAL)


def test_a_new_product_and_its_default_price_take_three_calls() -> None:
    plan = planned(catalogue(), [])
    names = ["price.pro.it", "portal_configuration.main", "product.pro"]
    assert sorted(verbs(plan), key=str) == sorted(
        [*((Verb.CREATE, name) for name in names), (Verb.UPDATE, "product.pro")], key=str
    )
    (links,) = [a for a in plan.actions if a.verb is Verb.UPDATE]
    assert links.params == {"default_price": Ref(Address("price", "pro.it"))}
    assert {str(plan.actions[n].address) for n in links.needs} == {"product.pro", "price.pro.it"}


def test_a_replacement_is_four_calls_and_the_old_one_goes_last() -> None:
    plan = planned(catalogue(2400), observed(catalogue()))
    assert verbs(plan) == [
        (Verb.CREATE, "price.pro.it"),
        (Verb.UPDATE, "product.pro"),
        (Verb.UPDATE, "portal_configuration.main"),
        (Verb.RETIRE, "price.pro.it"),
    ]
    create, product, portal, retire = plan.actions
    assert create.params["transfer_lookup_key"] is True
    assert (create.needs, product.needs, portal.needs, retire.needs) == ((), (0,), (0,), (0, 1, 2))
    assert ("lookup_key",) not in (retire.stamp.fields if retire.stamp else {})


def test_nothing_to_do_is_an_empty_plan() -> None:
    plan = planned(catalogue(), observed(catalogue()))
    assert (plan.actions, plan.unchanged, plan.refusals) == ((), 3, ())


def test_the_order_of_what_is_read_does_not_matter() -> None:
    live = observed(catalogue())
    plans = [planned(catalogue(2400, description="x"), order) for order in (live, live[::-1])]
    assert [replace(p, id="") for p in plans[:1]] == [replace(p, id="") for p in plans[1:]]


def test_a_chosen_price_brings_what_it_needs_and_what_must_follow() -> None:
    plan = planned(catalogue(2400, description="x"), observed(catalogue()), [Address("price", "pro.it")])
    assert len(plan.actions) == 4
    assert plan.partial
    plan = planned(desired(pro({"it": PRICE, "b": PRICE})), [], [Address("price", "pro.b")])
    assert verbs(plan) == [(Verb.CREATE, "product.pro"), (Verb.CREATE, "price.pro.b")]


def test_only_the_stamps_of_what_is_written_are_renewed() -> None:
    plan = planned(catalogue(2400, description="x"), observed(catalogue()))
    product = next(a for a in plan.actions if str(a.address) == "product.pro")
    assert product.stamp
    assert ("default_price",) in product.pending
    assert ("description",) in product.stamp.fields
    assert ("name",) in product.stamp.fields


def test_a_lookup_key_that_somebody_else_has_is_refused() -> None:
    live = observed(catalogue())
    price = next(o for o in live if o.kind == "price")
    theirs = replace(price, id="price_theirs", stamp=None, properties={**price.properties, ("lookup_key",): "new"})
    wanted = desired(pro({"it": {**PRICE, "lookup_key": "new"}}, default_price="it") | PORTAL)
    assert any("price_theirs has the lookup_key new" in r for r in planned(wanted, [theirs, *live]).refusals)


def test_keys_that_are_deleted_do_not_count_against_the_limit() -> None:
    full = {f"k{n}": "x" for n in range(46)}
    other = {f"j{n}": "x" for n in range(46)}
    assert not planned(desired(pro(metadata=other)), observed(desired(pro(metadata=full)))).refusals


def test_keys_that_do_not_fit_are_refused() -> None:
    (live,) = observed(desired(pro()))
    live = replace(live, metadata={**live.metadata, **{f"theirs{n}": "x" for n in range(48)}})
    assert "metadata keys" in planned(desired(pro(metadata={"a": "b"})), [live]).refusals[0]
