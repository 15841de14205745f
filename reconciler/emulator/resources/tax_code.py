"""Tax codes: a read-only catalogue (stripe-facts 7). Any well-formed code exists here; the list shows a few."""

from __future__ import annotations

import re

from reconciler.emulator import store
from reconciler.emulator.errors import no_such
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.store import Body

FORM = re.compile(r"txcd_\d{8}")
NAMES = {
    "txcd_10000000": "General - Electronically Supplied Services",
    "txcd_10103000": "Software as a service (SaaS) - personal use",
    "txcd_10103001": "Software as a service (SaaS) - business use",
    "txcd_20030000": "General - Services",
    "txcd_99999999": "General - Tangible Goods",
    "txcd_00000000": "Nontaxable",
}


def named(identifier: str) -> Body:
    name = NAMES.get(identifier, f"Tax code {identifier}")
    return {"id": identifier, "object": "tax_code", "description": name, "name": name, "requirements": None}


def check(call: Call, identifier: str | None, param: str) -> None:
    """Refuses what is no tax code; None and `""` are no codes to check. A code in use joins the list."""
    if not identifier:
        return
    if not FORM.fullmatch(identifier):
        raise no_such("tax code", identifier, param)
    if store.load(call.store, call.scope.text, "tax_code", identifier) is None:
        store.insert(call.store, call.scope.text, "tax_code", identifier, call.now, named(identifier), ())


def retrieve(call: Call) -> Body:
    if not FORM.fullmatch(call.path["id"]):
        raise no_such("tax code", call.path["id"], "id", status=404)
    return named(call.path["id"])


RESOURCE = Resource(
    kind="tax_code",
    prefix="txcd_",
    noun="tax code",
    seed=lambda _livemode: map(named, NAMES),
    operations=(
        Operation("tax_code.list", "GET", "/v1/tax_codes", "TaxCodeListParams", listing("tax_code", "/v1/tax_codes")),
        Operation("tax_code.retrieve", "GET", "/v1/tax_codes/{id}", "TaxCodeRetrieveParams", retrieve),
    ),
)
