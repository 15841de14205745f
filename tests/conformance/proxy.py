"""A server between the tool and the emulator that passes everything on, and judges it by Stripe's document."""

from __future__ import annotations

import contextlib
import email
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import requests
import requests.adapters
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from reconciler.emulator.server import address, listening
from tests.conformance.document import FORM, Document, decode, leaves

HOP_BY_HOP = ("connection", "content-length", "date", "host", "server", "transfer-encoding")


@dataclass
class Proxy:
    """What went through so far: what was wrong with it, and which parameters were sent to which operation."""

    upstream: str
    document: Document
    url: str = ""
    violations: list[str] = field(default_factory=list)
    seen: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    session: requests.Session = field(default_factory=lambda: local())

    async def pass_on(self, request: Request) -> Response:
        body = await request.body()
        headers = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
        target = f"{self.upstream}{request.scope['raw_path'].decode()}"
        answer = await run_in_threadpool(
            self.session.request, request.method, target, params=request.url.query, data=body, headers=headers
        )
        if request.url.path.startswith("/v1/"):
            try:
                self.judge(request, as_form(request.headers.get("content-type", FORM), body), answer)
            except Exception as error:
                self.violations.append(f"{request.method} {request.url.path}: the judge failed, {error!r}")
        fields = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
        return Response(answer.content, answer.status_code, fields)

    def judge(self, request: Request, body: str, answer: requests.Response) -> None:
        call = f"{request.method} {request.url.path}"
        operation = self.document.operation(request.method, request.scope["raw_path"].decode())
        if operation is None:
            self.violations.append(f"{call}: there is no such operation")
            return
        wrong = list(self.around(request, body))
        try:
            tree = decode(body if request.method == "POST" else request.url.query)
        except ValueError as error:
            wrong.append(f"as a whole: {error}")
        else:
            wrong += operation.sent(tree)
            self.seen |= {(operation.name, path) for path in leaves(tree)}
        self.violations += [f"{call} was sent {one}" for one in wrong]
        self.violations += [f"{call} answered {one}" for one in operation.answered(answer.status_code, answer.content)]

    def around(self, request: Request, body: str) -> Iterator[str]:
        """What is wrong outside of the parameters."""
        headers, post = request.headers, request.method == "POST"
        if "x-test" in headers:
            return  # not the tool but somebody at the Dashboard
        if not headers.get("authorization", "").startswith("Bearer "):
            yield "authorization: no key"
        if headers.get("stripe-version") != self.document.version:
            yield f"stripe-version: {headers.get('stripe-version')}, and the document is of {self.document.version}"
        if post and headers.get("content-type") != FORM and request.url.path != "/v1/files":
            yield f"content-type: {headers.get('content-type')}"
        if post and not 1 <= len(headers.get("idempotency-key", "")) <= 255:
            yield "idempotency-key: 1 to 255 characters"
        if not post and "idempotency-key" in headers:
            yield f"idempotency-key: with a {request.method}"
        if (post and request.url.query) or (not post and body):
            yield "the parameters in the wrong place"


def as_form(content_type: str, body: bytes) -> str:
    """The body of a request as a form, with the name of a file in the place of its content."""
    if not content_type.startswith("multipart/form-data"):
        return body.decode()
    parts = email.message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body).get_payload()
    pairs = []
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        pairs.append((name, part.get_filename() or part.get_payload(decode=True).decode()))
    return urlencode(pairs)


@contextlib.contextmanager
def between(upstream: str, document: Document) -> Iterator[Proxy]:
    """A proxy that listens until the block ends."""
    proxy = Proxy(upstream, document)
    methods = ["GET", "POST", "DELETE"]
    with proxy.session, listened(Starlette(routes=[Route("/{path:path}", proxy.pass_on, methods=methods)])) as url:
        proxy.url = url
        yield proxy


@contextlib.contextmanager
def listened(application: ASGIApp) -> Iterator[str]:
    """The address of an application that is served on this machine until the block ends."""
    with listening(0) as listener:
        server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None, log_level="critical"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield address(listener)
        finally:
            server.should_exit = True
            thread.join()


def local() -> requests.Session:
    """A session for this machine, which looks at no settings outside of it."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=40))
    return session
