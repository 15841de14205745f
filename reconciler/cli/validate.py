"""stripe-portal validate"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from reconciler.cli import options


@click.command("validate", epilog="Example: stripe-portal validate --env live")
@options.path
@options.environment
def command(path: Path, env: str | None, variables: Mapping[str, str]) -> None:
    """Check the YAML: every problem at once, with file, line and column. Sends nothing, and needs no key."""
    from reconciler.cli.stages import declared

    document, desired = declared(path, env, variables)
    counts: dict[str, int] = {}
    for address in desired.resources:
        counts[address.kind] = counts.get(address.kind, 0) + 1
    found = ", ".join(f"{n} {k}{'' if n == 1 else 's'}" for k, n in counts.items()) or "nothing declared"
    where = f" (environment {document.environment})" if document.environment else ""
    click.echo(f"Valid: {found}{where}.")
