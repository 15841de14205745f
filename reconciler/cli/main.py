"""The command `stripe-portal`: which commands there are, and how errors end."""

from __future__ import annotations

import io
import sys
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from reconciler import __version__
from reconciler.redact import redact

COMMANDS = {
    "init": "Write a first YAML file, its schema and a .gitignore.",
    "validate": "Check the YAML. Sends nothing.",
    "plan": "Show what apply would do. Writes nothing to Stripe.",
    "apply": "Make Stripe match the YAML, or do what a saved plan says.",
    "show": "Show a saved plan.",
    "drift": "Say what was changed in Stripe since the last apply.",
    "accept": "Write what was changed in Stripe into the YAML.",
    "import": "Write an existing account as YAML.",
    "schema": "Print the JSON Schema for editors.",
    "doctor": "Say what the key may do, and what is missing.",
    "preview": "Draw the customer portal as customers will see it.",
    "link": "Print the link with which customers log in to the portal.",
    "customers": "Say who cannot log in to the portal.",
    "emulator": "Run, empty or inspect the local Stripe.",
}


class Commands(click.Group):
    """Commands by name; the module of one is imported when it is run, and not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command = import_module(f"reconciler.cli.{module}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: stripe-portal plan --emulator",
)
@click.version_option(__version__, prog_name="stripe-portal")
def cli() -> None:
    """Manage a Stripe catalogue and customer portal from YAML in git."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. Exits 0, 1 (error), 2 (differences), 3 (refused), 64 (usage) or 130 (interrupted)."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code. The one place where an error becomes text."""
    try:
        result: Any = cli.main(arguments, prog_name="stripe-portal", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 64
    except click.ClickException as error:
        with io.StringIO() as shown:
            error.show(shown)
            click.echo(redact(shown.getvalue()), err=True, nl=False)  # a key may have been pasted where an option goes
        return 64 if isinstance(error, click.UsageError) else 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        from reconciler.cli.failure import explain

        return explain(error)
