"""Dotted names of fields, where `*` stands for any key of a map."""

from __future__ import annotations

from functools import cache

from reconciler.model import Path


@cache
def split(name: str) -> Path:
    """A dotted name as a path."""
    return tuple(name.split("."))


def matches(pattern: Path, path: Path) -> bool:
    """Whether a path is one that the pattern means."""
    return len(pattern) == len(path) and all(a in ("*", b) for a, b in zip(pattern, path, strict=True))
