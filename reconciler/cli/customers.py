"""stripe-portal customers"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.errors import ApiFailure
    from reconciler.gateway import Gateway
    from reconciler.guards import Allow
    from reconciler.portal.customers.judge import Page


@click.command("customers", epilog="Example: stripe-portal customers --env live --format csv > customers.csv")
@options.path
@options.environment
@options.target
@options.allow
@click.option("--show-emails", is_flag=True, help="Write emails out. Without it they are masked.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when somebody who subscribes cannot log in.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
def command(
    path: Path,
    env: str | None,
    variables: Mapping[str, str],
    allows: Sequence[Allow],
    show_emails: bool,
    detailed_exitcode: bool,
    form: str,
    **target: Any,
) -> int:
    """Say who cannot log in to the portal: customers without an email, and those that share one with others.

    Stripe logs in the most recently created customer that has the email and an active subscription. Reads every
    customer, and writes nothing. Needs no YAML; with it, the environment's account is the one.
    """
    import json

    from reconciler.cli.account import opened
    from reconciler.cli.talk import Reading
    from reconciler.errors import ApiFailure
    from reconciler.portal.customers import report
    from reconciler.portal.customers.judge import census
    from reconciler.portal.customers.read import customers
    from reconciler.redact import redact
    from reconciler.report.words import printable

    project, environment, settings, allows = _of_yaml(path, env, variables, allows)
    reading = Reading()
    with opened(
        emulator=target["emulator"],
        base_url=target["base_url"],
        allow_remote=target["allow_remote_base_url"],
        settings=settings,
        allows=allows,
        account=target["account"],
    ) as (gateway, account):
        try:
            pages = _pages(gateway, project)
            found = census(customers(gateway, reading), pages)
        except ApiFailure as failure:
            raise _with_a_way_on(failure, live=gateway.livemode) from None
        finally:
            reading.done()
        reads = gateway.reads
    show = report.emails(found, plain=show_emails)
    if form == "json":
        where = {"target": account.account, "livemode": account.livemode, "environment": environment}
        click.echo(redact(json.dumps({**where, **report.data(found, show)}, indent=2)))
    elif form == "csv":
        click.echo(report.table(found, show), nl=False)
    else:
        head = (str(account), f"API {account.api_version}", f"environment {environment}" if environment else "")
        click.echo(printable(" · ".join(filter(None, head))) + "\n")
        click.echo(report.text(found, show))
    if form != "text":
        click.echo(report.summary(found), err=True)
    click.echo(f"Reads used: {reads:,}.", err=form != "text")
    return 2 if detailed_exitcode and found.locked_out else 0


def _of_yaml(
    path: Path, env: str | None, variables: Mapping[str, str], allows: Sequence[Allow]
) -> tuple[str, str | None, Mapping[str, Any], Sequence[Allow]]:
    """The project and the environment, if there is any YAML: what is wrong with the catalogue is for others to say.

    Without it, any account may be looked at, as for an import.
    """
    from reconciler import config
    from reconciler.config.files import ROOT
    from reconciler.guards import Allow

    there = not path.is_dir() or any((path / name).is_file() for name in (ROOT, Path(ROOT).with_suffix(".yml")))
    if not there and env is None:
        return "", None, {}, [*allows, Allow("live")]
    document = config.load(path, env=env, variables=variables)
    return str(document.data.get("project") or ""), document.environment, document.settings, allows


def _pages(gateway: Gateway, project: str) -> tuple[Page, ...] | None:
    """The login pages, or None where the key may not read them: it is worth a warning, and no failure."""
    from reconciler.errors import ApiFailure
    from reconciler.portal.customers.read import pages

    try:
        return pages(gateway, project)
    except ApiFailure as failure:
        if failure.status != 403:
            raise
        click.echo(f"Warning: not said whether a login page is on: {failure.message}", err=True)
        return None


def _with_a_way_on(failure: ApiFailure, *, live: bool) -> ApiFailure:
    """For a key that may not read customers, also the page that makes one that may."""
    from reconciler import permissions

    if failure.status != 403:
        return failure
    names = [name for row in permissions.to_read(permissions.of_customers()).values() for name in row]
    page = permissions.link("stripe-portal customers", names, live=live)
    return failure.saying(f"{failure.message}. A restricted key for this command: {page}")
