"""What lives in the account outside of the YAML, and how much of the account the YAML covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.drift.objects import in_service
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Default
from reconciler.kinds.values import applies, comparable, filled
from reconciler.model import Address, Desired, FieldChange, Observed, Pair, Pairs


@dataclass(frozen=True, slots=True)
class Undeclared:
    """An object of ours with the fields that nobody declares, from Stripe's value to Stripe's default."""

    address: Address
    observed: Observed
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is not declared. `covered` gives, by kind, how many objects in service are declared, and of how many."""

    undeclared: tuple[Undeclared, ...]
    unmanaged: tuple[Observed, ...]
    covered: Mapping[str, tuple[int, int]]

    @property
    def total(self) -> tuple[int, int]:
        return sum(n for n, _ in self.covered.values()), sum(n for _, n in self.covered.values())


def beyond(desired: Desired, observed: Sequence[Observed], pairs: Pairs) -> Beyond:
    """Look at every object in service."""
    served = in_service(observed)
    mine = [p for p in pairs.pairs if p.desired and p.observed and _is_ours(p.observed, desired)]
    declared = {(p.observed.kind, p.observed.id) for p in mine if p.observed}
    rank = {kind.name: n for n, kind in enumerate(KINDS)}
    found = [o for o in observed if (o.kind, o.id) in served and o.kind in rank]
    found.sort(key=lambda o: (rank[o.kind], o.stamp.project if o.stamp else "", o.created, o.id))
    covered: dict[str, tuple[int, int]] = {}
    for one in found:
        declares, there = covered.get(one.kind, (0, 0))
        covered[one.kind] = declares + ((one.kind, one.id) in declared), there + 1
    unmanaged = [o for o in found if (o.kind, o.id) not in declared and (o.stamp is None or not _is_ours(o, desired))]
    return Beyond(tuple(_undeclared(mine)), tuple(unmanaged), covered)


def _is_ours(one: Observed, desired: Desired) -> bool:
    """What somebody else's project bears is theirs, whatever is declared; what nobody bears is who declares it."""
    return one.stamp is None or one.stamp.project == desired.project


def _undeclared(pairs: Sequence[Pair]) -> Iterator[Undeclared]:
    """Of what is made in the Dashboard alone, nobody knows a default."""
    for pair in pairs:
        resource, one = pair.desired, pair.observed
        assert resource is not None
        assert one is not None
        kind, known = BY_NAME[one.kind], {*resource.properties, *(one.stamp.fields if one.stamp else ())}
        if not kind.creatable or (kind.stampable and one.stamp is None):
            continue
        fields = []
        for path, value in sorted(one.properties.items()):
            field = kind.field_at(path)
            if field is None or path in known or field.default is Default.ANY or field.write_only:
                continue
            filled_in = [comparable(field, None), comparable(field, field.usual)]
            if applies(kind, path, one.properties) and comparable(field, value) not in filled_in:
                fields.append(FieldChange(path, value, filled(field, None)))
        if fields:
            yield Undeclared(resource.address, one, tuple(fields))
