"""What goes to stderr while a command works, and how stdout is coloured."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C or SIGTERM only be noticed, so that what is under way ends; the second interrupts."""
    noticed = threading.Event()

    def notice(number: int, frame: object) -> None:
        del number, frame
        if noticed.is_set():
            raise KeyboardInterrupt
        noticed.set()
        click.echo("Interrupted: the calls under way end, the rest is skipped. Once more to stop at once.", err=True)

    if threading.current_thread() is not threading.main_thread():
        yield noticed.is_set  # only the main thread may listen to signals
        return
    both = (signal.SIGINT, signal.SIGTERM)  # a pipeline that is cancelled sends the second
    before = [signal.signal(number, notice) for number in both]
    try:
        yield noticed.is_set
    finally:
        for number, handler in zip(both, before, strict=True):
            signal.signal(number, handler)
