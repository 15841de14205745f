"""stripe-portal plan"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.guards import Allow
    from reconciler.model import Address, Desired


def addresses(desired: Desired, texts: tuple[str, ...]) -> list[Address]:
    """The chosen addresses. Raises Usage for one that is neither declared nor an address."""
    from difflib import get_close_matches

    from reconciler.errors import Usage
    from reconciler.model import Address

    known = {str(a): a for a in desired.resources}
    chosen = []
    for text in texts:
        if text not in known and not text.count("."):
            near = get_close_matches(text, known, n=1)
            raise Usage(f"{text} is not an address" + (f"; did you mean {near[0]}?" if near else ""))
        chosen.append(known.get(text) or Address.parse(text))
    return chosen


@click.command("plan", epilog="Example: stripe-portal plan --emulator price.pro.monthly")
@options.path_and_addresses
@options.environment
@options.target
@options.allow
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is something to do.")
def command(
    words: tuple[str, ...],
    env: str | None,
    variables: Mapping[str, str],
    emulator: bool,
    base_url: str | None,
    allow_remote_base_url: bool,
    allows: tuple[Allow, ...],
    detailed_exitcode: bool,
) -> int:
    """Show what apply would do. Writes nothing to Stripe.

    With ADDRESS, plan only those resources, what they need, and what must follow them.
    """
    from reconciler.cli.account import opened
    from reconciler.cli.stages import declared, planned
    from reconciler.cli.talk import Reading, paint
    from reconciler.errors import UnsafePlan
    from reconciler.report import text

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
    return 2 if detailed_exitcode and plan.actions else 0
