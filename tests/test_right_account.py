"""The right account: every key in every environment, by every way, with and without leave. And keys that are none."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from reconciler.emulator.server import Running
from tests.harness import Account, Project, Result

RIGHT, OTHER = "acct_1Right", "acct_1Other"
KEYS = [f"{kind}_{mode}_right0001" for kind in ("sk", "rk", "rkcs") for mode in ("live", "test")]
ENVIRONMENTS: tuple[Mapping[str, Any] | None, ...] = (
    None,  # the YAML has no environments
    {},
    {"livemode": True},
    {"livemode": False},
    {"account": RIGHT},
    {"account": OTHER},
    {"livemode": True, "account": RIGHT},
    {"livemode": True, "account": OTHER},
    {"livemode": False, "account": RIGHT},
)
ALLOWED = ((), ("--allow", "live"))
COMMANDS = (("plan",), ("apply", "--yes"))
REMOTE = "https://stripe.example"
PRODUCT = "stripe_portal: 1\nproject: acme\nproducts: {pro: {id: pro, name: Pro, tax_code: txcd_10103001}}\n"


class Server:
    """The emulator with one account that all keys open, and whoever else was asked for over the network."""

    def __init__(self, url: str, dialled: list[str]):
        self.url, self.dialled = url, dialled

    def ways(self, where: str) -> tuple[str, ...]:
        return {
            "emulator": ("--emulator",),
            "local": ("--base-url", self.url),
            "remote": ("--base-url", REMOTE),
            "remote, allowed": ("--base-url", REMOTE, "--allow-remote-base-url"),
            "Stripe": (),
        }[where]

    def asked(self) -> list[str]:
        """What the emulator was asked since the last time."""
        rows = requests.get(f"{self.url}/_emulator/requests", timeout=10).json()["requests"]
        requests.delete(f"{self.url}/_emulator/requests", timeout=10)
        return [f"{row['method']} {row['path']}" for row in rows]


@pytest.fixture
def server(emulator: Running, monkeypatch: pytest.MonkeyPatch) -> Server:
    for key in KEYS:
        Account.register(emulator.url, key, id=RIGHT, display_name="Right")
    dialled: list[str] = []
    resolve = socket.getaddrinfo

    def dial(host: Any, *rest: Any, **options: Any) -> Any:
        if host in ("127.0.0.1", "localhost"):
            return resolve(host, *rest, **options)
        dialled.append(host)
        raise RuntimeError("this test has no network")

    monkeypatch.setattr(socket, "getaddrinfo", dial)
    return Server(emulator.url, dialled)


def declared(environment: Mapping[str, Any] | None) -> str:
    return PRODUCT if environment is None else f"{PRODUCT}environments: {json.dumps({'main': environment})}\n"


def outcome(key: str, environment: Mapping[str, Any] | None, allowed: bool, where: str) -> str:
    """What must become of it: the rules as the documentation has them."""
    if where == "emulator":
        return "goes on"  # no key of the user's is read
    live, said = "_live_" in key, (environment or {}).get("livemode")
    if said is not None and said is not live:
        return "refused"
    if live and said is None and not allowed:
        return "refused"
    if where == "remote":
        return "refused"
    if where != "local":
        return "sent away"
    return "refused by its account" if (environment or {}).get("account") == OTHER else "goes on"


def check(result: Result, expected: str, key: str, where: str, server: Server) -> None:
    asked, dialled = server.asked(), [*server.dialled]
    server.dialled.clear()
    assert key not in result.text
    assert "Traceback" not in result.text
    if expected == "refused":
        assert (result.code, asked, dialled, result.out) == (3, [], [], "")
        assert result.err.startswith("Error: ")
        assert len(result.err.splitlines()) == 1
    elif expected == "sent away":
        host = "stripe.example" if where != "Stripe" else "api.stripe.com"
        assert (result.code, asked, set(dialled)) == (1, [], {host})
    elif expected == "refused by its account":
        assert (result.code, asked, dialled, result.out) == (3, ["GET /v1/account"], [], "")
        assert OTHER in result.err
        assert RIGHT in result.err
    else:
        assert (result.code, dialled) == (0, [])
        head = result.out.splitlines()[0]
        if where == "emulator":
            assert (asked, head.startswith("emulator (this machine)")) == ([], True)
        else:
            assert asked[0] == "GET /v1/account"
            mode = "LIVE" if "_live_" in key else "sandbox"
            assert head.startswith(f"{server.url} {RIGHT} Right ({mode}) · API 20")


@pytest.mark.parametrize("where", ["local", "remote", "remote, allowed", "Stripe"])
@pytest.mark.parametrize("key", KEYS)
def test_no_key_gets_where_it_is_not_for(project: Project, server: Server, key: str, where: str) -> None:
    for environment, allow, command in itertools.product(ENVIRONMENTS, ALLOWED, COMMANDS):
        project.write(declared(environment))
        server.asked()
        result = project.run(*command, *allow, *server.ways(where), key=key, code=None)
        try:
            check(result, outcome(key, environment, bool(allow), where), key, where, server)
        except AssertionError as error:
            raise AssertionError(f"{command} {environment} {allow}: {result}") from error


@pytest.mark.parametrize("key", KEYS)
def test_no_key_is_read_for_the_emulator(project: Project, server: Server, key: str) -> None:
    for environment, command in zip(ENVIRONMENTS, itertools.cycle(COMMANDS), strict=False):
        project.write(declared(environment))
        server.asked()
        check(project.run(*command, "--emulator", key=key, code=None), "goes on", key, "emulator", server)


def test_what_a_live_key_wrote_is_live(project: Project, server: Server) -> None:
    """And what a test key wrote is not: the two never meet."""
    project.write(PRODUCT)
    project.run("apply", "--yes", "--allow", "live", "--base-url", server.url, key="sk_live_right0001")
    assert [p["livemode"] for p in Account(server.url, "sk_live_right0001").of("product")] == [True]
    project.run("plan", "--base-url", server.url, key="sk_test_right0001")
    assert all(p["livemode"] is False for p in Account(server.url, "sk_test_right0001").of("product"))


def test_a_test_key_that_is_answered_with_live_objects_is_not_written_with(project: Project, emulator: Running) -> None:
    """A key tells its mode by its looks alone, each object by what it says."""
    project.account = Account.register(emulator.url, "sk_test_liar00001", livemode=True)
    project.account.post("/v1/products", {"name": "Live"})
    project.write(PRODUCT)
    project.account.forget()
    result = project.apply(code=3)
    assert "answers a test key with live objects: nothing was written" in result.err
    assert project.account.requests("POST") == []


@pytest.mark.parametrize(
    ("key", "code", "says"),
    [
        ("pk_live_canary0001", 3, "STRIPE_API_KEY: that is a publishable key (pk_…)"),
        ("pk_test_canary0001", 3, "use a secret or restricted one: https://dashboard.stripe.com/apikeys"),
        ("sk_org_live_canary0001", 3, "that is an organisation key (sk_org_…); use a key of the one account"),
        ("sk_canary0001", 3, "no Stripe API key: they begin with sk_test_, rk_test_, sk_live_ or rk_live_"),
        ("whsec_canary0001", 3, "no Stripe API key"),
        ("Bearer sk_test_canary0001", 3, "holds a space"),
        ("sk_test_canary0001\n", 3, "a line break or another character that no key has: set it again, the key alone"),
        ("sk_live_canary0001\r\nStripe-Account: acct_2", 3, "a line break"),
        ('"sk_test_canary0001"', 3, "has quotes around it: set it again without them"),
        ("'sk_live_canary0001'", 3, "has quotes around it"),
        ("“sk_live_canary0001”", 3, "has quotes around it"),
        ("sk_test_canaryexpired", 1, "STRIPE_API_KEY: the API key has expired; make a new one at https://dashboard"),
        ("sk_test_canaryunknown", 1, "Stripe does not know this API key; is it complete, and not rolled, revoked or"),
        ("rk_test_canarynothing", 1, "In the Dashboard that is Accounts (under Connect): Read. `stripe-portal doctor`"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
def test_a_key_that_opens_nothing_is_one_clear_line(
    project: Project, command: tuple[str, ...], key: str, code: int, says: str
) -> None:
    url = project.account.url
    requests.post(f"{url}/_emulator/accounts", json={"key": "sk_test_canaryexpired", "expired": True}, timeout=10)
    requests.post(f"{url}/_emulator/accounts", json={"key": "rk_test_canarynothing", "permissions": []}, timeout=10)
    project.write(PRODUCT)
    result = project.run(*command, "--base-url", url, key=key, code=code)
    assert says in result.err
    assert result.out == ""
    assert len(result.err.splitlines()) == 1
    assert "canary" not in result.text


def test_a_key_of_another_account_is_told_both(project: Project) -> None:
    mine = project.account.get("/v1/account")["id"]
    project.write(f"{PRODUCT}environments: {{test: {{account: acct_1Elsewhere}}}}\n")
    project.account.forget()
    err = project.apply(code=3).err
    assert f"the environment is for account acct_1Elsewhere, and the key belongs to {mine}" in err
    assert "use the other key, or correct `account` in the YAML" in err
    assert [r["path"] for r in project.account.requests()] == ["/v1/account"]


def test_the_head_names_account_mode_version_and_project(project: Project, emulator: Running) -> None:
    project.account = Account.register(emulator.url, "sk_test_named00001", id="acct_1Named", display_name="Acme GmbH")
    project.write(f"{PRODUCT}environments: {{test: {{account: acct_1Named, livemode: false}}}}\n")
    head = project.plan().out.splitlines()[0]
    url = emulator.url
    assert head == f"{url} acct_1Named Acme GmbH (sandbox) · API 2026-10-28.endive · project acme · environment test"
