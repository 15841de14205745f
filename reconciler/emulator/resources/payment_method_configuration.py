"""Payment method configurations (stripe-facts 5.2, 8, 18). They have no events and no metadata."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import Query, compare, page
from reconciler.emulator.params import shape_of
from reconciler.emulator.store import Body

KIND, URL, ONE = "payment_method_configuration", "/v1/payment_method_configurations", "/{configuration}"
READ, WRITE = f"{KIND}_read", f"{KIND}_write"
"""Scope names are recall; stripe-facts 11 has none."""
USUAL = frozenset({"card", "apple_pay", "google_pay", "link"})
"""Methods that are on where nobody said anything; which ones is recall. Every account can take every method here."""
NEVER_SHOWN = frozenset({"apple_pay_later", "fr_meal_voucher_conecs"})
"""Accepted, and absent from the answers that the SDK describes."""


@functools.cache
def methods() -> tuple[str, ...]:
    """The payment methods that the installed SDK may write."""
    fields = shape_of("PaymentMethodConfigurationCreateParams").fields
    assert fields is not None
    return tuple(sorted(fields.keys() - {"expand", "name", "parent"}))


def default(livemode: bool) -> Iterable[Body]:
    """Every account has one in each mode, which cannot be created or switched off. Its id is the same everywhere."""
    token = hashlib.sha256(b"live" if livemode else b"test").hexdigest()[:22]
    yield blank(f"pmc_1{token}", livemode, "Default", None, is_default=True)


def blank(identifier: str, livemode: bool, name: str, parent: str | None, *, is_default: bool) -> Body:
    """Stored with what was preferred alone; answers work out the rest."""
    return {
        "id": identifier,
        "object": KIND,
        "active": True,
        "application": None,
        "is_default": is_default,
        "livemode": livemode,
        "name": name,
        "parent": parent,
        "preferences": {},
    }


def create(call: Call) -> Body:
    """A child where a parent is named, else one that stands alone (docs.stripe.com). Never the default, nor one that
    rules connected accounts: those are made elsewhere (stripe-facts 8)."""
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
    preferences = dict(before["preferences"])
    for name in sent.keys() & set(methods()):
        preference = sent[name].get("display_preference", {}).get("preference")
        if preference is not None:
            preferences[name] = preference
    kept = {name: sent[name] for name in ("name", "active") if name in sent}
    return {**before, **kept, "preferences": preferences}


def view(call: Call, body: Body) -> Body:
    """Every method with what is preferred and what that comes to. A child without a preference follows its parent, also
    when that changes later."""
    preferences = body.pop("preferences")
    child = body["parent"] is not None
    for method in methods():
        if method in NEVER_SHOWN:
            continue
        value = effective(call, {**body, "preferences": preferences}, method)
        shown = preferences.get(method, "none" if child else value)
        preference = {"overridable": True if child else None, "preference": shown, "value": value}
        body[method] = {"available": value == "on", "display_preference": preference}
    return body


def effective(call: Call, body: Body, method: str) -> str:
    preference: str = body["preferences"].get(method, "none")
    if preference != "none":
        return preference
    parent = objects.find(call, KIND, body["parent"]) if body["parent"] else None
    return effective(call, parent, method) if parent else ("on" if method in USUAL else "off")


def index(call: Call) -> Body:
    """No application ever made one here, so that asking for one's finds nothing, and for none (`""`) everything."""
    query = Query(["0"] if call.params.get("application") else [])
    if "active" in call.params:
        compare(call, query, KIND, "active", call.params["active"])
    return page(call, KIND, URL, query)


SIZES = {"name": 100}
PARAMS = "PaymentMethodConfiguration"
RESOURCE = Resource(
    kind=KIND,
    prefix="pmc_",
    noun="payment_method_configuration",
    facets=("active",),
    view=view,
    seed=default,
    operations=(
        Operation(f"{KIND}.create", "POST", URL, f"{PARAMS}CreateParams", create, WRITE, SIZES),
        Operation(f"{KIND}.update", "POST", URL + ONE, f"{PARAMS}UpdateParams", update, WRITE, SIZES),
        Operation(f"{KIND}.list", "GET", URL, f"{PARAMS}ListParams", index, READ),
        Operation(
            f"{KIND}.retrieve",
            "GET",
            URL + ONE,
            f"{PARAMS}RetrieveParams",
            objects.retrieving(KIND, "configuration"),
            READ,
        ),
    ),
)
