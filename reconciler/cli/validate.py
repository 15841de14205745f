"""stripe-portal validate"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.model import Document


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
    counts: dict[str, int] = {}
    for address in desired.resources:
        counts[address.kind] = counts.get(address.kind, 0) + 1
    found = ", ".join(f"{n} {k}{'' if n == 1 else 's'}" for k, n in counts.items()) or "nothing declared"
    where = f" (environment {document.environment})" if document.environment else ""
    click.echo(f"Valid: {found}{where}.")
    if check_urls:
        click.echo(f"Fetched: {fetched} image URL{'' if fetched == 1 else 's'}.")


def _checked(document: Document) -> int:
    """Fetch the images at URLs, each once, and say how many. Raises Invalid."""
    from reconciler import images
    from reconciler.errors import Invalid
    from reconciler.gateway import web

    fetched = web.fetch(images.urls(document), images.LIMIT)
    if problems := images.published(document, fetched):
        raise Invalid(problems)
    return len(fetched)
