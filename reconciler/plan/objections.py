"""Why Stripe would refuse a call, found out before anything is written."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler import stamp as stamps
from reconciler.kinds import BY_NAME
from reconciler.kinds.shapes import moment
from reconciler.model import Action, Verb
from reconciler.plan.draft import Draft
from reconciler.plan.holders import Holders


def objections(drafts: Iterable[Draft], holders: Holders) -> Iterator[str]:
    """Why Stripe would refuse a call, found out before anything is written."""
    for draft in drafts:
        yield from _crowded(draft.action)
        yield from _past(draft.action)
        yield from _taken(draft.action, holders)


def _past(action: Action) -> Iterator[str]:
    """A moment that Stripe takes in the future only, before anything goes that was to be replaced (stripe-facts 8)."""
    replaces = action.verb is Verb.CREATE and action.change and any(c.before is not None for c in action.change.fields)
    for one in action.change.fields if replaces and action.change else ():
        field = BY_NAME[action.address.kind].field_at(one.path)
        if field and field.canonical is moment and isinstance(one.after, int) and one.after <= time.time():
            name = ".".join(one.path)
            yield f"{action.address}: {name} is in the past, and Stripe makes nothing that is over: give it a later one"


def _crowded(action: Action) -> Iterator[str]:
    """Metadata that would not hold everybody's keys (design 4)."""
    sent: Mapping[str, str] = action.params.get("metadata", {})
    before = action.change.before.metadata if action.change and action.change.before else {}
    own = {k for k in before if not stamps.is_stamp_key(k)} | set(sent)
    own -= {k for k, value in sent.items() if value == ""}
    pending = dict.fromkeys(action.pending, "------")
    mark = action.stamp and replace(action.stamp, fields={**action.stamp.fields, **pending})
    count = len(own) + (len(stamps.encode(mark)) if mark else 0)
    if count > stamps.METADATA_KEYS:
        yield (
            f"{action.address}: {count} metadata keys, ours included, and Stripe takes {stamps.METADATA_KEYS}: "
            f"declare fewer, or delete keys that other code has set"
        )


def _taken(action: Action, holders: Holders) -> Iterator[str]:
    """A unique value that somebody else has, in service or archived. Where it pairs, pairing has said so."""
    kind, change = BY_NAME[action.address.kind], action.change
    for one in change.fields if change and change.after else ():
        field = kind.field_at(one.path)
        if field is None or not field.transfer or one.after is None or change is None:
            continue
        for holder, ours in holders.others(kind, one.path, one.after, change.before):
            if not ours:
                yield (
                    f"{action.address}: {holder.id} has the {field.name} {one.after} already, and did not get it from "
                    f"this YAML. Give {action.address} another {field.name}, or take it off {holder.id}"
                )
