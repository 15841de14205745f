"""Shapes, values and mistakes in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from reconciler.kinds.kind import Shape

_TRUE_WORDS = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def value_in_words(value: Any) -> str:
    """A value as people call it: the text `pro`, the number 29.00, a list."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text `{shortened(value)}`" if value else "an empty text"
    return "a list" if isinstance(value, list) else "a map"


def quoted(value: Any) -> str:
    """A scalar in backquotes, cut to what fits on a line; anything else in words."""
    return f"`{shortened(value)}`" if isinstance(value, str) and value else value_in_words(value)


def shortened(value: str) -> str:
    """A text of the user's that may be of any length."""
    return value if len(value) <= 60 else f"{value[:57]}..."


def one_line(text: str) -> str:
    """A message in which whatever the user wrote neither breaks the line nor steers a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def shape_in_words(shape: Shape, root: Shape) -> str:
    """What a shape asks for: text, true or false, a whole number from 1 to 12, one of day, week, month, year."""
    shape = resolved(shape, root)
    if "title" in shape:
        return str(shape["title"])
    if "const" in shape:
        return f"`{shape['const']}`"
    if "enum" in shape:
        return f"one of {', '.join(str(v) for v in shape['enum'] if v is not None)}"
    if "anyOf" in shape:
        return " or ".join(shape_in_words(s, root) for s in shape["anyOf"] if s.get("type") != "null")
    return " or ".join(_type_in_words(t, shape) for t in types_of(shape) if t != "null")


def _type_in_words(name: str, shape: Shape) -> str:
    words = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
    words |= {"array": "a list", "object": "a map"}
    bounds = [f"{w} {shape[k]}" for k, w in (("minimum", "from"), ("maximum", "to")) if k in shape]
    return " ".join([words[name], *bounds]) if name in ("integer", "number") else words[name]


def resolved(shape: Shape, root: Shape) -> Shape:
    """The shape itself, or the one in `$defs` that it refers to."""
    return root["$defs"][shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape


def types_of(shape: Shape) -> list[str]:
    types = shape.get("type", [])
    return types if isinstance(types, list) else [types]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, whatever its case and its dashes, or None."""
    plain = {_plain(k): k for k in known}
    near = get_close_matches(_plain(word), plain, n=1, cutoff=0.7)
    return plain[near[0]] if near else None


def _plain(word: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", word).lower().replace("-", "_").replace(" ", "_")


def repaired(value: Any, shape: Shape) -> str:
    """What to write for a value of the wrong type, or "" where that is anybody's guess."""
    types = types_of(shape)
    if "string" in types and isinstance(value, bool | int | Decimal):
        return f'quote it: "{str(value).lower()}"'
    if isinstance(value, str) and "boolean" in types and value.lower() in _TRUE_WORDS:
        return f"write {_TRUE_WORDS[value.lower()]}" + ("" if value == value.lower() else " in lower case")
    if isinstance(value, str) and {"integer", "number"} & set(types) and _NUMBER.fullmatch(value):
        return f"write {shortened(value)} without quotes"
    if "array" in types and isinstance(value, str | int):
        return f"write [{shortened(str(value))}]"
    if "object" in types and not isinstance(value, Mapping):
        return f"for example {example(shape)}" if example(shape) != "{}" else ""
    return ""


def respelled(text: str, pattern: str) -> str:
    """What to write for a text that does not match a pattern, or "" where no simple change makes it match."""
    tried = [text.strip(), text.strip().lower(), re.sub(r"[^A-Za-z0-9_-]+", "_", text.strip()).strip("_-")]
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text):
        tried.append(f"https://{text}")
    return next((f"write `{t}`" for t in tried if t != text and matches(pattern, t)), "")


def matches(pattern: str, text: str) -> bool:
    """Search as JSON Schema asks: `$` is the end, where Python's would take a line break too."""
    return re.search(re.sub(r"\$$", r"\\Z", pattern), text) is not None


def example(shape: Shape) -> str:
    """A small value of a shape as flow YAML."""
    if shape.get("examples"):
        return str(shape["examples"][0])
    if "enum" in shape:
        return str(shape["enum"][0])
    kind = types_of(shape)[0] if types_of(shape) else ""
    if kind == "object":
        known = shape.get("properties", {})
        members = {k: known[k] for k in shape.get("required", list(known)[:1])}
        return "{" + ", ".join(f"{k}: {example(s)}" for k, s in members.items()) + "}"
    samples = {"boolean": "true", "integer": str(shape.get("minimum", 1)), "number": "1.5", "array": "[]"}
    return samples.get(kind, json.dumps("…", ensure_ascii=False))
