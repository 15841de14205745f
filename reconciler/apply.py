"""Perform a plan: every action once what it needs is done, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from reconciler import stamp as stamps
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import comparable, swap_refs
from reconciler.model import Action, Address, Outcome, Plan, Ref, Stamp, Status, Verb
from reconciler.observed import read

WORKERS = 16

Report = Callable[[Outcome], None]


def apply(plan: Plan, gateway: Gateway, report: Report = lambda _: None) -> tuple[Outcome, ...]:
    """Send every action of the plan, and say what became of each, in the plan's order.

    An action whose needs failed is SKIPPED. Ctrl-C lets the calls under way end and skips the rest. Never raises for
    what Stripe answers.
    """
    outcomes: dict[int, Outcome] = {}
    ids: dict[Address, str] = {}
    missing = {n: len(action.needs) for n, action in enumerate(plan.actions)}
    followers: dict[int, list[int]] = {}
    for number, action in enumerate(plan.actions):
        for needed in action.needs:
            followers.setdefault(needed, []).append(number)
    ready = deque(n for n, count in missing.items() if not count)

    def settle(number: int, outcome: Outcome) -> None:
        outcomes[number] = outcome
        if outcome.id:
            ids[outcome.action.address] = outcome.id
        report(outcome)
        for follower in followers.get(number, ()):
            missing[follower] -= 1
            if not missing[follower]:
                ready.append(follower)

    running: dict[Future[Outcome], int] = {}
    stopped = False
    with ThreadPoolExecutor(WORKERS) as pool:
        while ready or running:
            try:
                while ready and len(running) < WORKERS:
                    number = ready.popleft()
                    if why := _blocked(plan, number, outcomes, stopped):
                        settle(number, Outcome(plan.actions[number], Status.SKIPPED, error=why))
                    else:
                        running[pool.submit(_perform, plan, number, ids, gateway)] = number
                for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                    settle(running.pop(future), future.result())
            except KeyboardInterrupt:
                stopped = True
    return tuple(outcomes[n] for n in range(len(plan.actions)))


def _blocked(plan: Plan, number: int, outcomes: Mapping[int, Outcome], stopped: bool) -> str:
    """Why an action is not to be sent, or nothing."""
    failed = [n for n in plan.actions[number].needs if outcomes[n].status is not Status.DONE]
    if failed:
        return f"waits for {plan.actions[failed[0]].address}, which was not done"
    return "interrupted" if stopped else ""


def _perform(plan: Plan, number: int, ids: Mapping[Address, str], gateway: Gateway) -> Outcome:
    action = plan.actions[number]
    kind = BY_NAME[action.address.kind]
    mark = _final_stamp(action, ids)
    params = swap_refs(dict(action.params), lambda ref: _id(ref, ids))
    params["metadata"] = _metadata(action, mark, params.get("metadata", {}))
    known = action.id or (ids.get(action.address) if action.verb is not Verb.CREATE else None)
    path = f"{kind.path}/{known}" if known else kind.path
    try:
        raw = gateway.post(path, params, idempotency_key=f"{plan.id}-{number}")
        _note_rewritten(plan, number, raw, mark, gateway)
    except ApiFailure as failure:
        return Outcome(action, Status.FAILED, known, failure.message, failure.request_id)
    return Outcome(action, Status.DONE, raw["id"], details=_details(action, raw))


def _id(ref: Ref, ids: Mapping[Address, str]) -> str:
    return ids[ref.address]


def _final_stamp(action: Action, ids: Mapping[Address, str]) -> Stamp | None:
    """The stamp with the digests that had to wait for ids."""
    if action.stamp is None:
        return None
    kind = BY_NAME[action.address.kind]
    fields = dict(action.stamp.fields)
    for path, value in action.pending.items():
        field = kind.field_at(path)
        assert field is not None
        fields[path] = stamps.digest(comparable(field, swap_refs(value, lambda ref: _id(ref, ids))))
    return replace(action.stamp, fields=fields)


def _metadata(action: Action, mark: Stamp | None, declared: Mapping[str, str]) -> dict[str, str]:
    before = action.change.before.metadata if action.change and action.change.before else {}
    written = stamps.encode(mark) if mark else {}
    return {**declared, **written, **stamps.erase(before, written)}


def _note_rewritten(plan: Plan, number: int, raw: Mapping[str, Any], mark: Stamp | None, gateway: Gateway) -> None:
    """Where Stripe answered with another value than it was sent, stamp both, so that neither is a change (5.7)."""
    action = plan.actions[number]
    kind = BY_NAME[action.address.kind]
    written = [c.path for c in (action.change.fields if action.change else ())]
    rows = [f for f in kind.fields if f.rewritten and f.path in written]
    if not rows or mark is None:
        return
    answered = read(kind, raw)
    back = {f.path: stamps.digest(comparable(f, answered.properties.get(f.path))) for f in rows}
    returned = {p: d for p, d in back.items() if p in mark.fields and d != mark.fields[p]}
    if returned:
        metadata = stamps.encode(replace(mark, returned={**mark.returned, **returned}))
        key = f"{plan.id}-{number}-returned"
        gateway.post(f"{kind.path}/{answered.id}", {"metadata": metadata}, idempotency_key=key)


def _details(action: Action, raw: Mapping[str, Any]) -> Mapping[str, str]:
    """URLs that the write brought to life, for the last lines of an apply."""
    kind = BY_NAME[action.address.kind]
    switched = {c.path for c in (action.change.fields if action.change else ()) if c.after is True}
    found: dict[str, str] = {}
    for field in kind.fields:
        if field.publishes and field.path in switched:
            value: Any = raw
            for key in field.publishes.split("."):
                value = value.get(key) if isinstance(value, Mapping) else None
            if value:
                found[field.publishes] = str(value)
    return found
