"""From the words of a command line to a plan on stdout: what `plan` and `apply` have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

import click

from reconciler.cli import options
from reconciler.cli.account import opened
from reconciler.cli.stages import declared, planned
from reconciler.cli.talk import Reading, paint
from reconciler.errors import UnsafePlan, Usage
from reconciler.gateway import Gateway
from reconciler.guards import Allow
from reconciler.model import Address, Desired, Plan
from reconciler.report import text


@contextmanager
def shown(
    words: tuple[str, ...],
    *,
    env: str | None,
    variables: Mapping[str, str],
    emulator: bool,
    base_url: str | None,
    allow_remote_base_url: bool,
    allows: Sequence[Allow],
    account: str | None = None,
) -> Iterator[tuple[Gateway, Plan]]:
    """Load, check, read the account, plan, and print the plan. Raises UnsafePlan when a guard refuses it."""
    path, chosen = options.split(words)
    document, desired = declared(path, env, variables)
    only = _addresses(desired, chosen)
    reading = Reading()
    with opened(
        emulator=emulator,
        base_url=base_url,
        allow_remote=allow_remote_base_url,
        settings=document.settings,
        allows=allows,
        account=account,
    ) as (gateway, target):
        plan = planned(desired, gateway, target, allows=allows, only=only, progress=reading)
        reading.done()
        click.echo(text.head(plan, desired.project, document.environment))
        click.echo(text.render(plan, paint=paint(), reads=gateway.reads))
        if plan.refusals:
            raise UnsafePlan(plan.refusals)
        yield gateway, plan


def _addresses(desired: Desired, texts: tuple[str, ...]) -> list[Address]:
    """The chosen addresses. Raises Usage for one that is neither declared nor an address."""
    known = {str(a): a for a in desired.resources}
    chosen = []
    for word in texts:
        if word not in known and not word.count("."):
            near = get_close_matches(word, known, n=1)
            raise Usage(f"{word} is not an address" + (f"; did you mean {near[0]}?" if near else ""))
        chosen.append(known.get(word) or Address.parse(word))
    return chosen
