"""The kind `tax_rate` (stripe-facts 8, 18). Its percentage never changes: another one is another rate."""

from __future__ import annotations

from reconciler.kinds.checks.tax_rate import check
from reconciler.kinds.kind import Clear, Field, Kind, Settable, Shape
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import BOOLEAN, METADATA, exact, one_of, text

_COUNTRY: Shape = {
    "title": "a country code in two capital letters",
    "examples": ["US"],
    "type": "string",
    "pattern": "^[A-Z]{2}$",
}
_PERCENT = {"title": "a number from 0 to 100", "type": "number", "minimum": 0, "maximum": 100}
_TYPES = (
    *("admissions_tax", "amusement_tax", "attendance_tax", "communications_tax", "digital_excise_tax"),
    *(
        "entertainment_tax",
        "get_fund",
        "gross_receipts_tax",
        "gst",
        "hospitality_tax",
        "hst",
        "igst",
        "jct",
        "lease_tax",
    ),
    *("luxury_tax", "mass_transit_parking_tax", "nhil", "parking_tax", "pst", "qst", "resort_tax"),
    *("retail_delivery_fee", "rst", "sales_tax", "service_tax", "tourism_tax", "utility_users_tax", "vat"),
)

# fmt: off
_FIELDS = (
    Field("display_name", text(50), "Shown to customers, on invoices: VAT.", required=True),
    Field("percentage", _PERCENT, "Percent, from 0 to 100, with at most four decimals.", required=True, settable=Settable.ON_CREATE, canonical=exact),
    Field("inclusive", BOOLEAN, "Whether prices include the tax, or it comes on top.", required=True, settable=Settable.ON_CREATE),
    Field("active", BOOLEAN, "Whether it can be put on anything new.", default=True),
    Field("country", _COUNTRY, "ISO 3166-1, two capital letters. Stripe cannot unset it.", clears_with=Clear.NOTHING),
    Field("state", text(2), "ISO 3166-2 without the country: NY. Stripe cannot unset it.", clears_with=Clear.NOTHING),
    Field("jurisdiction", text(50), "For reports and on invoices: DE. Stripe cannot unset it.", clears_with=Clear.NOTHING),
    Field("tax_type", one_of(*_TYPES), "Which tax. Stripe cannot unset it.", clears_with=Clear.NOTHING),
    Field("description", text(5000), "Hidden from customers. Stripe cannot unset it.", clears_with=Clear.NOTHING),
    METADATA,
)
# fmt: on

TAX_RATE = Kind(
    name="tax_rate",
    plural="tax_rates",
    service="tax_rates",
    sdk="TaxRate",
    scope=scope("Tax rates", "tax_rate"),
    doc="A tax that you put on subscriptions and invoices yourself, where Stripe Tax does not reckon it.",
    known_by=("display_name",),
    by_created=True,
    retired_means="can no longer be put on anything new; subscriptions and invoices that have it keep it",
    check=check,
    excluded={"expand": "chosen by the reader"},
    fields=_FIELDS,
)
