"""What a restricted key must be allowed for a kind: Stripe's names of permissions, and the Dashboard's row for them.

Sources, by trust: stripe-facts 11 (the schema of Stripe Apps' manifests); docs.stripe.com/keys/permissions-reference;
the 158 names that Stripe's API for managed keys takes, as Infisical found out by trying (github.com/Infisical/infisical,
STRIPE_API_KEY_PERMISSIONS), in which `entitlement_read`, `billing_meter_*`, `payment_method_configurations_*`,
`promotion_code_*` and `shipping_rate_write` are. In a link, a name that the Dashboard does not know selects nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One row of the form that makes a restricted key. Writing includes reading.

    `read` and `write` are Stripe's names without `rak_`: several where sources differ, none where none is known, so that
    people must tick the row. `certain` is false where even the row is a guess.
    """

    row: str
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    certain: bool = True


def scope(row: str, name: str) -> Scope:
    """A row whose permissions are `<name>_read` and `<name>_write`."""
    return Scope(row, (f"{name}_read",), (f"{name}_write",))


# Documented as connected_account_read; what Stripe then asks for in its 403 is accounts_kyc_basic_read (field reports ×5).
ACCOUNT = Scope(
    "Accounts (under Connect)", ("connected_account_read", "accounts_kyc_basic_read"), ("connected_account_write",)
)
EVENTS = Scope("Events", ("event_read",))
FILES = scope("Files", "file")
SUBSCRIPTIONS = Scope("Subscriptions", ("subscription_read",))

ELSEWHERE = {
    "/v1/account": ACCOUNT,
    "/v1/accounts": ACCOUNT,
    "/v1/events": EVENTS,
    "/v1/file_links": FILES,
    "/v1/files": FILES,
    "/v1/subscriptions": SUBSCRIPTIONS,
}
"""The rows for what is no kind, by the path of the call."""
