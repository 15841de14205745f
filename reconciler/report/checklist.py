"""What differs and only people can set, in the Dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from reconciler.doctor import in_mode
from reconciler.kinds import BY_NAME
from reconciler.model import FieldChange, Plan, Ref, Source
from reconciler.report.fields import Paint, plain, value_line
from reconciler.report.words import printable

WHY = "To do in the Dashboard, as Stripe lets no API do it for your own account:"


@dataclass(frozen=True, slots=True)
class Task:
    """One field to set, as printable text. `hint` is for the case that it is set already."""

    page: str
    what: str
    hint: str
    source: Source | None


def tasks(plan: Plan) -> Iterator[Task]:
    """Every field that is left to people, in the order of the plan."""
    names = {**plan.names, **{str(address): str(file) for address, file in plan.files.items()}}
    for change in plan.checklist:
        kind = BY_NAME[change.address.kind]
        for one in change.fields:
            field = kind.field_at(one.path)
            assert field is not None
            what = f"{change.address} {'.'.join(one.path)}: {value_line(field, one, names)}"
            source = change.after.source if change.after else None
            page = in_mode(kind.dashboard, live=plan.target.livemode)
            yield Task(page, printable(what), _or_is_it_done(one), source)


def lines(plan: Plan, paint: Paint = plain) -> list[str]:
    """A line for each field, under the page where it is set; nothing where nothing is left to do."""
    found: list[str] = []
    for page, left in groupby(tasks(plan), lambda task: task.page):
        found.append(paint(f"{WHY} {page}", bold=True))
        found += (f"  [ ] {task.what}" + (f"  # {task.hint}" if task.hint else "") for task in left)
    return found


def _or_is_it_done(one: FieldChange) -> str:
    """Nobody can tell whether a picture that the Dashboard took is the one in a file."""
    key = one.path[-1]
    done = isinstance(one.after, Ref) and isinstance(one.before, str)
    return printable(f"is it that already? Then write {key}: {{id: {one.before}}}") if done else ""
