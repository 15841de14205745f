"""stripe-portal apply"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.model import Outcome


@click.command("apply", epilog="Example: stripe-portal apply --emulator --yes")
@options.path_and_addresses
@options.environment
@options.target
@options.allow
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option(
    "--secrets-to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep secrets that Stripe tells once, such as a webhook endpoint's, in a new file that only you can read.",
)
def command(words: tuple[str, ...], yes: bool, secrets_to: Path | None, **target: Any) -> int:
    """Make Stripe match the YAML: show the plan, ask, and perform it.

    With ADDRESS, apply only those resources, what they need, and what must follow them.
    """
    from reconciler.apply import apply
    from reconciler.cli.secrets import SecretsFile
    from reconciler.cli.show import shown
    from reconciler.cli.talk import interruptible
    from reconciler.errors import Usage
    from reconciler.model import Status
    from reconciler.report import checklist, outcome

    if not yes and not sys.stdin.isatty():
        raise Usage("apply asks before it writes, and there is no terminal to ask on: review the plan, then add --yes")
    with shown(words, **target) as (gateway, plan):
        if not plan.actions:
            return 0
        if not yes and not click.confirm(f"\nDo this in {plan.target}?", err=True):
            click.echo("Not confirmed. Nothing was written.", err=True)
            return 1
        secrets = SecretsFile(secrets_to, plan)
        done = 0

        def report(one: Outcome) -> None:
            nonlocal done
            done += 1
            click.echo(outcome.line(one, done, len(plan.actions)), err=True)

        try:
            with interruptible() as stopped:
                outcomes = apply(plan, gateway, report, stopped=stopped, keep=secrets.keep)
        finally:
            all_kept = secrets.close()
    click.echo(outcome.closing(outcomes))
    for line in checklist.lines(plan):
        click.echo(line)
    if plan.target.emulator and any(o.details for o in outcomes):
        click.echo("The emulator's links open while `stripe-portal emulator serve` runs.", err=True)
    if any(o.error == "interrupted" for o in outcomes):
        return 130
    return 0 if all_kept and all(o.status is Status.DONE for o in outcomes) else 1
