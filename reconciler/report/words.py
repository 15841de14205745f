"""How values look to people: money, names, and nothing that could steer a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.kinds.kind import Field
from reconciler.kinds.money import decimals, major_units
from reconciler.kinds.values import members
from reconciler.model import Path, Properties, Ref


def printable(text: str) -> str:
    """The text with everything that a terminal would act on, or that hides text, written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(value: Any, names: Mapping[str, str]) -> str:
    """One value on one line. An id of ours is shown with its address."""
    if value is None or value == ():
        return "(none)"
    if isinstance(value, Ref):
        return f"{value.address} (new)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(shown(v, names) for v in value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{printable(k)}: {shown(v, names)}" for k, v in value.items()) + "}"
    if value in names:
        return f"{names[value]} ({printable(value)})"
    return json.dumps(printable(str(value)), ensure_ascii=False)


def money(minor: Any, currency: str) -> str:
    """Minor units as an amount of money: 1900 usd is $19.00. Empty where Stripe's way of counting is not certain."""
    from babel.numbers import format_currency, get_currency_precision

    if minor is None or (major := major_units(minor, currency)) is None:
        return ""
    exact = -major.normalize().as_tuple().exponent if major else 0  # type: ignore[operator]
    places = max(exact, decimals(currency))
    plain = places == get_currency_precision(currency.upper())
    pattern = None if plain else "¤#,##0" + ("." + "0" * places if places else "")
    return format_currency(major, currency.upper(), pattern, locale="en_US", currency_digits=plain)


def currency_of(path: Path, properties: Properties) -> str:
    """The currency of an amount: the key of the map that it stands in, else the object's."""
    if len(path) > 2 and path[0] == "currency_options":
        return path[1]
    return str(properties.get(("currency",)) or "")


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
    if old and new:
        return f"{old.removesuffix(every(now))} → {new}" if every(was) == every(now) else f"{old} → {new}"
    return old or new


def contents(field: Field, before: Any, after: Any, names: Mapping[str, str]) -> list[str]:
    """What is different inside two lists, a line each."""
    from deepdiff import DeepDiff

    old, new = (_named(field, value, names) for value in (before, after))
    signs = {"added": "+", "removed": "-"}
    lines = []
    found = DeepDiff(old, new, ignore_order=field.unordered, view="tree", threshold_to_diff_deeper=0)
    for kind, levels in found.items():
        sign = next((s for word, s in signs.items() if word in kind), "~")
        for level in levels:
            path = [printable(str(p)) for p in level.path(output_format="list")]
            where = "".join(f"{p}: " for p in path if not p.isdigit())
            value = {"+": level.t2, "-": level.t1}.get(sign)
            text = _plain(value) if sign in "+-" else f"{_plain(level.t1)} → {_plain(level.t2)}"
            lines.append(f"{sign} {where}{text}")
    return sorted(lines, key=lambda line: line[2:]) or _swapped(field, before, after, names)


def _swapped(field: Field, before: Any, after: Any, names: Mapping[str, str]) -> list[str]:
    """Other ids under the same names: what a list of references follows."""
    was, now = members(field, before), members(field, after)
    gone, come = ([m for m in a if m not in b] for a, b in ((was, now), (now, was)))
    return [f"~ {shown(old, names)} → {shown(new, names)}" for old, new in zip(gone, come, strict=False)]


def _named(field: Field, value: Any, names: Mapping[str, str]) -> Any:
    """Ids and Refs as text; a list whose items have a name of their own as a map by that name."""
    if isinstance(value, Ref):
        return str(value.address)
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {k: _named(field, v, names) for k, v in value.items()}
    if isinstance(value, tuple | list):
        items = [_named(field, v, names) for v in value]
        if field.match_by and items and all(isinstance(i, dict) and field.match_by in i for i in items):
            return {i[field.match_by]: {k: v for k, v in i.items() if k != field.match_by} for i in items}
        return items
    return {} if value is None and field.match_by else [] if value is None else value


def _plain(value: Any) -> str:
    """A value that has its names already."""
    if isinstance(value, Mapping):
        return ", ".join(f"{printable(str(k))}: {_plain(v)}" for k, v in value.items()) or "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_plain(v) for v in value)}]"
    if isinstance(value, bool) or value is None:
        return "none" if value is None else str(value).lower()
    return printable(str(value))
