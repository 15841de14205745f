"""Whom a plan touches, and what it makes of the prices: sentences, and the table of money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from reconciler.kinds import BY_NAME
from reconciler.model import Action, Address, Impact, Plan, Properties, Verb
from reconciler.model.impact import SKIPPED
from reconciler.report.prices import amount, percent, shown, whole
from reconciler.report.words import printable

_COMES = (Verb.CREATE, Verb.REVIVE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of money, as plain text; what there is nothing to say of is empty."""

    address: str
    before: str
    after: str
    percent: str
    subscriptions: str
    monthly: str


@dataclass(frozen=True, slots=True)
class _Priced:
    """What a plan does to one price: the properties of what leaves, and of what comes, and the actions behind them."""

    address: Address
    before: Properties | None
    after: Properties | None
    gone: Action | None
    come: Action | None


def lines(plan: Plan) -> list[str]:
    """A sentence or two for everything that subscribers are touched by."""
    told = {one.gone.id: one for one in _priced(plan) if one.gone}
    found: list[str] = []
    if any(one.unread == SKIPPED for one in plan.impact):
        found.append(f"Who is subscribed to what this plan touches was not read: {SKIPPED}.")
    for why in dict.fromkeys(one.unread for one in plan.impact if one.unread not in ("", SKIPPED)):
        whom = ", ".join(dict.fromkeys(str(one.address) for one in plan.impact if one.unread == why))
        found.append(f"{whom}: how many are subscribed could not be read: {why.rstrip('.')}.")
    found += [" ".join(_sentences(plan, one, told.get(one.id))) for one in plan.impact if not one.unread]
    return [printable(line) for line in found]


def table(plan: Plan) -> list[Row]:
    """A row for each price that is replaced, retired, revived or created."""
    impact = {one.id: one for one in plan.impact if not one.offered}
    rows = []
    for one in _priced(plan):
        touched = impact.get(one.gone.id or "") if one.gone else None
        cells = (
            str(one.address),
            shown(one.before) if one.before else "new" if one.come and one.come.verb is Verb.CREATE else "retired",
            shown(one.after) if one.after else "retired",
            percent(one.before, one.after) if one.before and one.after else "",
            "" if touched is None else "not read" if touched.subscriptions is None else f"{touched.subscriptions:,}",
            "" if touched is None else "not read" if touched.subscriptions is None else _monthly(touched),
        )
        rows.append(Row(*map(printable, cells)))
    return rows


def _priced(plan: Plan) -> Iterator[_Priced]:
    """Each price that leaves, with what comes in its place; then those that come, and take nobody's."""
    mine = [a for a in plan.actions if BY_NAME[a.address.kind].tariffs]
    come = {a.address: a for a in mine if a.verb in _COMES}
    gone = [a for a in mine if a.verb is Verb.RETIRE and a.change and a.change.before]
    first = {a.address: a for a in reversed(gone)}
    for action in (a for a in mine if a in gone or a.verb in _COMES):
        address, is_gone = action.address, action.verb is Verb.RETIRE
        new = come.get(address)
        if not is_gone and address in first:
            continue
        old = action.change.before.properties if is_gone and action.change and action.change.before else None
        after = new.change.after.properties if new and new.change and new.change.after else None
        yield _Priced(address, old, after, action if is_gone else None, new)


def _sentences(plan: Plan, one: Impact, told: _Priced | None) -> Iterator[str]:
    many = one.subscriptions or 0
    sums = f" ({_monthly(one)} a month in all)" if one.monthly else ""
    active = f"{many:,} active subscription{'' if many == 1 else 's'}" if many else "no active subscription"
    if one.offered:
        names = ", ".join(plan.names.get(i, i) for i in one.offered)
        yield f"{one.address}: {active}{sums} {_is(many)} on what it offered and offers no more ({names})."
    elif told is None or told.before is None:
        yield f"{one.address}: {active} {_is(many)} on prices of {one.id}{sums}{'; none is moved' if many else ''}."
    elif not many:
        yield f"{one.address}: no active subscription is on {one.id}."
    elif told.come and told.come.verb is Verb.REVIVE:
        keep = f"subscriptions made at {amount(told.before)} keep it"
        keep = keep if many > 1 else keep.replace("subscriptions", "subscription").replace("keep it", "keeps it")
        yield f"{one.address}: {many:,} {keep}."
        yield from [f"That is {_monthly(one)} a month in all."] if one.monthly else []
    else:
        stays = "stays" if many == 1 else "stay"
        yield f"{one.address}: {active} {stays} on {one.id} at {shown(told.before)}{sums}; none is moved."
    yield from _not_in_the_sum(one)
    if told and told.before and many and one.portals:
        yield f"After switching plan in the portal they cannot switch back to {amount(told.before)}."
    if told and told.before and told.after and many:
        more = percent(told.before, told.after)
        yield f"New subscribers pay {shown(told.after)}{f' ({more})' if more else ''}."


def _is(many: int) -> str:
    return "is" if many < 2 else "are"


def _not_in_the_sum(one: Impact) -> Iterator[str]:
    """Why the sum is not more."""
    parts = [
        f"{one.trial:,} on trial" if one.trial else "",
        f"{one.metered:,} metered" if one.metered else "",
        f"{one.unknown:,} whose amount is not known" if one.unknown else "",
    ]
    if any(parts):
        yield f"Not in the sum: {', '.join(filter(None, parts))}."


def _monthly(one: Impact) -> str:
    """The recurring revenue, in every currency: `$7,600.00 + €120.00`."""
    sums = [whole(Fraction(minor), currency) for currency, minor in one.monthly.items()]
    if sums or not one.subscriptions:
        return " + ".join(sums)
    return "metered" if one.metered == one.subscriptions else "trial" if one.trial == one.subscriptions else ""
