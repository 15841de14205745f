"""When and by what something was changed in Stripe, as far as its events of the last 30 days tell (stripe-facts 13)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.drift import Drift, Finding, Where
from reconciler.kinds import BY_NAME
from reconciler.kinds.events import EVENTS
from reconciler.kinds.kind import Kind
from reconciler.model import ACTIVE, Address, Path
from reconciler.stamp import decode, is_stamp_key

PAGES = 10
"""As many pages are read, newest first, of 100 events each."""

Raw = Mapping[str, Any]
Key = tuple[Address, str, Path]
"""An address, the id of the object, and a field of it; () is the object as a whole."""

_OURS = re.compile(r"[0-9a-f]{16}-.+")
_CREATED, _UPDATED, _DELETED = "created", "updated", "deleted"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change. `at` is Unix seconds, UTC. `request` is the API request that made it.

    Stripe gives none for what happens by itself, and does not say whether it does for what people do in the Dashboard.
    """

    at: int
    request: str | None


@dataclass(frozen=True, slots=True)
class _Question:
    """Which event is looked for: `hidden` fields do not stand in one."""

    key: Key
    type: str
    hidden: bool = False


def history(drift: Drift, project: str, read: Callable[[Mapping[str, Any]], Raw]) -> Mapping[Key, Edit]:
    """The edit behind whatever was changed in Stripe. `read` asks for one page of events; nothing is asked for nothing.

    What our own apply wrote last tells nobody's edit. Raises what `read` raises.
    """
    asked = [q for one in drift.at(Where.STRIPE) for q in _questions(one)]
    found: dict[Key, Edit] = {}
    params: dict[str, Any] = {"limit": 100, "types": sorted({q.type for q in asked})}
    for _ in range(PAGES):
        if not asked:
            break
        page = read(params)
        for event in page["data"]:
            answered = [q for q in asked if q.type == event["type"] and _is_answer(q, event, project)]
            asked = [q for q in asked if q not in answered]
            if answered and not _is_ours(event):
                edit = Edit(event["created"], (event.get("request") or {}).get("id"))
                found |= {q.key: edit for q in answered}
        if not page.get("has_more") or not page["data"]:
            break
        params["starting_after"] = page["data"][-1]["id"]
    return found


def edits_of(one: Finding, known: Mapping[Key, Edit]) -> tuple[Edit | None, ...]:
    """The edit behind each field of a finding; of one without fields, that behind the whole."""
    ident = one.observed.id if one.observed else ""
    return tuple(known.get((one.address, ident, path)) for path in ([c.path for c in one.fields] or [()]))


def _questions(one: Finding) -> Iterator[_Question]:
    kind, ident = BY_NAME[one.address.kind], one.observed.id if one.observed else ""
    kinds = _types(kind)
    if one.observed is None:
        asked = [_Question((one.address, "", ()), _DELETED)]
    elif one.fields:
        asked = [_Question((one.address, ident, c.path), _UPDATED, bool(kind.leaf(c.path).expand)) for c in one.fields]
    else:
        asked = [_Question((one.address, ident, ()), _CREATED if one.observed.active else _UPDATED)]
    yield from (_Question(q.key, kinds[q.type], q.hidden) for q in asked if q.type in kinds)


def _types(kind: Kind) -> Mapping[str, str]:
    """The types of event that a kind has, by what happened: `product.updated` for what the SDK calls Product."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.sdk).lower()
    return {verb: f"{name}.{verb}" for verb in (_CREATED, _UPDATED, _DELETED) if f"{name}.{verb}" in EVENTS}


def _is_answer(question: _Question, event: Raw, project: str) -> bool:
    address, ident, path = question.key
    one, before = event["data"]["object"], event["data"].get("previous_attributes") or {}
    if not ident:
        mark = decode(one.get("metadata") or {})
        return mark is not None and (mark.project, mark.address) == (project, address)
    if one.get("id") != ident:
        return False
    if question.type.endswith(_CREATED):
        return True
    if question.hidden and before.keys() <= {"updated"}:
        return True
    return _touches(path or ACTIVE, before, one)


def _touches(path: Path, before: Any, after: Any) -> bool:
    """Whether the members that an event gives as they were hold a field, with another value than it has since.

    A map may stand there whole, or with what changed of it alone; a list stands whole.
    """
    for name in path:
        if not isinstance(before, Mapping):
            return True
        if name not in before:
            return False
        before, after = before[name], after.get(name) if isinstance(after, Mapping) else None
    return bool(before != after)


def _is_ours(event: Raw) -> bool:
    """Whether an apply made it: by the key of its call, or because it wrote a mark."""
    key = (event.get("request") or {}).get("idempotency_key") or ""
    before: Iterable[str] = (event["data"].get("previous_attributes") or {}).get("metadata") or ()
    return bool(_OURS.fullmatch(key)) or any(map(is_stamp_key, before))
