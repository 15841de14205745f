"""The kind `branding`: what customers see of an account's brand (stripe-facts 8). It is a part of the account."""

from __future__ import annotations

from reconciler.kinds.kind import Clear, Field, Kind, Retire, Shape
from reconciler.kinds.scopes import ACCOUNT
from reconciler.kinds.shapes import LOCAL_IMAGE, id_of, object_of, text

_PICTURE: Shape = {
    "title": "the relative path of a .png, .jpg or .jpeg file, or `{id: file_…}` of one that Stripe has",
    "anyOf": [
        {
            "title": "the relative path of a .png, .jpg or .jpeg file, or `{id: file_…}`",
            "examples": ["./images/icon.png"],
            "type": "string",
            "pattern": f"^(?!.*[wW][eE][bB][pP]$){LOCAL_IMAGE}$",
        },
        object_of(("id",), id=text(255)),
    ],
}
_COLOUR: Shape = {
    "title": "a colour in quotes: # and six hexadecimal digits",
    "examples": ["#1b2b4d"],
    "type": "string",
    "pattern": "^#[0-9A-Fa-f]{6}$",
}

# fmt: off
_FIELDS = (
    Field("icon", _PICTURE, "Square, at least 128 × 128 pixels, at most 512 KB.", clears_with=Clear.NOTHING, uploads=True, purpose="business_icon", canonical=id_of),
    Field("logo", _PICTURE, "Shown in the place of icon and name where there is room. At least 128 × 128 pixels, at most 512 KB.", clears_with=Clear.NOTHING, uploads=True, purpose="business_logo", canonical=id_of),
    Field("primary_color", _COLOUR, "The colour of the brand.", clears_with=Clear.NOTHING, canonical=str.lower),
    Field("secondary_color", _COLOUR, "The colour beside it.", clears_with=Clear.NOTHING, canonical=str.lower),
)
# fmt: on

BRANDING = Kind(
    name="branding",
    plural="branding",
    service="accounts",
    sdk="Account",
    scope=ACCOUNT,
    doc="Icon, logo and colours of the account, in the portal, in Checkout, and on invoices.",
    part="settings.branding",
    dashboard="https://dashboard.stripe.com/settings/branding",
    stampable=False,
    creatable=False,
    retire=Retire.NEVER,
    unserved=None,
    fields=_FIELDS,
)
