"""What goes to stderr while a command works, and how stdout is coloured."""

from __future__ import annotations

import os
import sys
import threading

import click

from reconciler.report.fields import Paint, plain


def paint() -> Paint:
    """Colour, on a terminal and unless NO_COLOR says otherwise."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        return click.style
    return plain


class Reading:
    """One line on a terminal that counts what was read so far, and goes away again."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._on = sys.stderr.isatty()

    def __call__(self, kind: str, count: int) -> None:
        with self._lock:
            self._counts[kind] = count
            if self._on:
                text = ", ".join(f"{n:,} {k}" for k, n in self._counts.items())
                click.echo(f"\r\033[KReading {text}", nl=False, err=True)

    def done(self) -> None:
        if self._on and self._counts:
            click.echo("\r\033[K", nl=False, err=True)
