"""What went wrong with one try of one call: from an answer, or from there being none, to an ApiFailure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.errors import ApiFailure
from reconciler.gateway.keys import PAGE, redact

_SENTENCES = {
    "api_key_expired": f"the API key has expired; make a new one at {PAGE}",
    "secret_key_required": "that is a publishable key, which cannot read or write; use a secret or restricted one",
    401: f"Stripe does not know this API key; is it complete, and not rolled, revoked or deleted? They are at {PAGE}",
}


@dataclass(eq=False)
class Failed(Exception):
    """One try that failed. Stays inside the gateway.

    `status` is 0 when there was no answer; `unclear` when the call may have taken effect all the same, `transient` when
    it may work later. `advice` is what Stripe says about trying again, `reason` which limit a 429 ran into, `replayed`
    that the answer came out of Stripe's memory.
    """

    message: str
    status: int = 0
    code: str = ""
    param: str = ""
    request_id: str = ""
    unclear: bool = False
    transient: bool = False
    advice: bool | None = None
    reason: str = ""
    replayed: bool = False


def from_answer(status: int, headers: Mapping[str, str], body: bytes) -> Failed:
    """Read an answer that is not 2xx. The body may be anything: a proxy in between answers in HTML, or in other JSON.

    Only Stripe's own `message` goes on into the error, never the body.
    """
    error = _error_in(body)
    code, kind = _text(error, "code"), _text(error, "type")
    if 300 <= status < 400:
        message = "the answer is a redirect, which is never followed: the API key must not go to another host"
    else:
        ours = _SENTENCES.get(code) or (_SENTENCES.get(status) if error else "")
        message = ours or redact(" ".join(_text(error, "message").split()))
    advice = headers.get("Stripe-Should-Retry", "").lower()
    in_use = code == "idempotency_key_in_use" or (status == 409 and kind == "idempotency_error")
    return Failed(
        message or "the answer does not come from Stripe; is there a proxy in between?",
        status=status,
        code=code,
        param=_text(error, "param"),
        request_id=headers.get("Request-Id", ""),
        unclear=status >= 500 or in_use,
        transient=status in (409, 429) or status >= 500,
        advice={"true": True, "false": False}.get(advice),
        reason=headers.get("Stripe-Rate-Limited-Reason", ""),
        replayed=headers.get("Idempotent-Replayed", "").lower() == "true",
    )


def from_network(error: BaseException, host: str) -> Failed:
    """Read an exception of `requests`. `unclear` unless it is certain that nothing was sent."""
    import requests
    import urllib3.exceptions as below

    causes = _chain(error)
    if isinstance(error, requests.exceptions.SSLError):
        return Failed(f"{host} could not prove who it is (TLS); nothing was sent")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Failed(f"cannot reach {host}: no connection in time", transient=True)
    if any(isinstance(cause, below.NameResolutionError) for cause in causes):
        return Failed(f"cannot reach {host}: its name is not known here", transient=True)
    if any(isinstance(cause, below.NewConnectionError) for cause in causes):
        refused = any(isinstance(cause, ConnectionRefusedError) for cause in causes)
        return Failed(f"cannot reach {host}: " + ("connection refused" if refused else "no connection"), transient=True)
    if isinstance(error, requests.exceptions.Timeout):
        return Failed(f"{host} did not answer in time", unclear=True, transient=True)
    if isinstance(error, requests.exceptions.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return Failed(f"{host} broke the connection off", unclear=True, transient=True)
    return Failed(f"the call to {host} failed ({type(error).__name__})", unclear=True)


def api_failure(method: str, path: str, tries: Sequence[Failed]) -> ApiFailure:
    """What the rest of the tool sees of a call that was given up.

    A write whose outcome was unclear once stays `unknown`, unless a later try with the same idempotency key was judged
    on its merits: Stripe would have repeated the first answer instead (stripe-facts 10.2).
    """
    last = tries[-1]
    message = last.message
    if last.status == 403 and last.request_id:  # of Stripe, and not of a proxy
        from reconciler.permissions import advice

        message = f"{message.rstrip('.')}. {advice(message, method, path)}"
    judged = last.status in (400, 402, 404)
    return ApiFailure(
        f"{method} {path}",
        message,
        status=last.status,
        code=last.code,
        param=last.param,
        request_id=last.request_id,
        unknown=method != "GET" and not judged and any(failed.unclear for failed in tries),
        remembered=tries[0].replayed,
    )


def _error_in(body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}


def _text(error: Mapping[str, Any], name: str) -> str:
    value = error.get(name)
    return value if isinstance(value, str) else ""


def _chain(error: BaseException) -> list[BaseException]:
    """The exception with all that it was raised from. urllib3 keeps its cause in `reason`, requests in `args`."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and not any(one is known for known in found):
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found
