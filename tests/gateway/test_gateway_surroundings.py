"""What lies around on a machine must not reach a call, and a call leaves nothing behind."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.errors import ApiFailure
from reconciler.gateway import connect
from tests.gateway.conftest import KEY
from tests.gateway.stand_in import Answer, FakeClock, StandIn, standing_in

CALL = f"""
from reconciler.gateway import connect
with connect({KEY!r}, base_url=%r) as gateway:
    gateway.account()
    gateway.account()
    gateway.post("/v1/products", {{"name": "Pro"}}, idempotency_key="k")
"""


def run(code: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    settings = {**kept, "HOME": str(home), "USERPROFILE": str(home), **environment}
    words = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(words, env=settings, capture_output=True, text=True, timeout=60, check=False)


def test_nothing_is_written_to_the_home_folder_or_the_terminal(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.answers(Answer(body={"id": "acct_1"}, headers={"Stripe-Notice": "hello", "Request-Id": "req_1"}))
    done = run(CALL % stand_in.url, tmp_path, CLAUDECODE="1", CODEX_CI="1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not list(tmp_path.rglob("*"))
    assert "telemetry" not in stand_in.asked[-1].headers["x-stripe-client-user-agent"]


def test_netrc_and_proxies_of_the_machine_are_not_used(stand_in: StandIn, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\ndefault login someone password else\n")
    netrc.chmod(0o600)
    proxy = "http://127.0.0.1:9"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    environment = {**dict.fromkeys(names, proxy), "NETRC": str(netrc), "REQUESTS_CA_BUNDLE": "/nowhere"}
    done = run(CALL % stand_in.url, tmp_path, **environment)
    assert done.stderr == ""
    assert [asked.headers["authorization"] for asked in stand_in.asked] == [f"Bearer {KEY}"] * 2


@pytest.mark.parametrize("level", ["debug", "info"])
def test_the_log_of_the_sdk_does_not_show_the_key(stand_in: StandIn, tmp_path: Path, level: str) -> None:
    stand_in.answers(Answer(401, {"error": {"message": f"Invalid API Key provided: {KEY}"}}))
    done = run(CALL % stand_in.url, tmp_path, STRIPE_LOG=level)
    assert "ApiFailure" in done.stderr
    assert "Canary" not in done.stderr.replace(CALL, "")


def test_the_package_imports_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys, reconciler.gateway; print({'stripe', 'requests', 'tenacity', 'urllib3'} & set(sys.modules))"
    assert run(code, tmp_path).stdout.strip() == "set()"


def test_other_users_of_the_sdk_keep_their_settings(stand_in: StandIn) -> None:
    import stripe

    stripe.set_app_info("somebody else", version="1")
    try:
        with connect(KEY, base_url=stand_in.url) as gateway:
            gateway.account()
        assert stripe.app_info is not None
        assert stripe.app_info["name"] == "somebody else"
        assert (stripe.api_key, stripe.default_http_client) == (None, None)
        assert "somebody else" not in str(stand_in.asked[0].headers)
    finally:
        stripe.app_info = None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(stand_in: StandIn, status: int) -> None:
    with standing_in() as other, connect(KEY, base_url=stand_in.url, clock=FakeClock()) as gateway:
        stand_in.answers(Answer(status, b"", {"Location": f"{other.url}/v1/account"}))
        with pytest.raises(ApiFailure, match="redirect"):
            gateway.account()
        with pytest.raises(ApiFailure, match="redirect"):
            gateway.post("/v1/products", {"name": "Pro"}, idempotency_key="k")
        assert not other.asked
    assert len(stand_in.asked) == 2


def test_many_calls_at_once_say_nothing_about_connections(stand_in: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with (
        caplog.at_level(logging.WARNING),
        connect(KEY, base_url=stand_in.url) as gateway,
        ThreadPoolExecutor(40) as pool,
    ):
        list(pool.map(lambda n: gateway.post("/v1/products", {"name": "P"}, idempotency_key=str(n)), range(120)))
    assert not caplog.records
