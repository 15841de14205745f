"""What links lead to beside the portal. Payment links only tell a live one from a dead one; files come as they were
uploaded."""

from __future__ import annotations

import base64
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from reconciler.emulator import auth, clock, store
from reconciler.emulator.errors import Refusal, envelope, no_such
from reconciler.emulator.ids import BASE
from reconciler.emulator.runtime import Runtime
from reconciler.emulator.store import Body

QUERY = """
select o.scope, o.body from facets f join objects o on o.seq = f.seq
where f.kind = ? and f.name = ? and f.value = ? limit 1
"""
DEAD = "This link is not active."
TYPES = {"gif": "image/gif", "jpg": "image/jpeg", "json": "application/json", "pdf": "application/pdf"} | {
    "png": "image/png",
    "svg": "image/svg+xml",
}


def routes(runtime: Runtime) -> list[Route]:
    """Payment links, file links, and files by key."""

    async def pay(request: Request) -> Response:
        found = linked(runtime, "payment_link", "url", request.url.path)
        if found is None:
            return page(False, "")
        return page(found[1]["active"], "Pay here.", found[1]["inactive_message"] or DEAD)

    async def link(request: Request) -> Response:
        found = linked(runtime, "file_link", "url", request.url.path)
        if found is None:
            return page(False, "")
        scope, body = found
        ends = body["expires_at"]
        row = store.load(runtime.store, scope, "file", body["file"])
        if row is None or (ends is not None and ends <= clock.now(runtime.store)):
            return page(False, "")
        return contents(row.body)

    async def file(request: Request) -> Response:
        """With a key that may read files, as from Stripe's files host."""
        try:
            key, shown, scope = auth.authenticate(runtime.store, request.headers)
            auth.permit(key, shown, scope, "file_read")
            identifier = request.path_params["file"]
            row = store.load(runtime.store, scope.text, "file", identifier)
            if row is None:
                raise no_such("file", identifier, "file", status=404)
        except Refusal as refusal:
            return JSONResponse(envelope(refusal), status_code=refusal.status)
        return contents(row.body)

    return [
        Route("/p/pay/{token}", pay),
        Route("/links/{token}", link),
        Route("/v1/files/{file}/contents", file),
    ]


def linked(runtime: Runtime, kind: str, member: str, path: str) -> tuple[str, Body] | None:
    """The scope and the object that an address of this server was issued for."""
    row = runtime.store.connection.execute(QUERY, (kind, member, BASE + path)).fetchone()
    return (row[0], json.loads(row[1])) if row else None


def page(alive: bool, text: str, dead: str = DEAD) -> Response:
    return PlainTextResponse(text if alive else dead, status_code=200 if alive else 404)


def contents(file: Body) -> Response:
    return Response(base64.b64decode(file["content"]), media_type=TYPES.get(file["type"], "application/octet-stream"))
