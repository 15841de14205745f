"""Does an amount change by more than somebody would have expected?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from reconciler.guards.allow import Objection
from reconciler.guards.shares import limit
from reconciler.guards.sold import Sale, sales
from reconciler.kinds import BY_NAME
from reconciler.kinds.compare import Amounts, comparable, compared, signed
from reconciler.kinds.money import said
from reconciler.kinds.tariff import Tariff
from reconciler.model import Desired, Observed, Pairs, Plan

_ENDLESS = Fraction(10**12)


def price_changes(plan: Plan, desired: Desired, observed: Sequence[Observed], pairs: Pairs) -> Iterator[Objection]:
    """What is sold under the same name dearer or cheaper than the limit, in any currency that both have, or by terms
    that cannot be compared."""
    most = limit(desired, "price_change")
    for sale in sales(plan, desired, observed, pairs):
        subject = str(sale.subject)
        couples = list(_couples(sale))
        if over := [text for old, new in couples for text in _over(old, new, most)]:
            text = f"{sale.name}: {', '.join(over)}; the limit is {most} %"
            yield Objection("price-change", subject, text, limit="price_change")
        if apart := _apart(sale, couples):
            yield Objection("price-change", subject, f"{sale.name}: {apart}")


def _couples(sale: Sale) -> Iterator[tuple[Tariff, Tariff]]:
    """The tariffs of both in each currency that both have; where there is none, in the first of each."""
    read = next(k.tariffs for k in BY_NAME.values() if k.tariffs)
    if sale.before is None or sale.after is None:
        return
    before, after = read(sale.before), read(sale.after)
    both = [c for c in before if c in after]
    yield from [(before[c], after[c]) for c in both] or [(next(iter(before.values())), next(iter(after.values())))]


def _apart(sale: Sale, couples: Sequence[tuple[Tariff, Tariff]]) -> str:
    """What cannot be compared with what, or nothing."""
    for old, new in couples:
        if not comparable(old, new):
            return f"{_told(old)} cannot be compared with {_told(new)}"
    return "" if couples else f"{sale.old} cannot be compared with {sale.new}, as not both were read"


def _told(one: Tariff) -> str:
    """A tariff in a few words: `20.00 usd every month`, `what the customer chooses (usd) once`."""
    amount = f"{one.mode} tiers ({one.currency})" if one.tiers else f"what the customer chooses ({one.currency})"
    if one.amount is not None:
        amount = said(one.amount, one.currency) + (f" for {one.divide_by}" if one.divide_by > 1 else "")
    interval, count = one.every or ("", 1)
    every = f" every {interval if count == 1 else f'{count} {interval}s'}" if interval else " once"
    return amount + every + (", metered" if one.metered else "")


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
