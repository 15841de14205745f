"""A user's text in a message."""

from __future__ import annotations

from reconciler.redact import ADVICE, find, holds, redact

__all__ = ["ADVICE", "find", "holds", "redact", "shown"]

_SHOWN = 40


def shown(text: str) -> str:
    """A user's text as it may stand in a message: one line, not long, without secrets and what steers a terminal."""
    clean = redact(text)
    short = clean if len(clean) <= _SHOWN else f"{clean[: _SHOWN - 1]}…"
    return "".join(character if character.isprintable() else "·" for character in short)
