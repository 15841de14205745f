"""stripe-portal accept"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.cli.accepting import Written
    from reconciler.drift import Drift, Finding
    from reconciler.model import Address, Desired


@click.command("accept", epilog="Example: stripe-portal accept product.pro --env live")
@options.path_and_addresses
@options.environment
@options.target
def command(words: tuple[str, ...], env: str | None, variables: Mapping[str, str], **target: Any) -> int:
    """Write what was changed in Stripe into the YAML, for each ADDRESS that `drift` lists. Writes nothing to Stripe.

    Only the lines of these fields change. What was changed in the YAML, too, becomes as it is in Stripe. Where one
    value cannot be written, nothing is.
    """
    import shlex

    from reconciler.cli.accepting import write_into
    from reconciler.cli.account import opened
    from reconciler.cli.stages import declared, not_read, surveyed
    from reconciler.cli.talk import Reading
    from reconciler.drift import drift
    from reconciler.report.words import printable

    path, chosen = options.split(words)
    addresses = _parsed(chosen)
    document, desired = declared(path, env, variables)
    reading = Reading()
    with opened(
        emulator=target["emulator"],
        base_url=target["base_url"],
        allow_remote=target["allow_remote_base_url"],
        settings=document.settings,
        allows=[],  # nothing is written there
        account=target["account"],
    ) as (gateway, _):
        found = surveyed(desired, gateway, progress=reading)
        reading.done()
    for warning in not_read(found.unread):
        click.echo(f"Warning: {printable(warning)}", err=True)
    drifted = drift(desired, found.observed, found.pairs, found.differences, found.urls)
    same = options.repeated(path, env, variables, target)
    findings = _chosen(addresses, drifted, desired, same)
    if not findings:
        click.echo("Nothing was edited in Stripe: there is nothing to accept.")
        return 0
    written = write_into(env, variables, document, desired, found, findings)
    _say(written)
    click.echo(f"\nNext: {printable(shlex.join(['stripe-portal', 'plan', *same]))}", err=True)
    return 0


def _parsed(words: Sequence[str]) -> list[Address]:
    from reconciler.errors import Usage
    from reconciler.model import Address

    try:
        return [Address.parse(word) for word in dict.fromkeys(words)]
    except ValueError as reason:
        raise Usage(str(reason)) from None


def _chosen(addresses: Sequence[Address], drifted: Drift, desired: Desired, same: Sequence[str]) -> list[Finding]:
    """What to accept. Raises Usage without an address, and for one that was not edited in Stripe."""
    import shlex
    from difflib import get_close_matches

    from reconciler.drift import Where
    from reconciler.errors import Usage

    edited = {f.address: f for f in drifted.at(Where.STRIPE) if f.acceptable}
    others = {f.address: f for f in drifted.findings if f.address not in edited}
    if not addresses:
        if not edited:
            return []
        everything = shlex.join(["stripe-portal", "accept", *map(str, edited), *same])
        listed = "".join(f"\n    {address}" for address in edited)
        raise Usage(f"say which ADDRESS to accept. Edited in Stripe:{listed}\nAll of them: {everything}")
    wrong = []
    for address in addresses:
        if address in edited:
            continue
        if address in others:
            wrong.append(f"{address}: {_why_not(others[address])}")
        elif address in desired.resources:
            wrong.append(f"{address} is as last applied: there is nothing to accept")
        else:
            near = get_close_matches(str(address), map(str, desired.resources), n=1)
            wrong.append(f"{address} is not declared" + (f"; did you mean {near[0]}?" if near else ""))
    if wrong:
        raise Usage("\n".join([*wrong, "Nothing was written."]))
    return [edited[address] for address in addresses]


def _why_not(one: Finding) -> str:
    """What to do about what no value of the YAML can say."""
    from reconciler.drift import Where

    if one.where is Where.YAML:
        return "nothing was edited in Stripe, only in the YAML; apply writes it to Stripe"
    if one.where is Where.UNKNOWN:
        return f"it {one.what}; write by hand what the YAML is to say"
    if one.observed is None:
        return "it was deleted in Stripe. Remove it from the YAML, and what names it there; apply would make it anew"
    if one.observed.active:
        return f"{one.observed.id} {one.what}"
    return f"it {one.what}. Remove it from the YAML, and what names it there; apply would make another one"


def _say(written: Written) -> None:
    """Every field with what it was and is, and where that stands now."""
    from reconciler.model import Cause, FieldChange
    from reconciler.report.fields import noted, value_line
    from reconciler.report.words import printable

    for one, source in written.fields:
        change = one.change
        shown = value_line(one.row, FieldChange(change.path, change.after, change.before), written.names)
        both = ["the YAML had been edited, too: that is gone"] if change.cause is Cause.BOTH else []
        click.echo(printable(f"{one.address} {'.'.join(change.path)}: {shown}  {source}{noted(both)}"))
    for one, _ in written.fields:
        for ident in one.foreign:
            text = f"{one.address} {'.'.join(one.change.path)} names {ident} by its id: the YAML does not declare it"
            click.echo(printable(f"Note: {text}; `stripe-portal import` does"), err=True)
    for note in written.notes:
        click.echo(printable(f"Note: {note}"), err=True)
