"""From the words of a command line to a plan on stdout: what `plan` and `apply` have in common."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import click

from reconciler import planfile
from reconciler.cli import options
from reconciler.cli.account import opened
from reconciler.cli.stages import declared, planned
from reconciler.cli.talk import Reading, paint
from reconciler.errors import UnsafePlan, Usage
from reconciler.gateway import Gateway
from reconciler.guards import Allow
from reconciler.model import Address, Desired, Plan
from reconciler.planfile import Origin
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
    form: str = "text",
    out: Path | None = None,
    with_impact: bool = True,
    ref: str | None = None,
) -> Iterator[tuple[Gateway, Plan]]:
    """Load, check, read the account, plan, and print the plan; `out` is a file to save it in.

    With `ref`, the account is one made of the YAML at that revision, which is thrown away.

    Raises UnsafePlan when a guard refuses it.
    """
    path, chosen = options.split(words)
    if out is not None:
        _check_place(out)
    document, desired = declared(path, env, variables)
    only = _addresses(desired, chosen)
    reading = Reading()
    place = os.path.relpath(path, out.parent) if out else str(path)
    digest = planfile.digest_of(document)
    origin = Origin(place, digest, env or document.environment, dict(variables), document.settings)
    if ref is not None:
        if emulator or base_url or account or out:
            raise Usage("--base reads no account: leave out --emulator, --base-url and --account, and --out as well")
        from reconciler.cli.base import base

        with base(ref, path, document, desired, variables) as other:
            plan = planned(
                other.desired,
                other.gateway,
                other.target,
                allows=allows,
                only=only,
                progress=reading,
                environment=document.environment,
                with_impact=False,
            )
            plan = replace(other.masked(plan), impact=())
            reading.done()
            present(plan, form, None)
            if plan.refusals:
                raise UnsafePlan(plan.refusals)
            yield other.gateway, plan
            return
    with opened(
        emulator=emulator,
        base_url=base_url,
        allow_remote=allow_remote_base_url,
        settings=document.settings,
        allows=allows,
        account=account,
    ) as (gateway, target):
        plan = planned(
            desired,
            gateway,
            target,
            allows=allows,
            only=only,
            progress=reading,
            environment=document.environment,
            with_impact=with_impact,
        )
        reading.done()
        present(plan, form, origin, reads=gateway.reads, out=out)
        if plan.refusals:
            raise UnsafePlan(plan.refusals)
        yield gateway, plan


def present(
    plan: Plan,
    form: str,
    origin: Origin | None,
    *,
    reads: int | None = None,
    out: Path | None = None,
    created: int | None = None,
) -> None:
    """Print a plan, and save it where it is to be saved. `created` is Unix seconds, UTC; now by default."""
    from reconciler.cli.atomic import write

    created = int(time.time()) if created is None else created
    if out is not None:
        content = planfile.render(plan, origin, created=created, summary=text.summary(plan))
        write({out: content.encode()})
    click.echo(rendered(plan, form, origin, reads=reads, created=created))
    if out is not None:
        click.echo(_what_next(plan, out), err=True)


def _what_next(plan: Plan, out: Path) -> str:
    if plan.refusals:
        return f"Saved in {out}, to be shown: apply refuses it."
    words = ["stripe-portal", "apply", str(out), *(["--base-url", plan.target.host] if plan.target.host else [])]
    emulated = plan.target.emulator
    return f"Saved in {out}. To do this and nothing else: {shlex.join(words[:3] if emulated else words)}"


def _check_place(out: Path) -> None:
    """A plan takes the place of an older plan, and of nothing else. Raises Usage."""
    if not out.parent.is_dir():
        raise Usage(f"there is no folder {out.parent} for --out to write to")
    if out.exists() and not (out.is_file() and planfile.is_plan(out.read_bytes())):
        raise Usage(f"{out} is there already, and is no saved plan: --out does not overwrite it")


def rendered(plan: Plan, form: str, origin: Origin | None, *, reads: int | None, created: int) -> str:
    """The plan in one of the formats."""
    if form == "json":
        return planfile.render(plan, origin, created=created, summary=text.summary(plan)).rstrip("\n")
    if form == "markdown":
        from reconciler.report import markdown

        return markdown.render(plan, reads=reads)
    if form == "html":
        from reconciler.report import html

        return html.render(plan, reads=reads)
    if form == "github":
        from reconciler.report import github

        return github.plan(plan)
    return text.head(plan) + "\n" + text.render(plan, paint=paint(), reads=reads)


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
