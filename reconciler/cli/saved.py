"""A saved plan on its way back to the account that it was made for, and every reason why it may not go there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from reconciler import config, planfile
from reconciler.cli.account import STATE, opened
from reconciler.cli.recount import newly_subscribed, recount
from reconciler.cli.reread import reread
from reconciler.cli.talk import Reading
from reconciler.config.files import ROOT
from reconciler.errors import PortalError, Unresolved, UnsafePlan, WrongTarget
from reconciler.gateway import Gateway
from reconciler.guards import Allow
from reconciler.model import Target
from reconciler.planfile import Origin, Saved
from reconciler.standing import Standing, stand

_SOON = 300
"""Seconds by which another machine's clock may be ahead."""


def read(path: Path) -> Saved:
    """The plan in a file. Raises Unresolved, and UnsafePlan where it was altered."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unresolved(f"{path}: {error.strerror}") from None
    if not planfile.is_plan(content):
        raise Unresolved(f"{path} is no saved plan: `stripe-portal plan --out FILE` makes one")
    return planfile.parse(content, str(path))


@contextmanager
def resumed(
    path: Path, *, base_url: str | None, allow_remote: bool, max_age: int | None
) -> Iterator[tuple[Gateway, Saved, Standing]]:
    """The plan in a file and where it stands now. `max_age` is in seconds.

    Raises UnsafePlan and WrongTarget for every reason not to apply it, before anything is written.
    """
    saved = read(path)
    plan, origin = saved.plan, saved.origin
    _check(saved, str(path), max_age)
    _check_host(plan.target, base_url)
    with opened(
        emulator=plan.target.emulator,
        base_url=base_url,
        allow_remote=allow_remote,
        settings=origin.settings if origin else {},
        allows=[Allow("live")],  # the plan is for one account, and it is compared next
        account=plan.target.account if plan.target.connected else None,
    ) as (gateway, target):
        _check_target(plan.target, target)
        reading = Reading()
        observed, urls = reread(plan, gateway, reading)
        standing = stand(replace(plan, urls=urls), observed)
        fresh = recount(standing.plan, gateway, observed)
        reading.done()
        if moved := [*standing.moved, *newly_subscribed(plan, fresh)]:
            raise UnsafePlan([f"since the plan was made, {what}" for what in moved] + ["plan again"])
        yield gateway, replace(saved, plan=replace(plan, impact=fresh.impact)), standing


def _check(saved: Saved, name: str, max_age: int | None) -> None:
    age = int(time.time()) - saved.created
    if age < -_SOON:
        raise UnsafePlan([f"{name} was made in the future, as this machine's clock has it: set the clock"])
    if max_age is not None and age > max_age:
        raise UnsafePlan([f"{name} is {_duration(age)} old, and --max-age is {_duration(max_age)}: plan again"])
    if saved.plan.target.base:
        raise UnsafePlan(
            [f"{name} compares with {saved.plan.target.base}, and was made for no account: it is to be read"]
        )
    if saved.plan.refusals:
        raise UnsafePlan(saved.plan.refusals)
    if saved.origin:
        _check_yaml(saved.origin, Path(name).parent)


def _check_yaml(origin: Origin, beside: Path) -> None:
    """The YAML says what it said. A job that has none to compare goes by the plan, which was reviewed."""
    places = [root for root in (beside / origin.path, Path(origin.path)) if root.is_file() or (root / ROOT).exists()]
    if not places:
        click.echo(f"There is no YAML in {beside / origin.path}: the plan is not compared with it.", err=True)
        return
    try:
        document = config.load(places[0], env=origin.environment, variables=origin.variables)
    except PortalError as error:
        raise UnsafePlan([f"the YAML has changed since the plan was made, and cannot be read: {error}"]) from None
    if planfile.digest_of(document) != origin.digest:
        raise UnsafePlan([f"the YAML in {places[0]} says something else than when the plan was made: plan again"])


def _check_host(planned: Target, base_url: str | None) -> None:
    """The key goes to the server that the plan is for, and this is known before it goes anywhere."""
    if planned.emulator:
        if not STATE.exists():
            raise WrongTarget(f"the plan is for the emulator of another folder: there is no {STATE} in this one")
        return
    given = base_url.rstrip("/") if base_url else ""
    if given != planned.host:
        instead = f"give --base-url {planned.host}" if planned.host else "leave out --base-url"
        raise WrongTarget(f"the plan is for {planned.host or 'Stripe'}, and not for {given or 'Stripe'}: {instead}")


def _check_target(planned: Target, found: Target) -> None:
    if (planned.account, planned.livemode) != (found.account, found.livemode) or planned.emulator != found.emulator:
        raise WrongTarget(f"the plan is for {planned}, {planned.account}, and this is {found}, {found.account}")
    if planned.api_version != found.api_version:
        raise WrongTarget(f"the plan is for API {planned.api_version}, and this is {found.api_version}: plan again")


def _duration(seconds: int) -> str:
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
