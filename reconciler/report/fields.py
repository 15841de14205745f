"""The fields of one action: name, old and new value, money, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.model import Action, Cause, FieldChange, Observed, Properties, Verb
from reconciler.report.lists import contents, items
from reconciler.report.words import LONGEST, amounts, printable, quoted, shown

WIDEST = 60
"""Columns for the names of fields. A longer name pushes its own value aside, and no other."""


class Paint(Protocol):
    """What colours text: click.style, or something that leaves it as it is."""

    def __call__(self, text: str, *, fg: str | None = None, bold: bool | None = None) -> str: ...


def plain(text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
    """Text without colour."""
    del fg, bold
    return text


def lines(action: Action, gone: Observed | None, names: Mapping[str, str], paint: Paint) -> Iterator[str]:
    """Every field that an action changes; `gone` is what it replaces."""
    change, kind = action.change, BY_NAME[action.address.kind]
    if change is None or (action.verb is Verb.RETIRE and change.after is None):
        return
    now: Properties = change.after.properties if change.after else {}
    old = change.before or gone
    was: Properties = old.properties if old else now
    fields = [c for c in change.fields if not _goes_without_saying(action, c)]
    fields.sort(key=lambda c: (not c.forces_replacement, c.before == c.after))
    yield from rows(kind, fields, was, now, names, _noted(action, paint), born=change.before is None)


def exchanged(action: Action, back: Observed, gone: Observed, names: Mapping[str, str], paint: Paint) -> Iterator[str]:
    """What is different about an object that comes back in the place of another."""
    fields, kind = [], BY_NAME[action.address.kind]
    for path in sorted({*back.properties, *gone.properties}):
        field = kind.field_at(path)
        was, now = gone.properties.get(path), back.properties.get(path)
        fixed = field and (field.fixed or field.settable in (Settable.ON_CREATE, Settable.ONCE))
        if fixed and was != now:
            fields.append(FieldChange(path, was, now, forces_replacement=True))
    yield from rows(kind, fields, gone.properties, back.properties, names, _noted(action, paint))


def drift_line(action: Action, one: FieldChange, names: Mapping[str, str]) -> str:
    """A field that somebody edited in Stripe, with money."""
    change, field = action.change, BY_NAME[action.address.kind].field_at(one.path)
    assert field is not None
    now: Properties = change.after.properties if change and change.after else {}
    was: Properties = change.before.properties if change and change.before else now
    amount = amounts(field, one.path, one.before, one.after, was, now)
    return value_line(field, one, names) + (f" ({amount})" if amount else "")


def value_line(field: Field, one: FieldChange, names: Mapping[str, str]) -> str:
    """`old → new`, on one line. Of two long texts, from where they differ."""
    if isinstance(one.before, str) and isinstance(one.after, str) and len(one.before) > LONGEST < len(one.after):
        pairs = enumerate(zip(one.before, one.after, strict=False))
        same = max(0, next((n for n, (a, b) in pairs if a != b), min(len(one.before), len(one.after))) - 20)
        return f"…{quoted(one.before[same:])} → …{quoted(one.after[same:])}"
    return f"{shown(one.before, names, field)} → {shown(one.after, names, field)}"


def rows(
    kind: Kind,
    fields: Iterable[FieldChange],
    was: Properties,
    now: Properties,
    names: Mapping[str, str],
    notes: Callable[[FieldChange], str],
    *,
    born: bool = False,
) -> Iterator[str]:
    """A line for each field, with money and what there is to note; several for a list. `born`: nothing was before."""
    fields = list(fields)
    width = min(max((len(".".join(c.path)) for c in fields), default=0), WIDEST)
    for one in fields:
        field = kind.field_at(one.path)
        assert field is not None
        name = printable(".".join(one.path)).ljust(width)
        fresh = born and one.before in (None, one.after)
        listed = isinstance(one.after, tuple) and any(isinstance(v, Mapping) for v in one.after)
        if one.before and one.after and isinstance(one.after, tuple) and not fresh:
            yield f"      {name.rstrip()}" + notes(one)
            yield from (f"          {line}" for line in contents(field, one.before, one.after, names))
        elif fresh and listed:
            yield f"      {name.rstrip()}" + notes(one)
            yield from (f"          {line}" for line in items(field, one.after, names))
        else:
            text = shown(one.after, names, field) if fresh else value_line(field, one, names)
            amount = amounts(field, one.path, one.before, one.after, was if one.before is not None else now, now)
            yield f"      {name} {text}" + (f" ({amount})" if amount else "") + notes(one)


def _goes_without_saying(action: Action, one: FieldChange) -> bool:
    """What a replacement leaves as it was, that a new object is in service, and where it was declared."""
    if action.verb is not Verb.CREATE or one.forces_replacement or one.cause is Cause.FOLLOWED:
        return False
    parent = BY_NAME[action.address.kind].parent
    inside = parent is not None and one.path == (parent[1],)
    field = BY_NAME[action.address.kind].field_at(one.path)
    if field and field.money:
        return False
    return one.before == one.after or inside or (one.path == ("active",) and one.after is True)


def _noted(action: Action, paint: Paint) -> Callable[[FieldChange], str]:
    def notes(one: FieldChange) -> str:
        said = []
        if one.forces_replacement:
            said.append(paint("forces replacement", fg="red"))
            said += ["made anew since"] if one.before == one.after else []
        if one.cause is Cause.FOLLOWED:
            taken = one.before == one.after and not one.forces_replacement
            said.append("not declared; taken over from the old one" if taken else "follows what it points at")
        if one.cause in (Cause.DRIFTED, Cause.BOTH) and (action.verb is not Verb.CREATE or one.forces_replacement):
            said.append(paint("edited in Stripe", fg="cyan"))
        return noted(said)

    return notes


def noted(said: Sequence[str]) -> str:
    """What stands behind a line, if anything."""
    return f"  # {', '.join(said)}" if said else ""
