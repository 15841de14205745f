"""Faults that a test orders: what goes wrong, on which request, how often."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.emulator.errors import Refusal
from reconciler.emulator.limits import too_many

KINDS = ("error", "drop", "rate_limit", "lock_timeout", "latency", "hold", "malformed")
MOMENTS = ("before", "after")
MESSAGE = "An unknown error occurred. We have been notified of the problem."


@dataclass
class Fault:
    """One order. It fits a request whose method, path (Stripe's template or the path as sent) and operation are the
    ones given, and acts on the `nth` that fits and the `times - 1` after it; `times` None means for ever."""

    kind: str
    method: str | None = None
    path: str | None = None
    operation: str | None = None
    nth: int = 1
    times: int | None = 1
    when: str = "before"
    status: int = 500
    reason: str | None = None
    seconds: float = 0.0
    message: str = MESSAGE
    code: str | None = None
    should_retry: bool | None = None
    stored: bool | None = None
    fitted: int = 0
    held: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event, repr=False)


def ordered(data: Mapping[str, Any]) -> Fault:
    """A fault from the body of a control request. Raises ValueError naming what doesn't fit."""
    names = set(Fault.__dataclass_fields__) - {"fitted", "held", "released"}
    strangers = sorted(data.keys() - names)
    if strangers:
        raise ValueError(f"unknown members: {', '.join(strangers)}; a fault has {', '.join(sorted(names))}")
    if data.get("kind") not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    if data.get("when", "before") not in MOMENTS:
        raise ValueError(f"when is one of {', '.join(MOMENTS)}")
    return Fault(**data)


def described(fault: Fault) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in Fault.__dataclass_fields__ if name != "released"}


def taken(faults: list[Fault], method: str, template: str, path: str, operation: str) -> tuple[Fault, ...]:
    """The faults that act on this request; counts it for every fault that it fits."""
    return tuple(acting(faults, method, template, path, operation))


def acting(faults: list[Fault], method: str, template: str, path: str, operation: str) -> Iterator[Fault]:
    for fault in faults:
        fits = (
            fault.method in (None, method)
            and fault.path in (None, template, path)
            and fault.operation in (None, operation)
        )
        if not fits:
            continue
        fault.fitted += 1
        past = fault.fitted - fault.nth
        if past >= 0 and (fault.times is None or past < fault.times):
            yield fault


def refusal(fault: Fault) -> Refusal:
    """The error answer that a fault stands for (stripe-facts 9, 10.1, 15.10)."""
    if fault.kind == "rate_limit":
        return too_many(fault.reason)
    if fault.kind == "lock_timeout":
        status = fault.status if fault.status in (409, 429) else 409
        headers = retry_header(status == 409 if fault.should_retry is None else fault.should_retry)
        text = (
            "This object cannot be accessed right now because another API request or Stripe process is currently "
            "accessing it. If you see this error intermittently, retry the request."
        )
        return Refusal(text, status=status, code="lock_timeout", headers=headers if status == 409 else {}, judged=True)
    should_retry = False if fault.status == 500 and fault.should_retry is None else fault.should_retry
    kind = "api_error" if fault.status >= 500 else "invalid_request_error"
    stored = fault.status == 500 if fault.stored is None else fault.stored
    headers = {} if should_retry is None else retry_header(should_retry)
    return Refusal(fault.message, status=fault.status, kind=kind, code=fault.code, headers=headers, judged=not stored)


def retry_header(should_retry: bool) -> dict[str, str]:
    return {"Stripe-Should-Retry": "true" if should_retry else "false"}


async def wait(faults: tuple[Fault, ...]) -> None:
    """Lets a request wait: for the seconds of a latency fault, or until a held one is released."""
    for fault in faults:
        if fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "hold":
            fault.held += 1
            await fault.released.wait()
            fault.held -= 1
