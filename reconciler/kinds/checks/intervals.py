"""How long a billing interval may be: three years (stripe-facts 6)."""

from __future__ import annotations

LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def too_long(interval: str, count: int | None) -> str:
    """What to write when so many intervals are more than three years, or ""."""
    most = LONGEST[interval]
    return f"at most {most} {interval}s: three years" if (count or 1) > most else ""
