"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def _variables(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    del ctx, param
    pairs = [value.partition("=") for value in values]
    for name, equals, _ in pairs:
        if not (name and equals):
            raise click.BadParameter(f"{name!r} is not NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _allows(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[Any, ...]:
    from reconciler.guards import Allow

    del ctx, param
    try:
        return tuple(Allow.parse(value) for value in values)
    except ValueError as reason:
        raise click.BadParameter(str(reason)) from None


def path(function: F) -> F:
    """Which YAML: PATH."""
    kind = click.Path(path_type=Path)
    return click.argument("path", type=kind, default=".", metavar="[PATH]")(function)


def path_and_addresses(function: F) -> F:
    """Which YAML, and which of its resources: PATH and ADDRESS, in any order."""
    return click.argument("words", nargs=-1, metavar="[PATH] [ADDRESS]...")(function)


def split(words: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """Tell the PATH from the ADDRESSes. A word is the PATH when there is such a file, or it can be no address."""
    paths = [w for w in words if "/" in w or w.endswith((".yaml", ".yml")) or w in (".", "..") or Path(w).exists()]
    if len(paths) > 1:
        raise click.UsageError(f"one PATH at a time: {' and '.join(paths)} were given")
    return Path(paths[0] if paths else "."), tuple(w for w in words if w not in paths)


def environment(function: F) -> F:
    """Which environment of the YAML: --env, --var."""
    function = click.option(
        "--var",
        "variables",
        multiple=True,
        callback=_variables,
        metavar="NAME=VALUE",
        help="Set a variable of the YAML. Repeatable.",
    )(function)
    return click.option("--env", metavar="NAME", help="The environment; needed when the YAML has several.")(function)


def target(function: F) -> F:
    """Which account: --emulator, --base-url, --account."""
    function = click.option(
        "--account", metavar="ID", help="The connected account to work on, with the key of its platform: acct_…"
    )(function)
    function = click.option(
        "--allow-remote-base-url", is_flag=True, help="Let the key go to a host that is not this machine."
    )(function)
    function = click.option(
        "--base-url", metavar="URL", help="A Stripe-compatible server, with the key from STRIPE_API_KEY."
    )(function)
    return click.option(
        "--emulator", is_flag=True, help="Use the local emulator; its state is kept in .stripe-portal/."
    )(function)


def repeated(path: Path, env: str | None, variables: Mapping[str, str], target: Mapping[str, Any]) -> list[str]:
    """The words that make another command work on the same: PATH, the environment, and the account."""
    words = [] if path == Path() else [str(path)]
    words += ["--env", env] if env else []
    words += [word for name, value in variables.items() for word in ("--var", f"{name}={value}")]
    words += ["--emulator"] if target.get("emulator") else []
    words += ["--base-url", target["base_url"]] if target.get("base_url") else []
    words += ["--allow-remote-base-url"] if target.get("allow_remote_base_url") else []
    return words + (["--account", target["account"]] if target.get("account") else [])


def allow(function: F) -> F:
    """What to let pass that is refused by default."""
    return click.option(
        "--allow",
        "allows",
        multiple=True,
        callback=_allows,
        metavar="RULE[=ADDRESS]",
        help="Let something pass that is refused by default. Repeatable.",
    )(function)


def form(function: F) -> F:
    """How a plan is printed."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "markdown", "html", "github"]),
        default="text",
        show_default=True,
        help="markdown is a pull-request comment, github marks the lines of the YAML.",
    )(function)
