"""Secret keys of Stripe in places where they must never be, and texts that do not repeat them."""

from __future__ import annotations

import re

ADVICE = "take it out, roll the key in the Dashboard, and set STRIPE_API_KEY instead"

_PREFIX = r"((?:sk|rk)_(?:live|test)_|sk_org_(?:live_|test_)?|rkcs_(?:live_|test_)?|whsec_)"
# Behind other letters (`task_live_…`) only what is as long as a real key counts.
_SECRET = re.compile(f"(?<![A-Za-z0-9]){_PREFIX}[A-Za-z0-9]{{8,}}|{_PREFIX}[A-Za-z0-9]{{16,}}")
_BEGINNINGS = ("sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_org_", "rkcs_", "whsec_")


def find(text: str) -> list[tuple[int, str]]:
    """The offset and the prefix (`sk_live_`) of every secret key in a text, in order."""
    found = []
    for beginning in _BEGINNINGS:  # finding these is many times faster than searching with the pattern
        offset = text.find(beginning)
        while offset >= 0:
            if match := _SECRET.match(text, offset):
                found.append((offset, match[1] or match[2]))
            offset = text.find(beginning, offset + 1)
    return sorted(found)


def holds(text: str) -> bool:
    """Whether there is a secret key in a text."""
    return bool(find(text))


def redact(text: str) -> str:
    """The text with only the prefix left of every secret key."""
    return _SECRET.sub(lambda match: f"{match[1] or match[2]}…", text)
