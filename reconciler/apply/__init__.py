"""Perform a plan: every action once what it needs is done, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import MappingProxyType

from reconciler.apply.perform import BUG, NOT_STRIPE, Keep, Run, perform
from reconciler.gateway import Gateway
from reconciler.model import Outcome, Plan, Status, Verb

WORKERS = 16

Report = Callable[[Outcome], None]


def apply(
    plan: Plan,
    gateway: Gateway,
    report: Report = lambda _: None,
    *,
    stopped: Callable[[], bool] = lambda: False,
    keep: Keep = lambda *_: None,
    done: Mapping[int, str] = MappingProxyType({}),
) -> tuple[Outcome, ...]:
    """Send every action of the plan, and say what became of each, in the plan's order.

    An action whose needs failed is SKIPPED. Once `stopped` says so, the calls under way end and the rest is skipped;
    likewise once an answer shows that the server is not one to write to, for which the first action goes alone.
    `done` are the positions of actions that an earlier run did, with the ids of their objects. `keep` is given each
    secret that creation alone answers with, before anything else is sent that needs it.
    Never raises for what Stripe answers.
    """
    outcomes: dict[int, Outcome] = {}
    run = Run(plan, gateway, keep, dict(plan.urls))
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
        trusted = trusted or (outcome.status is Status.DONE and not outcome.earlier)
        if outcome.error.startswith((NOT_STRIPE, BUG)):
            doubts.append(f"stopped at {outcome.action.address}")
        if outcome.id and outcome.action.verb is Verb.CREATE:  # the one that it replaces bears the same address
            run.ids[outcome.action.address] = outcome.id
        report(outcome)
        for follower in followers.get(number, ()):
            missing[follower] -= 1
            if not missing[follower] and follower not in done:
                ready.append(follower)

    for number, ident in done.items():
        ready = deque(n for n in ready if n != number)
        settle(number, Outcome(plan.actions[number], Status.DONE, ident, earlier=True))
    running: dict[Future[Outcome], int] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        while ready or running:
            while ready and len(running) < (WORKERS if trusted else 1):
                number = ready.popleft()
                halt = doubts[0] if doubts else "interrupted" if stopped() else ""
                if why := _blocked(plan, number, outcomes) or halt:
                    settle(number, Outcome(plan.actions[number], Status.SKIPPED, error=why))
                else:
                    running[pool.submit(perform, run, number)] = number
            for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                settle(running.pop(future), future.result())
    return tuple(outcomes[n] for n in range(len(plan.actions)))


def _blocked(plan: Plan, number: int, outcomes: Mapping[int, Outcome]) -> str:
    """Which need of an action was not met, or nothing."""
    failed = [n for n in plan.actions[number].needs if outcomes[n].status is not Status.DONE]
    return f"waits for {plan.actions[failed[0]].address}, which was not done" if failed else ""
