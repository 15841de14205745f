"""What a restricted key must be allowed: for a catalogue, and for a call that Stripe refused (stripe-facts 9, 11)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from reconciler.kinds import BY_NAME, KINDS, PARTS, scopes
from reconciler.kinds.kind import Kind
from reconciler.kinds.scopes import Scope
from reconciler.model import Desired

DOCTOR = "`stripe-portal doctor` lists what the key needs"

_OTHER_NAMES = {
    "price_read": "Prices: Read",
    "price_write": "Prices: Write",
    "bucket_connect_read": "all rows under Connect: Read",
}
"""Permissions that Stripe may name and that no table of ours has."""

_PORTAL = BY_NAME["portal_configuration"].scope
_CUSTOMERS = scopes.scope("Customers", "customer")
_ELSEWHERE = {**scopes.ELSEWHERE, "/v1/customers": _CUSTOMERS, "/v1/billing_portal/sessions": _PORTAL}


@dataclass(frozen=True, slots=True)
class Need:
    """A row of the Dashboard's form, what it is for, and the cheapest call that finds out whether a key may read it.

    `required`: without it a plan fails, and not only a part of its report. `writes`: apply writes it.
    """

    scope: Scope
    what: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True
    writes: bool = False


def needs(desired: Desired, *, connected: bool = False) -> tuple[Need, ...]:
    """What plan, apply, drift and impact need for a catalogue; the account first, then kinds in the order of tables.

    What is a part of the account is written for connected accounts alone (stripe-facts 8).
    """
    declared = {a.kind for a in desired.resources} | {a.kind for a in desired.released}
    kinds = [_of_kind(k, writes=True) for k in KINDS if k.name in declared]
    files = [Need(scopes.FILES, "images", "/v1/file_links", {"expired": False}, writes=True)] if desired.files else []
    return (
        Need(scopes.ACCOUNT, "to see which account it is", "/v1/account"),
        *(Need(k.scope, k.plural, "/v1/account", writes=connected) for k in PARTS if k.name in declared),
        *kinds,
        *files,
        Need(scopes.SUBSCRIPTIONS, "to count who is touched", "/v1/subscriptions", required=False),
        Need(scopes.EVENTS, "to see who changed what", "/v1/events", required=False),
    )


def others(desired: Desired) -> tuple[Need, ...]:
    """The kinds that a plan reads although nothing of them is declared: what was made of them once may have to go."""
    declared = {a.kind for a in desired.resources} | {a.kind for a in desired.released}
    return tuple(_of_kind(k, required=False) for k in KINDS if k.stampable and k.name not in declared)


def of_customers() -> tuple[Need, ...]:
    """What it takes to tell who can log in. No plan needs it: a key for plans does not read customers."""
    return (
        Need(scopes.ACCOUNT, "to see which account it is", "/v1/account"),
        Need(_CUSTOMERS, "customers and their emails", "/v1/customers"),
        Need(scopes.SUBSCRIPTIONS, "to see who subscribes", "/v1/subscriptions"),
        Need(_PORTAL, "login pages", "/v1/billing_portal/configurations", required=False),
    )


def _of_kind(kind: Kind, *, required: bool = True, writes: bool = False) -> Need:
    return Need(kind.scope, kind.plural, kind.path, kind.served, required, writes)


def link(name: str, permissions: Iterable[str], *, live: bool) -> str:
    """The page of the Dashboard that makes a restricted key, filled in (stripe-facts 11).

    A name that it does not know selects nothing. The path of test mode can make no live key, whatever was open last.
    """
    chosen = "".join(f"&permissions[]=rak_{one}" for one in dict.fromkeys(permissions))
    return f"https://dashboard.stripe.com/{'' if live else 'test/'}apikeys/create?name={quote(name, safe='')}{chosen}"


def to_read(found: Sequence[Need]) -> Mapping[str, tuple[str, ...]]:
    """For a key that only reads: the rows, each with the names of its permission."""
    return {f"{need.scope.row}: Read": need.scope.read for need in found}


def to_apply(found: Sequence[Need]) -> Mapping[str, tuple[str, ...]]:
    """For a key that applies, which reads what it writes: the rows, each with the names of its permission."""
    rows = {}
    for need in found:
        if need.writes:
            rows[f"{need.scope.row}: Write"] = need.scope.write
        elif need.scope is not scopes.EVENTS:
            rows[f"{need.scope.row}: Read"] = need.scope.read
    return rows


def in_words(permission: str) -> str:
    """What the Dashboard calls a permission that Stripe names, with or without `rak_`; empty when nobody knows."""
    name = permission.removeprefix("rak_")
    for scope in _scopes():
        if name in scope.read:
            return f"{scope.row}: Read"
        if name in scope.write:
            return f"{scope.row}: Write"
    return _OTHER_NAMES.get(name, "")


def missing(message: str, method: str, path: str) -> str:
    """The permission that a refused call lacked, as the Dashboard calls it: by Stripe's message, else by the call."""
    named = [in_words(name) for name in re.findall(r"'(rak_[a-z0-9_]+)'", message)]
    access = "Read" if method == "GET" else "Write"
    scope = scope_at(path)
    own = f"{scope.row}: {access}" if scope else ""
    if own in named:  # Stripe names all that would do, not only the one that was meant
        return own
    return " or ".join(dict.fromkeys(filter(None, named))) or own


def advice(message: str, method: str, path: str) -> str:
    """What to do about a 403, to follow Stripe's own words."""
    if "Stripe-Account" in message or "does not have access to account" in message:
        return "Is the account connected to the one of the key, and may the key act for connected accounts?"
    lacks = missing(message, method, path) if "permission" in message else ""
    return f"In the Dashboard that is {lacks}. {DOCTOR}" if lacks else DOCTOR


def scope_at(path: str) -> Scope | None:
    """The row for a call, by its path; of two that fit the longer one."""
    paths = {**_ELSEWHERE, **{k.path: k.scope for k in KINDS}}
    fitting = [p for p in paths if path == p or path.startswith(f"{p}/")]
    return paths[max(fitting, key=len)] if fitting else None


def _scopes() -> Iterator[Scope]:
    yield from (k.scope for k in KINDS)
    yield from _ELSEWHERE.values()
