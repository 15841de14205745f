"""stripe-portal link"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options
from reconciler.portal.link_session import FLOWS

if TYPE_CHECKING:
    from reconciler.gateway import Gateway
    from reconciler.guards import Allow
    from reconciler.model import Address, Desired, Observed


@click.command("link", epilog='Example: open "$(stripe-portal link --env live --email ann@example.com)"')
@options.path
@options.environment
@options.target
@options.allow
@click.option(
    "--config", metavar="NAME", help="One portal configuration; needed when a session has several to choose from."
)
@click.option("--email", metavar="EMAIL", help="Fill in the customer's email, who may still change it.")
@click.option("--customer", metavar="ID", help="Open a session for this customer instead: a secret, and short-lived.")
@click.option("--flow", type=click.Choice(list(FLOWS)), metavar="TYPE", help=f"Go straight to it: {', '.join(FLOWS)}.")
@click.option("--subscription", metavar="ID", help="The subscription that the flow is about: sub_…")
@click.option("--price", metavar="PRICE", help="For subscription_update_confirm: price.pro.monthly, or an id.")
@click.option("--quantity", type=click.IntRange(0), metavar="N", help="For subscription_update_confirm.")
@click.option("--return-url", metavar="URL", help="Where the session's link back leads.")
@click.option("--locale", metavar="TAG", help="The session's language, such as de; by default the browser's.")
def command(
    path: Path,
    env: str | None,
    variables: Mapping[str, str],
    allows: Sequence[Allow],
    config: str | None,
    email: str | None,
    emulator: bool,
    base_url: str | None,
    allow_remote_base_url: bool,
    account: str | None,
    **wished: Any,
) -> int:
    """Print the login link of every declared portal configuration, as the account has it.

    With one configuration, or with --config, it prints the URL and nothing else. With --customer it opens a session
    in which that customer is logged in already, and prints its URL.
    """
    import shlex

    from reconciler.cli.account import opened
    from reconciler.cli.stages import declared

    _check(wished, email)
    document, desired = declared(path, env, variables)
    addresses = _chosen(desired, config)
    if wished["customer"]:
        _check_one(addresses)
    with opened(
        emulator=emulator,
        base_url=base_url,
        allow_remote=allow_remote_base_url,
        settings=document.settings,
        allows=allows,
        account=account,
    ) as (gateway, _):
        found = _observed(gateway, desired, with_price=bool(wished["price"]))
        if wished["customer"]:
            click.echo(_session(gateway, desired, found, addresses[0], wished))
            click.echo("Whoever has this URL is logged in as the customer. Open it within 5 minutes.", err=True)
            return 0
    given = {"emulator": emulator, "base_url": base_url, "account": account}
    words = options.repeated(path, env, variables, {**given, "allow_remote_base_url": allow_remote_base_url})
    bare = config is not None or len(addresses) == 1
    return _printed(document, desired, found, addresses, email, bare, shlex.join(["stripe-portal", "apply", *words]))


def _check(wished: Mapping[str, Any], email: str | None) -> None:
    """What needs no account. An email is never repeated: it may end up in a log."""
    from reconciler.portal.link import is_email

    if email is not None and not is_email(email):
        raise click.BadParameter("that is no email address, such as ann@example.com", param_hint="--email")
    given = [name.replace("_", "-") for name, value in wished.items() if value is not None]
    if empty := [name for name in given if wished[name.replace("-", "_")] == ""]:
        raise click.BadParameter("it is empty", param_hint=f"--{empty[0]}")
    if "customer" not in given:
        if given:
            raise click.UsageError(f"--{given[0]} is for a session: add --customer cus_…")
        return
    if email is not None:
        raise click.UsageError("--email fills in a login page, and --customer is logged in already: give one of them")
    name = wished["flow"] or ""
    flow = FLOWS.get(name)
    choice = {"price", "quantity"} & {*given}
    if wished["quantity"] == 0:
        raise click.BadParameter(
            "0 is nothing to confirm: to end it, use --flow subscription_cancel", param_hint="--quantity"
        )
    if "subscription" in given and not (flow and flow.subscription):
        raise click.UsageError("--subscription is for a flow about one: add --flow subscription_cancel, or another")
    if choice and not (flow and flow.confirms):
        raise click.UsageError("--price and --quantity are for --flow subscription_update_confirm")
    if flow and flow.subscription and "subscription" not in given:
        raise click.UsageError(f"--flow {name} needs --subscription sub_…")
    if flow and flow.confirms and not choice:
        raise click.UsageError(f"--flow {name} needs --price or --quantity: what the customer is to confirm")


def _chosen(desired: Desired, config: str | None) -> list[Address]:
    """The declared configurations, or the one that is named. Raises Usage, Unresolved."""
    from difflib import get_close_matches

    from reconciler.errors import Unresolved, Usage
    from reconciler.portal.link import KIND

    addresses = sorted(a for a in desired.resources if a.kind == KIND.name)
    if not addresses:
        raise Unresolved(
            f"no {KIND.name} is declared. For one with a login link, write\n"
            f"    {KIND.plural}: {{main: {{is_default: true, login_page: {{enabled: true}}}}}}"
        )
    if config is None:
        return addresses
    named = {a.name: a for a in addresses} | {str(a): a for a in addresses}
    if config not in named:
        near = get_close_matches(config, named, n=1) or [a.name for a in addresses]
        raise Usage(f"--config {config}: no such {KIND.name}; did you mean {' or '.join(near)}?")
    return [named[config]]


def _check_one(addresses: Sequence[Address]) -> None:
    from reconciler.errors import Usage

    if len(addresses) > 1:
        raise Usage(f"which configuration? Add {' or '.join(f'--config {a.name}' for a in addresses)}")


def _observed(gateway: Gateway, desired: Desired, *, with_price: bool) -> Mapping[Address, Observed]:
    """The configurations in the account, and the prices where one is named."""
    from reconciler.kinds import KINDS
    from reconciler.observed import fetch
    from reconciler.pair import pair
    from reconciler.portal.link import KIND

    sold = next(k for k in KINDS if k.subscriptions)
    needed = {KIND.name} | ({sold.name, *(sold.parent or ())} if with_price else set())
    kinds = [k for k in KINDS if k.name in needed]
    return pair(desired, fetch(gateway, desired, kinds)).found


def _session(
    gateway: Gateway, desired: Desired, found: Mapping[Address, Observed], address: Address, wished: Mapping[str, Any]
) -> str:
    """The URL of a new session. Raises Unresolved, ApiFailure."""
    from reconciler.errors import Unresolved
    from reconciler.portal.link_session import Wish, opened
    from reconciler.report.words import printable

    if address not in found:
        raise Unresolved(f"{address} is not in the account yet: `stripe-portal apply` makes it")
    given = {name: value for name, value in wished.items() if value is not None}
    if price := given.get("price"):
        given["price"] = _price(desired, found, price)
    return opened(
        gateway,
        Wish(**given),
        found[address],
        address,
        lambda text: click.echo(f"Warning: {printable(text)}.", err=True),
    )


def _price(desired: Desired, found: Mapping[Address, Observed], named: str) -> str:
    """The id of a price, which is given as it is or by its address."""
    from reconciler.errors import Unresolved
    from reconciler.kinds import KINDS
    from reconciler.model import Address

    if "." not in named:
        return named
    kind = next(k for k in KINDS if k.subscriptions)
    address = Address(kind.name, named.removeprefix(f"{kind.name}."))
    if address not in desired.resources:
        raise Unresolved(f"--price {named}: the YAML declares no {address}")
    if address not in found:
        raise Unresolved(f"{address} is not in the account yet: `stripe-portal apply` makes it")
    return found[address].id


def _printed(
    document: Any,
    desired: Desired,
    found: Mapping[Address, Observed],
    addresses: Sequence[Address],
    email: str | None,
    bare: bool,
    apply: str,
) -> int:
    """Links to stdout, what is in the way of one to stderr."""
    from reconciler.portal.link import login_link, prefilled
    from reconciler.report.words import printable

    links = [login_link(document, desired.resources[a], found.get(a)) for a in addresses]
    width = max(len(str(a)) for a in addresses)
    for one in links:
        if one.url:
            url = printable(prefilled(one.url, email) if email else one.url)
            click.echo(url if bare else f"{one.address!s:{width}}  {url}")
        else:
            click.echo(f"{one.address} {one.why}.", err=True)
            for line in one.todo.split("\n") if one.todo else ():
                click.echo(f"    {printable(line)}", err=True)
            click.echo(f"    {'Then: ' if one.todo else 'To change that: '}{apply}", err=True)
    return 0 if any(one.url for one in links) else 1
