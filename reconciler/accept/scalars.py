"""One scalar in the place of another, in the spelling that its author used where that can say it."""

from __future__ import annotations

import re
from typing import Any

from reconciler.importer.text import inline

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?|true|false")
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def written(value: Any, style: str | None, *, indent: int | None = None, text: bool = False) -> str:
    """A value as YAML. `style` is the quote or the block sign of what stood there, None for neither.

    `indent` is the column of the key of which it is the whole value, None between brackets and in a list: only there
    a text of several lines stands line by line. `text`: everything unquoted is text there, as in metadata.
    """
    if not isinstance(value, str):
        return inline(value)
    escaped = value.replace("${", "$${")
    lines = escaped.removesuffix("\n").split("\n")
    if indent is not None and "\n" in escaped and style not in ("'", '"') and _is_tidy(lines):
        sign = "|" if escaped.endswith("\n") else "|-"
        return f"{sign}\n" + "\n".join(" " * (indent + 2) + line if line else "" for line in lines)
    if style == "'" and escaped.isprintable():
        return "'" + escaped.replace("'", "''") + "'"
    plain = inline(value)
    if style == '"' or not (escaped.isprintable() and plain.isprintable()):
        return _double(escaped)
    if text and style is None and _NUMBER.fullmatch(value):
        return value
    return plain


def _is_tidy(lines: list[str]) -> bool:
    """Whether lines can stand as they are: nothing unseen, and no blank that the eye or a reader would lose."""
    return bool(lines[0] and lines[-1]) and all(line.isprintable() and line == line.strip() for line in lines)


def _double(text: str) -> str:
    return '"' + "".join(_SHORT.get(c) or (c if c.isprintable() else _code(c)) for c in text) + '"'


def _code(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
