"""Perform a plan: every action once what it needs is done, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from reconciler import stamp as stamps
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway, item
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import comparable, swap_refs
from reconciler.model import Action, Address, Outcome, Plan, Stamp, Status, Verb
from reconciler.observed import read, value_at

WORKERS = 16
BUG = "stripe-portal failed in a way that it should not"
NOT_STRIPE = "this does not behave like Stripe"

Report = Callable[[Outcome], None]


def apply(
    plan: Plan, gateway: Gateway, report: Report = lambda _: None, *, stopped: Callable[[], bool] = lambda: False
) -> tuple[Outcome, ...]:
    """Send every action of the plan, and say what became of each, in the plan's order.

    An action whose needs failed is SKIPPED. Once `stopped` says so, the calls under way end and the rest is skipped;
    likewise once an answer shows that the server is not one to write to, for which the first action goes alone.
    Never raises for what Stripe answers.
    """
    outcomes: dict[int, Outcome] = {}
    ids: dict[Address, str] = {}
    missing = {n: len(action.needs) for n, action in enumerate(plan.actions)}
    followers: dict[int, list[int]] = {}
    for number, action in enumerate(plan.actions):
        for needed in action.needs:
            followers.setdefault(needed, []).append(number)
    ready = deque(n for n, count in missing.items() if not count)

    doubts: list[str] = []
    trusted = False

    def settle(number: int, outcome: Outcome) -> None:
        nonlocal trusted
        outcomes[number] = outcome
        trusted = trusted or outcome.status is Status.DONE
        if outcome.error.startswith((NOT_STRIPE, BUG)):
            doubts.append(f"stopped at {outcome.action.address}")
        if outcome.id and outcome.action.verb is Verb.CREATE:  # the one that it replaces bears the same address
            ids[outcome.action.address] = outcome.id
        report(outcome)
        for follower in followers.get(number, ()):
            missing[follower] -= 1
            if not missing[follower]:
                ready.append(follower)

    running: dict[Future[Outcome], int] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        while ready or running:
            while ready and len(running) < (WORKERS if trusted else 1):
                number = ready.popleft()
                halt = doubts[0] if doubts else "interrupted" if stopped() else ""
                if why := _blocked(plan, number, outcomes) or halt:
                    settle(number, Outcome(plan.actions[number], Status.SKIPPED, error=why))
                else:
                    running[pool.submit(_perform, plan, number, ids, gateway)] = number
            for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                settle(running.pop(future), future.result())
    return tuple(outcomes[n] for n in range(len(plan.actions)))


def _blocked(plan: Plan, number: int, outcomes: Mapping[int, Outcome]) -> str:
    """Which need of an action was not met, or nothing."""
    failed = [n for n in plan.actions[number].needs if outcomes[n].status is not Status.DONE]
    return f"waits for {plan.actions[failed[0]].address}, which was not done" if failed else ""


def _perform(plan: Plan, number: int, ids: Mapping[Address, str], gateway: Gateway) -> Outcome:
    action = plan.actions[number]
    kind = BY_NAME[action.address.kind]
    known = action.id or (ids.get(action.address) if action.verb is not Verb.CREATE else None)
    try:
        mark = _final_stamp(action, ids)
        params = swap_refs(dict(action.params), lambda ref: ids[ref.address])
        if metadata := _metadata(action, mark, params.pop("metadata", {})):
            params["metadata"] = metadata
        path = item(kind.path, known) if known else kind.path
        raw = gateway.post(path, params, idempotency_key=f"{plan.id}-{number}")
        _check_answer(f"POST {path}", raw, known, params)
        _note_rewritten(plan, number, raw, mark, gateway)
    except ApiFailure as failure:
        doubt = ". It may have taken effect; the next plan reads the account and tells" if failure.unknown else ""
        return Outcome(action, Status.FAILED, known, failure.message.rstrip(".") + doubt, failure.request_id)
    except Exception as bug:  # the outcomes of the others must not be lost with it
        return Outcome(action, Status.FAILED, known, f"{BUG} ({type(bug).__name__}). Please report it")
    return Outcome(action, Status.DONE, raw["id"], details=_details(action, raw))


def _check_answer(call: str, raw: Mapping[str, Any], known: str | None, params: Mapping[str, Any]) -> None:
    """Nothing follows a write until its answer is the object that was written, with our mark on it."""
    mark = {k: v for k, v in params.get("metadata", {}).items() if stamps.is_stamp_key(k) and v}
    kept = raw.get("metadata") or {}
    if not isinstance(raw.get("id"), str) or known not in (None, raw["id"]):
        raise ApiFailure(call, f"{NOT_STRIPE}: the answer is not the object that was written", unknown=True)
    if not isinstance(kept, Mapping) or any(kept.get(k) != v for k, v in mark.items()):
        raise ApiFailure(call, f"{NOT_STRIPE}: the object that was written does not bear our mark", unknown=True)


def _final_stamp(action: Action, ids: Mapping[Address, str]) -> Stamp | None:
    """The stamp with the digests that had to wait for ids."""
    if action.stamp is None:
        return None
    kind = BY_NAME[action.address.kind]
    fields = dict(action.stamp.fields)
    for path, value in action.pending.items():
        field = kind.field_at(path)
        assert field is not None
        fields[path] = stamps.digest(comparable(field, swap_refs(value, lambda ref: ids[ref.address])))
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
        gateway.post(item(kind.path, answered.id), {"metadata": metadata}, idempotency_key=key)


def _details(action: Action, raw: Mapping[str, Any]) -> Mapping[str, str]:
    """URLs that the write brought to life, for the last lines of an apply."""
    kind = BY_NAME[action.address.kind]
    switched = {c.path for c in (action.change.fields if action.change else ()) if c.after is True}
    published = [f.publishes for f in kind.fields if f.publishes and f.path in switched]
    return {name: str(value) for name in published if (value := value_at(raw, name))}
