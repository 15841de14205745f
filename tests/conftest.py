"""What every test may use: an emulator over real HTTP, with an account of its own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from reconciler.emulator.server import Running, serve
from tests.harness import Account, Project

_numbers = count(1)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Running]:
    with serve(None) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser, one for all: a process can have one driver only."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=options)
        yield running
        running.close()


@pytest.fixture
def account(emulator: Running) -> Account:
    """An empty sandbox account."""
    return Account.register(emulator.url, f"sk_test_account{next(_numbers):06}")


@pytest.fixture
def live_account(emulator: Running) -> Account:
    """An empty account, with a live key."""
    return Account.register(emulator.url, f"sk_live_account{next(_numbers):06}", livemode=True)


@pytest.fixture
def project(tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A folder for YAML, and the command line pointed at `account`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))  # the developer's Stripe CLI has a key too
    return Project(tmp_path, account)
