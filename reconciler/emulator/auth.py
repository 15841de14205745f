"""Who is asking: the key, the account it opens, and what it may do there (stripe-facts 9, 11)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from reconciler.emulator import accounts
from reconciler.emulator.accounts import Key
from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Scope
from reconciler.emulator.store import Store

NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)
PUBLISHABLE = (
    "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your "
    "API keys at https://dashboard.stripe.com/account/apikeys."
)
ALIASES = {
    "price_read": "plan_read",
    "price_write": "plan_write",
    "shpping_rate_write": "shipping_rate_write",
    "accounts_kyc_basic_read": "connected_account_read",
    "entitlement_read": "entitlements_read",
    "payment_method_configurations_read": "payment_method_configuration_read",
    "payment_method_configurations_write": "payment_method_configuration_write",
}
"""Names for the same scopes: in key creation links, one that Stripe's own list misspells (stripe-facts 11), and those
that others found in use: in 403s for `GET /v1/account`, and among the names that Stripe's API for keys takes."""


def authenticate(store: Store, headers: Mapping[str, str]) -> tuple[Key, str, Scope]:
    """The key, how it may be shown, and the scope of the call. Raises `Refusal` 401 or 403."""
    secret = presented(headers.get("authorization", ""))
    if not secret:
        raise refused(401, NO_KEY)
    if secret.startswith("pk_"):
        raise refused(401, PUBLISHABLE, "secret_key_required")
    key = accounts.found(store, secret)
    if key is None:
        raise refused(401, f"Invalid API Key provided: {masked(secret)}")
    if key.expired:
        raise refused(401, f"Expired API Key provided: {masked(secret)}", "api_key_expired")
    asked = headers.get("stripe-account") or headers.get("stripe-context") or key.account
    if asked != key.account:
        other = accounts.account(store, asked)
        if other is None or other["connected_to"] != key.account:
            text = (
                f"The provided key '{masked(secret)}' does not have access to account '{asked}' (or that account does "
                "not exist). Application access may have been revoked."
            )
            raise refused(403, text, "account_invalid")
    return key, masked(secret), Scope(asked, key.livemode)


def permit(key: Key, shown: str, scope: Scope, permission: str | None) -> None:
    """Refuses a restricted key without the scope that a call needs; write includes read."""
    if key.permissions is None or permission is None:
        return
    held = {ALIASES.get(name, name) for name in key.permissions}
    needed = ALIASES.get(permission, permission)
    if needed in held or needed.replace("_read", "_write") in held:
        return
    text = (
        f"The provided key '{shown}' does not have the required permissions for this endpoint on account "
        f"'{scope.account}'. Having the 'rak_{permission}' permission would allow this request to continue."
    )
    raise refused(403, text)


def presented(header: str) -> str:
    """The key in a Bearer or a Basic header."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return value.strip() if scheme.lower() == "bearer" else ""


def masked(secret: str) -> str:
    """A key as Stripe shows it in messages: its kind and its last four characters."""
    head = "_".join(secret.split("_")[:2]) + "_" if secret.count("_") >= 2 else secret[:3]
    return f"{head}{'*' * 8}{secret[-4:]}" if len(secret) > len(head) + 4 else f"{head}***"


def refused(status: int, text: str, code: str | None = None) -> Refusal:
    return Refusal(text, status=status, code=code, judged=True)
