"""Features, their place on products, and what customers are entitled to (stripe-facts 8, 18)."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

URL = "/v1/entitlements/features"


@pytest.fixture
def feature(client: Any) -> Any:
    return client.v1.entitlements.features.create({"lookup_key": "sso", "name": "Single sign-on"})


@pytest.fixture
def product(client: Any) -> str:
    made: str = client.v1.products.create({"id": "pro", "name": "Pro"}).id
    return made


def test_a_feature_comes_back_as_sent(client: Any) -> None:
    params = {"lookup_key": "k" * 80, "name": "n" * 80, "metadata": {"a": "1"}}
    made = client.v1.entitlements.features.create(params)
    read = client.v1.entitlements.features.retrieve(made.id).to_dict()
    assert read == made.to_dict()
    assert {name: read[name] for name in params} == params
    assert (read["active"], read["livemode"], read["id"][:10]) == (True, False, "feat_test_")
    changed = client.v1.entitlements.features.update(made.id, {"name": "x", "metadata": {"a": "", "b": "2"}})
    assert (changed.name, changed.metadata.to_dict()) == ("x", {"b": "2"})


def test_a_lookup_key_belongs_to_one_active_feature(client: Any, send: Any, refused: Any, feature: Any) -> None:
    again = {"lookup_key": "sso", "name": "x"}
    error = refused(send("POST", URL, again))
    assert (error["status"], error["param"]) == (400, "lookup_key")
    assert refused(send("POST", f"{URL}/{feature.id}", {"lookup_key": "new"}))["code"] == "parameter_unknown"
    client.v1.entitlements.features.update(feature.id, {"active": False})
    assert client.v1.entitlements.features.create(again).active


def test_archiving_is_for_good(client: Any, send: Any, refused: Any, feature: Any, product: str) -> None:
    other = client.v1.entitlements.features.create({"lookup_key": "audit", "name": "Audit log"})
    client.v1.entitlements.features.update(feature.id, {"active": False})

    def found(**params: Any) -> list[str]:
        return [one.id for one in client.v1.entitlements.features.list(params).data]

    assert found() == found(archived=False) == [other.id]
    assert found(archived=True) == [feature.id]
    assert (found(lookup_key="audit"), found(lookup_key="sso")) == ([other.id], [])
    assert found(lookup_key="sso", archived=True) == [feature.id]
    assert refused(send("POST", f"{URL}/{feature.id}", {"active": True}))["param"] == "active"
    assert client.v1.entitlements.features.update(feature.id, {"active": False, "name": "old"}).name == "old"
    attach = {"entitlement_feature": feature.id}
    assert refused(send("POST", f"/v1/products/{product}/features", attach))["param"] == "entitlement_feature"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"name": "x"}, "lookup_key"),
        ({"lookup_key": "x"}, "name"),
        ({"lookup_key": "k" * 81, "name": "x"}, "lookup_key"),
        ({"lookup_key": "x", "name": "n" * 81}, "name"),
        ({"lookup_key": "x", "name": "x", "active": False}, "active"),
    ],
)
def test_what_a_feature_may_not_be(send: Any, refused: Any, params: Any, param: str) -> None:
    assert refused(send("POST", URL, params))["param"] == param


def test_a_product_lists_its_features_whole(client: Any, feature: Any, product: str) -> None:
    attached = client.v1.products.features.create(product, {"entitlement_feature": feature.id})
    assert (attached.object, attached.livemode) == ("product_feature", False)
    assert attached.entitlement_feature.to_dict() == feature.to_dict()
    client.v1.entitlements.features.update(feature.id, {"name": "SSO"})
    read = client.v1.products.features.retrieve(product, attached.id)
    assert (read.id, read.entitlement_feature.name) == (attached.id, "SSO")
    other = client.v1.entitlements.features.create({"lookup_key": "audit", "name": "Audit log"})
    second = client.v1.products.features.create(product, {"entitlement_feature": other.id})
    listed = client.v1.products.features.list(product)
    assert [one.id for one in listed.data] == [second.id, attached.id]
    assert listed.url == "/v1/products/pro/features"
    assert [one.id for one in client.v1.products.features.list(product, {"limit": 1}).auto_paging_iter()] == [
        second.id,
        attached.id,
    ]
    assert client.v1.products.features.delete(product, attached.id).deleted
    assert [one.id for one in client.v1.products.features.list(product).data] == [second.id]
    client.v1.products.features.create(product, {"entitlement_feature": feature.id})


def test_a_feature_is_attached_once_and_never_changed(
    client: Any, send: Any, refused: Any, feature: Any, product: str
) -> None:
    url = f"/v1/products/{product}/features"
    attached = client.v1.products.features.create(product, {"entitlement_feature": feature.id})
    assert refused(send("POST", url, {"entitlement_feature": feature.id}))["param"] == "entitlement_feature"
    assert refused(send("POST", f"{url}/{attached.id}", {"entitlement_feature": feature.id}))["status"] == 404
    client.v1.products.create({"id": "basic", "name": "Basic"})
    assert client.v1.products.features.list("basic").data == []
    assert refused(send("GET", f"/v1/products/basic/features/{attached.id}"))["status"] == 404
    assert refused(send("GET", "/v1/products/nope/features"))["message"] == "No such product: 'nope'"
    error = refused(send("POST", url, {"entitlement_feature": "feat_nope"}))
    assert (error["status"], error["code"], error["param"]) == (400, "resource_missing", "entitlement_feature")
    assert refused(send("GET", f"{url}?expand[]=entitlement_feature"))["status"] == 400


def test_a_product_takes_its_features_along(client: Any, control: Any, feature: Any, product: str) -> None:
    client.v1.products.features.create(product, {"entitlement_feature": feature.id})
    client.v1.products.delete(product)
    assert "product_feature" not in control("GET", "status")["objects"]


def test_customers_are_entitled_to_what_they_subscribe_to(client: Any, send: Any, refused: Any) -> None:
    features = []
    for name in ("a", "b"):
        made = client.v1.entitlements.features.create({"lookup_key": name, "name": name})
        client.v1.products.create({"id": name, "name": name})
        features.append(made.id)
        for wanted in features:
            client.v1.products.features.create(name, {"entitlement_feature": wanted})
    price = client.v1.prices.create(
        {"product": "b", "currency": "usd", "unit_amount": 1, "recurring": {"interval": "month"}}
    )
    ann, bob = (client.v1.customers.create({}).id for _ in range(2))
    subscription = client.v1.subscriptions.create({"customer": ann, "items": [{"price": price.id}]})

    def entitled(customer: str, **params: Any) -> Any:
        return client.v1.entitlements.active_entitlements.list({"customer": customer, **params})

    assert sorted(one.lookup_key for one in entitled(ann).data) == ["a", "b"]
    assert entitled(bob).data == []
    assert entitled(ann, expand=["data.feature"]).data[0].feature.object == "entitlements.feature"
    assert [one.id for one in entitled(ann, limit=1).auto_paging_iter()] == [one.id for one in entitled(ann).data]
    url = "/v1/entitlements/active_entitlements"
    assert refused(send("GET", url))["param"] == "customer"
    assert refused(send("GET", url, {"customer": ann, "starting_after": "ent_x"}))["param"] == "starting_after"
    last = entitled(ann).data[1]
    assert [one.id for one in entitled(ann, ending_before=last.id).data] == [entitled(ann).data[0].id]
    (first, *_) = client.v1.products.features.list("b").data
    client.v1.products.features.delete("b", first.id)
    assert len(entitled(ann).data) == 1
    client.v1.subscriptions.cancel(subscription.id)
    assert entitled(ann).data == []


def test_nothing_of_this_leaves_an_event(client: Any, feature: Any, product: str) -> None:
    client.v1.products.features.create(product, {"entitlement_feature": feature.id})
    client.v1.entitlements.features.update(feature.id, {"active": False})
    assert [event.type for event in client.v1.events.list().data] == ["product.created"]


def test_modes_are_apart(connect: Any, feature: Any) -> None:
    live = connect("sk_live_emulator")
    assert live.v1.entitlements.features.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        live.v1.entitlements.features.retrieve(feature.id)
    assert live.v1.entitlements.features.create({"lookup_key": "sso", "name": "x"}).livemode
