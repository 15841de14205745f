"""stripe-portal schema"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from reconciler.cli import options


@click.command("schema", epilog="Example: stripe-portal schema --project > .stripe-portal.schema.json")
@options.path
@options.environment
@click.option("--project", is_flag=True, help="Turn the names that the YAML declares into enumerations.")
@click.option("--overlay", is_flag=True, help="The schema of environments/NAME.yaml.")
def command(path: Path, env: str | None, variables: Mapping[str, str], project: bool, overlay: bool) -> None:
    """Print the JSON Schema of the YAML, for editors.

    With --project, `product:`, `default_price:` and `prices:` complete with the names that are declared.
    """
    from reconciler.cli.stages import names
    from reconciler.schema import json_schema

    known = names(path, env, variables) if project else None
    click.echo(json.dumps(json_schema(names=known, overlay=overlay), indent=2, ensure_ascii=False))
