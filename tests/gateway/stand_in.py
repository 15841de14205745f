"""A server that answers what a test tells it to, over real HTTP, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: Mapping[str, str]
    parts: dict[str, str | tuple[str, bytes]] = field(default_factory=dict)  # of a multipart body; files with a name


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(status: int, message: str = "no", headers: Mapping[str, str] | None = None, **error: str) -> Answer:
    """An answer in Stripe's envelope (stripe-facts 9)."""
    return Answer(status, {"error": {"type": "invalid_request_error", "message": message, **error}}, headers or {})


@dataclass
class StandIn:
    """`answer` is called for every request, in a thread of its own, so it may block."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], Answer] = lambda _: Answer()

    def answers(self, *answers: Answer) -> None:
        """Give these one after the other, and the last for ever."""
        left = list(answers)
        self.answer = lambda _: left.pop(0) if len(left) > 1 else left[0]

    async def _endpoint(self, request: Request) -> Response:
        body = await request.body()
        kind = request.headers.get("content-type", "")
        parts = _parts(kind, body) if kind.startswith("multipart/") else {}
        form = {} if parts else dict(parse_qsl(body.decode(), keep_blank_values=True))
        query = dict(request.query_params)
        asked = Asked(request.method, request.scope["path"], query, form, request.headers, parts)
        self.asked.append(asked)
        answer = await run_in_threadpool(self.answer, asked)
        if isinstance(answer.body, bytes):
            return Response(answer.body, answer.status, {"content-type": "text/html", **answer.headers})
        return Response(json.dumps(answer.body), answer.status, {"content-type": "application/json", **answer.headers})


def _parts(kind: str, body: bytes) -> dict[str, str | tuple[str, bytes]]:
    """Read by the standard library's parser of mail, which is nobody's here."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found: dict[str, str | tuple[str, bytes]] = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        name = str(part.get_param("name", header="content-disposition"))
        found[name] = (file, content) if (file := part.get_filename()) else content.decode()
    return found


@contextmanager
def standing_in() -> Iterator[StandIn]:
    stand_in = StandIn()
    methods = ["GET", "POST", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", stand_in._endpoint, methods=methods)])
    # asyncio switches Nagle's algorithm off, 40 ms a call, only where the protocol is said to be TCP
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        stand_in.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield stand_in
        finally:
            server.should_exit = True
            thread.join()


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        with self._lock:
            return self.time

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.time += seconds
            self.slept.append(seconds)

    def stop(self) -> None:
        pass
