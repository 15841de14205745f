"""Does a plan take what is not ours?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.guards.allow import Objection
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind
from reconciler.model import Desired, How, Observed, Pairs


def adoptions(pairs: Pairs, desired: Desired, observed: Sequence[Observed]) -> Iterator[Objection]:
    """Objects of other projects, and such of nobody as only a natural key tells to be meant."""
    for pair in pairs.pairs:
        if pair.desired is None or pair.observed is None:
            continue
        address, one = pair.desired.address, pair.observed
        kind = BY_NAME[address.kind]
        if one.stamp and one.stamp.project != desired.project:
            text = f"{address}: {one.id} belongs to project {one.stamp.project} ({one.stamp.address})"
            yield Objection("takeover", one.stamp.project, text, "To take it over")
        elif _asks(kind, pair.how, one):
            key = kind.natural_key or ""
            text = f"{address}: {one.id} has the {key} {one.properties.get((key,))} already, and no owner"
            instead = f"To leave it alone: give {address} another {key}"
            yield Objection("adopt", str(address), text, f"To make it {address}", instead)
    yield from _elsewhere(pairs, desired, observed)


def _asks(kind: Kind, how: How | None, one: Observed) -> bool:
    """Whether adopting takes somebody's leave. `id:`, `adopt:` and `is_default:` name the very object, and ask by that;
    what its owner took out of service is not brought back so easily."""
    if one.stamp is not None or not kind.stampable:
        return False
    return how is How.NATURAL_KEY or (how is How.ID and not one.active)


def _elsewhere(pairs: Pairs, desired: Desired, observed: Sequence[Observed]) -> Iterator[Objection]:
    """A project that was renamed would be created twice: say so instead. So would what a takeover left half done."""
    ours = any(o.stamp and o.stamp.project == desired.project for o in observed)
    kept = set(pairs.ids.values())
    new = {p.desired.address for p in pairs.pairs if p.desired and p.observed is None}
    same = [o for o in observed if o.stamp and o.active and o.stamp.address in new and _parent(o) in kept | {""}]
    for project in sorted({o.stamp.project for o in same if o.stamp and (_parent(o) or not ours)} - {desired.project}):
        if ours:
            text = f"project {project} has the same addresses inside what belongs to project {desired.project}"
            yield Objection(
                "takeover", project, text, "To take over the rest", "If that is not the same, use other names"
            )
        else:
            text = (
                f"nothing in this account belongs to project {desired.project}, but project {project} has the same "
                f"addresses"
            )
            instead = "If not, use another account or other names"
            yield Objection("takeover", project, text, "If it was renamed", instead)


def _parent(one: Observed) -> str:
    """The id of what an object is inside, or nothing."""
    parent = BY_NAME[one.kind].parent
    return str(one.properties.get((parent[1],))) if parent else ""
