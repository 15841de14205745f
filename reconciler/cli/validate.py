"""stripe-portal validate"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.model import Desired, Document


@click.command("validate", epilog="Example: stripe-portal validate --env live")
@options.path
@options.environment
@click.option(
    "--check-urls",
    is_flag=True,
    help="Fetch every image URL, without any key, and check that it is a JPEG, PNG or WEBP under 2 MB.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github marks the lines of the YAML, too.",
)
def command(path: Path, env: str | None, variables: Mapping[str, str], check_urls: bool, form: str) -> None:
    """Check the YAML: every problem at once, with file, line and column. Needs no key, and sends nothing to Stripe.

    Nothing else is sent either, unless --check-urls asks for it.
    """
    from reconciler.cli.stages import declared
    from reconciler.errors import Invalid

    try:
        document, desired = declared(path, env, variables)
        fetched = _checked(document) if check_urls else 0
    except Invalid as invalid:
        if form == "github":
            from reconciler.report import github

            click.echo(github.problems(invalid.problems))
        raise
    _warn(document, desired, form)
    counts: dict[str, int] = {}
    for address in desired.resources:
        counts[address.kind] = counts.get(address.kind, 0) + 1
    found = ", ".join(f"{n} {k}{'' if n == 1 else 's'}" for k, n in counts.items()) or "nothing declared"
    where = f" (environment {document.environment})" if document.environment else ""
    click.echo(f"Valid: {found}{where}.")
    if check_urls:
        click.echo(f"Fetched: {fetched} image URL{'' if fetched == 1 else 's'}.")


def _warn(document: Document, desired: Desired, form: str) -> None:
    """Say what is right and makes a bad portal all the same. It changes no exit code."""
    from reconciler import sense

    found = sense.in_yaml(document, desired)
    for one in found:
        click.echo(f"Warning: {one.source}: {one.message}  ({one.hint})", err=True)
    for one in sense.idle(document, desired):
        click.echo(f"Note: {one.source}: {one.message}", err=True)
    if found and form == "github":
        from reconciler.report import github

        click.echo(github.warnings(found))


def _checked(document: Document) -> int:
    """Fetch the images at URLs, each once, and say how many. Raises Invalid."""
    from reconciler import images
    from reconciler.errors import Invalid
    from reconciler.gateway import web

    fetched = web.fetch(images.urls(document), images.LIMIT)
    if problems := images.published(document, fetched):
        raise Invalid(problems)
    return len(fetched)
