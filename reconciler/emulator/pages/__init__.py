"""What links lead to: the customer portal, payment links, files."""

from __future__ import annotations

from starlette.routing import Route

from reconciler.emulator.pages.links import routes as link_routes
from reconciler.emulator.pages.login import routes as login_routes
from reconciler.emulator.pages.portal import routes as portal_routes
from reconciler.emulator.runtime import Runtime


def serves(path: str) -> bool:
    """Whether a path of the server is a page; of those under `/v1/`, the contents of files alone."""
    return path.startswith(("/p/", "/links/")) or (path.startswith("/v1/files/") and path.endswith("/contents"))


def routes(runtime: Runtime) -> list[Route]:
    """Everything that is no call of the API and no control."""
    return [*login_routes(runtime), *portal_routes(runtime), *link_routes(runtime)]
