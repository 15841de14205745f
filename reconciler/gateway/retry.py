"""Trying again: what for, how often, and how long to wait between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from reconciler.gateway.failures import Failed, api_failure
from reconciler.gateway.pacing import Clock, Stopped

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

FIRST_TRANSIENT = 405
"""No answer below is ever tried again: not 400 to 404, no redirect."""
TRIES = 6
TRIES_LIMITED = 10
TRIES_FEW = 4
FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0
"""Seconds. The waits of a call that is tried ten times add up to 47 at the very most."""


def persist(
    attempt: Callable[[], T], *, method: str, path: str, clock: Clock, limited: Callable[[str, float], None]
) -> T:
    """Call until it works, is not worth another try or is interrupted; then raise ApiFailure.

    `limited(reason, seconds)` is told of every 429 but a lock's, so that others wait as well.
    """
    from tenacity import Retrying, retry_if_exception, wait_random_exponential

    tries: list[Failed] = []

    def once() -> T:
        try:
            return attempt()
        except Failed as failed:
            tries.append(failed)
            raise

    def warn(state: RetryCallState) -> None:
        last = tries[-1]
        if last.status == 429 and (last.reason or last.code == "rate_limit"):
            limited(last.reason, state.upcoming_sleep)

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Failed) and worth_another_try(error)),
        wait=wait_random_exponential(multiplier=FIRST_WAIT, max=LONGEST_WAIT, min=FIRST_WAIT / 2),
        stop=lambda state: state.attempt_number >= most_tries(tries[-1], method),
        sleep=clock.sleep,
        before_sleep=warn,
        reraise=True,
    )
    try:
        return retrying(once)
    except Failed:
        pass  # raised anew below, so that the frames of the SDK, which hold the key, do not hang on to it
    except Stopped:
        tries.append(Failed("interrupted"))
    raise api_failure(method, path, tries)


def worth_another_try(failed: Failed) -> bool:
    """Network, 409, 429 and 5xx, unless Stripe advises against it, or the answer to a write came out of its memory.

    Stripe repeats a stored 500 for as long as the idempotency key is the same (stripe-facts 10.2).
    """
    if 0 < failed.status < FIRST_TRANSIENT or (failed.replayed and failed.status >= 500):
        return False
    return failed.transient if failed.advice is None else failed.advice


def most_tries(failed: Failed, method: str) -> int:
    """How often in all a call that last failed like this is tried.

    Seldom when Stripe is likely to repeat itself, and when there is no way to it: that does not pass within seconds.
    """
    if failed.status == 429:
        return TRIES_LIMITED
    unreachable = failed.status == 0 and not failed.unclear
    return TRIES_FEW if unreachable or (method != "GET" and failed.status >= 500) else TRIES
