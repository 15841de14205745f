"""The tool's conversation with the emulator under the eyes of Stripe's own document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from reconciler.emulator.server import Running
from tests.conformance.document import Document
from tests.conformance.proxy import Proxy, between
from tests.harness import Account, Project

DOCUMENT = Path(__file__).parents[2].parent / "shared" / "stripe-spec" / "spec-slim.json"

_numbers = count(1)


@pytest.fixture(scope="session")
def document() -> Document:
    if not DOCUMENT.exists():
        pytest.skip("Stripe's OpenAPI document is not beside the repository (../shared/stripe-spec/spec-slim.json)")
    return Document(DOCUMENT)


@pytest.fixture(scope="session")
def listening_proxy(emulator: Running, document: Document) -> Iterator[Proxy]:
    with between(emulator.url, document) as proxy:
        yield proxy


@pytest.fixture
def proxy(listening_proxy: Proxy) -> Proxy:
    """A proxy that has seen nothing yet."""
    listening_proxy.violations.clear()
    listening_proxy.seen.clear()
    return listening_proxy


@pytest.fixture
def judged(
    request: pytest.FixtureRequest, emulator: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    """A folder and an empty account behind the proxy. The test fails if a word of Stripe's document was broken.

    Where there is no document, the tool talks to the emulator itself, which is a judge of its own.
    """
    proxy = request.getfixturevalue("proxy") if DOCUMENT.exists() else None
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    url = proxy.url if proxy else emulator.url
    yield Project(tmp_path, Account.register(url, f"sk_test_judged{next(_numbers):06}"))
    assert not (proxy and proxy.violations), "\n".join(proxy.violations)


@pytest.fixture
def judged_account(proxy: Proxy) -> Account:
    """An empty account behind the proxy."""
    return Account.register(proxy.url, f"sk_test_judged{next(_numbers):06}")
