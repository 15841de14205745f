"""One emulator for all tests of a worker, emptied before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import stripe

from reconciler.emulator.server import Running, serve

Send = Callable[..., requests.Response]


@pytest.fixture(scope="session", autouse=True)
def _no_telemetry() -> None:
    stripe.enable_telemetry = False


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    with serve(None) as running:
        yield running


@pytest.fixture(scope="session")
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.trust_env = False
        yield opened


@pytest.fixture
def running(server: Running, session: requests.Session) -> Running:
    """A new emulator, as far as a test can tell."""
    session.post(f"{server.url}/_emulator/reset").raise_for_status()
    return server


@pytest.fixture
def client(running: Running) -> stripe.StripeClient:
    """The real SDK on the emulator."""
    return sdk(running, running.key)


@pytest.fixture
def connect(running: Running) -> Callable[[str], stripe.StripeClient]:
    """The real SDK with another key."""
    return lambda key: sdk(running, key)


def sdk(running: Running, key: str) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": running.url, "files": running.url})


@pytest.fixture
def send(running: Running, session: requests.Session) -> Send:
    """A raw request: `send(method, path, params or encoded text, key=…, headers=…)`."""

    def send(
        method: str, path: str, params: Any = (), *, key: str | None = running.key, headers: Any = None
    ) -> requests.Response:
        encoded = params if isinstance(params, str) else "&".join(f"{name}={value}" for name, value in pairs(params))
        fields = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        if key is not None:
            fields["Authorization"] = f"Bearer {key}"
        target = f"{running.url}{path}"
        if method == "POST":
            return session.post(target, data=encoded.encode(), headers=fields)
        return session.request(method, f"{target}?{encoded}", headers=fields)

    return send


@pytest.fixture
def control(running: Running, session: requests.Session) -> Callable[..., Any]:
    """A control request: `control(method, name, body)` → its JSON."""

    def control(method: str, name: str, body: Any = None) -> Any:
        answer = session.request(method, f"{running.url}/_emulator/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return control


def pairs(params: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested parameters → bracketed names."""
    items = params.items() if isinstance(params, dict) else enumerate(params)
    for key, value in items:
        inner = f"{name}[{key}]" if name else str(key)
        if isinstance(value, dict | list):
            yield from pairs(value, inner)
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            yield inner, requests.utils.quote(text, safe="")


@pytest.fixture
def refused() -> Callable[[requests.Response], dict[str, Any]]:
    """The error of an answer that is one."""

    def read(answer: requests.Response) -> dict[str, Any]:
        assert answer.status_code >= 400, answer.text
        error: dict[str, Any] = answer.json()["error"]
        return {"status": answer.status_code, **error}

    return read
