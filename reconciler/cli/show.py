"""stripe-portal show"""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options


@click.command("show", epilog="Example: stripe-portal show plan.json --format markdown")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.form
def command(file: Path, form: str) -> int:
    """Show a plan that `plan --out FILE` saved. Needs no key, and sends nothing."""
    from reconciler.cli import saved
    from reconciler.cli.planning import present
    from reconciler.report.words import printable

    found = saved.read(file)
    present(found.plan, form, found.origin, created=found.created)
    for reason in found.plan.refusals if form == "text" else ():
        click.echo(f"Refused: {printable(reason)}")
    return 0
