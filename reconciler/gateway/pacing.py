"""Calls a second: Stripe's limits, kept on our side so that no call is wasted on a 429."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol

PER_OPERATION = 25
PER_FILE_OPERATION = {"POST /v1/files": 20, "GET /v1/file_links": 20}
IN_ALL_LIVE = 100
IN_ALL_SANDBOX = 25
PERIOD = 1.05
"""Seconds in which so many calls may start. A little over one, because calls do not arrive evenly as they were sent."""


class Stopped(Exception):
    """The clock was stopped while somebody waited."""


class Clock(Protocol):
    """Time, in seconds, as pacing and retries see it."""

    def now(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...
    def stop(self) -> None: ...


class WallClock:
    """Real time. `stop` wakes everybody who sleeps with Stopped, and lets nobody sleep again."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Stopped

    def stop(self) -> None:
        self._stopped.set()


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls that may start within one PERIOD, for each named operation and for all together."""

    per_operation: int
    in_all: int


SANDBOX = Limits(PER_OPERATION, IN_ALL_SANDBOX)
LIVE = Limits(PER_OPERATION, IN_ALL_LIVE)


class Pacer:
    """Makes threads wait until their call is within the limits (stripe-facts 10.1). Without limits it only holds."""

    def __init__(self, limits: Limits | None, clock: Clock):
        self._limits, self._clock = limits, clock
        self._lock = threading.Lock()
        self._started: dict[str, deque[float]] = {}
        self._held: dict[str, float] = {}

    def wait(self, operation: str) -> None:
        """Return when a call may start, and count it as started."""
        while (delay := self._take(operation)) > 0:
            self._clock.sleep(delay)

    def hold(self, operation: str, seconds: float) -> None:
        """No call of the operation, or none at all for "", starts for so long: Stripe answered 429."""
        with self._lock:
            self._held[operation] = max(self._held.get(operation, 0.0), self._clock.now() + seconds)

    def _take(self, operation: str) -> float:
        with self._lock:
            now = self._clock.now()
            ready = max(self._held.get("", 0.0), self._held.get(operation, 0.0))
            if self._limits is None:
                return ready - now
            recent = [
                self._started.setdefault(name, deque(maxlen=most))
                for name, most in ((operation, self._most(operation)), ("", self._limits.in_all))
            ]
            ready = max([ready, *(calls[0] + PERIOD for calls in recent if len(calls) == calls.maxlen)])
            if ready <= now:
                for calls in recent:
                    calls.append(now)
            return ready - now

    def _most(self, operation: str) -> int:
        assert self._limits is not None
        return min(self._limits.per_operation, PER_FILE_OPERATION.get(operation, self._limits.per_operation))
