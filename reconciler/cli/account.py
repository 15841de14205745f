"""Which account a command talks to, and the checks that come before anything is read (design 9)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from reconciler.errors import Usage, WrongTarget
from reconciler.gateway import Gateway, connect, is_live
from reconciler.guards import Allow, is_allowed
from reconciler.model import Target

KEY = "STRIPE_API_KEY"
STATE = Path(".stripe-portal") / "emulator.db"

NO_TARGET = f"""which Stripe account? Two ways on:
    without an account:  add --emulator
    with one:            set {KEY} in the environment to a secret or restricted key of it"""


@contextmanager
def opened(
    *,
    emulator: bool,
    base_url: str | None,
    allow_remote: bool,
    settings: Mapping[str, Any],
    allows: Sequence[Allow],
) -> Iterator[tuple[Gateway, Target]]:
    """The gateway and the account behind it, checked against what the environment pins.

    With `emulator`, no key of the user's is read, and so none can be sent anywhere.
    """
    with ExitStack() as stack:
        if emulator:
            if base_url:
                raise Usage("--emulator and --base-url are two different targets: give one of them")
            if pinned := settings.get("account") or (settings.get("livemode") and "live"):
                click.echo(f"The emulator stands in for the environment's own account ({pinned}).", err=True)
            running = stack.enter_context(embedded())
            gateway = stack.enter_context(connect(running.key, base_url=running.url))
            yield gateway, replace(gateway.target(), emulator=True)
            return
        key = _key(settings)
        _check_mode(key, settings, allows)
        gateway = stack.enter_context(
            connect(key, base_url=base_url, allow_remote=allow_remote, livemode_limits=is_live(key))
        )
        target = replace(gateway.target(), emulator=False, host=base_url or "")
        pinned = settings.get("account")
        if pinned and pinned != target.account:
            raise WrongTarget(
                f"the environment is for account {pinned}, and the key belongs to {target.account} {target.name}. "
                f"Nothing was read; use the other key, or correct `account` in the YAML"
            )
        yield gateway, target


@contextmanager
def embedded() -> Iterator[Any]:
    """The emulator for the length of a command, with its state in the current folder."""
    from reconciler.emulator.server import serve

    with serve(STATE) as running:
        yield running


def _key(settings: Mapping[str, Any]) -> str:
    name = str(settings.get("api_key_env") or KEY)
    key = os.environ.get(name, "")
    if not key:
        if name != KEY:
            raise Usage(f"the environment takes its key from {name}, which is not set")
        raise Usage(NO_TARGET)
    return key


def _check_mode(key: str, settings: Mapping[str, Any], allows: Sequence[Allow]) -> None:
    """A live key needs an environment that says so, and the other way round. Sends nothing."""
    pinned = settings.get("livemode")
    if is_live(key):
        if pinned is False:
            raise WrongTarget("the environment says livemode: false, and the key is a live one")
        if pinned is None and not is_allowed(allows, "live"):
            raise WrongTarget(
                "this is a live key, and the environment does not say livemode: true. Say so in the YAML "
                "(environments: {live: {livemode: true}}) and choose it with --env, or add --allow live"
            )
    elif pinned is True:
        raise WrongTarget("the environment says livemode: true, and the key is a test key")
