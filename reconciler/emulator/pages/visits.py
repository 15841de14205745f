"""Visits: a browser that came in by a session or a login, known by a cookie of which only the digest is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from starlette.responses import Response

from reconciler.emulator import store
from reconciler.emulator.model import Scope
from reconciler.emulator.store import Store

IDLE = 3600
"""Seconds from the last page until a visit is over (stripe-facts 5.4)."""
COOKIE = "portal"


@dataclass(frozen=True)
class Visit:
    """`path` is the address under which its pages are, `by_link` tells a login from a session made by the API, `flow`
    what a session was made for, until it is done, `said` what it then says, `seen` the time of the last page."""

    name: str
    path: str
    account: str
    livemode: bool
    customer: str
    configuration: str
    by_link: bool
    return_url: str | None
    flow: Mapping[str, Any] | None
    seen: float
    said: str | None = None

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.livemode)

    @property
    def confirming(self) -> Mapping[str, Any] | None:
        """The change that a session asks the customer to confirm."""
        confirm: Mapping[str, Any] | None = (self.flow or {}).get("subscription_update_confirm")
        return confirm


def begun(opened: Store, response: Response, visit: Visit) -> Response:
    """Keeps a visit under a new cookie, for its own pages only."""
    secret = secrets.token_urlsafe(32)
    keep(opened, replace(visit, name=named(secret)))
    response.set_cookie(COOKIE, secret, path=visit.path, httponly=True, samesite="lax")
    return response


def found(opened: Store, secret: str | None, path: str) -> Visit | None:
    """The visit of a cookie, over or not."""
    held = store.recall(opened, named(secret)) if secret else None
    visit = Visit(**held) if held else None
    return visit if visit and visit.path == path else None


def keep(opened: Store, visit: Visit) -> None:
    store.remember(opened, visit.name, asdict(visit))


def over(visit: Visit, now: float) -> bool:
    return now - visit.seen > IDLE


def named(secret: str) -> str:
    return f"visit/{sha256(secret.encode()).hexdigest()}"


def seal(secret: str) -> str:
    """What a form of this browser must carry: another site can make it send the cookie, but can't know this."""
    return sha256(f"form/{secret}".encode()).hexdigest()


def sealed(secret: str | None, form: Mapping[str, str]) -> bool:
    return bool(secret) and secrets.compare_digest(seal(secret or "").encode(), form.get("seal", "").encode())
