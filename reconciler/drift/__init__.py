"""What is no longer as the last apply left it, and who made it so: in Stripe, in the YAML, or nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from reconciler.drift.objects import copies, deleted, ended_by_hand, is_applied, known_ids, surplus
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.kinds.values import comparable
from reconciler.model import ACTIVE, Address, Cause, Desired, Difference, FieldChange, Observed, Pairs


class Where(Enum):
    """Where something was changed since the last apply."""

    STRIPE = "stripe"
    YAML = "yaml"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was changed of one object in one place. What was changed in both stands under STRIPE.

    `fields` go from Stripe's value to the YAML's. `what` says, for people, what there is to say of the whole object.
    """

    where: Where
    address: Address
    observed: Observed | None
    fields: tuple[FieldChange, ...] = ()
    what: str = ""

    @property
    def acceptable(self) -> bool:
        """Whether there are values of Stripe's that the YAML could have."""
        return self.where is Where.STRIPE and bool(self.fields)


@dataclass(frozen=True, slots=True)
class Drift:
    """Every finding. `same` resources are as they were last applied; `names` gives the address behind each id."""

    findings: tuple[Finding, ...]
    same: int
    names: Mapping[str, str]

    def at(self, where: Where) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.where is where)

    @property
    def drifted(self) -> bool:
        """Whether anything was changed in Stripe."""
        return bool(self.at(Where.STRIPE))


def drift(
    desired: Desired,
    observed: Sequence[Observed],
    pairs: Pairs,
    differences: Sequence[Difference],
    urls: Mapping[Address, str] = MappingProxyType({}),
) -> Drift:
    """Sort what a diff has found by the causes that it gives, and add the objects that came and went.

    `urls` are those of local files that were uploaded.
    """
    rank = {address: n for n, address in enumerate(desired.order)}
    found, ids = list[Finding](), known_ids(pairs)
    for one in sorted(differences, key=lambda d: rank[d.pair.address]):
        found += _compared(one, desired, observed, pairs, ids)
    found += [Finding(Where.STRIPE, address, one, what=what) for address, one, what in copies(desired, observed, pairs)]
    found += [Finding(Where.YAML, address, one, what=what) for address, one, what in surplus(observed, pairs)]
    files = {**urls, **desired.files}
    names = {**pairs.names, **{str(address): str(file) for address, file in files.items()}}
    different = {f.address for f in found}
    return Drift(tuple(found), sum(a not in different for a in desired.resources), names)


def _compared(
    difference: Difference,
    desired: Desired,
    observed: Sequence[Observed],
    pairs: Pairs,
    ids: Mapping[Address, str],
) -> Iterator[Finding]:
    pair, address = difference.pair, difference.pair.address
    kind, one = BY_NAME[address.kind], pair.observed or next(iter(pair.predecessors), None)
    fields = [c for change in difference.changes for c in change.fields if one and _differs(kind, c)]
    if one is None:
        if gone := ended_by_hand(address, desired, observed):
            yield Finding(Where.STRIPE, address, gone, what=_out_of_service(kind))
        elif deleted(address, pairs, ids):
            yield Finding(Where.STRIPE, address, None, what="was deleted: what is applied names it still")
        else:
            yield Finding(Where.YAML, address, None, what="is not in Stripe")
    elif one.stamp and one.stamp.project != desired.project:
        theirs = f"{one.stamp.address} of project {one.stamp.project}"
        yield Finding(Where.YAML, address, one, what=f"is {theirs}, and not taken over")
    elif one.stamp is None and kind.stampable:
        yield Finding(Where.YAML, address, one, what="is there without our mark, and not adopted")
    elif one.stamp is None or not one.stamp.readable:
        mark = "its mark cannot be read" if one.stamp else "this kind carries no mark"
        if fields:
            what = f"differs ({mark}, so nobody knows who changed it)"
            yield Finding(Where.UNKNOWN, address, one, tuple(fields), what)
    else:
        fields = [c for c in fields if c.cause is not Cause.EDITED or not is_applied(one.stamp, address, c, ids)]
        yield from _by_cause(kind, address, one, fields)


def _by_cause(kind: Kind, address: Address, one: Observed, fields: Sequence[FieldChange]) -> Iterator[Finding]:
    """What follows from something else was changed by nobody."""
    stripe = tuple(c for c in fields if c.cause in (Cause.DRIFTED, Cause.BOTH))
    yaml = tuple(c for c in fields if c.cause is Cause.EDITED)
    if stripe:
        out = any(c.path == ACTIVE and c.after for c in stripe)
        yield Finding(Where.STRIPE, address, one, stripe, _out_of_service(kind) if out else "")
    if yaml:
        yield Finding(Where.YAML, address, one, yaml)


def _differs(kind: Kind, change: FieldChange) -> bool:
    """A successor's fields are listed whole; what it has in common with its predecessor is no difference."""
    field = kind.leaf(change.path)
    return bool(comparable(field, change.before) != comparable(field, change.after))


def _out_of_service(kind: Kind) -> str:
    return f"was taken out of service: it {kind.leaving_means}"
