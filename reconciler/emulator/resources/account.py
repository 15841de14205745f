"""Accounts as the API shows them (stripe-facts 8, 11). They are registered through the control API."""

from __future__ import annotations

from typing import Any

from reconciler.emulator import accounts
from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.store import Body

READ = "connected_account_read"


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


RESOURCE = Resource(
    kind="account",
    prefix="acct_",
    noun="account",
    operations=(
        Operation("account.retrieve_current", "GET", "/v1/account", "AccountRetrieveCurrentParams", current, READ),
        Operation("account.retrieve", "GET", "/v1/accounts/{account}", "AccountRetrieveParams", retrieve, READ),
    ),
)
