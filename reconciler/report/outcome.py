"""What became of a plan, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Retire
from reconciler.model import Outcome, Status, Verb
from reconciler.report.words import counted, printable

_DONE = {
    Verb.CREATE: "created",
    Verb.ADOPT: "adopted",
    Verb.UPDATE: "updated",
    Verb.REVIVE: "revived",
    Verb.RETIRE: "retired",
    Verb.RESTAMP: "stamp renewed",
    Verb.RELEASE: "released",
}


def line(outcome: Outcome, number: int, total: int) -> str:
    """One action's outcome, for the progress of an apply."""
    action = outcome.action
    where = f"[{number}/{total}] {action.verb.symbol} {action.address}"
    if outcome.status is Status.DONE:
        if outcome.earlier:
            return printable(f"{where}: done already ({outcome.id})")
        deleted = action.verb is Verb.RETIRE and BY_NAME[action.address.kind].retire is Retire.DELETE
        return printable(f"{where}: {'deleted' if deleted else _DONE[action.verb]} ({outcome.id})")
    says, request = ("Stripe says: ", f" (request {outcome.request_id})") if outcome.request_id else ("", "")
    return printable(f"{where}: {outcome.status.value}: {says}{outcome.error}{request}")


def closing(outcomes: Sequence[Outcome]) -> str:
    """What became of the plan, with the links that it brought to life."""
    count = {status: sum(o.status is status for o in outcomes) for status in Status}
    lines = []
    if count[Status.FAILED] or count[Status.SKIPPED]:
        lines.append(
            f"Apply incomplete: {count[Status.DONE]} done, {count[Status.FAILED]} failed, {count[Status.SKIPPED]} "
            f"skipped. Nothing is lost: what was done is stamped, and the next apply goes on from here."
        )
    else:
        lines.append(f"Apply complete: {counted(sum(o.action.writes for o in outcomes if not o.earlier), 'write')}.")
    for outcome in outcomes:
        for what, url in outcome.details.items():
            lines.append(f"{what} of {outcome.action.address}: {printable(url)}")
    return "\n".join(lines)
