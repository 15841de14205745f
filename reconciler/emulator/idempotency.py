"""Idempotency keys: what was answered once is answered again (stripe-facts 10.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.emulator.errors import Refusal
from reconciler.emulator.store import Store

LONGEST = 255
KEPT = 24 * 3600
"""Seconds after which a key may be forgotten; the emulator forgets it then."""


@dataclass(frozen=True)
class Answered:
    """The first answer under a key. `place` is the method and path of its request."""

    place: str
    fingerprint: str
    status: int
    body: str
    request_id: str


def check_key(key: str) -> None:
    if len(key) > LONGEST:
        text = f"Keys for idempotent requests can be at most {LONGEST} characters long."
        raise Refusal(text, kind="idempotency_error", judged=True)


def fingerprint(params: Mapping[str, Any]) -> str:
    """The same for the same parameters in any order; a file counts by its name and digest."""
    return hashlib.sha256(json.dumps(params, sort_keys=True, default=str).encode()).hexdigest()


def recorded(store: Store, scope: str, key: str, now: int) -> Answered | None:
    query = "select body from idempotency where scope = ? and key = ? and created > ?"
    found = store.connection.execute(query, (scope, key, now - KEPT)).fetchone()
    return Answered(**json.loads(found[0])) if found else None


def record(store: Store, scope: str, key: str, now: int, answered: Answered) -> None:
    statement = "insert or replace into idempotency values (?, ?, ?, ?)"
    store.connection.execute(statement, (scope, key, now, json.dumps(answered.__dict__)))


def compare(answered: Answered, key: str, place: str, digest: str) -> None:
    """Refuses a key that comes back with another endpoint or other parameters."""
    other = f"Try using a key other than '{key}' if you meant to execute a different request."
    if answered.place != place:
        was, now = answered.place.split()[1], place.split()[1]
        text = "Keys for idempotent requests can only be used for the same endpoint they were first used for"
        raise Refusal(f"{text} ('{was}' vs '{now}'). {other}", kind="idempotency_error", judged=True)
    if answered.fingerprint != digest:
        text = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        raise Refusal(f"{text} {other}", kind="idempotency_error", judged=True)


def in_use(key: str) -> Refusal:
    """Another request under the same key is still under way."""
    text = (
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later."
    )
    return Refusal(text, status=409, code="idempotency_key_in_use", judged=True)
