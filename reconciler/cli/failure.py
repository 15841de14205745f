"""What a user reads when something went wrong: one message, never a traceback."""

from __future__ import annotations

import os
import tempfile
import traceback

import click

from reconciler.errors import Invalid, PortalError, UnsafePlan
from reconciler.report.words import printable


def explain(error: Exception) -> int:
    """Print the error on stderr and give the exit code that it stands for."""
    if isinstance(error, Invalid):
        for problem in error.problems:
            click.echo(_lines(str(problem)), err=True)
        count = len(error.problems)
        click.echo(f"{count} problem{'' if count == 1 else 's'}. Nothing was sent to Stripe.", err=True)
        return error.exit_code
    if isinstance(error, UnsafePlan):
        for reason in error.reasons:
            click.echo("Refused: " + printable(reason), err=True)
        click.echo("Nothing was written.", err=True)
        return error.exit_code
    if isinstance(error, PortalError):
        click.echo("Error: " + _lines(str(error)), err=True)
        return error.exit_code
    if isinstance(error, OSError):
        reason = error.strerror if error.strerror and not error.filename else str(error)
        click.echo(f"Error: {printable(reason)}", err=True)
        return 1
    click.echo(f"Error: stripe-portal failed in a way that it should not ({type(error).__name__}).", err=True)
    click.echo(f"Nothing more was sent. Please report it; the details are in {_details(error)}", err=True)
    return 1


def _lines(text: str) -> str:
    return "\n".join(printable(line) for line in text.split("\n"))


def _details(error: Exception) -> str:
    """Write the traceback, without values, to a file that only the user can read."""
    handle, path = tempfile.mkstemp(prefix="stripe-portal-", suffix=".txt")
    frames = traceback.extract_tb(error.__traceback__)
    with os.fdopen(handle, "w") as file:
        file.write("".join(traceback.format_list(frames)) + type(error).__name__ + "\n")
    return path
