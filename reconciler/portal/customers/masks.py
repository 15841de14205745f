"""Emails that tell one from another, and not what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_HIDDEN = "••"
_LAST = re.compile("[A-Za-z]{2,10}")


def mask(email: str) -> str:
    """`ann@example.com` as `a••@e••.com`. Its length is not told either."""
    name, at, domain = email.strip().rpartition("@")
    if not at:
        return domain[:1] + _HIDDEN
    host, _, last = domain.rpartition(".")
    end = f".{last}" if host and _LAST.fullmatch(last) else ""
    return f"{name[:1]}{_HIDDEN}@{domain[:1]}{_HIDDEN}{end}"


def masks(emails: Iterable[str]) -> Mapping[str, str]:
    """Each email masked; those that would look the same are numbered, in the order given."""
    alike: dict[str, list[str]] = {}
    for email in dict.fromkeys(emails):
        alike.setdefault(mask(email), []).append(email)
    return {
        email: f"{shown} #{number}" if len(same) > 1 else shown
        for shown, same in alike.items()
        for number, email in enumerate(same, 1)
    }
