"""What is refused unless somebody allows it by name (design 9). Each refusal prints the `--allow` that lets it pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Field, Kind, Retire
from reconciler.model import Action, Address, Desired, How, Observed, Pairs, Plan, Verb

RULES = {
    "adopt": "take over an object that has the natural key, and no owner",
    "takeover": "take over objects of another project; takeover=PROJECT for one",
    "retire": "retire more than 30 % of the owned objects, or all of them",
    "replace": "replace a resource that others are declared inside",
    "permanent": "take something out of service that can never come back",
    "login-link": "switch a live login page off, and with it the link that customers hold",
    "payment-link": "switch a live payment link off, which customers may hold",
    "live": "use a live key where the environment does not say livemode: true",
}

FEW = 10
SHARE = 0.30
"""Above FEW owned objects, at most this share may be retired at once (octoDNS's safety threshold)."""


@dataclass(frozen=True, slots=True)
class Allow:
    """One `--allow RULE[=ADDRESS]`."""

    rule: str
    only: str = ""

    @classmethod
    def parse(cls, text: str) -> Allow:
        """Raises ValueError for a rule that does not exist."""
        rule, _, only = text.partition("=")
        if rule not in RULES:
            raise ValueError(f"there is no rule {rule!r}; rules are: {', '.join(RULES)}")
        return cls(rule, only)


def is_allowed(allows: Sequence[Allow], rule: str, subject: str = "") -> bool:
    """Say whether a rule is allowed at all, or for this address or project."""
    return any(a.rule == rule and a.only in ("", subject) for a in allows)


def guard(plan: Plan, desired: Desired, observed: Sequence[Observed], pairs: Pairs, allows: Sequence[Allow]) -> Plan:
    """The plan with the refusals of every guard that nothing allows, and their warnings."""
    refusals = [
        *_adoptions(pairs, desired, observed, allows),
        *_retirements(plan, desired, observed, allows),
        *_replacements(plan, allows),
        *_several_without_default(desired, observed),
    ]
    refusals += _permanent(plan, allows)
    warnings = []
    for address, rule, text in _links(plan):
        warnings.append(text)
        if plan.target.livemode and not is_allowed(allows, rule, str(address)):
            refusals.append(f"{text}. To do it all the same: --allow {rule}={address}")
    return replace(plan, refusals=(*plan.refusals, *refusals), warnings=(*plan.warnings, *warnings))


def _adoptions(pairs: Pairs, desired: Desired, observed: Sequence[Observed], allows: Sequence[Allow]) -> Iterator[str]:
    for pair in pairs.pairs:
        if pair.desired is None or pair.observed is None:
            continue
        address, one = pair.desired.address, pair.observed
        kind = BY_NAME[address.kind]
        if one.stamp and one.stamp.project != desired.project:
            if not is_allowed(allows, "takeover", one.stamp.project):
                yield (
                    f"{address}: {one.id} belongs to project {one.stamp.project} ({one.stamp.address}). "
                    f"To take it over: --allow takeover={one.stamp.project}"
                )
        elif _asks(kind, pair.how, one) and not is_allowed(allows, "adopt", str(address)):
            key = kind.natural_key or ""
            yield (
                f"{address}: {one.id} has the {key} {one.properties.get((key,))} already, and no owner. To make it "
                f"{address}: --allow adopt={address}. To leave it alone: give {address} another {key}"
            )
    yield from _elsewhere(pairs, desired, observed, allows)


def _asks(kind: Kind, how: How | None, one: Observed) -> bool:
    """Whether adopting takes somebody's leave. `id:`, `adopt:` and `is_default:` name the very object, and ask by that;
    what its owner took out of service is not brought back so easily."""
    if one.stamp is not None or not kind.stampable:
        return False
    return how is How.NATURAL_KEY or (how is How.ID and not one.active)


def _elsewhere(pairs: Pairs, desired: Desired, observed: Sequence[Observed], allows: Sequence[Allow]) -> Iterator[str]:
    """A project that was renamed would be created twice: say so instead. So would what a takeover left half done."""
    ours = any(o.stamp and o.stamp.project == desired.project for o in observed)
    kept = set(pairs.ids.values())
    new = {p.desired.address for p in pairs.pairs if p.desired and p.observed is None}
    same = [o for o in observed if o.stamp and o.active and o.stamp.address in new and _parent(o) in kept | {""}]
    for project in sorted({o.stamp.project for o in same if o.stamp and (_parent(o) or not ours)} - {desired.project}):
        if is_allowed(allows, "takeover", project):
            continue
        yield (
            f"project {project} has the same addresses inside what belongs to project {desired.project}. "
            f"To take over the rest: --allow takeover={project}. If that is not the same, use other names"
            if ours
            else f"nothing in this account belongs to project {desired.project}, but project {project} has the same "
            f"addresses. If it was renamed: --allow takeover={project}. If not, use another account or other names"
        )


def _parent(one: Observed) -> str:
    """The id of what an object is inside, or nothing."""
    parent = BY_NAME[one.kind].parent
    return str(one.properties.get((parent[1],))) if parent else ""


def _retirements(plan: Plan, desired: Desired, observed: Sequence[Observed], allows: Sequence[Allow]) -> Iterator[str]:
    owned = [o for o in observed if o.active and o.stamp and o.stamp.project == desired.project]
    retired = [a for a in plan.actions if a.verb is Verb.RETIRE]
    if retired and not desired.resources and not is_allowed(allows, "retire"):
        yield (
            f"the YAML declares nothing, and this account has {len(owned)} objects of project {desired.project}. "
            f"To retire them all: --allow retire"
        )
        return
    gone = [a for a in retired if not _is_replaced(plan, a)]
    if len(owned) > FEW and len(gone) > SHARE * len(owned) and not is_allowed(allows, "retire"):
        yield (
            f"{len(gone)} of {len(owned)} objects would be retired, more than {SHARE:.0%}. "
            f"If that is what you want: --allow retire"
        )


def _is_replaced(plan: Plan, retired: Action) -> bool:
    verbs = (Verb.CREATE, Verb.REVIVE)
    return any(a.address == retired.address and a.verb in verbs for a in plan.actions)


def _replacements(plan: Plan, allows: Sequence[Allow]) -> Iterator[str]:
    parents = {k.parent[0] for k in KINDS if k.parent}
    for action in plan.actions:
        if action.verb is not Verb.RETIRE or action.address.kind not in parents or not _is_replaced(plan, action):
            continue
        if not is_allowed(allows, "replace", str(action.address)):
            yield (
                f"{action.address}: {action.id} would be replaced, and with it all that is declared inside it. "
                f"If that is what you want: --allow replace={action.address}"
            )


def _several_without_default(desired: Desired, observed: Sequence[Observed]) -> Iterator[str]:
    """Whichever is created first would be the account's default for good (stripe-facts 5.1)."""
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


def _permanent(plan: Plan, allows: Sequence[Allow]) -> Iterator[str]:
    """What leaves service and has no way back (stripe-facts 3). What is deleted can be made anew."""
    for action in plan.actions:
        kind = BY_NAME[action.address.kind]
        if action.verb is not Verb.RETIRE or kind.revivable or kind.retire is Retire.DELETE:
            continue
        if not is_allowed(allows, "permanent", str(action.address)):
            yield (
                f"{action.address}: {action.id} {kind.leaving_means}. "
                f"If that is what you want: --allow permanent={action.address}"
            )


def _links(plan: Plan) -> Iterator[tuple[Address, str, str]]:
    """URLs that stop working, each with the rule that lets them."""
    for action in plan.actions:
        old = action.change.before if action.change else None
        if old is None or action.change is None:
            continue
        for field in BY_NAME[action.address.kind].fields:
            url = old.properties.get(tuple(field.publishes.split("."))) if field.publishes else None
            off = any(c.path == field.path and c.before and not c.after for c in action.change.fields)
            if url and (off or action.verb is Verb.RETIRE):
                text = f"{action.address}: the link {url}, which customers may hold, stops working"
                yield action.address, field.link_rule, f"{text}{_instead(plan, action, field)}"


def _instead(plan: Plan, retired: Action, field: Field) -> str:
    """The URL that a successor has, where one is known before it is made."""
    for action in plan.actions:
        if action.address == retired.address and action.verb in (Verb.CREATE, Verb.REVIVE):
            back = action.change.before if action.change and action.verb is Verb.REVIVE else None
            url = back.properties.get(tuple(field.publishes.split("."))) if back else None
            return f"; instead: {url or 'a new one, known once it is made'}"
    return ""
