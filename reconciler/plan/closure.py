"""What goes along with some addresses when a plan is narrowed down to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.kinds.inside import is_inside
from reconciler.model import Address, Cause
from reconciler.plan.draft import LEAVES, Draft, Key
from reconciler.plan.order import Index, reached


def closure(index: Index, needs: Mapping[Key, set[Key]], only: Sequence[Address]) -> set[Key]:
    """The chosen addresses, what they need, and what must follow them."""
    along = {key: needed | set(index.early.get(key, ())) for key, needed in needs.items()}
    at = {d.key: d.action.address for d in index.drafts}
    for draft in index.drafts:
        for needed in needs[draft.key]:
            if _must_follow(draft, at[needed]):
                along[needed].add(draft.key)
    return reached(along, (d.key for d in index.drafts if d.action.address in only))


def _must_follow(draft: Draft, needed: Address) -> bool:
    """What follows on its own account, and what leaves with what it is, or is inside of."""
    address, change = draft.action.address, draft.action.change
    if any(c.cause is Cause.FOLLOWED for c in (change.fields if change else ())):
        return True
    return draft.key[0] == LEAVES and (address == needed or is_inside(address, needed))
