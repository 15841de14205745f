"""The tables of kinds and of rules as Markdown, for docs/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from reconciler.kinds import KINDS, PARTS
from reconciler.kinds.kind import Clear, Default, Field, Kind, Retire, Settable, Shape
from reconciler.kinds.rules import RULES, hints_of
from reconciler.kinds.sense import page as warnings
from reconciler.kinds.values import clearable

NOTE = "<!-- Written by `make docs` from reconciler/kinds; edits are lost. -->"

_CHANGE = {
    Settable.ALWAYS: "updates",
    Settable.ON_CREATE: "replaces",
    Settable.ON_UPDATE: "updates, in a second step",
    Settable.ONCE: "updates while it has no value, then replaces",
    Settable.SWITCHED: "switches, by a call of its own",
    Settable.ATTACHED: "attaches and detaches, a call for each",
}
_TAKEN_OUT = {
    Retire.ARCHIVE: "archived",
    Retire.DELETE: "deleted",
    Retire.NEVER: "left as it is; `active: false` takes it out of service",
}
LISTED = 40
"""As many values of a choice are named."""
ALIKE = 5
"""From so many on, fields in a row that differ only in the first part of their names are one row."""
_HEAD = ["field", "takes", "a change", "default", "unset", ""]


def render() -> Mapping[str, str]:
    """Every page of the reference by its file name."""
    pages = {f"{kind.name}.md": "\n".join(_page(kind)) + "\n" for kind in (*KINDS, *PARTS)}
    rows = [f"- [{k.name}]({k.name}.md): {k.doc}" for k in (*KINDS, *PARTS)]
    table = _table(warnings.HEAD, [list(map(_cell, row)) for row in warnings.rows()])
    pages["warnings.md"] = "\n".join([NOTE, "# Warnings", "", warnings.ABOUT, *table]) + "\n"
    more = "What is right and makes a bad portal all the same: [warnings](warnings.md)."
    return {"README.md": "\n".join([NOTE, "# Kinds", "", *rows, "", more, "", *_LEGEND]) + "\n"} | pages


def rules() -> str:
    """The rules of `--allow` as a table."""
    return "\n".join(_table(["`--allow`", "lets a plan"], [[f"`{name}`", rule.means] for name, rule in RULES.items()]))


def leaving() -> str:
    """What becomes of an object that the YAML does not declare any more, kind by kind, as a table."""
    head = ["kind", "taken out of the YAML, it is", "put back", "out of service, it"]
    rows = [[f"`{k.name}`", _taken_out(k), _put_back(k), _cell(k.retired_means)] for k in KINDS]
    return "\n".join(_table(head, rows))


_LEGEND = (
    "How to read the tables:",
    "",
    "- *takes*: a `?` behind a member of a map says that it may be left out; a `*` in a name stands for any key.",
    "- *a change*: what a new value does. *Replaces* means that a successor is created, everything that refers to it "
    "follows, and the old object is retired. *Is refused*: on what carries no mark of ours, nothing is replaced.",
    "- *default*: what Stripe fills in. Both sides are filled with it before they are compared.",
    "- *unset*: what `null`, or taking the line out of the YAML, does.",
)


def _page(kind: Kind) -> Iterator[str]:
    yield from (NOTE, f"# {kind.name}", "", kind.doc, "", *_facts(kind))
    yield from _section("Fields", _HEAD, list(_rows(kind)))
    groups = [[f"`{b.name}`", _cell(b.doc or "Sent to Stripe whole.")] for b in kind.blocks if b.doc or b.unit]
    yield from _section("Groups of fields", ["group", ""], groups)
    yield from _section("Other ways to write them", ["key", "takes", ""], [_key(f) for f in kind.spellings])
    yield from _section("Keys that are never sent", ["key", "takes", ""], [_key(f) for f in hints_of(kind)])
    left_out = [[f"`{name}`", _cell(why)] for name, why in kind.excluded.items() if name != "expand"]
    yield from _section("Left out on purpose", ["Stripe's parameter", "why"], left_out)


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["", f"## {title}", "", *_table(head, rows)] if rows else []


def _facts(kind: Kind) -> Iterator[str]:
    if kind.part:
        yield f"- Declared under `{kind.plural}:` without a name; its address is `{kind.name}.account`."
        yield f"- Stripe calls it `{kind.part}` of `{kind.sdk}`; the path is `{kind.path}`."
        yield "- It is updated. Taken out of the YAML, it is left as it is; no mark of ours is on it."
        if kind.dashboard:
            yield f"- Written for connected accounts alone. Your own you set in the [Dashboard]({kind.dashboard})."
        return
    where = f"`{kind.plural}:` inside its {kind.parent[0]}" if kind.parent else f"`{kind.plural}:`"
    yield f"- Declared under {where}; its address is `{kind.name}.{'PRODUCT.' if kind.parent else ''}NAME`."
    yield f"- Stripe calls it `{kind.sdk}`; the path is `{kind.path}`."
    if not kind.stampable:
        yield f"- Stripe keeps no metadata on it, so it carries no mark of ours: its `{kind.natural_key}` finds it."
    elif kind.own_id:
        out = "" if kind.unserved is None else "; one that is archived with `--allow adopt`"
        yield f"- One that nobody owns and that has the declared `id` is adopted{out}."
    elif kind.natural_key:
        yield f"- One that nobody owns and that has the same `{kind.natural_key}` is adopted with `--allow adopt`."
    if not kind.creatable:
        yield "- It is updated, never created."
    if kind.default_flag:
        yield f"- With `{kind.default_flag}: true` it is the account's default, which is updated and never made twice."
    yield f"- Taken out of the YAML, it is {_taken_out(kind)}."
    yield f"- Put back into the YAML, {_put_back(kind)}."
    if kind.retired_means:
        yield f"- Out of service, it {kind.retired_means}."
    if not kind.revivable and kind.retire is not Retire.DELETE:
        yield "- Taking it out of service asks for `--allow permanent`."


def _taken_out(kind: Kind) -> str:
    default = "; the account's default is released" if kind.default_flag and kind.retire is Retire.ARCHIVE else ""
    return _TAKEN_OUT[kind.retire] + default


def _put_back(kind: Kind) -> str:
    """What happens when the YAML declares it again."""
    if kind.retire is Retire.NEVER:
        return "it is found again" + ("" if kind.revivable else "; where it is out of service, another one is created")
    if kind.revivable:
        ended = "; where it has ended by itself, another one is created" if kind.ended else ""
        return f"the same one comes back into service, with its old id{ended}"
    kept = " under the same id" if kind.own_id else ""
    return "another one is created" + (f", with another {kind.secret}" if kind.secret else kept)


def _rows(kind: Kind) -> Iterator[list[str]]:
    """A row for each field; for many in a row that differ only in the first part of their names, one."""
    rows = [(f.path, _row(kind, f)) for f in kind.fields if not _is_implied(kind, f)]
    for (tail, _), group in groupby(rows, lambda row: (row[0][1:], row[1][1:])):
        alike = list(group)
        if tail and len(alike) >= ALIKE:
            yield [", ".join(f"`{path[0]}`" for path, _ in alike) + f", each `.{'.'.join(tail)}`", *alike[0][1][1:]]
        else:
            yield from (cells for _, cells in alike)


def _row(kind: Kind, field: Field) -> list[str]:
    group = ".".join(field.path[:-1])
    required = "" if not field.required else f"; required in `{group}`" if group else "; **required**"
    takes = ("minor units, " if field.money else "") + words(field.shape) + required
    return [f"`{field.name}`", takes, _change(kind, field), _default(field), _unset(kind, field), _cell(field.doc)]


def _change(kind: Kind, field: Field) -> str:
    """What another value does."""
    if not kind.stampable and field.name == kind.natural_key:
        return "means another one; this one is left as it is"
    if kind.retire is Retire.NEVER and field.settable is Settable.ON_CREATE:
        return "is refused"
    if field.fixed:
        return f"updates; another {' or '.join(f'`{name}`' for name in field.fixed)} replaces"
    return _CHANGE[field.settable]


def _key(field: Field) -> list[str]:
    return [f"`{field.name}`", words(field.shape), _cell(field.doc)]


def _is_implied(kind: Kind, field: Field) -> bool:
    return kind.parent is not None and field.name == kind.parent[1]


def _default(field: Field) -> str:
    if field.default is Default.ANY:
        return "Stripe's choice"
    return "" if field.default is None else _value(field.default)


def _unset(kind: Kind, field: Field) -> str:
    """What takes a value away again."""
    if field.required and len(field.path) == 1:
        return "no"
    if kind.retire is Retire.NEVER and field.settable is Settable.ON_CREATE:
        return "is refused"
    if field.settable is Settable.ON_CREATE or field.clears_with is Clear.REPLACE:
        return "replaces"
    if not clearable(kind, field.path) or (field.name == "active" and not kind.revivable):
        return "Stripe cannot"
    if field.clears_with is Clear.DEFAULT and field.default not in (None, ()):
        return f"back to {_value(field.default)}"
    block = kind.block_of(field.path) if field.clears_with in (Clear.NOTHING, Clear.DEFAULT) else None
    return f"with all of `{block.name}`" if block else "yes"


def words(shape: Shape) -> str:
    """A JSON Schema fragment in words."""
    if "$ref" in shape:
        kind = shape["$ref"].rpartition("/")[2].removesuffix("_reference")
        return f"the name of a {kind}, or `{{id: …}}`"
    if "enum" in shape:
        values = [_value(v) for v in shape["enum"]]
        return _either(values) if len(values) <= LISTED else f"{', '.join(values[:3])} … ({len(values)} in all)"
    if "const" in shape:
        return _value(shape["const"])
    if shape.get("type") == "array":
        most = f"at most {shape['maxItems']}, " if "maxItems" in shape else ""
        return f"a list, {most}each {words(shape['items'])}"
    if "title" in shape:
        return _cell(str(shape["title"]).partition(";")[0])
    if "anyOf" in shape:
        return _either([words(one) for one in shape["anyOf"]])
    if "properties" in shape:
        must = shape.get("required", ())
        members = [f"`{k}`{'' if k in must else '?'} ({words(one)})" for k, one in shape["properties"].items()]
        return f"a map of {', '.join(members)}"
    return _scalar(shape)


def _scalar(shape: Shape) -> str:
    if shape["type"] == "boolean":
        return "`true` or `false`"
    if shape["type"] == "string":
        return f"text, at most {shape['maxLength']:,} characters"
    low, high = shape.get("minimum"), shape.get("maximum")
    between = f" from {low:,} to {high:,}" if high is not None else f", {low:,} or more" if low is not None else ""
    return ("a whole number" if shape["type"] == "integer" else "a number") + between


def _either(options: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(options[:-1]), options[-1]]))


def _value(value: Any) -> str:
    return f"`{_spelled(value)}`" if value != () else "none"


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_spelled, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_spelled(v)}" for k, v in value.items()) + "}"
    return str(value)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
