"""The table of warnings in words, for the reference."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.kinds.sense import SENSE
from reconciler.kinds.sense.rule import Rule

ABOUT = """\
What is right, and makes a bad portal all the same. `validate` says what the YAML shows, `plan` and `apply` what only
the account does. A warning changes no exit code. A field that the YAML does not declare is taken as Stripe's default,
although the account may have another value: declare it, or silence the warning.

Each goes by a name that silences it: `silence: [cancel-reasons]` on a resource, or at the top of a file for every
resource. One that silences nothing is pointed out, in a project without environments. What is silenced is not looked
at, and so reads nothing.

Some take a page of the account's subscriptions or customers, the newest 100: once for each plan, and only where the
table says so and there is something to ask. `--no-impact` leaves these out. A key that may not read them plans all the
same, and the plan says so.
"""
HEAD = ("name", "of", "said when", "what to change", "said by")


def rows() -> Sequence[Sequence[str]]:
    """A row for each warning, those of the YAML first."""
    found = sorted(SENSE, key=lambda rule: rule.account is not None)
    return [[f"`{r.name}`", f"`{r.kind}`", f"{r.when}: {r.why}", r.change, _said_by(r)] for r in found]


def _said_by(rule: Rule) -> str:
    reads = f", with a page of {rule.reads.rpartition('/')[2]}" if rule.reads else ""
    return " and ".join(filter(None, ["`validate`" if rule.declared else "", f"`plan`{reads}" if rule.account else ""]))
