"""Payment method configurations (stripe-facts 3, 8)."""

from __future__ import annotations

from typing import Any

import pytest

URL = "/v1/payment_method_configurations"


def preference(value: str) -> Any:
    return {"display_preference": {"preference": value}}


@pytest.fixture
def default(client: Any) -> Any:
    (found,) = client.v1.payment_method_configurations.list().data
    return found


def test_the_default_is_there_and_cannot_be_made(client: Any, send: Any, refused: Any, default: Any) -> None:
    assert (default.is_default, default.active, default.parent) == (True, True, None)
    assert default.card.to_dict() == {
        "available": True,
        "display_preference": {"overridable": None, "preference": "on", "value": "on"},
    }
    assert default.klarna.display_preference.value == "off"
    assert refused(send("POST", URL, {"is_default": True}))["code"] == "parameter_unknown"
    assert not client.v1.payment_method_configurations.create({"name": "Mine"}).is_default


def test_a_child_follows_its_parent_where_it_prefers_nothing(client: Any, default: Any) -> None:
    params = {"name": "Shop", "parent": default.id, "klarna": preference("on"), "link": preference("off")}
    child = client.v1.payment_method_configurations.create(params)
    shown = {"overridable": True, "preference": "none", "value": "on"}
    assert (child.parent, child.card.display_preference.to_dict()) == (default.id, shown)
    assert (child.klarna.available, child.link.available, child.alipay.available) == (True, False, False)
    client.v1.payment_method_configurations.update(default.id, {"card": preference("off"), "alipay": preference("on")})
    read = client.v1.payment_method_configurations.retrieve(child.id)
    assert (read.card.available, read.alipay.available, read.klarna.available) == (False, True, True)
    again = client.v1.payment_method_configurations.update(child.id, {"klarna": preference("none")})
    assert (again.klarna.display_preference.preference, again.klarna.available) == ("none", False)


def test_name_and_active_change_and_parents_stay(client: Any, send: Any, refused: Any, default: Any) -> None:
    made = client.v1.payment_method_configurations.create({"name": "Shop", "card": preference("off")})
    changed = client.v1.payment_method_configurations.update(made.id, {"name": "Shop 2", "active": False})
    assert (changed.name, changed.active, changed.card.available) == ("Shop 2", False, False)
    assert refused(send("POST", f"{URL}/{made.id}", {"parent": default.id}))["code"] == "parameter_unknown"
    assert refused(send("POST", f"{URL}/{default.id}", {"active": False}))["param"] == "active"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"parent": "pmc_nope"}, "parent"),
        ({"name": "x" * 101}, "name"),
        ({"active": True}, "active"),
        ({"card": preference("maybe")}, "card[display_preference][preference]"),
        ({"barter": preference("on")}, "barter"),
    ],
)
def test_what_a_configuration_may_not_be(send: Any, refused: Any, params: Any, param: str) -> None:
    assert refused(send("POST", URL, params))["param"] == param


def test_configurations_are_filtered(client: Any, default: Any) -> None:
    made = client.v1.payment_method_configurations.create({"name": "Shop"})
    client.v1.payment_method_configurations.update(made.id, {"active": False})

    def found(**params: Any) -> list[str]:
        return [one.id for one in client.v1.payment_method_configurations.list(params).data]

    assert found() == found(application="") == [made.id, default.id]
    assert (found(active=True), found(active=False)) == ([default.id], [made.id])
    assert found(application="ca_1") == []
    assert client.v1.events.list().data == []
