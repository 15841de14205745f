"""stripe-portal apply"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.gateway import Gateway
    from reconciler.model import Outcome, Plan

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    del ctx, param
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", value)
    if found is None:
        raise click.BadParameter("an age is a number and s, m, h or d: 90m, 24h, 7d")
    return int(found[1]) * _UNITS[found[2]]


@click.command("apply", epilog="Example: stripe-portal apply plan.json")
@click.argument("words", nargs=-1, metavar="[PLAN | PATH] [ADDRESS]...")
@options.environment
@options.target
@options.allow
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option(
    "--max-age",
    callback=_seconds,
    metavar="AGE",
    help="Refuse a saved plan that is older: 90m, 24h, 7d.",
)
@click.option("--no-impact", is_flag=True, help="Do not count subscriptions, nor refuse for them.")
@click.option(
    "--secrets-to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep secrets that Stripe tells once, such as a webhook endpoint's, in a new file that only you can read.",
)
def command(words: tuple[str, ...], yes: bool, secrets_to: Path | None, **rest: Any) -> int:
    """Make Stripe match the YAML: show the plan, ask, and perform it.

    With a PLAN that `plan --out` saved, do what it says and nothing else; what an earlier run of it has done is not
    done twice. With ADDRESS, apply only those resources, what they need, and what must follow them.
    """
    from reconciler.apply import apply
    from reconciler.cli.secrets import SecretsFile
    from reconciler.cli.talk import interruptible
    from reconciler.errors import Usage
    from reconciler.model import Status
    from reconciler.report import checklist, outcome

    file = _plan_file(words)
    if not file and not yes and not sys.stdin.isatty():
        raise Usage("apply asks before it writes, and there is no terminal to ask on: review the plan, then add --yes")
    with _saved(file, words, **rest) if file else _fresh(words, **rest) as (gateway, plan, before):
        if len(before) == len(plan.actions):
            click.echo("Everything that this plan says is done already.") if file else None
            return 0
        if not yes and sys.stdin.isatty() and not click.confirm(f"\nDo this in {plan.target}?", err=True):
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
                outcomes = apply(plan, gateway, report, stopped=stopped, keep=secrets.keep, done=before)
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


def _plan_file(words: tuple[str, ...]) -> Path | None:
    """The saved plan among the words, which is told by its content."""
    from reconciler.errors import Unresolved
    from reconciler.planfile import is_plan

    for word in words:
        if word.endswith(".json") and not Path(word).exists():
            raise Unresolved(f"{word}: no such file")
    files = [Path(w) for w in words if Path(w).is_file()]
    return next((file for file in files if is_plan(file.read_bytes())), None)


@contextmanager
def _fresh(
    words: tuple[str, ...], *, max_age: int | None, no_impact: bool, **rest: Any
) -> Iterator[tuple[Gateway, Plan, Mapping[int, str]]]:
    from reconciler.cli.planning import shown

    if max_age is not None:
        raise click.UsageError("--max-age is for a plan that was saved; this one is made now")
    with shown(words, with_impact=not no_impact, **rest) as (gateway, plan):
        yield gateway, plan, {}


@contextmanager
def _saved(
    file: Path,
    words: tuple[str, ...],
    *,
    max_age: int | None,
    base_url: str | None,
    allow_remote_base_url: bool,
    **rest: Any,
) -> Iterator[tuple[Gateway, Plan, Mapping[int, str]]]:
    from reconciler.cli import planning, saved

    if len(words) > 1 or any(rest.values()):
        raise click.UsageError(f"{file} is a saved plan: it says by itself what to do where, and what is allowed")
    with saved.resumed(file, base_url=base_url, allow_remote=allow_remote_base_url, max_age=max_age) as (
        gateway,
        found,
        standing,
    ):
        planning.present(found.plan, "text", found.origin, reads=gateway.reads, created=found.created)
        yield gateway, standing.plan, standing.done
