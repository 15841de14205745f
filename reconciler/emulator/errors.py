"""Refusals: every error answer, in Stripe's envelope (stripe-facts 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NO_HEADERS: Mapping[str, str] = {}


class Refusal(Exception):
    """An error answer. `judged` is true when it came from checking parameters alone, before the endpoint ran: such an
    answer is never stored under an idempotency key (stripe-facts 10.2)."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        judged: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = headers
        self.judged = judged


def envelope(refusal: Refusal) -> dict[str, Any]:
    """The body of an error answer; members without a value are left out."""
    error: dict[str, Any] = {"type": refusal.kind, "message": refusal.message}
    if refusal.code:
        error["code"] = refusal.code
        error["doc_url"] = "https://stripe.com/docs/error-codes/" + refusal.code.replace("_", "-")
    if refusal.param:
        error["param"] = refusal.param
    return {"error": error}


def no_such(noun: str, identifier: str, param: str, *, status: int = 400) -> Refusal:
    """An id that names nothing: 404 for the object of the call itself, 400 for one it refers to (stripe-facts 9)."""
    return Refusal(f"No such {noun}: '{identifier}'", status=status, code="resource_missing", param=param)


def unknown_parameters(names: tuple[str, ...]) -> Refusal:
    """Parameters that the call doesn't take, in bracket notation (stripe-facts 15.4)."""
    plural = "s" if len(names) > 1 else ""
    message = f"Received unknown parameter{plural}: {', '.join(names)}"
    return Refusal(message, code="parameter_unknown", param=names[0], judged=True)


def missing_parameter(name: str, *, judged: bool = False) -> Refusal:
    """A required parameter that wasn't sent."""
    return Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name, judged=judged)


def empty_parameter(name: str) -> Refusal:
    """An empty string where Stripe has no way to unset (stripe-facts 4)."""
    message = (
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value."
    )
    return Refusal(message, code="parameter_invalid_empty", param=name, judged=True)


def exclusive(*names: str) -> Refusal:
    """Parameters that exclude each other."""
    message = f"You may only specify one of these parameters: {', '.join(names)}."
    return Refusal(message, code="parameters_exclusive", param=names[0])


def unsupported(name: str) -> Refusal:
    """A parameter that Stripe knows and this emulator doesn't: refused, so that no test passes by its being ignored."""
    return Refusal(f"The emulator does not support the parameter {name} yet.", param=name, judged=True)
