"""The web application: Stripe's API under `/v1/`, what links lead to, and control under `/_emulator/`."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from reconciler.emulator import control, hosts, pages
from reconciler.emulator.messages import Incoming, Outgoing
from reconciler.emulator.pipeline import respond
from reconciler.emulator.runtime import Runtime


def application(runtime: Runtime) -> ASGIApp:
    """The ASGI application of one emulator."""
    aside = Starlette(routes=[*control.routes(runtime), *pages.routes(runtime)])

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        beside = scope["type"] != "http" or scope["path"].startswith("/_emulator/") or pages.serves(scope["path"])
        if not beside:
            outgoing = await respond(runtime, await received(scope, receive))
            await (drop(receive) if outgoing.status == 0 else answer(outgoing, send))
        elif scope["type"] == "http" and not scope["path"].startswith("/v1/") and (why := hosts.refused(scope)):
            controls = scope["path"].startswith("/_emulator/")
            refusal = JSONResponse({"error": why}, 403) if controls else PlainTextResponse(why, 403)
            await refusal(scope, receive, send)
        else:
            await aside(scope, receive, send)

    return serve


async def received(scope: Scope, receive: Receive) -> Incoming:
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return Incoming(scope["method"], path, query, headers, b"".join(chunks))


async def answer(outgoing: Outgoing, send: Send) -> None:
    body = outgoing.body.encode()
    fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **outgoing.headers}
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": outgoing.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def drop(receive: Receive) -> None:
    """Breaks the connection without a byte of an answer. ASGI has no word for that, so this reaches for the transport
    that uvicorn keeps behind `receive`."""
    receive.__self__.transport.abort()  # type: ignore[attr-defined]
    while (await receive())["type"] != "http.disconnect":
        pass
