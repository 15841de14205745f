"""The keys of a file that are not resources, and the names of those that are."""

from __future__ import annotations

from reconciler.kinds import KINDS
from reconciler.kinds.kind import Kind, Shape
from reconciler.kinds.rules import GUARDS, SILENCED
from reconciler.kinds.shapes import BOOLEAN, NAME, list_of, object_of, text


def name_shape(what: str) -> Shape:
    """The name of something that the YAML declares."""
    title = f"{what} of at most 63 letters, digits, - and _, starting with a letter or digit"
    return {"title": title, "type": "string", "pattern": f"^{NAME}$"}


def names_of(kind: Kind) -> Shape:
    """What a resource of a kind may be called."""
    return name_shape(f"a {kind.name} name")


ADDRESS: Shape = {
    "title": "an address such as product.pro or price.pro.monthly",
    "examples": ["product.pro"],
    "type": "string",
    "pattern": f"^({'|'.join(k.name for k in KINDS)})\\.{NAME}(\\.{NAME})?$",
}
_ACCOUNT: Shape = {
    "title": "the id of a Stripe account",
    "examples": ["acct_1AbCdEfGhIjKlMnO"],
    "type": "string",
    "pattern": "^acct_[A-Za-z0-9]+$",
}


_VARIABLES: Shape = {
    "title": "a map from names to texts, numbers, true or false",
    "type": ["object", "null"],
    "propertyNames": {
        "title": "a variable name of at most 63 letters, digits, - and _, starting with a letter or _",
        "type": "string",
        "pattern": "^[A-Za-z_][A-Za-z0-9_-]{0,62}$",
    },
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}
_KEY_NAME: Shape = {
    "title": "the name of a variable of the process environment",
    "examples": ["STRIPE_API_KEY"],
    "type": "string",
    "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
}


def _described(doc: str, shape: Shape) -> Shape:
    return {"description": doc, **shape}


_ENVIRONMENT: Shape = object_of(
    account=_described("The only account that this environment may touch.", _ACCOUNT),
    livemode=_described("Whether it is live.", BOOLEAN),
    api_key_env=_described("The variable that holds the key.", _KEY_NAME),
    stripe_account=_described("The connected account to work on, with the key of its platform.", _ACCOUNT),
    vars=_described("What `${name}` stands for in this environment.", _VARIABLES),
    guards=_described("Limits of this environment, over those of the file.", GUARDS),
)

VERSION: Shape = {"stripe_portal": _described("The version of this format.", {"const": 1})}
ROOT: Shape = {
    "project": _described("Marks what is ours in the account.", name_shape("a project name")),
    "include": _described("Further files, relative to this one; `*` and `**` stand for any.", list_of(text(1000))),
    "environments": _described(
        "The accounts that this project is applied to.",
        {
            "type": ["object", "null"],
            "propertyNames": name_shape("an environment name"),
            "additionalProperties": _ENVIRONMENT | {"type": ["object", "null"]},
        },
    ),
    "vars": _described("What `${name}` stands for.", _VARIABLES),
}
"""Keys of the root file alone."""


def anywhere(address: Shape = ADDRESS) -> Shape:
    """Keys of any file. In a merged document, `desired` judges addresses and knows what they mean."""
    moved = list_of(object_of(("from", "to"), **{"from": address, "to": address})) | {"type": ["array", "null"]}
    released = list_of(address) | {"type": ["array", "null"]}
    return {
        "moved": _described("Resources that got another name.", moved),
        "guards": _described("Limits beyond which a plan asks for `--allow`.", GUARDS | {"type": ["object", "null"]}),
        "silence": _described("Warnings that are given of nothing.", SILENCED | {"type": ["array", "null"]}),
        "released": _described("Resources to let go of: the object stays, our mark goes.", released),
    }
