"""Payment method configurations, as far as a portal configuration may name one (stripe-facts 5.2, 8)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal, unsupported
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.store import Body

KIND, URL = "payment_method_configuration", "/v1/payment_method_configurations"
READ, WRITE = f"{KIND}_read", f"{KIND}_write"
"""Scope names are recall; stripe-facts 11 has none."""
METHODS = ("card", "apple_pay", "google_pay", "link")


def default(livemode: bool) -> Iterable[Body]:
    """Every account has one in each mode, which cannot be created or switched off. Its id is the same everywhere."""
    token = hashlib.sha256(b"live" if livemode else b"test").hexdigest()[:22]
    yield blank(f"pmc_1{token}", livemode, "Default", None, is_default=True)


def blank(identifier: str, livemode: bool, name: str, parent: str | None, *, is_default: bool) -> Body:
    return {
        "id": identifier,
        "object": KIND,
        "active": True,
        "application": None,
        "is_default": is_default,
        "livemode": livemode,
        "name": name,
        "parent": parent,
        **{method: preferred("on") for method in METHODS},
    }


def preferred(preference: str) -> Body:
    value = "on" if preference == "on" else "off"
    shown = {"overridable": None, "preference": preference, "value": value}
    return {"available": value == "on", "display_preference": shown}


def create(call: Call) -> Body:
    parent = call.params.get("parent")
    if parent is not None:
        objects.need(call, KIND, parent, "parent")
    name = call.params.get("name", "")
    body = blank(random_id("pmc_1"), call.scope.livemode, name, parent, is_default=False)
    return objects.create(call, KIND, written(body, call.params))


def update(call: Call) -> Body:
    before = objects.need(call, KIND, call.path["configuration"], "configuration", status=404)
    if before["is_default"] and call.params.get("active") is False:
        raise Refusal("The default payment method configuration cannot be deactivated.", param="active")
    return objects.change(call, KIND, written(before, call.params))


def written(before: Body, sent: Mapping[str, Any]) -> Body:
    body = dict(before)
    for name, value in sent.items():
        if name in ("name", "active"):
            body[name] = value
        elif isinstance(value, dict) and value.keys() <= {"display_preference"}:
            body[name] = preferred(value.get("display_preference", {}).get("preference", "none"))
        elif name != "parent":
            raise unsupported(name)
    return body


RESOURCE = Resource(
    kind=KIND,
    prefix="pmc_",
    noun="payment_method_configuration",
    facets=("active",),
    seed=default,
    operations=(
        Operation(
            f"{KIND}.create", "POST", URL, "PaymentMethodConfigurationCreateParams", create, WRITE, {"name": 100}
        ),
        Operation(
            f"{KIND}.update",
            "POST",
            URL + "/{configuration}",
            "PaymentMethodConfigurationUpdateParams",
            update,
            WRITE,
            {"name": 100},
        ),
        Operation(
            f"{KIND}.list",
            "GET",
            URL,
            "PaymentMethodConfigurationListParams",
            listing(KIND, URL, {"active": "active"}),
            READ,
        ),
        Operation(
            f"{KIND}.retrieve",
            "GET",
            URL + "/{configuration}",
            "PaymentMethodConfigurationRetrieveParams",
            objects.retrieving(KIND, "configuration"),
            READ,
        ),
    ),
)
