"""Where the API key comes from: the environment, else the Stripe CLI's profile; never from YAML (design 6, 9)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from reconciler.errors import Usage, WrongTarget
from reconciler.gateway import check_key, is_live, is_restricted, profile
from reconciler.guards import Allow, is_allowed

VARIABLE = "STRIPE_API_KEY"

NO_KEY = f"""which Stripe account? Three ways on:
    without an account:         add --emulator
    with one:                   set {VARIABLE} in the environment to a secret or restricted key of it
    with the Stripe CLI's one:  stripe login, which leaves a test key"""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may be used, and where it was found, for people."""

    secret: str = field(repr=False)
    source: str

    def __str__(self) -> str:
        """What it is, without any of it."""
        what = "restricted" if is_restricted(self.secret) else "secret"
        return f"{self.source}, a {what} {'LIVE' if is_live(self.secret) else 'test'} key"


def chosen(settings: Mapping[str, Any], allows: Sequence[Allow]) -> Key:
    """The key of an environment, after every check that needs no call.

    Raises Usage when there is none, Unresolved when the Stripe CLI's cannot be used, WrongTarget when it is not one for
    this environment. Sends nothing.
    """
    key = _found(settings)
    try:
        check_key(key.secret)
    except WrongTarget as wrong:
        raise WrongTarget(f"{key.source}: {wrong}") from None
    _check_mode(key, settings, allows)
    return key


def variable(settings: Mapping[str, Any]) -> str:
    """The variable of the process environment that an environment of the YAML takes its key from."""
    return str(settings.get("api_key_env") or VARIABLE)


def _found(settings: Mapping[str, Any]) -> Key:
    """The variable that the environment names, alone; else the usual one; else the Stripe CLI's, which is for tests."""
    name = variable(settings)
    if secret := os.environ.get(name):
        return Key(secret, name)
    if name != VARIABLE:
        raise Usage(f"the environment takes its key from {name}, which is not set. Set it to a key of the account")
    if settings.get("livemode") is True:
        raise Usage(f"the environment says livemode: true: set {VARIABLE} to a live key of it, or add --emulator")
    return _of_the_stripe_cli()


def _of_the_stripe_cli() -> Key:
    try:
        path = profile.location(os.environ, Path.home())
    except RuntimeError:
        raise Usage(NO_KEY) from None
    found = profile.read(path, datetime.now(UTC).date())
    if found is None:
        raise Usage(NO_KEY)
    if found.exposed:
        click.echo(f"Others on this machine can read {path}, which holds a key: chmod 600 it.", err=True)
    return Key(found.key, f"the Stripe CLI's profile ({path})")


def _check_mode(key: Key, settings: Mapping[str, Any], allows: Sequence[Allow]) -> None:
    """A live key needs an environment that says so, and the other way round."""
    pinned = settings.get("livemode")
    if is_live(key.secret):
        if pinned is False:
            raise WrongTarget(
                f"the environment says livemode: false, and the key is a live one. "
                f"Put a test key into {key.source}, or choose the live environment with --env"
            )
        if pinned is None and not is_allowed(allows, "live"):
            raise WrongTarget(
                f"this is a live key, and the environment does not say livemode: true. Put a test key into "
                f"{key.source}; or say so in the YAML (environments: {{live: {{livemode: true}}}}) and choose it with "
                f"--env, or add --allow live"
            )
    elif pinned is True:
        raise WrongTarget(
            f"the environment says livemode: true, and the key is a test key. Put a live one into {key.source}"
        )
