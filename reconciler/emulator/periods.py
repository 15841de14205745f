"""Billing periods (stripe-facts 6, 18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reconciler.emulator.errors import Refusal

LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def check_period(interval: str, count: int, param: str) -> None:
    """At least one interval, at most three years."""
    if count < 1:
        raise Refusal("This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=param)
    if count > LONGEST[interval]:
        text = f"Invalid interval_count: the period can be at most three years ({LONGEST[interval]} {interval}s)."
        raise Refusal(text, param=param)


def period_end(start: int, interval: str, count: int) -> int:
    """The end of a period that begins at `start` (seconds): the same day of a later month, or the month's last."""
    moment = datetime.fromtimestamp(start, UTC)
    if interval in ("day", "week"):
        return int((moment + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = moment.month - 1 + count * (12 if interval == "year" else 1)
    year, month = moment.year + months // 12, months % 12 + 1
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - timedelta(days=1)
    return int(moment.replace(year=year, month=month, day=min(moment.day, after.day)).timestamp())
