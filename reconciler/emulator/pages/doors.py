"""Where one logs in: login pages, and expired sessions that their customer may recover (stripe-facts 5.4)."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.emulator import accounts, clock, objects
from reconciler.emulator.model import Scope
from reconciler.emulator.pages.asked import calling
from reconciler.emulator.pages.links import linked
from reconciler.emulator.runtime import Runtime
from reconciler.emulator.store import Body


@dataclass(frozen=True)
class Door:
    """`customer` is the only one who may come in, where a session is recovered."""

    path: str
    scope: Scope
    configuration: Body
    customer: str | None
    return_url: str | None

    @property
    def name(self) -> str:
        """What a code is good for: this address, account, mode and configuration."""
        return f"{self.path} {self.scope.text} {self.configuration['id']}"


def opened(runtime: Runtime, path: str) -> Door | None:
    """The door at an address: one that was withdrawn, or whose configuration is out of service, is none."""
    if path.startswith("/p/login/"):
        found = linked(runtime, "billing_portal.configuration", "login_page.url", path)
        if found is None or not found[1]["active"]:
            return None
        scope, configuration = scope_of(found[0]), found[1]
        return Door(path, scope, configuration, None, configuration["default_return_url"])
    found = linked(runtime, "billing_portal.session", "url", path.removesuffix("/login"))
    if found is None or not found[1]["after_expiration"]:
        return None
    scope, session = scope_of(found[0]), found[1]
    until = (session["after_expiration"].get("customer_login") or {}).get("expires_at")
    configured = objects.find(calling(runtime, scope), "billing_portal.configuration", session["configuration"])
    if configured is None or not configured["active"] or (until and clock.now(runtime.store) >= until):
        return None
    return Door(path, scope, configured, session["customer"], session["return_url"])


def scope_of(text: str) -> Scope:
    account, _, mode = text.rpartition("/")
    return Scope(account, mode == "live")


def framed(runtime: Runtime, door: Door) -> Body:
    profile = door.configuration["business_profile"]
    return {
        "business": business(runtime, door.scope),
        "headline": profile["headline"],
        "privacy": profile["privacy_policy_url"],
        "terms": profile["terms_of_service_url"],
    }


def business(runtime: Runtime, scope: Scope) -> str:
    held = accounts.account(runtime.store, scope.account) or {}
    return str(held.get("display_name") or scope.account)
