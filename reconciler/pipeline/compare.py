"""Whether a plan is the one that was reviewed, and what is to be done if not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.pipeline import sticky
from reconciler.pipeline.forge import Forge
from reconciler.pipeline.rest import Unavailable, persist
from reconciler.pipeline.reviewed import Reviewed, differences
from reconciler.report.escape import prose, span

_MOST = 50


class Decision(Enum):
    """What comes next: nothing, since the plan is empty; apply; wait for somebody's approval; stop, as nobody would be
    asked for one."""

    NOTHING = "nothing"
    APPLY = "apply"
    APPROVE = "approve"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision and why. `pull` is the pull request that it concerns, `differing` the addresses, by how they do."""

    decision: Decision
    reason: str
    pull: int | None = None
    differing: tuple[tuple[str, str], ...] = ()


def compare(forge: Forge, plan: Reviewed, *, approved: str, approval: str) -> Verdict:
    """Judge a plan. `approval` is the environment that waits for a person. GitHub makes one that is not there, and
    asks nobody; then `approved`, a digest that a person gave, says which plan may pass.

    What cannot be read counts as not reviewed.
    """
    if not plan.addresses:
        return Verdict(Decision.NOTHING, "the plan is empty")
    try:
        pull, same, reason, differing = persist(lambda: _reviewed(forge, plan))
    except Unavailable as failed:
        pull, same, reason, differing = None, False, f"what was reviewed could not be read: {failed}", []
    if same:
        return Verdict(Decision.APPLY, reason, pull)
    try:
        if approval and persist(lambda: forge.waits(approval)):
            return Verdict(Decision.APPROVE, reason, pull, tuple(differing))
    except Unavailable as failed:
        reason += f"; and whether {approval} asks for an approval could not be read: {failed}"
        return Verdict(Decision.STOP, reason, pull, tuple(differing))
    if approved == plan.digest:  # only here: nobody gets around reviewers with it
        return Verdict(Decision.APPLY, "this very plan was approved by hand", pull)
    named = f"the environment {approval} has no required reviewers" if approval else "no environment was named"
    return Verdict(Decision.STOP, f"{reason}; and {named}, so that nobody would be asked", pull, tuple(differing))


def text(verdict: Verdict, plan: Reviewed, forge: Forge, approval: str, shown: str) -> str:
    """The comment that says what differs, how it goes on, and the plan as it is now."""
    lines = ["### Not applied yet: this is not the plan that was reviewed", "", f"<p>{prose(verdict.reason)}</p>", ""]
    lines += [f"- {span(address)} {how}" for address, how in verdict.differing[:_MOST]]
    if more := len(verdict.differing) - _MOST:
        lines += [f"- and {more} more"] if more > 0 else []
    if verdict.decision is Decision.APPROVE:
        lines += ["", f"[The run]({forge.run}) waits for an approval of {span(approval)}."]
    else:
        lines += ["", f"[The run]({forge.run}) stopped. To approve it, run it by hand with `reviewed`:"]
        lines += ["", f"    {plan.digest}"]
    return "\n".join([*lines, "", "---", "", shown])


def _reviewed(forge: Forge, plan: Reviewed) -> tuple[int | None, bool, str, list[tuple[str, str]]]:
    """The pull request, whether its comment has this plan, why, and what differs. Raises Unavailable."""
    pull = forge.merged()
    if pull is None:
        return None, False, "no pull request brought this commit, so nobody reviewed a plan", []
    found = sticky.found(forge, pull, sticky.PLAN, sticky.key(plan))
    digest = found[1].values.get("reviewed") if found else None
    if not found or not digest:
        why = "its plan was refused" if found else "there is no plan on it that this job posted"
        return pull, False, f"pull request {pull} was not reviewed with a plan: {why}", []
    if digest == plan.digest:
        return pull, True, f"it is the plan on pull request {pull}", []
    groups = differences(found[1].addresses, plan.addresses, whole=found[1].whole)
    differing = [(address, how) for how, addresses in groups.items() for address in addresses]
    return pull, False, f"something moved since the plan on pull request {pull}", differing
