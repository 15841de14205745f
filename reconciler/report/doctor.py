"""What doctor found, on a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.doctor import Answer, Diagnosis, Finding
from reconciler.report.words import printable


def text(found: Diagnosis, project: str | None, environment: str | None) -> str:
    """The whole diagnosis, for people. Without a project, it is about what can be imported."""
    lines = [f"Key: {found.key}", f"Account: {_account(found)}"]
    where = project or "none yet: there is no stripe-portal.yaml here"
    lines += [f"Project: {where}" + (f", environment {environment}" if project and environment else "")]
    writes = [] if found.first else ["", *_writes(found)]
    lines += ["", *_reads(found), *writes, "", *_links(found), "", *_settings(found), "", _end(found)]
    return "\n".join(printable(line) for line in "\n".join(lines).split("\n"))


def _account(found: Diagnosis) -> str:
    if found.target is None:
        return f"not read: {found.problem}"
    target = str(found.target) if found.target.account or found.target.emulator else "not known"
    return f"{target} · API {found.target.api_version}" + (f". But {found.problem}" if found.problem else "")


def _reads(found: Diagnosis) -> Iterator[str]:
    yield "May it read what import needs?" if found.first else "May it read what plan, drift and impact need?"
    yield from _table(found.findings, "Read")
    if gone := [f.need.what for f in found.others if f.answer is Answer.NO]:
        yield f"  Not readable, and not declared: {', '.join(gone)}. What was once made of them is not seen."


def _table(findings: Sequence[Finding], access: str) -> Iterator[str]:
    rows = [f"{f.need.scope.row}: {access}" for f in findings]
    width = max(map(len, rows), default=0)
    for one, row in zip(findings, rows, strict=True):
        soft = "" if one.need.required else ", which plan can do without"
        why = f"  # {one.reason}" if one.reason and one.reason != row else ""
        yield f"  {one.answer.value:3}  {row:{width}}  {one.need.what}{soft}{why}"


def _writes(found: Diagnosis) -> Iterator[str]:
    rows = list(dict.fromkeys(f"{f.need.scope.row}: Write" for f in found.findings if f.need.writes))
    yield "May it write what apply needs?"
    if not rows:
        yield "  Nothing is declared."
    elif found.restricted is None:
        yield f"  Not known. It takes {', '.join(rows)}."
    elif not found.restricted:
        yield "  yes  a secret key may do everything, and more than is needed: restricted ones are safer"
    else:
        yield f"  Not tested: a write cannot be tried without writing. It takes {', '.join(rows)}."


def _links(found: Diagnosis) -> Iterator[str]:
    what = (
        "A restricted key with what import needs"
        if found.first
        else "Restricted keys with what this configuration needs"
    )
    yield f"{what}. Check which account the page is for, and its rows:"
    for one in found.links:
        yield f"  For {one.purpose}"
        yield f"    {one.url}"
        yield f"    {', '.join(one.rows)}; None for the rest"
        if one.by_hand:
            yield f"    To be set by hand, as the name of the permission is not certain: {', '.join(one.by_hand)}"
    if found.connected:
        yield "  A key acts for connected accounts only where its rows say so too: made by the platform, under Connect"


def _settings(found: Diagnosis) -> Iterator[str]:
    yield "Only the Dashboard sets:"
    for one in found.settings:
        yield f"  [ ] {one.what}" + (f" ({one.now})" if one.now else "")
        yield f"      {one.url}"


def _end(found: Diagnosis) -> str:
    if found.problem:
        return "Not well: the account was not read, so what the key may do is not known."
    if not found.lacking:
        return f"Well: nothing that {'import' if found.first else 'plan'} needs is missing."
    rows = dict.fromkeys(f.reason or f"{f.need.scope.row}: Read" for f in found.lacking)
    return f"Not well: the key lacks {', '.join(rows)}. Edit it in the Dashboard, or make one by a link above."


def data(found: Diagnosis, project: str | None, environment: str | None) -> dict[str, Any]:
    """The same as plain data."""
    target = found.target
    return {
        "well": found.fine,
        "key": found.key,
        "restricted": found.restricted,
        "problem": found.problem or None,
        "project": project,
        "environment": environment,
        "account": target
        and {
            "id": target.account,
            "name": target.name,
            "livemode": target.livemode,
            "api_version": target.api_version,
            "emulator": target.emulator,
            "connected": target.connected,
        },
        "reads": [_finding(f) for f in found.findings],
        "not_declared": [_finding(f) for f in found.others],
        "links": [
            {"purpose": o.purpose, "url": o.url, "rows": list(o.rows), "by_hand": list(o.by_hand)} for o in found.links
        ],
        "dashboard": [{"what": o.what, "url": o.url, "now": o.now or None} for o in found.settings],
    }


def _finding(one: Finding) -> dict[str, Any]:
    may = {Answer.YES: True, Answer.NO: False, Answer.UNKNOWN: None}[one.answer]
    return {
        "row": one.need.scope.row,
        "for": one.need.what,
        "may_read": may,
        "required": one.need.required,
        "written_by_apply": one.need.writes,
        "reason": one.reason or None,
    }
