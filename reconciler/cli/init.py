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
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab"]),
    help="Write the pipeline, too. Where the YAML is there already, write that alone.",
)
@click.option(
    "--env", "chosen", multiple=True, metavar="NAME", help="The environment that the pipeline is for. Repeatable."
)
def command(folder: Path, example: str, project: str | None, ci: str | None, chosen: tuple[str, ...]) -> None:
    """Write a first stripe-portal.yaml into FOLDER, with its schemas and a .gitignore. Overwrites nothing.

    The schemas make editors complete and check the YAML. A .gitignore that is there is extended.
    """
    import os
    import re

    from reconciler import scaffold
    from reconciler.kinds.shapes import NAME
    from reconciler.report.words import printable

    if project is not None and not re.fullmatch(NAME, project):
        raise click.UsageError(
            "--project takes at most 63 letters, digits, - and _, and begins with a letter or a digit"
        )
    if chosen and not ci:
        raise click.UsageError("--env is for the pipeline that --ci writes")
    there = ci is not None and project is None and example == MINIMAL and (folder / scaffold.ROOT).exists()
    contents = {} if there else scaffold.files(example, project or scaffold.project_name(folder))
    pipeline: dict[Path, bytes] = {}
    if ci:
        from reconciler.cli import init_ci

        pipeline = init_ci.files(ci, folder, contents, chosen)
    ignored = scaffold.write(folder, contents | {str(path): content for path, content in pipeline.items()})
    for path in (*(folder / name for name in contents), *(Path(os.path.relpath(path)) for path in pipeline)):
        click.echo(printable(f"Wrote {path}"))
    if ignored:
        click.echo(printable(f"{ignored} {folder / scaffold.IGNORE}"))
    overlays = scaffold.environments(contents)
    env = f" --env {'test' if 'test' in overlays else overlays[0]}" if overlays else ""
    click.echo("\nNext:", err=True)
    if ci:
        for line in init_ci.advice(ci, pipeline):
            click.echo(printable(f"    {line}"), err=True)
    if there:
        return
    if folder.resolve() != Path.cwd():
        click.echo(f"    cd {shlex.quote(str(folder))}", err=True)
    for step in ("validate", "plan --emulator", "apply --emulator"):
        click.echo(f"    stripe-portal {step}{env}", err=True)
