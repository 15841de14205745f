"""stripe-portal plan"""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli import options


@click.command("plan", epilog="Example: stripe-portal plan --emulator price.pro.monthly")
@options.path_and_addresses
@options.environment
@options.target
@options.allow
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to do.")
def command(words: tuple[str, ...], detailed_exitcode: bool, **target: Any) -> int:
    """Show what apply would do. Writes nothing to Stripe.

    With ADDRESS, plan only those resources, what they need, and what must follow them.
    """
    from reconciler.cli.show import shown

    with shown(words, **target) as (_, plan):
        return 2 if detailed_exitcode and plan.actions else 0
