"""`python -m reconciler.pipeline comment | compare | issue`, which the jobs of a pipeline call."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from reconciler.errors import PortalError, Unresolved
from reconciler.pipeline import issue, sticky
from reconciler.pipeline.compare import Decision, compare, text
from reconciler.pipeline.forge import Forge, here
from reconciler.pipeline.outputs import output, summary
from reconciler.pipeline.rest import Unavailable
from reconciler.pipeline.reviewed import reviewed
from reconciler.report.words import printable


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Exits 0, 1 (error), 2 (drift that no issue tells) or 3 (not reviewed, and nobody to ask)."""
    parser = argparse.ArgumentParser(prog="python -m reconciler.pipeline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (("comment", "post a plan on the pull request"), ("compare", "find out whether it was reviewed")):
        command = commands.add_parser(name, help=what)
        command.add_argument("plan", type=Path, help="a plan that `stripe-portal plan --out` saved")
        command.add_argument("--shown", type=Path, required=True, help="the same plan as Markdown")
        if name == "compare":
            command.add_argument("--approved", default="", help="the digest that a person approved")
            command.add_argument("--approval", default="", help="the environment whose reviewers are asked otherwise")
    command = commands.add_parser("issue", help="open, update or close the issue about drift")
    command.add_argument("--path", default=".", help="the YAML")
    command.add_argument("--env", default="", help="the environment of the YAML")
    command.add_argument("--report", type=Path, help="what `stripe-portal drift` printed; without it, there is none")
    chosen = parser.parse_args(arguments)
    run = {"comment": _comment, "compare": _compare, "issue": _issue}[chosen.command]
    try:
        return run(chosen, here(os.environ))
    except PortalError as error:
        print(f"Error: {printable(str(error))}", file=sys.stderr)
        return error.exit_code


def _comment(chosen: argparse.Namespace, forge: Forge) -> int:
    plan, shown = reviewed(_read(chosen.plan), str(chosen.plan)), _read(chosen.shown).decode()
    summary(shown)
    output(reviewed=plan.digest, changes="true" if plan.addresses else "false")
    pull = forge.pull()
    if pull is None:
        print("This job runs for no pull request: the plan is not posted.")
        return 0
    try:
        posted = sticky.post_plan(forge, pull, plan, shown)
    except Unavailable as failed:
        print(forge.warn(f"the plan could not be posted on the pull request: {printable(str(failed))}"))
        return 0
    print(f"The plan is on pull request {pull}." if posted else "Nothing changes, and nothing is posted.")
    return 0


def _compare(chosen: argparse.Namespace, forge: Forge) -> int:
    plan, shown = reviewed(_read(chosen.plan), str(chosen.plan)), _read(chosen.shown).decode()
    verdict = compare(forge, plan, approved=chosen.approved.strip(), approval=chosen.approval)
    output(reviewed=plan.digest, changes="true" if plan.addresses else "false", decision=verdict.decision.value)
    print(f"{verdict.decision.value}: {printable(verdict.reason)}")
    for address, how in verdict.differing:
        print(f"    {printable(address)} {how}")
    if verdict.decision in (Decision.NOTHING, Decision.APPLY):
        summary(shown)
        return 0
    told = text(verdict, plan, forge, chosen.approval, shown)
    summary(told)
    if verdict.pull is not None:
        try:
            sticky.post_changed(forge, verdict.pull, plan, told)
        except Unavailable as failed:
            print(forge.warn(f"that could not be posted on pull request {verdict.pull}: {printable(str(failed))}"))
    return 3 if verdict.decision is Decision.STOP else 0


def _issue(chosen: argparse.Namespace, forge: Forge) -> int:
    report = _read(chosen.report).decode() if chosen.report else None
    if report is not None:
        summary(f"### Drift\n\n{issue.fenced(report)}")
    output(drift="false" if report is None else "true")
    try:
        print(issue.update(forge, path=chosen.path, env=chosen.env, report=report))
    except Unavailable as failed:
        print(forge.warn(f"the issue about drift could not be written: {printable(str(failed))}"))
        return 0 if report is None else 2
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unresolved(f"{path}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
