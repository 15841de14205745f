"""What a reviewer saw of a plan, as a digest: two plans that do the same to the same objects have the same one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler import planfile

SHORT = 8
"""Characters of the digest of one address: enough to say that it differs."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A plan as a marker carries it. `addresses` has a short digest for each that is touched; `refused` plans are none
    that anybody could approve."""

    project: str
    environment: str
    digest: str
    addresses: Mapping[str, str]
    refused: bool = False


def reviewed(content: bytes, name: str) -> Reviewed:
    """The digest of a saved plan. `name` is the file's. Raises Unresolved and UnsafePlan for what is no whole plan.

    It covers the account, and of every action the verb, the address, the id, each field before and after, and what is
    sent. It leaves out what may differ without another effect: the plan's id, its time, the order of actions, which
    follows from what they refer to, what was only read, and how many subscriptions there are meanwhile.
    """
    planfile.parse(content, name)
    plan = json.loads(content)
    by_address: dict[str, list[str]] = {}
    for action in plan["actions"]:
        by_address.setdefault(action["address"], []).append(_canonical(_action(action)))
    for one in plan["files"]:
        by_address.setdefault(one["address"], []).append(_canonical([one["digest"], one.get("purpose", "")]))
    where = [plan["account"]["id"], plan["account"]["livemode"], plan["project"], plan["environment"]]
    what = {address: sorted(parts) for address, parts in by_address.items()}
    digest = _digest([where, plan["partial"], sorted(map(_without_place, plan["allowed"])), what])
    touched = {action["address"] for action in plan["actions"]}
    short = {address: _digest(parts)[:SHORT] for address, parts in sorted(what.items()) if address in touched}
    return Reviewed(plan["project"], plan["environment"] or "", digest, short, bool(plan["refusals"]))


def _action(action: Mapping[str, Any]) -> list[Any]:
    change = action.get("change") or {"part": "", "fields": []}
    fields = sorted(_canonical([f["path"], f["before"], f["after"]]) for f in change["fields"])
    stamped = [action.get("mark"), action.get("pending")]
    return [action["verb"], action["id"], change["part"], fields, action["params"], stamped]


def _without_place(allowed: str) -> str:
    """What was allowed, without the line of the YAML where it says so: another line is the same leave."""
    return re.sub(r" \([^()]*:\d+:\d+\)$", "", allowed)


def differences(before: Mapping[str, str], after: Mapping[str, str], *, whole: bool) -> dict[str, list[str]]:
    """Which addresses differ, by how. Where not `whole`, `before` lacks some, and what is in it alone is compared."""
    return {
        "does something else now": [a for a in after if a in before and before[a] != after[a]],
        "was not in it": [a for a in after if a not in before] if whole else [],
        "is not in it any more": [a for a in before if a not in after],
    }


def _digest(value: Any) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
