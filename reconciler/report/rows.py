"""The fields of an action as people read them: name, old and new value, money, and why. Each format lays them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Field, Kind, Settable
from reconciler.model import Action, Cause, FieldChange, Observed, Properties, Verb
from reconciler.report.lists import contents, items
from reconciler.report.words import LONGEST, amounts, printable, quoted, shown


@dataclass(frozen=True, slots=True)
class Note:
    """What there is to say of a field. `colour` is for formats that have some."""

    text: str
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One field, as printable text that no format has escaped yet.

    `before` is empty where there was no object before. Of a list that is read better line by line, `items` are the
    lines: its own, or what differs inside.
    """

    name: str
    before: str
    after: str
    money: str = ""
    notes: tuple[Note, ...] = ()
    items: tuple[str, ...] | None = None


Notes = Callable[[FieldChange], tuple[Note, ...]]


def changed(action: Action, gone: Observed | None, names: Mapping[str, str]) -> tuple[Row, ...]:
    """Every field that an action changes; `gone` is what it replaces."""
    change, kind = action.change, BY_NAME[action.address.kind]
    if change is None or (action.verb is Verb.RETIRE and change.after is None):
        return ()
    now: Properties = change.after.properties if change.after else {}
    old = change.before or gone
    was: Properties = old.properties if old else now
    fields = [c for c in change.fields if not _goes_without_saying(action, c)]
    fields.sort(key=lambda c: (not c.forces_replacement, c.before == c.after))
    return rows(kind, fields, was, now, names, _noted(action), born=change.before is None)


def exchanged(action: Action, back: Observed, gone: Observed, names: Mapping[str, str]) -> tuple[Row, ...]:
    """What is different about an object that comes back in the place of another."""
    fields, kind = [], BY_NAME[action.address.kind]
    for path in sorted({*back.properties, *gone.properties}):
        field = kind.field_at(path)
        was, now = gone.properties.get(path), back.properties.get(path)
        fixed = field and (field.fixed or field.settable in (Settable.ON_CREATE, Settable.ONCE))
        if fixed and was != now:
            fields.append(FieldChange(path, was, now, forces_replacement=True))
    return rows(kind, fields, gone.properties, back.properties, names, _noted(action))


def values(field: Field, one: FieldChange, names: Mapping[str, str]) -> tuple[str, str]:
    """The old and the new value, each on one line. Of two long texts, from where they differ."""
    if isinstance(one.before, str) and isinstance(one.after, str) and len(one.before) > LONGEST < len(one.after):
        pairs = enumerate(zip(one.before, one.after, strict=False))
        same = max(0, next((n for n, (a, b) in pairs if a != b), min(len(one.before), len(one.after))) - 20)
        return f"…{quoted(one.before[same:])}", f"…{quoted(one.after[same:])}"
    return shown(one.before, names, field), shown(one.after, names, field)


def rows(
    kind: Kind,
    fields: Iterable[FieldChange],
    was: Properties,
    now: Properties,
    names: Mapping[str, str],
    notes: Notes = lambda _: (),
    *,
    born: bool = False,
) -> tuple[Row, ...]:
    """A row for each field. `born`: nothing was before."""
    return tuple(_row(kind, one, was, now, names, notes(one), born=born) for one in fields)


def _row(
    kind: Kind,
    one: FieldChange,
    was: Properties,
    now: Properties,
    names: Mapping[str, str],
    notes: tuple[Note, ...],
    *,
    born: bool,
) -> Row:
    field, name = kind.field_at(one.path), printable(".".join(one.path))
    assert field is not None
    fresh = born and one.before in (None, one.after)
    if one.before and one.after and isinstance(one.after, tuple) and not fresh:
        inside = contents(field, one.before, one.after, names)
        before, after = values(field, one, names)
        return Row(name, before, after, notes=notes, items=tuple(inside))
    if fresh and isinstance(one.after, tuple) and any(isinstance(v, Mapping) for v in one.after):
        return Row(name, "", shown(one.after, names, field), notes=notes, items=tuple(items(field, one.after, names)))
    before, after = ("", shown(one.after, names, field)) if fresh else values(field, one, names)
    money = amounts(field, one.path, one.before, one.after, was if one.before is not None else now, now)
    return Row(name, before, after, money, notes)


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


def is_drift(action: Action, one: FieldChange) -> bool:
    """A new object has only those edits behind it that made it necessary."""
    drifted = one.cause in (Cause.DRIFTED, Cause.BOTH)
    return drifted and (action.verb is not Verb.CREATE or one.forces_replacement)


def _noted(action: Action) -> Notes:
    def notes(one: FieldChange) -> tuple[Note, ...]:
        said = []
        if one.forces_replacement:
            said.append(Note("forces replacement", "red"))
            said += [Note("made anew since")] if one.before == one.after else []
        if one.cause is Cause.FOLLOWED:
            taken = one.before == one.after and not one.forces_replacement
            said.append(Note("not declared; taken over from the old one" if taken else "follows what it points at"))
        if is_drift(action, one):
            said.append(Note("edited in Stripe", "cyan"))
        return tuple(said)

    return notes
