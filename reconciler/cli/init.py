"""stripe-portal init"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

MINIMAL = "minimal"


@click.command("init", epilog="Example: stripe-portal init billing --example saas")
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[FOLDER]")
@click.option("--example", default=MINIMAL, show_default=True, metavar="NAME", help="Begin with a fuller example.")
@click.option("--project", metavar="NAME", help="Marks what is ours in the account. By default, the folder's name.")
def command(folder: Path, example: str, project: str | None) -> None:
    """Write a first stripe-portal.yaml into FOLDER, with its schemas and a .gitignore. Overwrites nothing.

    The schemas make editors complete and check the YAML. A .gitignore that is there is extended.
    """
    import re

    from reconciler import scaffold
    from reconciler.kinds.shapes import NAME
    from reconciler.report.words import printable

    if project is not None and not re.fullmatch(NAME, project):
        raise click.UsageError(
            "--project takes at most 63 letters, digits, - and _, and begins with a letter or a digit"
        )
    contents = scaffold.files(example, project or scaffold.project_name(folder))
    ignored = scaffold.write(folder, contents)
    for name in contents:
        click.echo(printable(f"Wrote {folder / name}"))
    if ignored:
        click.echo(printable(f"{ignored} {folder / scaffold.IGNORE}"))
    overlays = scaffold.environments(contents)
    env = f" --env {'test' if 'test' in overlays else overlays[0]}" if overlays else ""
    click.echo("\nNext:", err=True)
    if folder.resolve() != Path.cwd():
        click.echo(f"    cd {shlex.quote(str(folder))}", err=True)
    for step in ("validate", "plan --emulator", "apply --emulator"):
        click.echo(f"    stripe-portal {step}{env}", err=True)
