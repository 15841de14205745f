"""Accounts as the API shows them (stripe-facts 8, 11). They are registered through the control API."""

from __future__ import annotations

import base64
import re
import struct
from dataclasses import replace
from typing import Any

from reconciler.emulator import accounts, objects
from reconciler.emulator.errors import Refusal, unsupported
from reconciler.emulator.model import Call, Operation, Resource, Scope
from reconciler.emulator.store import Body

READ, WRITE = "connected_account_read", "connected_account_write"
"""The name for writing is recall."""
PICTURES = {"icon": "business_icon", "logo": "business_logo"}
LEAST = 128


def current(call: Call) -> Body:
    return shown(call, call.scope.account)


def retrieve(call: Call) -> Body:
    """The own account or one that is connected to it."""
    identifier = call.path["account"]
    held = accounts.account(call.store, identifier)
    if held is None or call.scope.account not in (identifier, held["connected_to"]):
        text = (
            f"The provided key does not have access to account '{identifier}' (or that account does not exist). "
            "Application access may have been revoked."
        )
        raise Refusal(text, status=403, code="account_invalid")
    return shown(call, identifier)


def shown(call: Call, identifier: str) -> Body:
    """An account; `settings` registered for it overlay the blank ones."""
    held = accounts.account(call.store, identifier) or {}
    settings: dict[str, Any] = {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
        },
        "dashboard": {"display_name": held["display_name"], "timezone": "Etc/UTC"},
        "payments": {"statement_descriptor": None},
    }
    for name, members in held["settings"].items():
        settings[name] = {**settings.get(name, {}), **members}
    return {
        "id": identifier,
        "object": "account",
        "business_profile": {"name": held["display_name"], "support_email": None, "support_url": None, "url": None},
        "capabilities": {},
        "charges_enabled": True,
        "country": held["country"],
        "created": held["created"],
        "default_currency": held["default_currency"],
        "details_submitted": True,
        "email": held["email"],
        "metadata": {},
        "payouts_enabled": True,
        "settings": settings,
        "type": "standard",
    }


def update(call: Call) -> Body:
    """Branding alone, and of connected accounts alone: nobody changes their own account (stripe-facts 8). Its platform
    does it, and without Stripe-Account: with that header the connected account would be asking for itself (recall)."""
    shown_before = retrieve(call)
    identifier = call.path["account"]
    if identifier == call.scope.account:
        raise Refusal("To update your own account, use the Dashboard: https://dashboard.stripe.com/settings/account")
    settings = call.params.get("settings", {})
    for name in (*(call.params.keys() - {"settings"}), *(f"settings[{one}]" for one in settings.keys() - {"branding"})):
        raise unsupported(name)
    sent = settings.get("branding", {})
    for name, value in sent.items():
        place = f"settings[branding][{name}]"
        if name in PICTURES:
            check_picture(replace(call, scope=Scope(identifier, call.scope.livemode)), name, value, place)
        elif not re.fullmatch("#[0-9a-fA-F]{6}", value):
            raise Refusal(f"Invalid hex color: {value}", param=place)
    held = accounts.account(call.store, identifier) or {}
    branding = {**shown_before["settings"]["branding"], **sent}
    changed = {"id": identifier, "settings": {**held["settings"], "branding": branding}}
    accounts.register(call.store, call.kinds, changed)
    return shown(call, identifier)


def check_picture(call: Call, name: str, identifier: str, place: str) -> None:
    """A file of that purpose in the connected account, at least 128 pixels wide and high; an icon is square
    (stripe-facts 8). The pixels of PNGs alone are looked at; the words are recall."""
    file = objects.need(call, "file", identifier, place)
    if file["purpose"] != PICTURES[name]:
        text = f"The file {identifier} has the purpose `{file['purpose']}`; it must be `{PICTURES[name]}`."
        raise Refusal(text, param=place)
    content = base64.b64decode(file["content"])
    if content.startswith(b"\x89PNG"):
        width, height = struct.unpack(">II", content[16:24])
        if min(width, height) < LEAST or (name == "icon" and width != height):
            text = f"Your {name} must be {'square and ' if name == 'icon' else ''}at least {LEAST}px x {LEAST}px."
            raise Refusal(text, param=place)


RESOURCE = Resource(
    kind="account",
    prefix="acct_",
    noun="account",
    operations=(
        Operation("account.retrieve_current", "GET", "/v1/account", "AccountRetrieveCurrentParams", current, READ),
        Operation("account.retrieve", "GET", "/v1/accounts/{account}", "AccountRetrieveParams", retrieve, READ),
        Operation("account.update", "POST", "/v1/accounts/{account}", "AccountUpdateParams", update, WRITE),
    ),
)
