"""Writes that Stripe answers out of its memory: an earlier run of the same saved plan sent them (stripe-facts 10.2).

The account was read since, and what a write is for was not there. What Stripe remembers is true only if it is so now.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler import stamp
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway, item
from reconciler.kinds import BY_NAME
from reconciler.model import Action, Basis, Verb

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent. `at` is the path of the object that it is about, or nothing for one that it makes."""

    path: str
    params: Raw
    at: str = ""


def post(gateway: Gateway, action: Action, call: Call, key: str, basis: tuple[Basis, ...] = ()) -> Raw:
    """Write once. `basis` is the plan's. Raises ApiFailure."""
    try:
        answer = gateway.post(call.path, call.params, idempotency_key=key)
    except ApiFailure as failure:
        if not failure.remembered:
            raise
        if failure.status >= 500 and not call.at and (one := _made(gateway, action, basis)):
            raise failure.saying(f"{one} was made by another run of this plan: apply it again") from None
        return gateway.post(call.path, call.params, idempotency_key=f"{key}-{secrets.token_hex(4)}")
    if not getattr(answer, "replayed", False) or _is_so(gateway, call, answer):
        return answer
    return gateway.post(call.path, call.params, idempotency_key=f"{key}-{secrets.token_hex(4)}")


def _is_so(gateway: Gateway, call: Call, answer: Raw) -> bool:
    """Whether what is remembered is there: an object that was made, or the values that one was given."""
    try:
        now = gateway.get(call.at or item(call.path, str(answer.get("id"))))
    except ApiFailure as failure:
        if failure.status == 404:
            return False
        raise
    if not call.at and now.get("active", True) != answer.get("active", True):
        text = f"{now.get('id')} was made by an earlier run of this plan, and left service since: plan again"
        raise ApiFailure(f"POST {call.path}", text)
    return not call.at or all(now.get(name) == answer.get(name) for name in (*call.params, "active", "status"))


def _made(gateway: Gateway, action: Action, basis: tuple[Basis, ...]) -> str:
    """The id of what bears the address of a creation by now, or nothing."""
    kind, before = BY_NAME[action.address.kind], {b.id for b in basis}
    if action.verb is not Verb.CREATE or action.stamp is None:
        return ""
    for raw in gateway.list(kind.path, dict(kind.served)):
        mark = stamp.decode(raw.get("metadata") or {})
        if mark and (mark.project, mark.address) == (action.stamp.project, action.address) and raw["id"] not in before:
            return str(raw["id"])
    return ""
