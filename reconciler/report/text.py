"""A plan on a terminal, as somebody who knows Terraform would expect to read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Retire
from reconciler.model import Action, Address, Cause, FieldChange, Plan, Verb
from reconciler.report import checklist, fields
from reconciler.report.fields import Paint, plain
from reconciler.report.words import counted, heading, printable

_COLOURS = {"+": "green", "»": "cyan", "~": "yellow", "↻": "green", "-": "red", "=": None, "○": "cyan", "±": "magenta"}
_WILL = {
    Verb.CREATE: "will be created",
    Verb.ADOPT: "will be adopted",
    Verb.UPDATE: "will be updated",
    Verb.REVIVE: "will be revived",
    Verb.RETIRE: "will be retired",
    Verb.RESTAMP: "is as declared; only its stamp changes",
    Verb.RELEASE: "will be released",
}


def render(plan: Plan, *, paint: Paint = plain, reads: int | None = None) -> str:
    """The whole plan: what will happen, what was edited in Stripe, warnings, a summary, and what is left to people."""
    lines: list[str] = []
    for group in _groups(plan.actions):
        lines += [*_group(plan, group, paint), ""]
    if drifted := list(_drift(plan, paint)):
        lines += [
            paint("Edited in Stripe since the last apply, and overwritten by this plan:", bold=True),
            *drifted,
            "",
        ]
    lines += [paint(f"Warning: {printable(w)}", fg="yellow") for w in plan.warnings]
    lines += [""] if plan.warnings else []
    lines.append(paint(summary(plan), bold=True))
    if reads is not None:
        lines.append(f"Reads used: {reads}.")
    lines += ["", *todo] if (todo := checklist.lines(plan, paint)) else []
    return "\n".join(["", *lines] if plan.actions else lines)


def head(plan: Plan, project: str, environment: str | None) -> str:
    """Which account this is about."""
    partial = "partial: only the chosen addresses, what they need and what must follow" if plan.partial else ""
    return heading(plan.target, project, environment, partial)


def summary(plan: Plan) -> str:
    """One line: how many of what."""
    if not plan.actions:
        return f"No changes. {counted(plan.unchanged, 'resource')} as declared."
    replaced = {g[0].address for g in _groups(plan.actions) if is_replacement(g)}
    counts = dict.fromkeys(Verb, 0)
    for group in _groups(plan.actions):
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


def _groups(actions: Sequence[Action]) -> list[list[Action]]:
    """Actions by address, in the order in which each address is first touched. A copy that goes stands by itself."""
    groups: dict[tuple[Address, str], list[Action]] = {}
    coming = {a.address for a in actions if a.verb in (Verb.CREATE, Verb.REVIVE)}
    for action in actions:
        apart = action.id or "" if action.verb is Verb.RETIRE and action.address not in coming else ""
        groups.setdefault((action.address, apart), []).append(action)
    return list(groups.values())


def _group(plan: Plan, group: Sequence[Action], paint: Paint) -> Iterator[str]:
    first, replaced = group[0], is_replacement(group)
    symbol = "±" if replaced else first.verb.symbol
    yield "  " + paint(printable(f"{symbol} {first.address} {_title(plan, group)}"), fg=_COLOURS[symbol], bold=True)
    for action in group:
        if action.verb is Verb.RETIRE and replaced:
            yield f"      {paint('-', fg='red')} {printable(action.reason)}"
            continue
        if action.reason:
            yield f"      {printable(action.reason)}"
        gone = group[-1].change.before if group[-1].change else None
        if action.verb is Verb.REVIVE and replaced and gone and action.change and action.change.before:
            yield from fields.exchanged(action, action.change.before, gone, plan.names, paint)
        yield from fields.lines(action, gone if replaced else None, plan.names, paint)


def _title(plan: Plan, group: Sequence[Action]) -> str:
    first = group[0]
    if is_replacement(group):
        old = ", ".join(a.id or "" for a in group if a.verb is Verb.RETIRE)
        new = f"{first.id}, which comes back" if first.verb is Verb.REVIVE else "a new one"
        return f"must be replaced ({old} by {new})"
    if first.verb is Verb.CREATE:
        return _WILL[first.verb]
    change = first.change
    before, stamp = (change.before, change.before.stamp) if change and change.before else (None, None)
    same_address = [one for one, address in plan.names.items() if address == str(first.address) and one != first.id]
    if first.verb is Verb.RETIRE and change and change.after is None and same_address:
        return f"has a copy, which will be retired ({first.id})"
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


def _drift(plan: Plan, paint: Paint) -> Iterator[str]:
    for action in plan.actions:
        edited = [c for c in (action.change.fields if action.change else ()) if _is_drift(action, c)]
        if not edited:
            continue
        gone = next((a.id for a in plan.actions if a.address == action.address and a.verb is Verb.RETIRE), None)
        yield f"  {paint('~', fg='yellow')} {action.address} ({action.id or gone})"
        for one in edited:
            both = "  # and in the YAML" if one.cause is Cause.BOTH else ""
            yield f"      {printable('.'.join(one.path))}: {fields.drift_line(action, one, plan.names)}{both}"


def _is_drift(action: Action, one: FieldChange) -> bool:
    """A new object has only those edits behind it that made it necessary."""
    drifted = one.cause in (Cause.DRIFTED, Cause.BOTH)
    return drifted and (action.verb is not Verb.CREATE or one.forces_replacement)
