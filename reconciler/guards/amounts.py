"""Does an amount change by more than somebody would have expected?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from reconciler.guards.allow import Objection
from reconciler.guards.departures import has_successor
from reconciler.guards.shares import limit
from reconciler.kinds import BY_NAME
from reconciler.kinds.money import said
from reconciler.kinds.tariff import Amounts, Tariff, compared, signed
from reconciler.model import Desired, Plan, Verb

_ENDLESS = Fraction(10**12)


def price_changes(plan: Plan, desired: Desired) -> Iterator[Objection]:
    """What is replaced by something dearer or cheaper than the limit, in any currency that both have."""
    most = limit(desired, "price_change")
    for action in plan.actions:
        kind, old = BY_NAME[action.address.kind], action.change.before if action.change else None
        if action.verb is not Verb.RETIRE or old is None or kind.tariffs is None or not has_successor(action, desired):
            continue
        before, after = kind.tariffs(old.properties), kind.tariffs(desired.resources[action.address].properties)
        over = [text for c in before if c in after for text in _over(before[c], after[c], most)]
        if over:
            text = f"{action.address}: {', '.join(over)}; the limit is {most} %"
            yield Objection("price-change", str(action.address), text)


def _over(old: Tariff, new: Tariff, most: int) -> Iterator[str]:
    """The amount that changes most, where that is more than the limit."""
    changes = [pair for pair in compared(old, new) if _size(pair) * 100 > most]
    if changes:
        worst = max(changes, key=_size)
        percent = "from nothing" if worst.change is None else signed(worst.change)
        units = f" for {worst.quantity}" if worst.quantity > 1 else ""
        by_month = " a month" if old.every != new.every else ""
        before, after = said(worst.before, old.currency), said(worst.after, old.currency)
        yield f"{before} would become {after}{units}{by_month} ({percent})"


def _size(pair: Amounts) -> Fraction:
    """How much an amount changes, up or down. From nothing, it is more than any limit."""
    return _ENDLESS if pair.change is None else abs(pair.change)
