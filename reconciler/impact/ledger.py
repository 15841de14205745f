"""Who has a subscription to what: one list for each object, summed up page by page, so that no length fills memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds.sense.account import SERVED
from reconciler.kinds.tariff import Tariff, monthly

Raw = Mapping[str, Any]

TRIAL, METERED, UNKNOWN = "trial", "metered", "unknown"
"""Why a subscription's revenue is not in the sum."""
_PATH, _PAGE, _AT_ONCE = "/v1/subscriptions", 100, 8


@dataclass(frozen=True, slots=True)
class Held:
    """The subscriptions in service to one object.

    `counts` says how many there are (by "", and by why their revenue is not in the sum), each time by the ids of all
    that they are to, so that those to several things can be counted once. `monthly` are minor units by currency.
    """

    counts: Mapping[tuple[str, frozenset[str]], int]
    monthly: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was read so far, by the id of the object. An ApiFailure stands where it could not be."""

    gateway: Gateway
    filter: str
    tariffs: Mapping[str, Mapping[str, Tariff]]
    held: dict[str, Held | ApiFailure] = field(default_factory=dict)

    def read(self, ids: Collection[str]) -> None:
        """Read each once. The first goes alone: what the key may not read is asked for once, and not in a crowd."""
        missing = [i for i in dict.fromkeys(ids) if i not in self.held]
        for ident in missing[:1]:
            self.held[ident] = first = self._one(ident)
            if isinstance(first, ApiFailure) and first.status in (401, 403):
                self.held.update(dict.fromkeys(missing, first))
                return
        if missing[1:]:
            with ThreadPoolExecutor(min(_AT_ONCE, len(missing) - 1)) as pool:
                self.held.update(zip(missing[1:], pool.map(self._one, missing[1:]), strict=True))

    def failure(self, ids: Collection[str]) -> str:
        """Why not all of them could be read, or nothing."""
        return next((found.message for i in ids if isinstance(found := self.held[i], ApiFailure)), "")

    def count(self, ids: Collection[str], why: str = "") -> int:
        """How many subscriptions are to any of them, or those of them that `why` is said of; each counted once."""
        tallies = {i: one.counts for i in ids if isinstance(one := self.held[i], Held)}
        meant = {i for i, counts in tallies.items() if any(said == why for said, _ in counts)}
        return sum(
            number
            for ident in meant
            for (said, among), number in tallies[ident].items()
            if said == why and ident == min(among & meant)
        )

    def monthly(self, ids: Collection[str]) -> Mapping[str, Fraction]:
        """The recurring revenue on them, by currency."""
        total: dict[str, Fraction] = {}
        for one in (self.held[i] for i in dict.fromkeys(ids)):
            for currency, amount in one.monthly.items() if isinstance(one, Held) else ():
                total[currency] = total.get(currency, Fraction(0)) + amount
        return total

    def _one(self, ident: str) -> Held | ApiFailure:
        counts: Counter[tuple[str, frozenset[str]]] = Counter()
        total: dict[str, Fraction] = {}
        tariffs = self.tariffs.get(ident, {})
        try:
            for row in self._rows(ident):
                items = [(item[self.filter]["id"], item) for item in row["items"]["data"]]
                among = frozenset({ident, *(i for i, _ in items)})
                counts["", among] += 1
                mine = [item for i, item in items if i == ident]
                amount, why = _revenue(row, mine, tariffs.get(row["currency"]))
                if why:
                    counts[why, among] += 1
                total[row["currency"]] = total.get(row["currency"], Fraction(0)) + amount
        except ApiFailure as failure:
            return failure
        return Held(counts, total)

    def _rows(self, ident: str) -> Iterator[Raw]:
        """Every subscription in service to it, newest first. What is canceled does not come without being asked for."""
        after: dict[str, str] = {}
        while True:
            page = self.gateway.get(_PATH, {self.filter: ident, "limit": _PAGE, **after})
            rows: Sequence[Raw] | None = page.get("data")
            if not isinstance(rows, list) or (page.get("has_more") and not rows):
                raise ApiFailure(f"GET {_PATH}", "the answer is not a list as Stripe sends it")
            yield from (row for row in rows if row.get("status") in SERVED)
            if not page.get("has_more"):
                return
            after = {"starting_after": rows[-1]["id"]}


def _revenue(row: Raw, items: Sequence[Raw], tariff: Tariff | None) -> tuple[Fraction, str]:
    """Minor units a month that a subscription's items bring in, or why they are not in the sum."""
    if row["status"] == "trialing":
        return Fraction(0), TRIAL
    if tariff is not None and tariff.metered:
        return Fraction(0), METERED
    found = [monthly(tariff, item.get("quantity", 1)) for item in items] if tariff else []
    known = [amount for amount in found if amount is not None]
    return sum(known, Fraction(0)), "" if known and len(known) == len(found) else UNKNOWN
