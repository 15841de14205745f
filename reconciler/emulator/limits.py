"""Rate limits per operation and per account (stripe-facts 10.1). Off unless switched on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Scope

OPERATION, SLOW, LIVE, SANDBOX = 25, 20, 100, 25
"""`SLOW` is what search takes, and the files API."""


@dataclass
class Limits:
    """Requests per second. `account` None means Stripe's own: 100 live, 25 in a sandbox. They count by the emulator's
    clock: while that stands still, a full window stays full."""

    enabled: bool = False
    operation: int = OPERATION
    account: int | None = None
    seen: dict[tuple[str, str], deque[float]] = field(default_factory=dict)


def enforce(limits: Limits, scope: Scope, operation: str, moment: float) -> None:
    """Counts a request, or refuses it with 429 when the last second was full."""
    if not limits.enabled:
        return
    total = limits.account if limits.account is not None else (LIVE if scope.livemode else SANDBOX)
    slow = operation.endswith(".search") or operation.startswith(("file.", "file_link."))
    each = min(limits.operation, SLOW) if slow else limits.operation
    windows = (("endpoint-rate", operation, each), ("global-rate", "", total))
    for reason, name, most in windows:
        window = limits.seen.setdefault((scope.text, name), deque())
        while window and window[0] <= moment - 1:
            window.popleft()
        if len(window) >= most:
            raise too_many(reason)
    for _, name, _ in windows:
        limits.seen[scope.text, name].append(moment)


def too_many(reason: str | None) -> Refusal:
    """429; `reason` becomes `Stripe-Rate-Limited-Reason`. Stripe never asks for a retry here (stripe-facts 1.4)."""
    text = "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits."
    headers = {"Stripe-Rate-Limited-Reason": reason} if reason else {}
    return Refusal(text, status=429, code="rate_limit", headers=headers, judged=True)
