"""Does a plan take out of service what should stay?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.guards.allow import Objection
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.inside import is_inside
from reconciler.kinds.kind import Retire
from reconciler.model import ACTIVE, Action, Desired, Pairs, Plan, Verb
from reconciler.model.impact import SKIPPED


def has_successor(action: Action, desired: Desired) -> bool:
    """Whether something in service stands at the address of an object that is retired: a new one, or its equal."""
    resource = desired.resources.get(action.address)
    leaves = action.change is not None and action.change.after is None
    return leaves and resource is not None and bool(resource.properties.get(ACTIVE, True))


def lost(plan: Plan, desired: Desired) -> list[Action]:
    """The retirements without a successor."""
    return [a for a in plan.actions if a.verb is Verb.RETIRE and not has_successor(a, desired)]


def outermost(actions: Sequence[Action]) -> list[Action]:
    """Without those that leave with what they are inside of."""
    leaving = [a.address for a in actions]
    return [a for a in actions if not any(is_inside(a.address, around) for around in leaving)]


def is_replaced(plan: Plan, retired: Action) -> bool:
    """Whether the plan makes or brings back the successor."""
    verbs = (Verb.CREATE, Verb.REVIVE)
    return any(a.address == retired.address and a.verb in verbs for a in plan.actions)


def replacements(plan: Plan) -> Iterator[Objection]:
    parents = {k.parent[0] for k in KINDS if k.parent}
    for action in plan.actions:
        if action.verb is not Verb.RETIRE or action.address.kind not in parents or not is_replaced(plan, action):
            continue
        text = f"{action.address}: {action.id} would be replaced, and with it all that is declared inside it"
        yield Objection("replace", str(action.address), text)


def permanent(plan: Plan) -> Iterator[Objection]:
    """What leaves service and has no way back (stripe-facts 3). What is deleted can be made anew."""
    for action in plan.actions:
        kind = BY_NAME[action.address.kind]
        if action.verb is Verb.RETIRE and not kind.revivable and kind.retire is not Retire.DELETE:
            yield Objection("permanent", str(action.address), f"{action.address}: {action.id} {kind.leaving_means}")


def live(plan: Plan, desired: Desired) -> Iterator[Objection]:
    """In live, everything that leaves and has no successor."""
    for action in outermost(lost(plan, desired)) if plan.target.livemode else ():
        kind = BY_NAME[action.address.kind]
        text = f"{action.address}: {action.id} would be retired in live, without a successor; it {kind.leaving_means}"
        yield Objection("retire", str(action.address), text)


def protected(plan: Plan, desired: Desired, pairs: Pairs) -> Iterator[Objection]:
    """What the YAML protects, or the mark of the object does, which outlives the YAML."""
    copies = {o.id for p in pairs.pairs for o in p.duplicates}
    for action in plan.actions:
        old = action.change.before if action.change else None
        if old is None or action.id in copies or not _goes(action, desired):
            continue
        resource = desired.resources.get(action.address)
        written = resource is not None and resource.protected
        if not written and not (old.stamp and old.stamp.protected):
            continue
        what = "retired" if action.verb is Verb.RETIRE else "let go of"
        what = "replaced" if has_successor(action, desired) else what
        why = "the YAML says" if written else "its mark says since the last apply"
        text = f"{action.address}: {old.id} would be {what}, and is protected, as {why}"
        off = (
            "take it out of the YAML" if written else "leave it out" if resource else "put the resource back without it"
        )
        instead = f"Or take the protection off first: `protect: true` stands in the mark too, so {off} and apply that"
        yield Objection("protect", str(action.address), text, instead=instead)


def _goes(action: Action, desired: Desired) -> bool:
    """Whether an object leaves, or is let go of without `released` saying so."""
    if action.verb is Verb.RELEASE:
        return not any(action.address == r or is_inside(action.address, r) for r in desired.released)
    return action.verb is Verb.RETIRE


def subscribers(plan: Plan, desired: Desired) -> tuple[list[Objection], list[str]]:
    """What has subscribers and leaves without a successor; and warnings where nobody knows, which live takes ill."""
    found, warnings = [], []
    impacts = {one.id: one for one in plan.impact if not one.offered}
    for action in outermost([a for a in lost(plan, desired) if a.id in impacts]):
        one, address = impacts[action.id or ""], action.address
        if one.subscriptions:
            many = f"{one.subscriptions:,} active subscription{'' if one.subscriptions == 1 else 's'}"
            text = f"{address}: {action.id} would be retired without a successor, and has {many}"
            found.append(Objection("subscribers", str(address), text))
        elif one.subscriptions is None:
            text = f"{address}: {action.id} would be retired without a successor, and nobody knows who subscribes to it"
            if plan.target.livemode:
                found.append(Objection("subscribers", str(address), f"{text} ({one.unread.rstrip('.')})"))
            elif one.unread != SKIPPED:
                warnings.append(text)
    return found, warnings
