"""What differs and only people can set, in the Dashboard."""

from __future__ import annotations

from itertools import groupby

from reconciler.kinds import BY_NAME
from reconciler.model import FieldChange, Plan, Ref
from reconciler.report.fields import Paint, plain, value_line
from reconciler.report.words import printable


def lines(plan: Plan, paint: Paint = plain) -> list[str]:
    """A line for each field, under the page where it is set; nothing where nothing is left to do."""
    names = {**plan.names, **{str(address): str(file) for address, file in plan.files.items()}}
    found: list[str] = []
    for page, changes in groupby(plan.checklist, lambda c: BY_NAME[c.address.kind].dashboard):
        found.append(
            paint(f"To do in the Dashboard, as Stripe lets no API do it for your own account: {page}", bold=True)
        )
        for change in changes:
            for one in change.fields:
                field = BY_NAME[change.address.kind].field_at(one.path)
                assert field is not None
                text = f"  [ ] {change.address} {'.'.join(one.path)}: {value_line(field, one, names)}"
                found.append(printable(text) + _or_is_it_done(one))
    return found


def _or_is_it_done(one: FieldChange) -> str:
    """Nobody can tell whether a picture that the Dashboard took is the one in a file."""
    key = one.path[-1]
    done = isinstance(one.after, Ref) and isinstance(one.before, str)
    return printable(f"  # is it that already? Then write {key}: {{id: {one.before}}}") if done else ""
