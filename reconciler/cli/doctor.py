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
    from reconciler.doctor import Diagnosis, Finding, Link
    from reconciler.guards import Allow
    from reconciler.model import Desired, Target
    from reconciler.permissions import Need


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
    configuration needs; without a YAML file, one that makes a key for import. Exits 1 when something is missing.
    """
    import json
    import shlex

    from reconciler.cli.account import reached
    from reconciler.config.files import ROOT
    from reconciler.errors import PortalError, Usage
    from reconciler.guards import Allow
    from reconciler.report import doctor as report

    if emulator and base_url:
        raise Usage("--emulator and --base-url are two different targets: give one of them")
    target: dict[str, Any] = {"emulator": emulator, "base_url": base_url, "allow_remote": allow_remote_base_url}
    first = path.is_dir() and not any((path / name).is_file() for name in (ROOT, Path(ROOT).with_suffix(".yml")))
    desired, environment, settings = (None, env, {}) if first else _of_yaml(path, env, variables)
    if first:
        allows = [*allows, Allow("live")]  # an import may look at any account
    connected = bool(account or settings.get("stripe_account"))
    try:
        with reached(**target, settings=settings, allows=allows, account=account) as door:
            found = _examined(door, desired, environment, connected)
    except PortalError as error:
        found = _without(desired, environment, connected, bool(settings.get("livemode")), str(error))
    project = desired.project if desired else None
    if form == "json":
        click.echo(json.dumps(report.data(found, project, environment), indent=2, ensure_ascii=False))
    else:
        click.echo(report.text(found, project, environment))
    if first:
        given = {"emulator": emulator, "base_url": base_url, "account": account}
        words = options.repeated(path, env, {}, {**given, "allow_remote_base_url": allow_remote_base_url})
        click.echo("\nNext, to write what the account has as YAML:", err=True)
        click.echo(f"    {shlex.join(['stripe-portal', 'import', *words])}", err=True)
        click.echo("Or, for a new catalogue in an empty account:", err=True)
        click.echo(f"    {shlex.join(['stripe-portal', 'init', *options.repeated(path, None, {}, {})])}", err=True)
    return 0 if found.fine else 1


def _of_yaml(
    path: Path, env: str | None, variables: Mapping[str, str]
) -> tuple[Desired | None, str | None, Mapping[str, Any]]:
    from reconciler.cli.stages import declared

    document, desired = declared(path, env, variables)
    return desired, document.environment, document.settings


def _examined(door: Door, desired: Desired | None, environment: str | None, connected: bool) -> Diagnosis:
    """What the account tells. Without a permission for the account itself, the rest is still tried."""
    from reconciler import doctor, permissions
    from reconciler.errors import ApiFailure, PortalError
    from reconciler.gateway import is_restricted

    gateway = door.gateway
    live = gateway.livemode if door.key else bool(door.settings.get("livemode"))
    restricted = door.key is not None and is_restricted(door.key.secret)
    needed, raw, problem, refused = _needed(desired, connected), None, "", False
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
        others = doctor.probe(gateway, permissions.others(desired)) if restricted and desired else ()
    return doctor.Diagnosis(
        key=str(door.key or "the emulator's own"),
        restricted=restricted,
        target=target,
        problem=problem,
        findings=findings,
        others=others,
        links=_links(desired, environment, needed, [live]),
        settings=doctor.settings(raw, live=live, connected=connected),
        connected=connected,
        first=desired is None,
    )


def _told(door: Door, message: str) -> Target:
    """The account as far as a refusal names it."""
    from reconciler import doctor
    from reconciler.model import Target

    gateway = door.gateway
    told = Target(doctor.account_in(message), "", gateway.livemode, gateway.api_version)
    return replace(told, host=gateway.base_url or "")


def _needed(desired: Desired | None, connected: bool) -> tuple[Need, ...]:
    from reconciler import doctor, permissions

    return permissions.needs(desired, connected=connected) if desired else doctor.to_import()


def _links(
    desired: Desired | None, environment: str | None, needed: Sequence[Need], modes: Sequence[bool]
) -> tuple[Link, ...]:
    from reconciler import doctor

    if desired is None:
        return doctor.first_links(needed, modes)
    return doctor.links(desired, environment, needed, live=modes[0])


def _without(desired: Desired | None, environment: str | None, connected: bool, live: bool, problem: str) -> Diagnosis:
    """What can be said without a key that may be used."""
    from reconciler import doctor

    needed = _needed(desired, connected)
    modes = [live] if desired else [False, True]  # nobody said which one
    return doctor.Diagnosis(
        key="none that may be used",
        restricted=None,
        target=None,
        problem=problem,
        findings=doctor.unknown(needed),
        others=(),
        links=_links(desired, environment, needed, modes),
        settings=doctor.settings(None, live=live, connected=connected),
        connected=connected,
        first=desired is None,
    )
