"""Colours on which text can be read, and pictures without a network."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.model import Address, LocalFile, Ref
from reconciler.portal.view import Picture

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_WHITE, _INK, _BLUE = "#ffffff", "#1a1f36", "#4f46e5"
READABLE = 4.5
"""The least contrast between text and what is behind it (WCAG 2 AA)."""


def colours(primary: Any, secondary: Any) -> dict[str, str]:
    """What the style needs: the colour beside the pages, that of buttons, that of links, and text on the first two."""
    brand = primary if _is_colour(primary) else _WHITE
    accent = next((c for c in (secondary, primary) if _is_colour(c)), _BLUE)
    link = accent if contrast(accent, _WHITE) >= READABLE else _INK
    return {"brand": brand, "on-brand": _on(brand), "accent": accent, "on-accent": _on(accent), "link": link}


def _is_colour(value: Any) -> bool:
    return isinstance(value, str) and _COLOUR.fullmatch(value) is not None


def _on(colour: str) -> str:
    """White, where it can be read on the colour, else the darkest."""
    return next((c for c in (_WHITE, _INK) if contrast(c, colour) >= READABLE), "#000000")


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def _light(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def picture(value: Any, files: Mapping[Address, LocalFile]) -> Picture | None:
    """A local file with its content; a URL or an id is only named, and nothing is fetched."""
    if not value:
        return None
    file = files.get(value.address) if isinstance(value, Ref) else None
    if file is None:
        return Picture("", "an uploaded file" if isinstance(value, Ref) else str(value))
    return Picture(_content(file), file.written)


def _content(file: LocalFile) -> str:
    """The file as a data URI, or nothing where it is no longer the one that was checked."""
    try:
        content = Path(file.location).read_bytes()
    except OSError:
        return ""
    if hashlib.sha256(content).hexdigest() != file.digest:
        return ""
    return f"data:{file.type};base64,{b64encode(content).decode()}"
