"""Starting and stopping the emulator."""

from __future__ import annotations

import errno
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import uvicorn

from reconciler.emulator import control, runtime, store
from reconciler.emulator.accounts import TEST_KEY
from reconciler.emulator.app import application

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """Where a started emulator listens, and the key of its default account in test mode."""

    url: str
    key: str

    def order(self, what: str, **body: Any) -> Any:
        """One order under `/_emulator/`, of this machine whatever proxy the environment names. Raises ValueError with
        what doesn't fit."""
        asked = Request(f"{self.url}/_emulator/{what}", json.dumps(body).encode(), method="POST")
        try:
            with build_opener(ProxyHandler({})).open(asked, timeout=60) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise ValueError(json.load(error)["error"]) from None


@contextmanager
def serve(database: Path | None, *, port: int = 0, limits: bool = False, latency: float = 0.0) -> Iterator[Running]:
    """Runs the emulator in a background thread on the loopback interface until the block ends.

    `database` is a file, created when missing, or None for memory; `port` 0 takes a free one; `limits` switches
    Stripe's rate limits on; `latency` seconds pass before each answer. Raises OSError when the port is taken."""
    with listening(port) as listener, closing_store(database) as opened:
        held = runtime.prepare(opened, limited=limits, latency=latency)
        server = uvicorn.Server(settings(held))
        thread = threading.Thread(target=server.run, args=([listener],), name="stripe-emulator", daemon=True)
        thread.start()
        try:
            yield Running(address(listener), TEST_KEY)
        finally:
            server.should_exit = True
            thread.join()


def serve_forever(
    database: Path | None,
    port: int,
    *,
    ready: Callable[[Running], None],
    limits: bool = False,
    latency: float = 0.0,
) -> None:
    """Runs the emulator in this thread until it is interrupted; `ready` is called once requests are accepted. Prints
    nothing. Raises OSError when the port is taken; an interrupt is raised again after a clean end."""
    with listening(port) as listener, closing_store(database) as opened:
        held = runtime.prepare(opened, limited=limits, latency=latency)
        ready(Running(address(listener), TEST_KEY))
        uvicorn.Server(settings(held)).run([listener])


def reset(database: Path) -> None:
    """Empties a database; it keeps the default account and its keys. A server that has it open goes on with it."""
    with closing_store(database) as opened:
        held = runtime.prepare(opened)
        runtime.reset(held)


def status(database: Path) -> Mapping[str, Any]:
    """What a database holds: `path`, `account` (the default one), `accounts`, `objects` (count per kind) and `scopes`
    (the same per account and mode). A file that isn't there holds what a new emulator holds, and stays absent."""
    with closing_store(database if database.exists() else None) as opened:
        runtime.prepare(opened)
        return {**control.totals(opened), "path": str(database)}


def settings(held: runtime.Runtime) -> uvicorn.Config:
    return uvicorn.Config(
        application(held),
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


def address(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A listening socket: clients may connect from here on, even before the server answers. It names its protocol, as
    asyncio only then sends without delay."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            text = f"cannot listen on {HOST}:{port}: {os.strerror(error.errno or errno.EADDRINUSE)}"
            raise OSError(error.errno, text) from error
        listener.listen(2048)
        yield listener


@contextmanager
def closing_store(database: Path | None) -> Iterator[store.Store]:
    opened = store.open_store(database)
    try:
        yield opened
    finally:
        store.close_store(opened)
