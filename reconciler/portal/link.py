"""The login link of a portal configuration, which all customers share (stripe-facts 5.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from reconciler.kinds import KINDS
from reconciler.model import Address, Document, Observed, Resource

KIND, SWITCH = next((k, f) for k in KINDS for f in k.fields if f.link_rule == "login-link")
"""The kind that has login pages, and the field that switches one on."""

_EMAIL = re.compile(r"[^@]{1,64}@[^@.]+(?:\.[^@.]+)+")
LONGEST_EMAIL = 512


@dataclass(frozen=True, slots=True)
class Link:
    """A configuration's login link; without one, `why` says what is in the way and `todo` are the lines to write."""

    address: Address
    url: str = ""
    why: str = ""
    todo: str = ""


def login_link(document: Document, resource: Resource, found: Observed | None) -> Link:
    """The login link of a declared configuration, as the account has it."""
    address = resource.address
    if found is None:
        return Link(address, why="is not in the account yet")
    url = found.properties.get(tuple(SWITCH.publishes.split(".")))
    if found.properties.get(SWITCH.path) and isinstance(url, str) and url:
        return Link(address, url)
    if resource.properties.get(SWITCH.path):
        return Link(address, why="has its login page on in the YAML, and off in the account")
    place = (KIND.plural, address.name, *SWITCH.path)
    block, switch = place[:-1], place[-1]
    if SWITCH.path in resource.properties:
        return Link(address, why="has its login page off", todo=f"{document.at(place)}: write {switch}: true")
    at = document.key_at(place[:2])
    return Link(
        address, why="has its login page off", todo=f"{at}: add under {address.name}:\n{_yaml(block[2:], switch)}"
    )


def _yaml(blocks: tuple[str, ...], switch: str) -> str:
    return f"        {'.'.join(blocks)}: {{{switch}: true}}"


def is_email(text: str) -> bool:
    """Whether a text can be an email address: a name, an @, a domain with a dot, and nothing invisible."""
    return len(text) <= LONGEST_EMAIL and bool(_EMAIL.fullmatch(text)) and text.isprintable() and " " not in text


def prefilled(url: str, email: str) -> str:
    """The login link with the customer's email filled in, which the customer may still change."""
    return f"{url}{'&' if urlsplit(url).query else '?'}prefilled_email={quote(email, safe='')}"
