"""Whose requests control and pages take: only such as name this machine. Otherwise any web site could order something
here through a browser that runs on it, also by a name of its own that it lets point to this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

LOOPBACK = frozenset(["127.0.0.1", "localhost", "::1"])


def refused(scope: Scope) -> str | None:
    """Why a request beside the API is not taken, in one line. Pages have seals in place of the origin, and their forms
    name none (`html.HEADERS`)."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if not own(f"http://{host}", scope):
        return "The Host of this request is not the emulator's own address."
    origins = headers.getlist("origin") if scope["path"].startswith("/_emulator/") else []
    if not all(own(origin, scope) for origin in origins):
        return "The Origin of this request is not the emulator's own address."
    return None


def own(origin: str, scope: Scope) -> bool:
    """Whether an origin is this server by a name of this machine or by the address it listens at."""
    try:
        parts = urlsplit(origin)
        name, port = parts.hostname, parts.port
    except ValueError:
        return False
    bound, listening = scope.get("server") or (None, None)
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return parts.scheme == "http" and bare and name in {*LOOPBACK, bound} and (port or 80) == listening
