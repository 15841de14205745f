"""stripe-portal emulator serve | reset | status"""

from __future__ import annotations

import click

from reconciler.cli.account import STATE


@click.group("emulator", epilog="Example: stripe-portal emulator serve --port 12111")
def command() -> None:
    """A local Stripe that is strict where Stripe is strict. Its state is kept in .stripe-portal/ of this folder."""


@command.command(epilog="Example: stripe-portal emulator serve --port 12111")
@click.option("--port", default=12111, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--limits", is_flag=True, help="Answer 429 where Stripe's rate limits would.")
@click.option(
    "--latency",
    default=0,
    show_default=True,
    metavar="MS",
    type=click.IntRange(0),
    help="Milliseconds before each answer.",
)
def serve(port: int, limits: bool, latency: int) -> None:
    """Serve the state of this folder to any Stripe client, until Ctrl-C."""
    from reconciler.emulator.server import Running, serve_forever

    def ready(running: Running) -> None:
        click.echo(f"Emulator at {running.url}")
        click.echo(f"Key {running.key}")
        click.echo(f"Try: STRIPE_API_KEY={running.key} stripe-portal plan --base-url {running.url}", err=True)
        click.echo("Ctrl-C ends it.", err=True)

    try:
        serve_forever(STATE, port, ready=ready, limits=limits, latency=latency / 1000)
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)


@command.command(epilog="Example: stripe-portal emulator reset")
def reset() -> None:
    """Empty the emulator of this folder."""
    from reconciler.emulator.server import reset as empty

    if not STATE.exists():
        click.echo("There is no emulator state in this folder.")
        return
    empty(STATE)
    click.echo(f"Emptied {STATE}.")


@command.command(epilog="Example: stripe-portal emulator status")
def status() -> None:
    """Say what the emulator of this folder holds."""
    from reconciler.emulator.server import status as totals

    if not STATE.exists():
        click.echo("There is no emulator state in this folder.")
        return
    for name, value in totals(STATE).items():
        click.echo(f"{name}: {value}")
