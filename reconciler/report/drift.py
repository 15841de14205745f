"""Drift on a terminal, and as JSON: what was changed where, and the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import Any

from reconciler.drift import Drift, Finding, Where
from reconciler.drift.history import Edit, Key, edits_of
from reconciler.drift.strict import Beyond
from reconciler.kinds import BY_NAME
from reconciler.model import Cause, FieldChange, Observed, Path, Properties
from reconciler.report import fields
from reconciler.report.fields import Paint, noted, plain
from reconciler.report.words import amounts, counted, printable, quoted, shown

_HEADS = {
    Where.STRIPE: "Edited in Stripe since the last apply (Stripe → YAML):",
    Where.YAML: "Edited in the YAML, and not applied yet (Stripe → YAML):",
    Where.UNKNOWN: "Different, and nobody knows who changed it (Stripe → YAML):",
}
_LABELS = (("name",), ("display_name",), ("nickname",), ("description",), ("url",))
"""What people call an object, in the order in which they would."""

_UNKNOWN: Mapping[Key, Edit] = MappingProxyType({})


def render(
    drift: Drift,
    *,
    undo: str,
    keep: str = "",
    edits: Mapping[Key, Edit] = _UNKNOWN,
    beyond: Beyond | None = None,
    paint: Paint = plain,
    reads: int = 0,
) -> str:
    """Every finding, what nobody declares, a summary, and both ways out.

    `undo` is the command that puts the YAML's values back, `keep` the one that writes Stripe's into the YAML, where
    there is something that it can write. `edits` say when and by what something was changed.
    """
    lines: list[str] = []
    for where in Where:
        if found := drift.at(where):
            lines += ["", paint(_HEADS[where], bold=True)]
            lines += (line for one in found for line in _finding(one, drift, edits, paint))
    if any(f.where is Where.YAML and f.observed is None for f in drift.findings):
        lines += ["", "What was deleted in Stripe leaves no mark: it may be among those that are not in Stripe."]
    if beyond:
        lines += _beyond(beyond, drift.names, paint)
    lines += [""] if lines else []
    lines.append(paint(summary(drift), bold=True))
    lines.append(f"Reads used: {reads}.")
    if drift.drifted:
        lines += [f"keep it: {printable(keep)}"] if keep else []
        lines.append(f"undo it: {printable(undo)}")
    return "\n".join(lines)


def summary(drift: Drift) -> str:
    """One line: how much was changed where."""
    count = {where: len({f.address for f in drift.at(where)}) for where in Where}
    if not any(count.values()):
        return f"No drift. {counted(drift.same, 'resource')} as last applied."
    said = [f"{counted(count[Where.STRIPE], 'resource')} edited in Stripe"] if count[Where.STRIPE] else []
    said += [f"{count[Where.YAML]} edited in the YAML and not applied yet"] if count[Where.YAML] else []
    said += [f"{count[Where.UNKNOWN]} different, and nobody knows why"] if count[Where.UNKNOWN] else []
    return f"{'Drift' if drift.drifted else 'No drift'}: {', '.join(said)}. {drift.same} as last applied."


def _finding(one: Finding, drift: Drift, edits: Mapping[Key, Edit], paint: Paint) -> Iterator[str]:
    live, made = one.observed, edits_of(one, edits)
    where = f" ({live.id})" if live else ""
    yield "  " + paint(printable(f"~ {one.address}{where}{one.what and ' ' + one.what}"), fg="yellow", bold=True)
    same = made[0] if len(set(made)) == 1 else None
    if same:
        yield f"      {_told(same, 'edited' if one.fields else 'done')}"
    was: Properties = live.properties if live else {}
    now = {**was, **{c.path: c.after for c in one.fields}}
    each = {} if same else {c.path: edit for c, edit in zip(one.fields, made, strict=False) if edit}
    if live:
        yield from fields.rows(BY_NAME[live.kind], one.fields, was, now, drift.names, partial(_notes, each))


def _notes(edits: Mapping[Path, Edit], one: FieldChange) -> str:
    said = ["and in the YAML"] if one.cause is Cause.BOTH else []
    said += [_told(edits[one.path])] if one.path in edits else []
    return noted(said + (["forces replacement"] if one.forces_replacement else []))


def _told(edit: Edit, what: str = "edited") -> str:
    """When, and by what, as far as Stripe says."""
    when = datetime.fromtimestamp(edit.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    by = f"by API request {edit.request}" if edit.request else "in the Dashboard or by Stripe itself (no API request)"
    return printable(f"{what} {when} {by}")


def _beyond(found: Beyond, names: Mapping[str, str], paint: Paint) -> Iterator[str]:
    if found.undeclared:
        yield from ("", paint("Not declared, and other than Stripe's default:", bold=True))
    for one in found.undeclared:
        yield f"  {one.address} ({printable(one.observed.id)})"
        yield from (f"      {line}" for line in _values(one.observed, one.fields, names))
    if found.unmanaged:
        yield from ("", paint("In the account, and not declared:", bold=True))
    for kind, rows in groupby(found.unmanaged, key=lambda o: o.kind):
        yield f"  {BY_NAME[kind].plural}:"
        yield from (f"      {line(one, names)}" for one in rows)
    covered, there = found.total
    share = f" ({100 * covered // there} %)" if there else ""
    yield from ("", paint(f"Covered: {covered} of {counted(there, 'object')} in service{share}", bold=True))
    yield from (f"  {n} of {all_} {BY_NAME[kind].plural}" for kind, (n, all_) in found.covered.items())


def _values(one: Observed, changes: Sequence[FieldChange], names: Mapping[str, str]) -> Iterator[str]:
    for change in changes:
        field = BY_NAME[one.kind].field_at(change.path)
        amount = amounts(field, change.path, None, change.before, {}, one.properties) if field else ""
        text = f"{printable('.'.join(change.path))} {shown(change.before, names, field)}"
        yield text + (f" ({amount})" if amount else "")


def line(one: Observed, names: Mapping[str, str]) -> str:
    """An object in the words that people know it by: its id, its key, its name, what it costs, and whose it is."""
    kind = BY_NAME[one.kind]
    key = one.properties.get((kind.natural_key,)) if kind.natural_key and not kind.own_id else None
    label = next((v for path in _LABELS if isinstance(v := one.properties.get(path), str) and v != key), None)
    priced = (f for f in kind.fields if f.money and "*" not in f.path and one.properties.get(f.path) is not None)
    money = next((amounts(f, f.path, None, one.properties[f.path], {}, one.properties) for f in priced), "")
    parent = one.properties.get((kind.parent[1],)) if kind.parent else None
    inside = f"of {names.get(str(parent), parent)}" if parent else ""
    whose = f"(project {one.stamp.project}: {one.stamp.address})" if one.stamp else ""
    words = [one.id, str(key or ""), quoted(label) if label else "", money, inside, whose]
    return printable("  ".join(filter(None, words)))


def data(drift: Drift, beyond: Beyond | None = None, edits: Mapping[Key, Edit] = _UNKNOWN) -> dict[str, Any]:
    """The same for machines: values as they are compared, ids, money in minor units, and times in Unix seconds, UTC."""
    found: dict[str, Any] = {
        "drift": drift.drifted,
        "same": drift.same,
        "findings": [
            {
                "where": one.where.value,
                "address": str(one.address),
                "id": one.observed.id if one.observed else None,
                "what": one.what or None,
                "fields": [
                    _field(c) | _edit(e) for c, e in zip(one.fields, edits_of(one, edits), strict=bool(one.fields))
                ],
            }
            | ({} if one.fields else _edit(*edits_of(one, edits)))
            for one in drift.findings
        ],
    }
    if beyond:
        found["undeclared"] = [
            {"address": str(u.address), "id": u.observed.id, "fields": [_field(c) for c in u.fields]}
            for u in beyond.undeclared
        ]
        found["unmanaged"] = [
            {"kind": o.kind, "id": o.id, "project": o.stamp.project if o.stamp else None} for o in beyond.unmanaged
        ]
        found["covered"] = {kind: {"declared": n, "in_service": all_} for kind, (n, all_) in beyond.covered.items()}
    return found


def _field(one: FieldChange) -> dict[str, Any]:
    return {"path": ".".join(one.path), "stripe": one.before, "yaml": one.after, "cause": one.cause.value}


def _edit(one: Edit | None) -> dict[str, Any]:
    """`by` is `request` or `no_request`; null where nothing is known, as of what was not changed in Stripe."""
    if one is None:
        return {"edited_at": None, "by": None, "request": None}
    return {"edited_at": one.at, "by": "request" if one.request else "no_request", "request": one.request}
