"""What is refused unless somebody allows it by name (design 9). Each refusal prints the `--allow` that lets it pass.

Every module asks one question of a plan; what it objects to is refused, or stands among what was allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.guards.adoptions import adoptions
from reconciler.guards.allow import Allow, Objection, declared, is_allowed, judged, loosened
from reconciler.guards.amounts import price_changes
from reconciler.guards.departures import live, permanent, protected, replacements, subscribers
from reconciler.guards.links import links
from reconciler.guards.required import required
from reconciler.guards.shares import shares
from reconciler.kinds import KINDS
from reconciler.kinds.rules import RULES
from reconciler.model import Desired, Observed, Pairs, Plan

__all__ = ["RULES", "Allow", "guard", "is_allowed"]


def guard(plan: Plan, desired: Desired, observed: Sequence[Observed], pairs: Pairs, allows: Sequence[Allow]) -> Plan:
    """The plan with the refusals of every guard that nothing allows, with what was allowed, and with warnings.

    `subscribers` goes by the plan's impact, which is read before.
    """
    allows = [*allows, *declared(desired)]
    objections = _objections(plan, desired, observed, pairs, allows)
    refusals, needed = judged(objections, allows)
    refusals += _several_without_default(desired, observed)
    usual = _objections(plan, replace(desired, guards={}), observed, pairs, allows) if desired.guards else []
    warnings = (*plan.warnings, *(one.text for one in links(plan)), *subscribers(plan, desired)[1])
    allowed = (*plan.allowed, *needed, *loosened(objections, usual, desired))
    return replace(plan, refusals=(*plan.refusals, *refusals), warnings=warnings, allowed=allowed)


def _objections(
    plan: Plan, desired: Desired, observed: Sequence[Observed], pairs: Pairs, allows: Sequence[Allow]
) -> list[Objection]:
    return [
        *adoptions(pairs, desired, observed),
        *shares(plan, desired, observed, allows),
        *live(plan, desired),
        *replacements(plan),
        *protected(plan, desired, pairs),
        *permanent(plan),
        *subscribers(plan, desired)[0],
        *price_changes(plan, desired, observed, pairs),
        *required(plan, desired),
        *(links(plan) if plan.target.livemode else ()),
    ]


def _several_without_default(desired: Desired, observed: Sequence[Observed]) -> Iterator[str]:
    """Whichever is created first would be the account's default for good (stripe-facts 5.1). Nothing allows that."""
    for kind in KINDS:
        mine = [r for a, r in desired.resources.items() if a.kind == kind.name]
        if not (kind.default_flag and kind.creatable) or len(mine) < 2 or any(o.kind == kind.name for o in observed):
            continue
        if not any(r.hints.get(kind.default_flag) for r in mine):
            names = ", ".join(sorted(str(r.address) for r in mine))
            yield (
                f"the account has no default {kind.name} yet, and the first one created becomes it for good: "
                f"say which with {kind.default_flag}: true ({names})"
            )
