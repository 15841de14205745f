"""stripe-portal preview"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.model import Desired
    from reconciler.portal.shop import Shop

OUT = "portal-preview.html"


@click.command("preview", epilog="Example: stripe-portal preview --env live --against live --out live.html")
@options.path
@options.environment
@click.option("--config", "chosen", multiple=True, metavar="NAME", help="Only this portal configuration. Repeatable.")
@click.option("--locale", default="en", show_default=True, help="For money and dates: de, fr-CA, pt-BR.")
@click.option("--out", metavar="FILE", default=OUT, show_default=True, help="The file to write; - for stdout.")
@click.option("--against", metavar="ENV", help="Beside what is in the account of this environment today.")
@options.target
def command(
    path: Path,
    env: str | None,
    variables: Mapping[str, str],
    chosen: Sequence[str],
    locale: str,
    out: str,
    against: str | None,
    **target: Any,
) -> int:
    """Draw the portal as customers will see it, as one HTML file. Needs no key.

    With --against, the account of that environment is read, and the page shows its portal of today and the planned one
    side by side, with what changes. Writes nothing to Stripe.
    """
    from datetime import date

    from reconciler.cli.stages import declared
    from reconciler.errors import Usage
    from reconciler.portal import page
    from reconciler.portal.money import locale_of
    from reconciler.portal.shop import declared as from_yaml

    try:
        read = locale_of(locale)
    except ValueError as reason:
        raise Usage(f"--locale: {reason}") from None
    if against is None and any(target.values()):
        raise Usage("--emulator, --base-url and --account say which account to read: give --against ENV with them")
    _check_place(out)
    document, desired = declared(path, env or against, variables)
    names = _chosen(desired, chosen)
    where = f"Environment {document.environment}" if document.environment else f"Project {desired.project}"
    about = [f"{where}. Drawn from the YAML alone; no account was read."]
    shops: tuple[Shop, ...] = (from_yaml(desired, "Planned"),)
    if against is not None:
        settings = document.settings if against == document.environment else _settings(path, against, variables)
        shops, about = _both(desired, settings, where, target)
        names += [n for n in shops[0].portals if n not in names and not chosen]
    notes = (f"Stripe translates the page for the customer. Here money and dates are as in {read}, and no more.",)
    portals = [page.drawn(name, shops, read, date.today()) for name in names]
    text = page.render(portals, title=f"Portal preview · {desired.project}", about=about, notes=notes)
    if out == "-":
        click.echo(text, nl=False)
    else:
        from reconciler.cli.atomic import write

        write({Path(out): text.encode()})
        click.echo(f"Wrote {out}: open it in a browser.", err=True)
    return 0


def _check_place(out: str) -> None:
    """A preview takes the place of an older one, and of nothing else. Raises Usage."""
    from reconciler.errors import Usage
    from reconciler.portal.page import is_preview

    place = Path(out)
    if out != "-" and place.exists() and not (place.is_file() and is_preview(place.read_bytes())):
        raise Usage(f"{out} is there already, and is no preview: --out does not overwrite it")


def _chosen(desired: Desired, chosen: Sequence[str]) -> list[str]:
    """The names of the portals to draw. Raises Usage for one that is not declared, and when none is."""
    from difflib import get_close_matches

    from reconciler.errors import Usage
    from reconciler.portal.shop import portals

    declared = [address.name for address in portals(desired)]
    for name in chosen:
        if name not in declared:
            near = get_close_matches(name, declared, n=1) or declared
            hint = f"did you mean {near[0]}?" if near else "none is declared"
            raise Usage(f"no portal configuration {name}: {hint}")
    if not declared:
        raise Usage("the YAML declares no portal configuration: there is nothing to preview")
    return list(dict.fromkeys(chosen)) or declared


def _settings(path: Path, against: str, variables: Mapping[str, str]) -> Mapping[str, Any]:
    """What the YAML says of the environment whose account is read. Raises Unresolved when there is none."""
    from reconciler import config

    return config.load(path, env=against, variables=variables).settings


def _both(
    desired: Desired, settings: Mapping[str, Any], where: str, target: Mapping[str, Any]
) -> tuple[tuple[Shop, ...], list[str]]:
    """Today and planned, in the account of an environment, and what was read."""
    from reconciler import uploads
    from reconciler.cli.account import opened
    from reconciler.cli.stages import not_read, surveyed
    from reconciler.cli.talk import Reading
    from reconciler.kinds.branding import BRANDING
    from reconciler.observed.read import read_part
    from reconciler.portal.shop import both
    from reconciler.report.words import printable

    reading = Reading()
    with opened(
        emulator=target["emulator"],
        base_url=target["base_url"],
        allow_remote=target["allow_remote_base_url"],
        settings=settings,
        allows=[],  # the right account matters as much to who only looks
        account=target["account"],
    ) as (gateway, account):
        found = surveyed(desired, gateway, every=True, progress=reading)
        (branding,) = uploads.with_files([read_part(BRANDING, gateway.account())], found.urls)
        reading.done()
        raw, reads = gateway.account(), gateway.reads
    for warning in not_read(found.unread):
        click.echo(f"Warning: {printable(warning)}", err=True)
    labels = (f"Today, {account}", f"Planned, {where[0].lower()}{where[1:]}")
    shops = both(desired, found.observed, found.pairs, found.differences, raw, branding.properties, labels)
    about = f"{where}, against {account}. API {account.api_version}; reads used: {reads}."
    return shops, [about]
