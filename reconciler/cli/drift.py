"""stripe-portal drift"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.cli.stages import Survey
    from reconciler.drift.strict import Beyond
    from reconciler.gateway import Gateway
    from reconciler.model import Desired, Pair


@click.command("drift", epilog="Example: stripe-portal drift --env live --strict")
@options.path
@options.environment
@options.target
@click.option("--strict", is_flag=True, help="List what nobody declares, too, and how much of the account is covered.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(path: Path, env: str | None, variables: Mapping[str, str], strict: bool, form: str, **target: Any) -> int:
    """Say what was changed since the last apply, and whether in Stripe or in the YAML. Writes nothing.

    Exits 2 when something was changed in Stripe. What was edited in the YAML and is not applied yet is listed, and is
    no drift.
    """
    import json

    from reconciler.cli.account import opened
    from reconciler.cli.stages import declared, not_read, surveyed
    from reconciler.cli.talk import Reading, paint
    from reconciler.drift import drift
    from reconciler.redact import redact
    from reconciler.report import drift as report
    from reconciler.report.words import heading, printable

    document, desired = declared(path, env, variables)
    reading = Reading()
    with opened(
        emulator=target["emulator"],
        base_url=target["base_url"],
        allow_remote=target["allow_remote_base_url"],
        settings=document.settings,
        allows=[],  # the right account matters as much to who only looks
        account=target["account"],
    ) as (gateway, account):
        found = surveyed(desired, gateway, every=strict, progress=reading)
        beyond = _beyond(desired, gateway, found) if strict else None
        reading.done()
        reads = gateway.reads
    for warning in not_read(found.unread):
        click.echo(f"Warning: {printable(warning)}", err=True)
    drifted = drift(desired, found.observed, found.pairs, found.differences, found.urls)
    if form == "json":
        where = {"target": account.account, "project": desired.project, "environment": document.environment}
        click.echo(redact(json.dumps(where | report.data(drifted, beyond), indent=2, default=str)))
    else:
        click.echo(heading(account, desired.project, document.environment))
        undo = _undo(path, env, variables, **target)
        click.echo(report.render(drifted, undo=undo, beyond=beyond, paint=paint(), reads=reads))
    return 2 if drifted.drifted else 0


def _beyond(desired: Desired, gateway: Gateway, found: Survey) -> Beyond:
    """What nobody declares, in the lists, too, that take a call for each object."""
    from dataclasses import replace

    from reconciler.drift.strict import beyond
    from reconciler.kinds import KINDS
    from reconciler.kinds.kind import Settable
    from reconciler.observed import with_all_members

    ours = [p.observed for p in found.pairs.pairs if p.desired and p.observed and p.observed.stamp]
    lists = {kind.name: [f.path for f in kind.fields if f.settable is Settable.ATTACHED] for kind in KINDS}
    unread = {(o.kind, o.id) for o in ours if any(path not in o.properties for path in lists.get(o.kind, ()))}
    chosen = [o for o in found.observed if not lists.get(o.kind) or (o.kind, o.id) in unread]
    read = {(o.kind, o.id): o for o in with_all_members(gateway, chosen)} if unread else {}

    def whole(pair: Pair) -> Pair:
        one = pair.observed
        return replace(pair, observed=read.get((one.kind, one.id), one)) if one else pair

    pairs = replace(found.pairs, pairs=tuple(whole(p) for p in found.pairs.pairs))
    return beyond(desired, found.observed, pairs)


def _undo(path: Path, env: str | None, variables: Mapping[str, str], **target: Any) -> str:
    """The command that puts the YAML's values back, for the same account."""
    import shlex

    words = ["stripe-portal", "apply", *([] if path == Path() else [str(path)])]
    words += ["--env", env] if env else []
    words += [word for name, value in variables.items() for word in ("--var", f"{name}={value}")]
    words += ["--emulator"] if target["emulator"] else []
    words += ["--base-url", target["base_url"]] if target["base_url"] else []
    words += ["--allow-remote-base-url"] if target["allow_remote_base_url"] else []
    words += ["--account", target["account"]] if target["account"] else []
    return shlex.join(words)
