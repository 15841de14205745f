"""Portal pages: for now they only tell a live link from a dead one."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from reconciler.emulator.ids import BASE
from reconciler.emulator.runtime import Runtime

QUERY = """
select o.body from facets f join objects o on o.seq = f.seq where f.kind = ? and f.name = ? and f.value = ? limit 1
"""


def routes(runtime: Runtime) -> list[Route]:
    """`/p/login/…` of portal configurations and `/p/session/…` of portal sessions."""

    async def login(request: Request) -> Response:
        query = (QUERY, ("billing_portal.configuration", "login_page.url", BASE + request.url.path))
        found = runtime.store.connection.execute(*query).fetchone()
        return page(found is not None and json.loads(found[0])["active"], "Log in to the customer portal.")

    async def session(request: Request) -> Response:
        query = (QUERY, ("billing_portal.session", "url", BASE + request.url.path))
        return page(runtime.store.connection.execute(*query).fetchone() is not None, "Customer portal.")

    return [Route("/p/login/{token}", login), Route("/p/session/{token}", session)]


def page(alive: bool, text: str) -> Response:
    return PlainTextResponse(text if alive else "This link is not active.", status_code=200 if alive else 404)
