"""How long pairing, comparing and planning take for a large catalogue: `python benchmarks/plan.py`."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reconciler import stamp as stamps
from reconciler.desired import resolve
from reconciler.diff import diff
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import comparable, swap_refs
from reconciler.model import Desired, Document, Observed, Ref, Stamp, Target
from reconciler.pair import pair
from reconciler.plan import make

SIZES = (1_000, 10_000)
TARGET = Target("acct_1", "Bench", False, "2026-10-28.endive")


def catalogue(products: int, amount: int) -> Desired:
    """Products with three prices each."""

    def price(n: int, interval: str, times: int) -> dict[str, Any]:
        return {
            "unit_amount": amount * times,
            "currency": "usd",
            "recurring": {"interval": interval},
            "lookup_key": f"plan_{n}_{interval}",
            "nickname": f"Plan {n}, every {interval}",
            "tax_behavior": "exclusive",
            "currency_options": {"eur": {"unit_amount": amount * times, "tax_behavior": "inclusive"}},
            "metadata": {"channel": "web", "legacy_code": str(n)},
        }

    data = {
        "project": "bench",
        "products": {
            f"plan_{n}": {
                "id": f"plan_{n}",
                "name": f"Plan {n}",
                "description": "Everything in the plan before it",
                "images": [f"https://cdn.acme.example/{n}.png"],
                "tax_code": "txcd_10103001",
                "unit_label": "seat",
                "metadata": {"team": "growth", "code": str(n)},
                "default_price": "month",
                "prices": {i: price(n, i, t) for i, t in (("week", 1), ("month", 4), ("year", 40))},
            }
            for n in range(products)
        },
    }
    desired, problems = resolve(Document(data, {}, {}, ("bench.yaml",)))
    assert not problems
    return desired


def account(desired: Desired) -> list[Observed]:
    """What Stripe would answer once everything is applied."""
    ids = {a: r.properties.get(("id",)) or f"price_{a.name}" for a, r in desired.resources.items()}

    def settled(ref: Ref) -> Any:
        return ids[ref.address]

    found = []
    for address, resource in desired.resources.items():
        kind = BY_NAME[address.kind]
        properties = {p: swap_refs(v, settled) for p, v in resource.properties.items()}
        fields = {}
        for path, value in properties.items():
            field = kind.field_at(path)
            assert field
            fields[path] = stamps.digest(comparable(field, value))
        mark = Stamp(desired.project, address, fields)
        found.append(Observed(kind.name, ids[address], mark, properties, 1, True, stamps.encode(mark)))
    return found


def timed(desired: Desired, observed: Sequence[Observed], parts: dict[str, float]) -> int:
    """Add up the seconds of each stage; returns the number of actions."""
    start = time.process_time()
    pairs = pair(desired, observed)
    paired = time.process_time()
    differences = diff(pairs, desired.project)
    compared = time.process_time()
    plan = make(desired, observed, pairs, differences, TARGET)
    parts |= {"pair": paired - start, "diff": compared - paired, "plan": time.process_time() - compared}
    assert not plan.refusals, plan.refusals[:3]
    return len(plan.actions)


def main() -> None:
    per_object = []
    for products in map(int, sys.argv[1:]) if sys.argv[1:] else SIZES:
        desired, observed = catalogue(products, 1900), account(catalogue(products, 1900))
        for name, wanted, there in (
            ("no change", desired, observed),
            ("every price replaced", catalogue(products, 2400), observed),
            ("all new", desired, []),
            ("drift everywhere", desired, [replace(o, properties={**o.properties, ("name",): "x"}) for o in observed]),
        ):
            parts: dict[str, float] = {}
            actions = timed(wanted, there, parts)
            total = sum(parts.values())
            shown = ", ".join(f"{k} {v:.2f} s" for k, v in parts.items())
            print(f"{products:>6} products, {name}: {total:.2f} s ({shown}), {actions} actions")
            per_object.append((products, name, total / (products * 4)))
    if len(per_object) == 8:
        for small, large in zip(per_object[:4], per_object[4:], strict=True):
            print(f"{small[1]}: an object costs {large[2] / small[2]:.2f} times as much in the larger catalogue")


if __name__ == "__main__":
    main()
