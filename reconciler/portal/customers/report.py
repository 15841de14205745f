"""Who can log in to the portal and who cannot: for people, for spreadsheets and for machines."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reconciler.portal.customers.judge import ACTIVE, Census, Customer, Login, Shared
from reconciler.portal.customers.masks import masks
from reconciler.report.words import counted, printable

MOST = 20
"""Customers without an email, or groups of customers, that are shown; the formats for machines have all."""
WIDEST = 60
"""Characters of an email that are shown to people."""
COLUMNS = ("finding", "email", "customer", "created", "subscription", "can_log_in", "logged_in", "why")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DOUBTED = {"trialing": "a trial", "past_due": "a late payment"}
_RULE = "most recently created with this email and an active subscription"
Show = Callable[[str], str]


def emails(found: Census, *, plain: bool) -> Show:
    """What is shown of an email: itself, or a mask that the same email has throughout the report."""
    if plain:
        return printable
    groups = (*found.shared, *found.similar)
    known = masks(sorted({c.email for group in groups for c in group.customers}))
    return lambda email: printable(known[email])


def text(found: Census, show: Show) -> str:
    """The report for people: first those who subscribe and cannot log in, then every finding, and a sum."""
    parts = [
        list(_pages(found)),
        list(_locked_out(found, show)),
        list(_groups("Emails that several customers share", found.shared, show)),
        list(_groups(_SIMILAR, found.similar, show)),
        list(_without(found)),
        [summary(found)],
    ]
    return "\n\n".join("\n".join(printable(line) for line in part) for part in parts if part)


def summary(found: Census) -> str:
    """The counts, in one line."""
    kinds = ", ".join(f"{number:,} {status}" for status, number in found.statuses if number)
    line = f"{found.customers:,} {'customer' if found.customers == 1 else 'customers'}; {found.subscribers:,} subscribe"
    line += f" ({kinds})" if kinds else ""
    unsure = len(found.unsure)
    if found.closed and found.subscribers:
        return f"{line}. No login page is on: none of them can log in."
    if not found.subscribers:
        return f"{line}."
    if not found.locked_out:
        return f"{line}. " + (f"Of {unsure:,} of them it is not certain." if unsure else "All of them can log in.")
    why = [f"{len(found.nameless):,} without an email", f"{len(found.shut_out):,} shut out by another customer"]
    return f"{line}. {found.locked_out:,} of them cannot log in: {', '.join(why)}." + (
        f" Of {unsure:,} more it is not certain." if unsure else ""
    )


def table(found: Census, show: Show) -> str:
    """Every finding as CSV. No cell can be taken for a formula: such a one begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows(found, show):
        cells = {**row, "logged_in": " ".join(row["logged_in"])}
        writer.writerow({name: _safe(str(value or "")) for name, value in cells.items()})
    return out.getvalue()


def data(found: Census, show: Show) -> Mapping[str, Any]:
    """Everything as plain data."""
    pages = None if found.pages is None else [{"name": p.name, "enabled": p.on} for p in found.pages]
    return {
        "customers": found.customers,
        "subscribers": dict(found.statuses),
        "login_pages": pages,
        "cannot_log_in": found.locked_out,
        "without_email": len(found.nameless),
        "shut_out": len(found.shut_out),
        "not_certain": len(found.unsure),
        "findings": list(rows(found, show)),
    }


def rows(found: Census, show: Show) -> Iterator[Mapping[str, Any]]:
    """A row for each customer in each finding; the keys are COLUMNS, whatever the finding."""
    for one in found.without:
        yield _row("no_email", one, "", Login.NO, (), "has no email")
    for finding, groups in (("shared_email", found.shared), ("similar_emails", found.similar)):
        for group in groups:
            for one in group.customers:
                login = group.login(one) if finding == "shared_email" else _if_same(group.login(one))
                favoured = [c.id for c in group.favoured]
                yield _row(finding, one, show(one.email), login, favoured, _why(one, group, finding != "shared_email"))


def _row(finding: str, one: Customer, email: str, login: Login, favoured: Sequence[str], why: str) -> Mapping[str, Any]:
    """`created` is UTC. The status is None where it has no subscription that counts."""
    created = datetime.fromtimestamp(one.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = (finding, email or None, one.id, created, one.status or None, login.value, list(favoured), why)
    return dict(zip(COLUMNS, values, strict=True))


def _if_same(login: Login) -> Login:
    return login if login is Login.YES else Login.UNSURE


_SIMILAR = "Emails that differ only by case or spaces, as if Stripe took them for the same, which is not documented"


def _why(one: Customer, group: Shared, similar: bool) -> str:
    others = " or ".join(c.id for c in group.favoured if c.id != one.id)
    would = "would log in" if similar else "logs in"
    if not group.favoured:
        return "nobody with this email subscribes"
    login = group.login(one)
    if login is Login.YES:
        return f"{would}: the {_RULE}"
    if login is Login.NO:
        return f"{'would be ' if similar else ''}shut out: {others} {would}"
    if one not in group.favoured:
        return f"not certain: {others} {would}, if {_doubted(group.favoured)} counts as active"
    if any(c.created == one.created and c is not one for c in group.favoured):
        return f"not certain: created in the same second as {others}"
    if one.status == ACTIVE:
        return f"not certain: {would}, unless {_doubted(group.favoured)} counts as active; then {others}"
    return f"not certain: {would}, if {_doubted([one])} counts as active" + (f"; else {others}" if others else "")


def _doubted(customers: Iterable[Customer]) -> str:
    return " or ".join(dict.fromkeys(_DOUBTED[c.status] for c in customers if c.status != ACTIVE))


def _pages(found: Census) -> Iterator[str]:
    if found.pages is None:
        yield "Login pages: not read"
    elif found.closed:
        yield "Login pages: none is on, so that nobody can log in. `stripe-portal link` says how to switch one on"
    else:
        on, off = ([p.name for p in found.pages if p.on is wanted] for wanted in (True, False))
        yield f"Login pages: {_few(on)} on" + (f"; {_few(off)} off" if off else "")


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST]) + (f" and {len(names) - MOST:,} more" if len(names) > MOST else "")


def _locked_out(found: Census, show: Show) -> Iterator[str]:
    lines = [(c, "", "has no email") for c in found.nameless]
    lines += [(c, show(c.email), _why(c, group, False)) for c, group in found.shut_out]
    if lines:
        yield f"Subscribers who cannot log in: {len(lines):,}"
        yield from _columns((c.id, c.status, _short(email) or "–", why) for c, email, why in lines[:MOST])
        yield from _more(len(lines), "of them")


def _groups(title: str, groups: Sequence[Shared], show: Show) -> Iterator[str]:
    if not groups:
        return
    similar = title == _SIMILAR
    yield f"{title}: {len(groups):,}"
    for group in groups[:MOST]:
        if not similar:
            yield f"  {_short(show(group.customers[0].email))}"
        yield from (
            f"  {line}"
            for line in _columns(
                (
                    *([_short(show(c.email))] if similar else []),
                    c.id,
                    datetime.fromtimestamp(c.created, UTC).strftime("%Y-%m-%d"),
                    c.status or "–",
                    _why(c, group, similar),
                )
                for c in group.customers[:MOST]
            )
        )
        yield from _more(len(group.customers), "with this email")
        if similar and group is not groups[:MOST][-1]:
            yield ""
    yield from _more(len(groups), "emails")


def _without(found: Census) -> Iterator[str]:
    if found.without:
        yield f"Customers without an email: {len(found.without):,}, of whom {len(found.nameless):,} subscribe"
        ordered = sorted(found.without, key=lambda c: not c.subscribes)
        yield from _columns((c.id, c.status or "–") for c in ordered[:MOST])
        yield from _more(len(ordered), "of them")


def _columns(lines: Iterable[Sequence[str]]) -> Iterator[str]:
    cells = list(lines)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _more(number: int, what: str) -> Iterator[str]:
    if number > MOST:
        yield f"  … and {counted(number - MOST, 'more').removesuffix('s')} {what}: --format csv has all"


def _short(email: str) -> str:
    return email if len(email) <= WIDEST else f"{email[:WIDEST]}… ({len(email):,} characters)"


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
