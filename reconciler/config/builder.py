"""Events of the YAML parser to plain data with marks, strictly.

Not PyYAML's own constructor: that keeps the last of duplicate keys, reads `NO` as false, and crashes on deep nesting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from sys import intern
from typing import Any

from yaml.events import AliasEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from reconciler.config import secrets
from reconciler.config.layout import Role, role
from reconciler.config.marks import KEY, LINE, Mark, Twin
from reconciler.config.run import Run
from reconciler.config.scalars import Scalar, Surprise, literal, plain
from reconciler.model import Source

LEVELS = 64
"""The deepest nesting of maps and lists."""


class Stop(Exception):
    """Reading a file cannot go on; the reason is noted."""


@dataclass(slots=True)
class Builder:
    """What building needs: the events, the text they come from, and where problems go."""

    advance: Callable[[], Any]
    text: str
    file: str
    base: int  # the number of the file, shifted into its place in a mark
    run: Run

    def refuse(self, event: Any, message: str, hint: str = "") -> None:
        """Note a problem where an event begins."""
        mark = event.start_mark
        self.run.refuse(Source(self.file, mark.line + 1, mark.column + 1), message, hint)


def map_of(builder: Builder, depth: int, keys: Role) -> tuple[dict[str, Any], dict[str, Mark]]:
    """The entries up to the end of a map that is `depth` levels down."""
    data: dict[str, Any] = {}
    marks: dict[str, Mark] = {}
    advance, base = builder.advance, builder.base
    while (key_event := advance()).__class__ is not MappingEndEvent:
        at = key_event.start_mark
        key_at = at.line << LINE | at.column
        key = _key(builder, key_event, depth)
        event = advance()
        at = event.start_mark
        packed: int = base | key_at << KEY | at.line << LINE | at.column
        mark: Mark = packed
        value: Any
        if event.__class__ is ScalarEvent:
            value = _scalar(builder, event, keys)
            if value is None and not event.value and ":" not in builder.text[key_event.end_mark.index : at.index + 1]:
                builder.refuse(key_event, "a key without a colon", "write `key: value`, with a space behind the colon")
        else:
            value, twin = value_of(builder, event, depth, role(key or "", keys))
            mark = packed if twin is None else (packed, twin)
        if key is None:
            continue
        if key in data:
            first = builder.run.key_at(marks[key])
            builder.refuse(key_event, f"{secrets.shown(key)} stands here twice", f"the first is at {first}; keep one")
        else:
            data[key], marks[key] = value, mark
    return data, marks


def _list(builder: Builder, depth: int) -> tuple[list[Any], list[Mark]]:
    data: list[Any] = []
    marks: list[Mark] = []
    while (event := builder.advance()).__class__ is not SequenceEndEvent:
        at = event.start_mark
        here = at.line << LINE | at.column
        packed = builder.base | here << KEY | here
        value, twin = value_of(builder, event, depth, Role.FIELDS)
        data.append(value)
        marks.append(packed if twin is None else (packed, twin))
    return data, marks


def value_of(builder: Builder, event: Any, depth: int, keys: Role) -> tuple[Any, Twin | None]:
    """The value that begins with an event, with the marks inside it where it is a map or list."""
    if event.__class__ is ScalarEvent:
        return _scalar(builder, event, Role.FIELDS), None
    if event.__class__ is AliasEvent:
        builder.refuse(
            event, f"an alias (*{secrets.shown(event.anchor or '')})", "write the value out, or use defaults:"
        )
        return None, None
    bare(builder, event)
    if depth == LEVELS:
        builder.refuse(event, f"nested deeper than {LEVELS} levels")
        raise Stop
    if event.__class__ is SequenceStartEvent:
        return _list(builder, depth + 1)
    return map_of(builder, depth + 1, keys)


def _key(builder: Builder, event: Any, depth: int) -> str | None:
    """The text of a key, or None with the reason noted."""
    if event.__class__ is not ScalarEvent:
        value_of(builder, event, depth, Role.FIELDS)
        if event.__class__ is not AliasEvent:
            builder.refuse(event, "a map or list as a key", "a key is a text")
        return None
    if event.tag is not None or event.anchor is not None:
        bare(builder, event)
    key: str = event.value
    if key in _ODD_KEYS and event.implicit[0]:
        builder.refuse(event, *_ODD_KEYS[key])
        return None
    if event.style == '"':
        _quoted(builder, event)
    return intern(key)


def _scalar(builder: Builder, event: Any, keys: Role) -> Scalar:
    text: str = event.value
    if event.tag is not None or event.anchor is not None:
        bare(builder, event)
    if event.implicit[0]:
        try:
            return literal(text) if keys is Role.METADATA else plain(text)
        except Surprise as surprise:
            builder.refuse(event, surprise.message, surprise.hint)
    elif event.style == '"':
        _quoted(builder, event)
    return text


def _quoted(builder: Builder, event: Any) -> None:
    """Refuse what only a double-quoted text can hide behind escapes."""
    if "\0" in event.value:
        builder.refuse(event, "a NUL character", "take out the \\0")
    if secrets.holds(event.value):
        written = builder.text[event.start_mark.index : event.end_mark.index]
        for _, prefix in () if secrets.holds(written) else secrets.find(event.value):
            builder.refuse(event, f"a secret key ({prefix}…) must not stand in a file", secrets.ADVICE)


def bare(builder: Builder, event: Any) -> None:
    """Refuse an anchor and a tag."""
    if event.anchor is not None:
        builder.refuse(event, f"an anchor (&{secrets.shown(event.anchor)})", "write the value out where it is needed")
    if event.tag is not None:
        builder.refuse(event, f"a tag ({secrets.shown(event.tag)})", 'take it out; for text, quote the value: "…"')


_ODD_KEYS = {
    "<<": ("a merge key (<<)", "write the entries out, or use defaults:"),
    "": ("an empty key", "a key is a text"),
    "~": ("null as a key", 'for the text, quote it: "~"'),
    "null": ("null as a key", 'for the text, quote it: "null"'),
}
