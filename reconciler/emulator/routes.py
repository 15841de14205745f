"""URLs → operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote_plus

from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Operation

Routes = Mapping[tuple[str, int], tuple[Operation, ...]]


def routes(operations: Iterable[Operation]) -> Routes:
    """Operations by method and number of segments, fixed paths before those with variables."""
    grouped: dict[tuple[str, int], list[Operation]] = {}
    for operation in operations:
        grouped.setdefault((operation.method, operation.path.count("/")), []).append(operation)
    return {place: tuple(sorted(found, key=lambda one: "{" in one.path)) for place, found in grouped.items()}


def route(table: Routes, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
    """The operation and the variables of its path. `path` is still percent-encoded, as ids may hold a slash. `search`
    is never an id: Stripe searches there (stripe-facts 2.6)."""
    segments = path.split("/")
    for operation in table.get((method, len(segments) - 1), ()):
        template = operation.path.split("/")
        variables = {}
        for part, segment in zip(template, segments, strict=True):
            if part.startswith("{") and segment not in ("", "search"):
                variables[part[1:-1]] = unquote_plus(segment)
            elif part != segment:
                break
        else:
            return operation, variables
    return None


def unrecognized(method: str, path: str) -> Refusal:
    text = (
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at "
        "https://support.stripe.com/."
    )
    return Refusal(text, status=404, judged=True)
