"""stripe-portal drift"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.cli.stages import Survey
    from reconciler.drift import Drift
    from reconciler.drift.history import Edit, Key
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
    import shlex

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
        drifted = drift(desired, found.observed, found.pairs, found.differences, found.urls)
        edits, untold = _edits(drifted, desired, gateway)
        reading.done()
        reads = gateway.reads
    for warning in (*not_read(found.unread), *untold):
        click.echo(f"Warning: {printable(warning)}", err=True)
    if form == "json":
        where = {"target": account.account, "project": desired.project, "environment": document.environment}
        click.echo(redact(json.dumps(where | report.data(drifted, beyond, edits), indent=2, default=str)))
    else:
        click.echo(heading(account, desired.project, document.environment))
        same = options.repeated(path, env, variables, target)
        undo = shlex.join(["stripe-portal", "apply", *same])
        addresses = dict.fromkeys(str(f.address) for f in drifted.findings if f.acceptable)
        keep = shlex.join(["stripe-portal", "accept", *addresses, *same]) if addresses else ""
        click.echo(report.render(drifted, undo=undo, keep=keep, edits=edits, beyond=beyond, paint=paint(), reads=reads))
    return 2 if drifted.drifted else 0


def _edits(drifted: Drift, desired: Desired, gateway: Gateway) -> tuple[Mapping[Key, Edit], list[str]]:
    """When and by what something was changed, or why nobody can tell. It is worth a call, and no failure."""
    from reconciler.drift.history import history
    from reconciler.errors import ApiFailure
    from reconciler.kinds import scopes
    from reconciler.permissions import DOCTOR

    try:
        return history(drifted, desired.project, lambda params: gateway.get("/v1/events", params)), []
    except ApiFailure as failure:
        lacks = f"the key lacks the permission {scopes.EVENTS.row}: Read; {DOCTOR}"
        return {}, [f"not said when and by what: {lacks if failure.status == 403 else failure}"]


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
