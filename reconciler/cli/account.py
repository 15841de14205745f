"""Which account a command talks to, and the checks that come before anything is read (design 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from reconciler.cli import keys
from reconciler.errors import ApiFailure, Usage, WrongTarget
from reconciler.gateway import Gateway, check_account, connect, is_live
from reconciler.guards import Allow
from reconciler.model import Target

STATE = Path(".stripe-portal") / "emulator.db"


@dataclass(frozen=True, slots=True)
class Door:
    """A way to an account, through which nothing has been sent yet. `key` is None for the emulator's own."""

    gateway: Gateway
    key: keys.Key | None
    settings: Mapping[str, Any]

    def target(self) -> Target:
        """The account behind it. Raises WrongTarget when the environment pins another, ApiFailure."""
        if self.key is None:
            return replace(self.gateway.target(), emulator=True)
        try:
            target = self.gateway.target()
        except ApiFailure as failure:
            if failure.status == 401:
                raise failure.saying(f"{self.key.source}: {failure.message}") from None
            raise
        _check_pin(target, self.settings.get("account"))
        return target


@contextmanager
def opened(
    *,
    emulator: bool,
    base_url: str | None,
    allow_remote: bool,
    settings: Mapping[str, Any],
    allows: Sequence[Allow],
    account: str | None = None,
) -> Iterator[tuple[Gateway, Target]]:
    """The gateway and the account behind it, checked against what the environment pins.

    With `emulator`, no key of the user's is read, and so none can be sent anywhere. `account` is a connected account;
    the emulator has any.
    """
    with reached(
        emulator=emulator,
        base_url=base_url,
        allow_remote=allow_remote,
        settings=settings,
        allows=allows,
        account=account,
    ) as door:
        yield door.gateway, door.target()


@contextmanager
def reached(
    *,
    emulator: bool,
    base_url: str | None,
    allow_remote: bool,
    settings: Mapping[str, Any],
    allows: Sequence[Allow],
    account: str | None = None,
) -> Iterator[Door]:
    """The way to the account, before anything is sent. Raises what speaks against it without a call."""
    with ExitStack() as stack:
        connected = _connected(settings, account)
        if emulator:
            if base_url:
                raise Usage("--emulator and --base-url are two different targets: give one of them")
            if pinned := connected or settings.get("account") or (settings.get("livemode") and "live"):
                click.echo(f"The emulator stands in for the environment's own account ({pinned}).", err=True)
            running = stack.enter_context(embedded())
            if connected:
                _join(running.url, connected)
            gateway = stack.enter_context(connect(running.key, base_url=running.url, account=connected))
            yield Door(gateway, None, settings)
            return
        key = keys.chosen(settings, allows)
        gateway = stack.enter_context(
            connect(
                key.secret,
                base_url=base_url,
                allow_remote=allow_remote,
                livemode_limits=is_live(key.secret),
                account=connected,
            )
        )
        if key.source != keys.variable(settings):
            click.echo(f"With the key of {key.source}.", err=True)
        yield Door(gateway, key, settings)


@contextmanager
def embedded() -> Iterator[Any]:
    """The emulator for the length of a command, with its state in the current folder."""
    from reconciler.emulator.server import serve

    with serve(STATE) as running:
        yield running


def _join(url: str, account: str) -> None:
    """Have the emulator know an account that is connected to its own."""
    import json
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    from reconciler.emulator.accounts import ACCOUNT

    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("POST", "/_emulator/accounts", json.dumps({"id": account, "connected_to": ACCOUNT}))
    status = connection.getresponse().status
    connection.close()
    assert status == 200, status


def _connected(settings: Mapping[str, Any], account: str | None) -> str | None:
    """The connected account to act for, if any. Raises WrongTarget when the command line and the YAML name two.

    An `--account` that a pipeline leaves empty is none, and is refused: without it, the platform would be written to.
    """
    own = settings.get("stripe_account")
    if account is None:
        return own
    check_account(account)
    if own and account != own:
        raise WrongTarget(
            f"--account names {account}, and the environment's stripe_account is {own}. "
            f"Leave --account out, or choose another environment"
        )
    return account


def _check_pin(target: Target, pinned: str | None) -> None:
    if not pinned or pinned == target.account:
        return
    named = f"{target.account} {target.name}".strip()
    if target.connected:
        raise WrongTarget(
            f"the environment is for account {pinned}, and the connected account to work on is {named}. "
            f"Nothing was read; `account` names the account that is worked on: correct it, or the connected account"
        )
    raise WrongTarget(
        f"the environment is for account {pinned}, and the key belongs to {named}. "
        f"Nothing was read; use the other key, or correct `account` in the YAML"
    )
