"""How values look to people: money, names, and nothing that could steer a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.kinds.kind import Field
from reconciler.kinds.money import decimals, major_units
from reconciler.kinds.shapes import moment
from reconciler.model import Path, Properties, Ref, Target
from reconciler.redact import redact

LONGEST = 160
"""Characters of a text that are shown; a plan is for reading."""

_PIPELINE = re.compile(r"##(?=[A-Za-z]*\[)")
"""A command to GitHub, Azure or TeamCity, wherever it stands in a line of a log (actions/runner, ActionCommand.cs)."""

_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")


def printable(text: str) -> str:
    """The text without secret keys, and with all that a terminal or a pipeline would act on, or that hides text, as an
    escape."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in redact(text))
    return _PIPELINE.sub(r"#\\x23", shown)


def quoted(text: str) -> str:
    """A text in quotes, on one line, and no longer than people read."""
    rest = f"… ({len(text):,} characters)" if len(text) > LONGEST else ""
    return '"' + printable(redact(text)[:LONGEST]).replace('"', '\\"') + '"' + rest


def shown(value: Any, names: Mapping[str, str], field: Field | None = None) -> str:
    """One value on one line. In a field that refers to others, an id of ours is shown with its address."""
    if value is None or value == ():
        return "(none)"
    if isinstance(value, Ref):
        return printable(names.get(str(value.address)) or f"{value.address} (new)")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and field and field.canonical is moment:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(shown(v, names, field) for v in value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{printable(k)}: {shown(v, names, field)}" for k, v in value.items()) + "}"
    if field and field.refers_to and value in names:
        return f"{names[value]} ({printable(value)})"
    if field and field.canonical and _NUMBER.fullmatch(str(value)):
        return str(value)  # an exact number, which is its decimal text
    return quoted(str(value))


def heading(target: Target, project: str, environment: str | None, more: str = "") -> str:
    """The first line of what is said about an account: which one it is."""
    where = f"environment {environment}" if environment else ""
    return printable(
        " · ".join(filter(None, [str(target), f"API {target.api_version}", f"project {project}", where, more]))
    )


def counted(number: int, word: str) -> str:
    """1 write, 2 writes."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def money(minor: Any, currency: str) -> str:
    """Minor units as an amount of money: 1900 usd is $19.00. Empty where Stripe's way of counting is not certain."""
    from babel.numbers import format_currency, get_currency_precision

    if minor is None or not currency or (major := major_units(minor, currency)) is None:
        return ""
    exact = -major.normalize().as_tuple().exponent if major else 0  # type: ignore[operator]
    places = max(exact, decimals(currency))
    plain = places == get_currency_precision(currency.upper())
    pattern = None if plain else "¤#,##0" + ("." + "0" * places if places else "")
    return format_currency(major, currency.upper(), pattern, locale="en_US", currency_digits=plain)


def currency_of(path: Path, properties: Properties) -> str:
    """The currency of an amount: the key of the map that it stands in, else the one beside it, else the object's."""
    if "currency_options" in path:
        return path[path.index("currency_options") + 1]
    beside = [(*path[:-1], "currency"), (*path[:-1], f"{path[-1]}_currency"), ("currency",)]
    return next((str(properties[p]) for p in beside if properties.get(p)), "")


def every(properties: Properties) -> str:
    """How often a price is billed: ` / month`, ` / 3 months`, or nothing."""
    interval, count = properties.get(("recurring", "interval")), properties.get(("recurring", "interval_count")) or 1
    if not interval:
        return ""
    return f" / {interval}" if count == 1 else f" / {count} {interval}s"


def amounts(field: Field, path: Path, before: Any, after: Any, was: Properties, now: Properties) -> str:
    """Money beside minor units: `$19.00 → $24.00 / month`. Empty for what is no money."""
    if not field.money:
        return ""
    old = money(before, currency_of(path, was)) + (every(was) if before is not None else "")
    new = money(after, currency_of(path, now)) + (every(now) if after is not None else "")
    if old and new and old != new:
        return f"{old.removesuffix(every(now))} → {new}" if every(was) == every(now) else f"{old} → {new}"
    return new or old
