"""YAML text out of data and into files that people wrote: the one door to the library that keeps comments and order."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reconciler.redact import redact

if TYPE_CHECKING:
    from ruamel.yaml import YAML

WIDEST = 100
"""Columns up to which a map or a list stands on one line."""

# Unquoted: what no reader of YAML 1.1 or 1.2 takes for anything but a text, here and inside { }.
_PLAIN = re.compile(r"[A-Za-z/](?:[\w ./@()+%$&'–—’·*;=!?-]|:(?=[^\s]))*")
_WORDS = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])


@dataclass(frozen=True, slots=True)
class Insert:
    """Something for a file: where, what, and the notes that go in front of it. None adds notes alone."""

    place: tuple[str, ...]
    value: Any
    notes: tuple[str, ...] = ()
    open: bool = False  # more will be put inside, so that it cannot stand on one line


def edited(text: str | None, inserts: Sequence[Insert], header: str = "") -> str:
    """The text of a file with more in it, or of a new one. What is there is never overwritten: maps grow, lists too.

    Raises ValueError where something else stands in the way.
    """
    yaml, data = _loaded(text)
    for one in inserts:
        _insert(data, one)
    out = io.StringIO()
    yaml.dump(data, out)
    return header + out.getvalue()


def _loaded(text: str | None) -> tuple[YAML, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.nodes import ScalarNode
    from ruamel.yaml.resolver import VersionedResolver
    from ruamel.yaml.util import load_yaml_guess_indent

    class Texts(VersionedResolver):
        """Every scalar stays the text that it is, so that none is written otherwise than it was."""

        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            if kind is ScalarNode and value:
                return self.DEFAULT_SCALAR_TAG
            return super().resolve(kind, value, implicit)

    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = Texts
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    indent, offset = 2, 2
    if text:
        _, guessed, sequence = load_yaml_guess_indent(text)
        indent, offset = guessed or 2, 2 if sequence is None else sequence
    yaml.indent(mapping=min(indent, 8), sequence=offset + 2, offset=offset)
    data = yaml.load(text) if text else None
    return yaml, CommentedMap() if data is None else data


def _insert(data: Any, one: Insert) -> None:
    from ruamel.yaml.comments import CommentedMap

    at, depth = data, 0
    for depth, key in enumerate(one.place[:-1]):
        if at.get(key) is None:
            at[_scalar(key)] = CommentedMap()
        at = at[key]
        if not isinstance(at, Mapping):
            raise ValueError(f"{'.'.join(one.place[: depth + 1])} is not a map")
    name = one.place[-1]
    if one.value is not None:
        _put(at, name, one.value, 2 * len(one.place) - 2, open=one.open)
    if one.notes and name in at and not at.fa.flow_style():
        shown = "\n".join(_comment(note) for note in one.notes)
        at.yaml_set_comment_before_after_key(name, before=shown, indent=at.lc.col or 2 * (len(one.place) - 1))


def _put(at: Any, key: str, value: Any, column: int, *, open: bool = False) -> None:
    have = at.get(key)
    if have is None or have == "null":
        at[_scalar(key)] = styled(value, WIDEST if open else column + len(key) + 2, column)
    elif isinstance(have, Mapping) and isinstance(value, Mapping):
        for inner, more in value.items():
            _put(have, inner, more, column + 2)
    elif isinstance(have, list) and isinstance(value, list):
        have.extend(_scalar(v) for v in value if v not in have)
    else:
        raise ValueError(f"{key} is there already")


def styled(value: Any, column: int, indent: int) -> Any:
    """Data as the library writes it: on one line from a column on, where people can read that; else line by line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if not isinstance(value, Mapping | list):
        return _scalar(value, block=True)
    flow = _levels(value) <= 1 and column + len(_on_one_line(value)) <= WIDEST
    made: Any = CommentedMap() if isinstance(value, Mapping) else CommentedSeq()
    if isinstance(value, Mapping):
        for key, inner in value.items():
            made[_scalar(key)] = styled(inner, indent + len(key) + 4, indent + 2) if not flow else _flow(inner)
    else:
        for inner in value:
            made.append(styled(inner, indent + 4, indent + 2) if not flow else _flow(inner))
    if flow or not value:
        made.fa.set_flow_style()
    return made


def _flow(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        made: Any = CommentedMap({_scalar(k): _flow(v) for k, v in value.items()})
    elif isinstance(value, list):
        made = CommentedSeq(_flow(v) for v in value)
    else:
        return _scalar(value)
    made.fa.set_flow_style()
    return made


def _levels(value: Any) -> int:
    if isinstance(value, list) and any(isinstance(v, Mapping) and len(v) == 1 for v in value):
        return WIDEST  # the library writes [a: b] for [{a: b}], which few people can read
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return max((1 + _levels(v) for v in inside if isinstance(v, Mapping | list)), default=0)


def _on_one_line(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_on_one_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_on_one_line, value)) + "]"
    return f'"{value}"' if isinstance(value, str) and not _is_plain(value) else str(value)


def _is_plain(text: str) -> bool:
    return bool(
        _PLAIN.fullmatch(text) and text.isprintable() and text.lower() not in _WORDS and text == text.strip()
    ) and not text.endswith(":")


def _scalar(value: Any, *, block: bool = False) -> Any:
    from ruamel.yaml.scalarstring import (
        DoubleQuotedScalarString,
        LiteralScalarString,
        PlainScalarString,
        SingleQuotedScalarString,
    )

    if value is None:
        return PlainScalarString("null")
    if isinstance(value, bool):
        return PlainScalarString(str(value).lower())
    if isinstance(value, int | Decimal):
        return PlainScalarString(format(value, "f") if isinstance(value, Decimal) else str(value))
    text = str(value).replace("${", "$${")
    if _is_plain(text):
        return PlainScalarString(text)
    lines = text.split("\n")
    tidy = all(line.isprintable() and line == line.strip() for line in lines) and lines[0] and lines[-1]
    if block and tidy and len(lines) > 1:
        return LiteralScalarString(text)
    if "'" not in text and text.isprintable() and ('"' in text or any(ord(c) > 0xFFFF for c in text)):
        return SingleQuotedScalarString(text)
    return DoubleQuotedScalarString(text)


def _comment(note: str) -> str:
    """A note on one line, without what a terminal or an editor would act on."""
    return "".join(c if c.isprintable() else "·" for c in redact(note))
