"""Accounts and their keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.emulator import store as storage
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Resource, Scope
from reconciler.emulator.store import Store

ACCOUNT = "acct_1Emulator00000000"
TEST_KEY, LIVE_KEY = "sk_test_emulator", "sk_live_emulator"
PREFIXES = ("sk_test_", "sk_live_", "rk_test_", "rk_live_", "rkcs_test_", "rkcs_live_")
DEFAULTS: Mapping[str, Any] = {
    "display_name": "Emulator",
    "country": "US",
    "default_currency": "usd",
    "email": "owner@emulator.example",
    "created": 1_700_000_000,
    "settings": {},
    "connected_to": None,
}
KEY_MEMBERS = frozenset({"key", "livemode", "permissions", "expired"})


@dataclass(frozen=True)
class Key:
    """What a key opens. `permissions` None means everything; else the names of `stripe-facts` 11."""

    account: str
    livemode: bool
    permissions: frozenset[str] | None
    expired: bool


def register(store: Store, kinds: Mapping[str, Resource], data: Mapping[str, Any]) -> dict[str, Any]:
    """Creates or changes an account, and a key to it when `data` has one. Without an `id` it is the account that the
    key opens already, else a new one. Called inside a transaction. Returns the account; raises ValueError naming what
    doesn't fit. The key itself is not kept, only its digest."""
    strangers = sorted(data.keys() - DEFAULTS.keys() - KEY_MEMBERS - {"id"})
    if strangers:
        raise ValueError(f"unknown members: {', '.join(strangers)}")
    opened = found(store, str(data.get("key")))
    identifier = data.get("id") or (opened.account if opened else random_id("acct_1", 16))
    known = account(store, identifier)
    body = {**DEFAULTS, **(known or {}), **{name: data[name] for name in DEFAULTS if name in data}, "id": identifier}
    if body["connected_to"] is not None and account(store, body["connected_to"]) is None:
        raise ValueError(f"connected_to names no account: {body['connected_to']}")
    store.connection.execute("insert or replace into accounts values (?, ?)", (identifier, json.dumps(body)))
    if known is None:
        seed(store, kinds, identifier, body["created"])
    if "key" in data:
        add_key(store, identifier, data)
    return body


def add_key(store: Store, identifier: str, data: Mapping[str, Any]) -> None:
    key = data["key"]
    if not isinstance(key, str) or not key.startswith(PREFIXES):
        raise ValueError(f"a key begins with one of {', '.join(PREFIXES)}")
    opened = {
        "account": identifier,
        "livemode": data.get("livemode", "_live_" in key[:10]),
        "permissions": data.get("permissions"),
        "expired": data.get("expired", False),
    }
    row = (digest(key), identifier, json.dumps(opened))
    store.connection.execute("insert or replace into keys values (?, ?, ?)", row)


def seed(store: Store, kinds: Mapping[str, Resource], identifier: str, created: int) -> None:
    """The objects that every account has from the start, in both modes."""
    for livemode in (False, True):
        scope = Scope(identifier, livemode).text
        for resource in kinds.values():
            for body in resource.seed(livemode) if resource.seed else ():
                storage.insert(store, scope, resource.kind, body["id"], created, body, resource.facets)


def found(store: Store, key: str) -> Key | None:
    row = store.connection.execute("select body from keys where digest = ?", (digest(key),)).fetchone()
    if row is None:
        return None
    opened = json.loads(row[0])
    permissions = opened["permissions"]
    return Key(
        opened["account"],
        opened["livemode"],
        None if permissions is None else frozenset(name.removeprefix("rak_") for name in permissions),
        opened["expired"],
    )


def account(store: Store, identifier: str) -> dict[str, Any] | None:
    row = store.connection.execute("select body from accounts where id = ?", (identifier,)).fetchone()
    return json.loads(row[0]) if row else None


def all_accounts(store: Store) -> list[dict[str, Any]]:
    return [json.loads(body) for (body,) in store.connection.execute("select body from accounts order by rowid")]


def furnish(store: Store, kinds: Mapping[str, Resource]) -> None:
    """The account that every emulator begins with, and its two keys. Called inside a transaction."""
    if account(store, ACCOUNT) is None:
        register(store, kinds, {"id": ACCOUNT, "key": TEST_KEY})
        register(store, kinds, {"id": ACCOUNT, "key": LIVE_KEY})


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
