"""stripe-portal apply"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.guards import Allow
    from reconciler.model import Outcome


@click.command("apply", epilog="Example: stripe-portal apply --emulator --yes")
@options.path_and_addresses
@options.environment
@options.target
@options.allow
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def command(
    words: tuple[str, ...],
    env: str | None,
    variables: Mapping[str, str],
    emulator: bool,
    base_url: str | None,
    allow_remote_base_url: bool,
    allows: tuple[Allow, ...],
    yes: bool,
) -> int:
    """Make Stripe match the YAML: show the plan, ask, and perform it.

    With ADDRESS, apply only those resources, what they need, and what must follow them.
    """
    from reconciler.apply import apply
    from reconciler.cli.account import opened
    from reconciler.cli.plan import addresses
    from reconciler.cli.stages import declared, planned
    from reconciler.cli.talk import Reading, interruptible, paint
    from reconciler.errors import UnsafePlan, Usage
    from reconciler.model import Status
    from reconciler.report import outcome, text

    if not yes and not sys.stdin.isatty():
        raise Usage("apply asks before it writes, and there is no terminal to ask on: review the plan, then add --yes")
    path, chosen = options.split(words)
    document, desired = declared(path, env, variables)
    only = addresses(desired, chosen)
    reading = Reading()
    with opened(
        emulator=emulator,
        base_url=base_url,
        allow_remote=allow_remote_base_url,
        settings=document.settings,
        allows=allows,
    ) as (gateway, target):
        plan = planned(desired, gateway, target, allows=allows, only=only, progress=reading)
        reading.done()
        click.echo(text.head(plan, desired.project, document.environment))
        click.echo(text.render(plan, paint=paint(), reads=gateway.reads))
        if plan.refusals:
            raise UnsafePlan(plan.refusals)
        if not plan.actions:
            return 0
        if not yes and not click.confirm(f"\nDo this in {target}?", err=True):
            click.echo("Not confirmed. Nothing was written.", err=True)
            return 1
        done = 0

        def report(one: Outcome) -> None:
            nonlocal done
            done += 1
            click.echo(outcome.line(one, done, len(plan.actions)), err=True)

        with interruptible() as stopped:
            outcomes = apply(plan, gateway, report, stopped=stopped)
    click.echo(outcome.closing(outcomes))
    if emulator and any(o.details for o in outcomes):
        click.echo("The emulator's links open while `stripe-portal emulator serve` runs.", err=True)
    if any(o.error == "interrupted" for o in outcomes):
        return 130
    return 0 if all(o.status is Status.DONE for o in outcomes) else 1
