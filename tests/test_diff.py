"""What differs, and who made it differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.model import Cause, Observed, Path, Ref
from reconciler.stamp import digest
from tests.stages import PRICE, compared, desired, observed, pro


def changes(wanted: Any, live: list[Observed]) -> dict[str, tuple[Any, Any, Cause]]:
    found = {}
    for difference in compared(wanted, live)[1]:
        for change in difference.changes:
            for c in change.fields:
                found[f"{change.address}:{'.'.join(c.path)}"] = (c.before, c.after, c.cause)
    return found


def edited(one: Observed, **fields: Any) -> Observed:
    values: dict[Path, Any] = {(k,): v for k, v in fields.items()}
    return replace(one, properties={p: v for p, v in {**one.properties, **values}.items() if v is not None})


def test_equal_is_no_change_and_no_restamp() -> None:
    wanted = desired(pro({"it": PRICE}, default_price="it", description=None, images=[]))
    (found, *_) = compared(wanted, observed(wanted))[1]
    assert (found.changes, found.restamp, found.let_go) == ((), False, ())


def test_digests_tell_who_moved() -> None:
    (live,) = observed(desired(pro(description="old")))
    new, old = desired(pro(description="new")), desired(pro(description="old"))
    key = "product.pro:description"
    assert changes(new, [live]) == {key: ("old", "new", Cause.EDITED)}
    assert changes(old, [edited(live, description="x")]) == {key: ("x", "old", Cause.DRIFTED)}
    assert changes(new, [edited(live, description="x")]) == {key: ("x", "new", Cause.BOTH)}
    assert changes(desired(pro()), [live]) == {key: ("old", None, Cause.EDITED)}
    assert changes(desired(pro()), [edited(live, description="x")]) == {key: ("x", None, Cause.BOTH)}
    assert live.stamp
    unreadable = replace(live, stamp=replace(live.stamp, fields={}, readable=False))
    assert changes(new, [unreadable]) == {key: ("old", "new", Cause.UNKNOWN)}
    assert changes(desired(pro()), [unreadable]) == {}


def test_both_sides_moving_to_one_value_only_renews_the_stamp() -> None:
    (live,) = observed(desired(pro(description="old")))
    (found,) = compared(desired(pro(description="new")), [edited(live, description="new")])[1]
    assert (found.changes, found.restamp) == ((), True)


def test_never_declared_is_left_alone() -> None:
    wanted = desired(pro())
    (live,) = observed(wanted)
    assert changes(wanted, [edited(live, description="theirs", images=("x",))]) == {}


def test_images_that_stripe_rewrites_are_no_change_until_somebody_moves() -> None:
    sent, back = ("https://a.example/1.png",), ("https://files.stripe.example/x",)
    wanted = desired(pro(images=list(sent)))
    (live,) = observed(wanted)
    assert live.stamp
    live = replace(edited(live, images=back), stamp=replace(live.stamp, returned={("images",): digest(back)}))
    assert changes(wanted, [live]) == {}
    other = ("https://b.example/2.png",)
    assert changes(wanted, [edited(live, images=other)]) == {"product.pro:images": (other, sent, Cause.DRIFTED)}
    assert changes(desired(pro(images=list(other))), [live]) == {"product.pro:images": (back, other, Cause.EDITED)}
    assert changes(desired(pro()), [live]) == {"product.pro:images": (back, (), Cause.EDITED)}


def test_what_names_a_replaced_price_follows_declared_or_not() -> None:
    for fields in ({"default_price": "it"}, {}):
        product, price = sorted(observed(desired(pro({"it": PRICE}, **fields))), key=lambda o: o.kind != "product")
        product = edited(product, default_price=price.id)
        found = changes(desired(pro({"it": {**PRICE, "unit_amount": 5}}, **fields)), [product, price])
        before, after, cause = found["product.pro:default_price"]
        assert (before, cause) == (price.id, Cause.FOLLOWED)
        assert isinstance(after, Ref)


def test_what_stripe_cannot_unset_is_let_go() -> None:
    (live,) = observed(desired(pro(statement_descriptor="ACME")))
    (found,) = compared(desired(pro()), [live])[1]
    assert (found.changes, found.let_go, found.restamp) == ((), (("statement_descriptor",),), True)


def test_a_null_that_stripe_cannot_do_is_no_perpetual_change() -> None:
    whole = {"tax_code": "txcd_10103001", "performance_location": "here"}
    (live,) = observed(desired(pro(tax_details=whole)))
    (found,) = compared(desired(pro(tax_details={**whole, "performance_location": None})), [live])[1]
    assert (found.changes, found.let_go) == ((), (("tax_details", "performance_location"),))
    assert not found.restamp
