"""stripe-portal doctor"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.cli.account import Door
    from reconciler.doctor import Diagnosis, Finding
    from reconciler.guards import Allow
    from reconciler.model import Desired, Target


@click.command("doctor", epilog="Example: stripe-portal doctor --env live")
@options.path
@options.environment
@options.target
@options.allow
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    path: Path,
    env: str | None,
    variables: Mapping[str, str],
    emulator: bool,
    base_url: str | None,
    allow_remote_base_url: bool,
    account: str | None,
    allows: Sequence[Allow],
    form: str,
) -> int:
    """Say which key is used, for which account, what it may do, and what is left to do in the Dashboard.

    Reads one object of each kind, and writes nothing. Prints two links that make restricted keys with what this
    configuration needs. Exits 1 when something is missing.
    """
    import json

    from reconciler.cli.account import reached
    from reconciler.cli.stages import declared
    from reconciler.errors import PortalError, Usage
    from reconciler.report import doctor as report

    document, desired = declared(path, env, variables)
    if emulator and base_url:
        raise Usage("--emulator and --base-url are two different targets: give one of them")
    target: dict[str, Any] = {"emulator": emulator, "base_url": base_url, "allow_remote": allow_remote_base_url}
    environment, settings = document.environment, document.settings
    connected = bool(account or settings.get("stripe_account")) and not emulator
    try:
        with reached(**target, settings=settings, allows=allows, account=account) as door:
            found = _examined(door, desired, environment, connected)
    except PortalError as error:
        found = _without(desired, environment, connected, bool(settings.get("livemode")), str(error))
    if form == "json":
        click.echo(json.dumps(report.data(found, desired.project, environment), indent=2, ensure_ascii=False))
    else:
        click.echo(report.text(found, desired.project, environment))
    return 0 if found.fine else 1


def _examined(door: Door, desired: Desired, environment: str | None, connected: bool) -> Diagnosis:
    """What the account tells. Without a permission for the account itself, the rest is still tried."""
    from reconciler import doctor, permissions
    from reconciler.errors import ApiFailure, PortalError
    from reconciler.gateway import is_restricted

    gateway = door.gateway
    live = gateway.livemode if door.key else bool(door.settings.get("livemode"))
    restricted = door.key is not None and is_restricted(door.key.secret)
    needed, raw, problem, refused = permissions.needs(desired, connected=connected), None, "", False
    target: Target | None = None
    try:
        target = door.target()
        raw = gateway.account()
    except PortalError as error:
        refused = isinstance(error, ApiFailure) and error.status == 403 and error.code != "account_invalid"
        target = _told(door, str(error)) if refused else None
        pinned = door.settings.get("account")
        problem = "" if refused else str(error)
        if target and target.account and pinned and pinned != target.account:
            problem = f"the environment is for account {pinned}, and the key belongs to {target.account}"
    others: tuple[Finding, ...] = ()
    if problem:
        findings = doctor.unknown(needed)
    else:
        findings = doctor.probe(gateway, needed)
        others = doctor.probe(gateway, permissions.others(desired)) if restricted else ()
    return doctor.Diagnosis(
        key=str(door.key or "the emulator's own"),
        restricted=restricted,
        target=target,
        problem=problem,
        findings=findings,
        others=others,
        links=doctor.links(desired, environment, needed, live=live),
        settings=doctor.settings(raw, live=live, connected=connected),
        connected=connected,
    )


def _told(door: Door, message: str) -> Target:
    """The account as far as a refusal names it."""
    from reconciler import doctor
    from reconciler.model import Target

    gateway = door.gateway
    told = Target(doctor.account_in(message), "", gateway.livemode, gateway.api_version)
    return replace(told, host=gateway.base_url or "")


def _without(desired: Desired, environment: str | None, connected: bool, live: bool, problem: str) -> Diagnosis:
    """What can be said without a key that may be used."""
    from reconciler import doctor, permissions

    needed = permissions.needs(desired, connected=connected)
    return doctor.Diagnosis(
        key="none that may be used",
        restricted=None,
        target=None,
        problem=problem,
        findings=doctor.unknown(needed),
        others=(),
        links=doctor.links(desired, environment, needed, live=live),
        settings=doctor.settings(None, live=live, connected=connected),
        connected=connected,
    )
