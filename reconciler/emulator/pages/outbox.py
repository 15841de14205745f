"""Mails that were not sent anywhere, and the one-time codes in them."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any

from reconciler.emulator import clock, store
from reconciler.emulator.model import Scope
from reconciler.emulator.store import Store

LASTS = 600
TRIES = 5
"""How many seconds a code is good for, and how many wrong ones may be entered; both are recall."""
KEPT = 200
MOST = 5
"""How many codes may be asked for one email within `LASTS` (recall)."""


def mails(opened: Store) -> list[dict[str, Any]]:
    """Oldest first: to, subject, code, time (seconds), account, livemode."""
    return list(store.recall(opened, "outbox") or ())


def emptied(opened: Store) -> None:
    store.remember(opened, "outbox", [])


def ask(opened: Store, scope: Scope, secret: str, door: str, email: str, customer: str | None, subject: str) -> None:
    """A code for the browser that holds `secret`, good at this `door` alone, in place of any earlier one. Without a
    customer nothing is sent, and no code will do; so it is when too many were asked for, but then a code that is still
    good stays so. The browser is told the same."""
    now = clock.now(opened)
    if too_many(opened, scope, email, now):
        if asked(opened, secret, door) == email:
            return
        customer = None
    code = f"{secrets.randbelow(10**6):06}"
    if customer is not None:
        mail = {"to": email, "subject": subject, "code": code, "time": int(now)}
        mail |= {"account": scope.account, "livemode": scope.livemode}
        store.remember(opened, "outbox", [*mails(opened), mail][-KEPT:])
    pending = {"email": email, "customer": customer, "code": digest(code), "until": now + LASTS, "left": TRIES}
    store.remember(opened, named(secret), {**pending, "door": door})


def too_many(opened: Store, scope: Scope, email: str, now: float) -> bool:
    """Counts one more request for a code."""
    place = f"asked/{scope.text}/{digest(email.lower())}"
    before = [moment for moment in store.recall(opened, place) or () if now - LASTS < moment <= now]
    if len(before) >= MOST:
        return True
    store.remember(opened, place, [*before, now])
    return False


def asked(opened: Store, secret: str | None, door: str) -> str | None:
    """The email that a browser asked a code for at this door, while one may still be entered."""
    pending = store.recall(opened, named(secret)) if secret else None
    if not pending or pending.get("door") != door or pending["left"] <= 0 or clock.now(opened) >= pending["until"]:
        return None
    return str(pending["email"])


def redeemed(opened: Store, secret: str, door: str, code: str) -> str | None:
    """The customer of a right code, once; a wrong one counts."""
    pending = store.recall(opened, named(secret))
    if pending is None or asked(opened, secret, door) is None:
        return None
    right = secrets.compare_digest(pending["code"], digest(code)) and pending["customer"] is not None
    left = 0 if right else pending["left"] - 1
    store.remember(opened, named(secret), {**pending, "left": left})
    return str(pending["customer"]) if right else None


def digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()


def named(secret: str) -> str:
    return f"login/{digest(secret)}"
