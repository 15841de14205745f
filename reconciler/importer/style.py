"""Data as YAML text that people can read: the one place that says what is quoted, and what stands on one line."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.importer.splice import Indents
from reconciler.redact import redact

WIDEST = 100
"""Columns up to which a map or a list stands on one line."""

# Unquoted: what no reader of YAML 1.1 or 1.2 takes for anything but a text, here and inside { }.
_PLAIN = re.compile(r"[A-Za-z/](?:[\w ./@()+%$&'–—’·*;=!?-]|:(?=[^\s]))*")
_WORDS = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])


def dumped(piece: Any, how: Indents) -> str:
    """A piece of YAML, each scalar as the text that it is."""
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import ScalarNode
    from ruamel.yaml.resolver import VersionedResolver

    class Texts(VersionedResolver):
        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            if kind is ScalarNode and value:
                return self.DEFAULT_SCALAR_TAG
            return super().resolve(kind, value, implicit)

    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = Texts
    yaml.width = 1_000_000
    yaml.indent(mapping=how.inside, sequence=how.dash + how.item, offset=how.dash)
    out = io.StringIO()
    yaml.dump(piece, out)
    return out.getvalue()


def styled(value: Any, column: int, indent: int) -> Any:
    """Data as the library writes it: on one line from a column on, where people can read that; else line by line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if not isinstance(value, Mapping | list):
        return scalar(value, block=True)
    one_line = _levels(value) <= 1 and column + len(_on_one_line(value)) <= WIDEST
    made: Any = CommentedMap() if isinstance(value, Mapping) else CommentedSeq()
    if isinstance(value, Mapping):
        for key, inner in value.items():
            made[scalar(key)] = styled(inner, indent + len(key) + 4, indent + 2) if not one_line else flow(inner)
    else:
        for inner in value:
            made.append(styled(inner, indent + 4, indent + 2) if not one_line else flow(inner))
    if one_line or not value:
        made.fa.set_flow_style()
    return made


def flow(value: Any) -> Any:
    """Data between brackets."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        made: Any = CommentedMap({scalar(k): flow(v) for k, v in value.items()})
    elif isinstance(value, list):
        made = CommentedSeq(flow(v) for v in value)
    else:
        return scalar(value)
    made.fa.set_flow_style()
    return made


def flattened(value: Any) -> Any:
    """What was made line by line, between brackets."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if isinstance(value, Mapping):
        made: Any = CommentedMap({k: flattened(v) for k, v in value.items()})
    elif isinstance(value, list):
        made = CommentedSeq(flattened(v) for v in value)
    else:
        return DoubleQuotedScalarString(value) if isinstance(value, LiteralScalarString) else value
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


def scalar(value: Any, *, block: bool = False) -> Any:
    """A value as the library writes it, so that it is read back as it was."""
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


def comment(note: str) -> str:
    """A note on one line, without what a terminal or an editor would act on."""
    return "".join(c if c.isprintable() else "·" for c in redact(note))
