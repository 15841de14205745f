"""What the customer says about themselves, and the pages about payment, which have nothing to show here."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from reconciler.emulator import expand, objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.pages import flows, home, rights
from reconciler.emulator.pages.asked import Asked, forbidden
from reconciler.emulator.params import shape_of
from reconciler.emulator.resources.customer import with_tax_ids
from reconciler.emulator.store import Body

PLACE = (
    ("line1", "Street and number", "address-line1"),
    ("line2", "More of the address (optional)", "address-line2"),
    ("postal_code", "Postal code", "postal-code"),
    ("city", "City", "address-level2"),
    ("state", "State or region (optional)", "address-level1"),
    ("country", "Country, two letters such as DE", "country"),
)
COUNTRY = re.compile("[A-Z]{2}")
FIELDS = {
    "name": (("name", "Name", "name"),),
    "email": (("email", "Email", "email"),),
    "phone": (("phone", "Phone", "tel"),),
    "address": tuple((f"address.{name}", label, auto) for name, label, auto in PLACE),
    "shipping": (
        ("shipping.name", "Recipient", "name"),
        ("shipping.phone", "Phone of the recipient (optional)", "tel"),
        *((f"shipping.address.{name}", label, auto) for name, label, auto in PLACE),
    ),
    "tax_id": (("tax_id.type", "Kind, such as eu_vat", "off"), ("tax_id.value", "Number", "off")),
}
LONGEST = {"name": 256, "shipping.name": 256, "tax_id.value": 100}
"""In characters; both are recall."""
TITLES = {"address": "Billing address", "shipping": "Shipping address", "tax_id": "Add a tax ID"}


def page(asked: Asked) -> Response:
    asked.feature("customer_update")
    allowed = [name for name in FIELDS if name in rights.details(asked)]
    groups = [(TITLES.get(name), [(*field, value(asked, field[0])) for field in FIELDS[name]]) for name in allowed]
    held = asked.customer.get("tax_ids", {"data": []})["data"] if "tax_id" in allowed else []
    linked = asked.visit.by_link and "email" in asked.configuration["features"]["customer_update"]["allowed_updates"]
    return home.shown(asked, "details.html", groups=groups, customer=asked.customer, tax_ids=held, email_stays=linked)


def value(asked: Asked, name: str) -> str:
    """What was just sent, else what is stored."""
    found: Any = asked.customer
    for part in name.split("."):
        found = (found or {}).get(part)
    return asked.form.get(name, "" if found is None else str(found))


def saved(asked: Asked) -> Response:
    """Through the API's own update; a field that isn't open to change is forbidden, not left out."""
    asked.feature("customer_update")
    allowed = rights.details(asked)
    sent = {name: tidy(name, text.strip()) for name, text in asked.form.items() if name != "seal"}
    open_fields = {field[0] for name in allowed for field in FIELDS[name]}
    if sent.keys() - open_fields:
        raise forbidden()
    check(sent)
    tree: dict[str, Any] = {}
    for name, text in sent.items():
        node = tree
        *parents, last = name.split(".")
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = text
    if tree.get("email") == "":
        raise Refusal("Enter an email address.")
    tax_id = tree.pop("tax_id", {})
    for name in ("address", "shipping"):
        if name in tree and not any(text for field, text in sent.items() if field.startswith(f"{name}.")):
            tree[name] = ""
    if tree.get("shipping") and not tree["shipping"].get("name"):
        raise Refusal("Enter a recipient for the shipping address.")
    if tree:
        asked.act("customer.update", {"customer": asked.customer["id"]}, tree, emptyable=open_fields)
    if tax_id.get("value"):
        add_tax_id(asked, tax_id)
    return flows.finished(asked, "details", "details")


def tidy(name: str, text: str) -> str:
    return text.upper() if name.endswith("address.country") and text.isascii() else text


def check(sent: dict[str, str]) -> None:
    """Countries as in ISO 3166: of those that there are, no list is held."""
    for name, text in sent.items():
        label = next(label for fields in FIELDS.values() for field, label, _ in fields if field == name)
        if len(text) > LONGEST.get(name, len(text)):
            raise Refusal(f"{label.partition(',')[0]}: at most {LONGEST[name]} characters.")
        if name.endswith("address.country") and text and not COUNTRY.fullmatch(text):
            raise Refusal("Enter the country as two letters, such as DE.")


def add_tax_id(asked: Asked, sent: Body) -> None:
    """A kind that the SDK knows; whether the number is right, nobody checks."""
    fields = shape_of("CustomerCreateTaxIdParams").fields or {}
    if sent.get("type") not in fields["type"].values:
        raise Refusal("This kind of tax ID is not known. Examples: eu_vat, gb_vat, us_ein.")
    customer = objects.need(asked.call, "customer", asked.customer["id"], "customer")
    objects.change(asked.call, "customer", with_tax_ids(asked.call, customer, [sent]))


def payment_methods(asked: Asked) -> Response:
    feature = asked.feature("payment_method_update")
    return home.shown(asked, "payment_methods.html", kinds=kinds(asked, feature["payment_method_configuration"]))


def kinds(asked: Asked, named: str | None) -> list[str]:
    """The kinds of payment method that the payment method configuration offers, or the account's default one."""
    known = "payment_method_configuration"
    chosen = objects.find(asked.call, known, named) if named else None
    active = objects.having(asked.call, known, "active", "true")
    found = chosen or next((one for one in active if one["is_default"]), None)
    told = expand.present(asked.call, found) if found else {}
    return sorted(
        name.replace("_", " ") for name, one in told.items() if isinstance(one, dict) and one.get("available")
    )


def payment_methods_seen(asked: Asked) -> Response:
    """There is nothing to change; a session made for this is done with it."""
    asked.feature("payment_method_update")
    return flows.finished(asked, "payment-methods", "payment-methods")


def invoices(asked: Asked) -> Response:
    asked.feature("invoice_history")
    return home.shown(asked, "invoices.html")
