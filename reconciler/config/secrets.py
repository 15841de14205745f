"""Secret keys of Stripe in places where they must never be, and texts that do not repeat them."""

from __future__ import annotations

import re
from collections.abc import Iterator

ADVICE = "take it out, roll the key in the Dashboard, and set STRIPE_API_KEY instead"

_PREFIX = r"((?:sk|rk)_(?:live|test)_|sk_org_(?:live_|test_)?|rkcs_(?:live_|test_)?|whsec_)"
# Behind other letters (`task_live_…`) only what is as long as a real key counts.
_SECRET = re.compile(f"(?<![A-Za-z0-9]){_PREFIX}[A-Za-z0-9]{{8,}}|{_PREFIX}[A-Za-z0-9]{{16,}}")
_MARKERS = ("k_live_", "k_test_", "sk_org_", "rkcs_", "whsec_")
_SHOWN = 40


def find(text: str) -> Iterator[tuple[int, str]]:
    """The offset and the prefix (`sk_live_`) of every secret key in a text."""
    if any(marker in text for marker in _MARKERS):  # many times faster than the pattern
        for match in _SECRET.finditer(text):
            yield match.start(), match[1] or match[2]


def holds(text: str) -> bool:
    """Whether there is a secret key in a text."""
    return next(find(text), None) is not None


def redact(text: str) -> str:
    """The text with only the prefix left of every secret key."""
    return _SECRET.sub(lambda match: f"{match[1] or match[2]}…", text)


def shown(text: str) -> str:
    """A user's text as it may stand in a message: one line, not long, without secrets and what steers a terminal."""
    clean = redact(text)
    short = clean if len(clean) <= _SHOWN else f"{clean[: _SHOWN - 1]}…"
    return "".join(character if character.isprintable() else "·" for character in short)
