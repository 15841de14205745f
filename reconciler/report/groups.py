"""The actions of a plan as people read them: together by address, with a title, and what becomes of each field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Retire
from reconciler.model import Action, Address, Plan, Source, Verb
from reconciler.report.rows import Row, changed, exchanged
from reconciler.report.words import counted, printable

_WILL = {
    Verb.CREATE: "will be created",
    Verb.ADOPT: "will be adopted",
    Verb.UPDATE: "will be updated",
    Verb.REVIVE: "will be revived",
    Verb.RETIRE: "will be retired",
    Verb.RESTAMP: "is as declared; only its stamp changes",
    Verb.RELEASE: "will be released",
}

PARTIAL = "partial: only the chosen addresses, what they need and what must follow"


@dataclass(frozen=True, slots=True)
class Step:
    """What there is to say of one action. `leaves`: it takes out of service what another step replaces."""

    reason: str
    rows: tuple[Row, ...] = ()
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """All that happens at one address, as printable text that no format has escaped yet.

    `heavy`: something is replaced or leaves. `source` is where the YAML declares it, if it does.
    """

    symbol: str
    address: str
    title: str
    steps: tuple[Step, ...]
    heavy: bool
    source: Source | None

    @property
    def told(self) -> bool:
        """Whether there is more to say than the title."""
        return any(step.reason or step.rows for step in self.steps)


def groups(plan: Plan) -> tuple[Group, ...]:
    """Every address that the plan touches, in the order of the plan."""
    return tuple(_group(plan, actions) for actions in _together(plan.actions))


def summary(plan: Plan) -> str:
    """One line: how many of what."""
    if not plan.actions:
        return f"No changes. {counted(plan.unchanged, 'resource')} as declared."
    found = _together(plan.actions)
    replaced = {g[0].address for g in found if is_replacement(g)}
    counts = dict.fromkeys(Verb, 0)
    for group in found:
        for verb in {a.verb for a in group} if group[0].address not in replaced else ():
            second = verb is Verb.UPDATE and group[0].verb is not Verb.UPDATE
            counts[verb] += 0 if second else sum(a.verb is verb for a in group)
    parts = [f"{n} to {verb.value}" for verb, n in counts.items() if n]
    parts += [f"{len(replaced)} to replace"] if replaced else []
    writes = counted(sum(a.writes for a in plan.actions), "write")
    return f"Plan: {', '.join(parts)}. {plan.unchanged} unchanged. {writes}."


def is_replacement(group: Sequence[Action]) -> bool:
    """Whether the actions at one address put one object in the place of another (design 2, ±)."""
    verbs = {a.verb for a in group}
    return Verb.RETIRE in verbs and bool(verbs & {Verb.CREATE, Verb.REVIVE})


def _together(actions: Sequence[Action]) -> list[list[Action]]:
    """Actions by address, in the order in which each address is first touched. A copy that goes stands by itself."""
    found: dict[tuple[Address, str], list[Action]] = {}
    coming = {a.address for a in actions if a.verb in (Verb.CREATE, Verb.REVIVE)}
    for action in actions:
        apart = action.id or "" if action.verb is Verb.RETIRE and action.address not in coming else ""
        found.setdefault((action.address, apart), []).append(action)
    return list(found.values())


def _group(plan: Plan, actions: Sequence[Action]) -> Group:
    first, replaced = actions[0], is_replacement(actions)
    symbol = "±" if replaced else first.verb.symbol
    heavy = any(a.verb is Verb.RETIRE for a in actions)
    source = next((a.change.after.source for a in actions if a.change and a.change.after), None)
    steps = tuple(_steps(plan, actions, replaced))
    return Group(symbol, printable(str(first.address)), printable(_title(plan, actions)), steps, heavy, source)


def _steps(plan: Plan, actions: Sequence[Action], replaced: bool) -> Iterator[Step]:
    gone = actions[-1].change.before if actions[-1].change else None
    for action in actions:
        reason = printable(action.reason)
        if action.verb is Verb.RETIRE and replaced:
            yield Step(reason, leaves=True)
            continue
        back = action.change.before if action.change and action.verb is Verb.REVIVE else None
        if replaced and gone and back:
            yield Step(reason, exchanged(action, back, gone, plan.names))
            reason = ""
        yield Step(reason, changed(action, gone if replaced else None, plan.names))


def _title(plan: Plan, actions: Sequence[Action]) -> str:
    first = actions[0]
    if is_replacement(actions):
        old = ", ".join(a.id or "" for a in actions if a.verb is Verb.RETIRE)
        new = f"{first.id}, which comes back" if first.verb is Verb.REVIVE else "a new one"
        return f"must be replaced ({old} by {new})"
    if first.verb is Verb.CREATE:
        return _WILL[first.verb]
    change = first.change
    before, stamp = (change.before, change.before.stamp) if change and change.before else (None, None)
    same_address = [one for one, address in plan.names.items() if address == str(first.address) and one != first.id]
    if first.verb is Verb.RETIRE and change and change.after is None and same_address:
        return f"has an object too many, which will be retired ({first.id})"
    if stamp and stamp.address != first.address and first.verb is Verb.RESTAMP:
        return f"was {stamp.address}; only its stamp changes ({first.id})"
    flag = BY_NAME[first.address.kind].default_flag
    default = ", the account's default" if before and flag and before.properties.get((flag,)) else ""
    return f"{_will(first, stamp is not None)} ({first.id}{default})"


def _will(action: Action, is_ours: bool) -> str:
    kind = BY_NAME[action.address.kind]
    if action.verb is Verb.REVIVE and kind.stampable and not is_ours:
        return "will be adopted and revived"
    if action.verb is Verb.RETIRE and kind.retire is Retire.DELETE:
        return "will be deleted"
    return _WILL[action.verb]
