"""Small declared and observed things for the tests of the pure stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler import stamp as stamps
from reconciler.desired import resolve
from reconciler.diff import diff
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import comparable, swap_refs
from reconciler.model import Address, Desired, Difference, Document, Observed, Pairs, Path, Plan, Source, Stamp, Target
from reconciler.pair import pair
from reconciler.plan import make

TARGET = Target("acct_1", "Acme", False, "2026-10-28.endive")
AT = Source("a.yaml", 1, 1)
PRICE = {"unit_amount": 1900, "currency": "usd", "recurring": {"interval": "month"}}


def desired(data: Mapping[str, Any], project: str = "acme") -> Desired:
    """What a document asks for that has no problems."""
    found, problems = resolve(document(data, project))
    assert not problems, problems
    return found


def document(data: Mapping[str, Any], project: str = "acme") -> Document:
    return Document({"project": project, **data}, {(): AT}, {}, ("a.yaml",))


def pro(prices: Mapping[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {"products": {"pro": {"id": "pro", "name": "Pro", **fields, "prices": prices or {}}}}


def observed(wanted: Desired) -> list[Observed]:
    """The objects that an apply would have left, oldest last; ids are `pro`, `price_pro.it`."""
    ids = {a: str(r.properties.get(("id",)) or f"{a.kind}_{a.name}") for a, r in wanted.resources.items()}
    return [one(wanted, address, ids) for address in reversed(wanted.order)]


def one(wanted: Desired, address: Address, ids: Mapping[Address, str]) -> Observed:
    kind = BY_NAME[address.kind]
    properties: dict[Path, Any] = {}
    fields: dict[Path, str] = {}
    for path, value in wanted.resources[address].properties.items():
        field = kind.field_at(path)
        assert field is not None
        settled = swap_refs(value, lambda ref: ids[ref.address])
        fields[path] = stamps.digest(comparable(field, settled))
        if settled is not None:
            properties[path] = settled
    mark = Stamp(wanted.project, address, fields)
    return Observed(
        kind.name, ids[address], mark, properties, 1, properties.get(("active",), True), stamps.encode(mark)
    )


def compared(wanted: Desired, live: Sequence[Observed]) -> tuple[Pairs, tuple[Difference, ...]]:
    pairs = pair(wanted, live)
    return pairs, diff(pairs, wanted.project)


def planned(wanted: Desired, live: Sequence[Observed], only: Sequence[Address] = ()) -> Plan:
    pairs, differences = compared(wanted, live)
    return make(wanted, live, pairs, differences, TARGET, only)
