"""stripe-portal import"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.cli.import_files import Imported
    from reconciler.cli.importing import Home
    from reconciler.importer.entry import Entry

LISTED = 20
"""As many differences, and as many notes, are listed; then their number."""


@click.command("import", epilog="Example: stripe-portal import --project acme --env live")
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[FOLDER]")
@options.environment
@click.option("--project", metavar="NAME", help="Marks what is ours in the account. By default, the folder's name.")
@click.option(
    "--layout",
    type=click.Choice(["kind", "product", "single"]),
    default="kind",
    show_default=True,
    help="New files: one for each kind, one for each product, or one in all.",
)
@click.option("--only", multiple=True, metavar="KIND", help="Import this kind and what is inside it. Repeatable.")
@click.option("--include-archived", is_flag=True, help="Import what is out of service too, as active: false.")
@options.target
def command(
    folder: Path,
    env: str | None,
    variables: Mapping[str, str],
    project: str | None,
    layout: str,
    only: tuple[str, ...],
    include_archived: bool,
    **target: Any,
) -> int:
    """Write the account's catalogue and portal into FOLDER as YAML. Writes nothing to Stripe.

    Into a folder that has YAML, only what is missing there is added; what differs is reported, and not overwritten.
    """
    from reconciler.cli import import_files, importing, new_environment
    from reconciler.cli.account import opened
    from reconciler.cli.atomic import write
    from reconciler.cli.talk import Reading
    from reconciler.errors import UnsafePlan
    from reconciler.guards import Allow
    from reconciler.importer.layout import Layout
    from reconciler.kinds.shapes import NAME
    from reconciler.report.words import printable

    if project is not None and not re.fullmatch(NAME, project):
        raise click.UsageError(
            "--project takes at most 63 letters, digits, - and _, and begins with a letter or a digit"
        )
    if env is not None and not re.fullmatch(NAME, env):
        raise click.UsageError("--env takes at most 63 letters, digits, - and _, and begins with a letter or a digit")
    kinds = _kinds(only)
    fresh = new_environment.home_at(folder, env, project, variables)
    home = fresh or importing.home_at(folder, env, project, variables)
    reading, unread = Reading(), list[str]()
    with opened(
        emulator=target["emulator"],
        base_url=target["base_url"],
        allow_remote=target["allow_remote_base_url"],
        settings=home.document.settings if home.document else {},
        allows=[] if home.document and not fresh else [Allow("live")],  # it is written down which account it is
        account=target["account"],
    ) as (gateway, found):
        seen = importing.read(home, gateway, found, kinds, reading, archived=include_archived, unread=unread.append)
    reading.done()
    click.echo(printable(f"Read from {found}."), err=True)
    made = import_files.imported(home, seen, kinds, env, Layout(layout), archived=include_archived, variables=variables)
    contents = dict(made.files)
    if strange := [name for name in contents if (home.folder / name).exists() and name not in home.texts]:
        raise UnsafePlan(
            [f"{home.folder / name} is there already, and the YAML does not include it" for name in strange]
        )
    if contents and home.document is None:
        contents |= import_files.first_files(home.folder)
    write({home.folder / name: content for name, content in contents.items()})
    for name in contents:
        click.echo(printable(f"Wrote {home.folder / name}"))
    _say(home, made, unread, archived=include_archived)
    if made.files:
        kept = home.document is None or bool(fresh) or bool(home.document.settings.get("stripe_account"))
        _next(home, made.env, variables, {**target, "account": None} if kept else target)
    return 0


def _kinds(only: tuple[str, ...]) -> set[str]:
    """The kinds that are asked for, by name or plural."""
    from difflib import get_close_matches

    from reconciler.importer.choose import with_children
    from reconciler.kinds import KINDS

    known = {word: k.name for k in KINDS for word in (k.name, k.plural)}
    for word in only:
        if word not in known:
            near = get_close_matches(word, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"kinds are: {', '.join(k.name for k in KINDS)}"
            raise click.UsageError(f"there is no kind {word}; {hint}")
    return with_children(known[word] for word in only) if only else {k.name for k in KINDS}


def _say(home: Home, made: Imported, unread: list[str], *, archived: bool) -> None:
    """How much came of it, and what was left out and why."""
    from collections import Counter

    from reconciler.kinds import BY_NAME
    from reconciler.report.fields import value_line
    from reconciler.report.words import counted, printable

    new = [e for e in made.entries if not e.is_out]
    if made.twins:
        click.echo(f"Declared already, now with their ids here: {_counts(made.twins)}.")
    if new:
        click.echo(f"Imported: {_counts(new)}.")
    elif not made.twins:
        left = Counter(e.address.kind for e in made.entries) + Counter({k: n for (k, _), n in made.passed.items()})
        but = [counted(n, kind) for kind, n in left.items()] + ["what the key may not read"] * bool(unread)
        nothing = "there is nothing in the account" + ("" if archived else " that is in service")
        if home.document:
            what = "the YAML declares everything already" + (f" but what is left out: {', '.join(but)}" if but else "")
        else:
            what = f"all that was found is left out: {', '.join(but)}" if but else nothing
        click.echo(f"Nothing to import: {what}." + ("" if made.files else " Nothing was written."))
    for (kind, why), number in sorted(made.passed.items()):
        click.echo(printable(f"Not imported: {counted(number, kind)} {why}."), err=True)
    for plural in unread:
        click.echo(f"Not imported: {plural}, which the key may not read.", err=True)
    notes = [f"{e.address}: {n}" if not e.is_out else n for e in made.entries for n in e.notes]
    for line in notes[:LISTED]:
        click.echo(printable(f"Note: {line}"), err=True)
    if notes[LISTED:]:
        click.echo(f"Note: {len(notes) - LISTED:,} more notes stand in the files, as comments.", err=True)
    for address, change in made.differs[:LISTED]:
        field = BY_NAME[address.kind].field_at(change.path)
        assert field is not None
        shown = value_line(field, change, made.names)
        click.echo(printable(f"Differs: {address} {'.'.join(change.path)}: Stripe → YAML: {shown}"), err=True)
    if made.differs:
        rest = f", {len(made.differs) - LISTED:,} of them not listed" if made.differs[LISTED:] else ""
        click.echo(
            f"{counted(len(made.differs), 'difference')} between YAML and Stripe{rest}; the YAML is kept as written.",
            err=True,
        )


def _next(home: Home, env: str | None, variables: Mapping[str, str], target: Mapping[str, Any]) -> None:
    """What to do next, for the same account. The emulator keeps its state where it was used, so that nobody leaves."""
    from reconciler.config.files import ROOT

    if target["account"] and env:
        line = f"`stripe_account: {target['account']}` under environments.{env} in {home.root}"
        click.echo(f"\nSo that --account is not needed every time, write {line}.", err=True)
    click.echo("\nNext:", err=True)
    moves = home.folder.resolve() != Path.cwd() and not target["emulator"]
    if moves:
        click.echo(f"    cd {shlex.quote(str(home.folder))}", err=True)
    folder = Path() if moves else home.folder
    path = folder if home.root.name == ROOT else folder / home.root.name
    offline, where = options.repeated(path, env, variables, {}), options.repeated(path, env, variables, target)
    steps = (["validate", *offline], ["plan", *where, "--allow", "adopt"], ["apply", *where, "--allow", "adopt"])
    for step in steps:
        click.echo(f"    {shlex.join(['stripe-portal', *step])}", err=True)


def _counts(entries: Iterable[Entry]) -> str:
    """How many of each kind."""
    from collections import Counter

    from reconciler.report.words import counted

    return ", ".join(counted(n, kind) for kind, n in Counter(e.address.kind for e in entries).items())
