"""stripe-portal plan"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli import options


@click.command("plan", epilog="Example: stripe-portal plan --env live --out plan.json")
@options.path_and_addresses
@options.environment
@options.target
@options.allow
@options.form
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan; `apply FILE` does that and nothing else.",
)
@click.option("--base", "ref", metavar="REF", help="Compare with the YAML at a revision of git. Needs no account.")
@click.option("--no-impact", is_flag=True, help="Do not count subscriptions, nor refuse for them.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to do.")
def command(words: tuple[str, ...], no_impact: bool, detailed_exitcode: bool, **rest: Any) -> int:
    """Show what apply would do. Writes nothing to Stripe.

    With ADDRESS, plan only those resources, what they need, and what must follow them. With --base, show what this
    working tree changes about REF: no key is used, and nothing is sent anywhere.
    """
    from reconciler.cli.planning import shown

    with shown(words, with_impact=not no_impact, **rest) as (_, plan):
        return 2 if detailed_exitcode and plan.actions else 0
