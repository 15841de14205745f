"""A plan and its outcomes on a terminal, as somebody who knows Terraform would expect to read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Settable
from reconciler.model import Action, Address, Cause, FieldChange, Outcome, Plan, Properties, Status, Verb
from reconciler.report.words import amounts, contents, printable, shown

_COLOURS = {"+": "green", "»": "cyan", "~": "yellow", "↻": "green", "-": "red", "=": None, "○": "cyan", "±": "magenta"}
_DONE = {
    Verb.CREATE: "created",
    Verb.ADOPT: "adopted",
    Verb.UPDATE: "updated",
    Verb.REVIVE: "revived",
    Verb.RETIRE: "retired",
    Verb.RESTAMP: "stamp renewed",
    Verb.RELEASE: "released",
}
_WILL = {
    Verb.CREATE: "will be created",
    Verb.ADOPT: "will be adopted",
    Verb.UPDATE: "will be updated",
    Verb.REVIVE: "will be revived",
    Verb.RETIRE: "will be retired",
    Verb.RESTAMP: "needs no change; its stamp is renewed",
    Verb.RELEASE: "will be released",
}


class Paint(Protocol):
    """What colours text: click.style, or something that leaves it as it is."""

    def __call__(self, text: str, *, fg: str | None = None, bold: bool | None = None) -> str: ...


def plain(text: str, *, fg: str | None = None, bold: bool | None = None) -> str:
    """Text without colour."""
    del fg, bold
    return text


def render(plan: Plan, *, paint: Paint = plain, reads: int | None = None) -> str:
    """The whole plan: what will happen, what was edited in Stripe, warnings, a summary."""
    lines = [""]
    for group in _groups(plan.actions):
        lines += [*_group(plan, group, paint), ""]
    drifted = list(_drift(plan, paint))
    if drifted:
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
    return "\n".join(lines[1:] if not plan.actions else lines)


def head(plan: Plan, project: str, environment: str | None) -> str:
    """Which account this is about."""
    parts = [str(plan.target), f"API {plan.target.api_version}", f"project {project}"]
    parts += [f"environment {environment}"] if environment else []
    parts += ["partial: only the chosen addresses, what they need and what must follow"] if plan.partial else []
    return printable(" · ".join(parts))


def summary(plan: Plan) -> str:
    """One line: how many of what."""
    if not plan.actions:
        return f"No changes. {_count(plan.unchanged, 'resource')} as declared."
    replaced = {g[0].address for g in _groups(plan.actions) if _is_replacement(g)}
    counts = dict.fromkeys(Verb, 0)
    for action in plan.actions:
        if action.address not in replaced and not _is_second(plan, action):
            counts[action.verb] += 1
    words = {
        Verb.CREATE: "create",
        Verb.ADOPT: "adopt",
        Verb.UPDATE: "update",
        Verb.REVIVE: "revive",
        Verb.RETIRE: "retire",
        Verb.RELEASE: "release",
        Verb.RESTAMP: "restamp",
    }
    parts = [f"{n} to {words[v]}" for v in words if (n := counts[v])]
    parts += [f"{len(replaced)} to replace"] if replaced else []
    return f"Plan: {', '.join(parts)}. {plan.unchanged} unchanged. {_count(len(plan.actions), 'write')}."


def _is_second(plan: Plan, action: Action) -> bool:
    """The second call for a resource that is counted already."""
    first = next(a for a in plan.actions if (a.address == action.address and a.verb is not Verb.RETIRE) or a is action)
    return first is not action and action.verb is Verb.UPDATE


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _groups(actions: Sequence[Action]) -> list[list[Action]]:
    """Actions by address, in the order in which each address is first touched."""
    groups: dict[Address, list[Action]] = {}
    for action in actions:
        groups.setdefault(action.address, []).append(action)
    return list(groups.values())


def _is_replacement(group: Sequence[Action]) -> bool:
    verbs = {a.verb for a in group}
    return Verb.RETIRE in verbs and bool(verbs & {Verb.CREATE, Verb.REVIVE})


def _group(plan: Plan, group: Sequence[Action], paint: Paint) -> Iterator[str]:
    first = group[0]
    symbol = "±" if _is_replacement(group) else first.verb.symbol
    title = f"{symbol} {first.address} {_title(group)}"
    yield "  " + paint(printable(title), fg=_COLOURS[symbol], bold=True)
    for action in group:
        if action.verb is Verb.RETIRE and _is_replacement(group):
            yield f"      {paint('-', fg='red')} {printable(action.reason)}"
            continue
        if action.reason:
            yield f"      {printable(action.reason)}"
        if action.verb is Verb.REVIVE and _is_replacement(group):
            yield from _exchanged(plan, action, group[-1], paint)
        yield from _fields(plan, action, _fields_shown(action), paint)


def _title(group: Sequence[Action]) -> str:
    first = group[0]
    old = next((a.id for a in group if a.verb is Verb.RETIRE), "")
    if _is_replacement(group):
        new = f"{first.id}, which comes back" if first.verb is Verb.REVIVE else "a new one"
        return f"must be replaced ({old} by {new})"
    how = _how(first)
    return _WILL[first.verb] + (f" ({first.id}{how})" if first.id else "")


def _how(action: Action) -> str:
    change = action.change
    if action.verb is not Verb.ADOPT or change is None or change.before is None:
        return ""
    kind = BY_NAME[action.address.kind]
    if kind.default_flag and change.before.properties.get((kind.default_flag,)):
        return ", the account's default"
    return ""


def _fields_shown(action: Action) -> Iterable[FieldChange]:
    change = action.change
    if change is None or (action.verb is Verb.RETIRE and change.after is None):
        return ()
    return change.fields


def _fields(plan: Plan, action: Action, fields: Iterable[FieldChange], paint: Paint) -> Iterator[str]:
    change = action.change
    assert change is not None
    fields = [c for c in fields if not _goes_without_saying(action, c)]
    fields.sort(key=lambda c: (not c.forces_replacement, c.before == c.after))
    now: Properties = change.after.properties if change.after else {}
    was: Properties = change.before.properties if change.before else now
    width = min(max((len(".".join(c.path)) for c in fields), default=0), 44)
    for one in fields:
        field = BY_NAME[action.address.kind].field_at(one.path)
        assert field is not None
        name = printable(".".join(one.path)).ljust(width)
        if one.before and one.after and isinstance(one.after, tuple):
            yield f"      {name}" + _notes(one, action, paint)
            yield from (f"          {line}" for line in contents(field, one.before, one.after, plan.names))
            continue
        if change.before is None and one.before in (None, one.after):
            text = shown(one.after, plan.names)
        else:
            text = f"{shown(one.before, plan.names)} → {shown(one.after, plan.names)}"
        amount = amounts(field, one.path, one.before, one.after, was, now)
        yield f"      {name} {text}" + (f" ({amount})" if amount else "") + _notes(one, action, paint)


def _exchanged(plan: Plan, revived: Action, retired: Action, paint: Paint) -> Iterator[str]:
    """What is different about an object that comes back in the place of another."""
    assert revived.change is not None
    assert retired.change is not None
    back, gone = revived.change.before, retired.change.before
    assert back is not None
    assert gone is not None
    kind = BY_NAME[revived.address.kind]
    for path in sorted({*back.properties, *gone.properties}):
        field = kind.field_at(path)
        if field and field.settable in (Settable.ON_CREATE, Settable.ONCE):
            was, now = gone.properties.get(path), back.properties.get(path)
            if was != now:
                one = FieldChange(path, was, now, forces_replacement=True)
                amount = amounts(field, path, was, now, gone.properties, back.properties)
                text = f"{shown(was, plan.names)} → {shown(now, plan.names)}" + (f" ({amount})" if amount else "")
                yield f"      {printable('.'.join(path))} {text}{_notes(one, revived, paint)}"


def _goes_without_saying(action: Action, one: FieldChange) -> bool:
    """What a replacement leaves as it was, and that a new object is in service."""
    if action.verb is not Verb.CREATE or one.forces_replacement or one.cause is Cause.FOLLOWED:
        return False
    return one.before == one.after or (one.path == ("active",) and one.after is True)


def _notes(one: FieldChange, action: Action, paint: Paint) -> str:
    if one.forces_replacement:
        return paint("  # forces replacement", fg="red")
    if one.cause is Cause.FOLLOWED and one.before == one.after:
        return "  # not declared; taken over from the old one"
    if one.cause is Cause.FOLLOWED:
        return "  # follows what it points at"
    if action.verb is not Verb.CREATE and one.cause in (Cause.DRIFTED, Cause.BOTH):
        return paint("  # edited in Stripe", fg="cyan")
    return ""


def _drift(plan: Plan, paint: Paint) -> Iterator[str]:
    for action in plan.actions:
        change = action.change
        fields = [c for c in (change.fields if change else ()) if c.cause in (Cause.DRIFTED, Cause.BOTH)]
        if fields and action.verb is not Verb.CREATE:
            yield f"  {paint('~', fg='yellow')} {action.address} ({action.id})"
            for one in fields:
                both = "  # and in the YAML" if one.cause is Cause.BOTH else ""
                path = printable(".".join(one.path))
                yield f"      {path}: {shown(one.before, plan.names)} → {shown(one.after, plan.names)}{both}"


def line(outcome: Outcome, number: int, total: int) -> str:
    """One action's outcome, for the progress of an apply."""
    action = outcome.action
    where = f"[{number}/{total}] {action.verb.symbol} {action.address}"
    if outcome.status is Status.DONE:
        return printable(f"{where}: {_DONE[action.verb]} ({outcome.id})")
    request = f" (request {outcome.request_id})" if outcome.request_id else ""
    return printable(f"{where}: {outcome.status.value}: {outcome.error}{request}")


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
        lines.append(f"Apply complete: {_count(count[Status.DONE], 'write')}.")
    for outcome in outcomes:
        for url in outcome.details.values():
            lines.append(f"Login link of {outcome.action.address}: {printable(url)}")
    return "\n".join(lines)
