"""A plan as a comment on a pull request, for GitHub and GitLab: what must be seen first, the rest to be opened.

What others wrote stands in blocks of HTML, in code and in fences alone: Markdown never reads it (report.escape).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from markupsafe import Markup

from reconciler.model import Plan
from reconciler.report import review as told
from reconciler.report.checklist import WHY
from reconciler.report.difference import of_group, of_row
from reconciler.report.escape import code, fence, prose, span
from reconciler.report.groups import Group
from reconciler.report.review import Price, Review, review

LIMIT = 65_000
"""Bytes of UTF-8. GitHub takes 65,536 characters, and counts the bytes of some; GitLab takes more."""

_ROOM = 9_000
"""Bytes for each list above the changes, so that none crowds out another."""

_LONGEST = 80
"""Lines of one change; what is longer is read elsewhere."""

T = TypeVar("T")


def render(plan: Plan, *, reads: int | None = None) -> str:
    """The comment. It ends in a note where not all of it fits."""
    return laid_out(review(plan, reads))


def laid_out(found: Review) -> str:
    """The parts one after the other; the changes take the room that the others leave."""
    top = [
        Markup("<h3>{}</h3>").format(prose(found.title)),
        f"**{found.summary}**",
        *_alert("CAUTION", told.REFUSED, found.refusals, found.command),
        *_alert("WARNING", told.WARNED, found.warnings, found.command),
        *_money(found),
        *_bullets(found.impact, found.command),
        *_allowed(found),
        *_edited(found),
    ]
    bottom = [*_tasks(found), Markup("<sub>{}</sub>").format(prose(found.about))]
    room = LIMIT - sum(_size(part) for part in (*top, *bottom)) - 500  # for the note
    shown, left = _important(found.groups, room)
    note = [_left_out(left, found.command)] if left else []
    return "\n\n".join([*top, *shown, *note, *bottom]) + "\n"


def _alert(kind: str, title: str, texts: Sequence[str], command: str) -> Iterator[str]:
    if texts:
        listed = "\n".join(f"> {line}" for block in _bullets(texts, command) for line in block.split("\n"))
        yield f"> [!{kind}]\n> **{title}**\n>\n{listed}"


def _bullets(texts: Sequence[str], command: str) -> Iterator[str]:
    """A list as a block of HTML, which a blank line would end."""
    if texts:
        items, left = _fitting([Markup("<li>{}</li>").format(prose(text)) for text in texts], _ROOM)
        more = [Markup("<li>{} more: {} shows them.</li>").format(left, code(command))] if left else []
        yield "\n".join(["<ul>", *items, *more, "</ul>"])


def _money(found: Review) -> Iterator[str]:
    if found.prices:
        head = Markup("").join(Markup("<th>{}</th>").format(name) for name in told.COLUMNS)
        rows, left = _fitting([_price(price) for price in found.prices], _ROOM)
        more = (
            [Markup('<tr><td colspan="6">{} more: {} shows them.</td></tr>').format(left, code(found.command))]
            if left
            else []
        )
        yield "\n".join(["<table>", f"<tr>{head}</tr>", *rows, *more, "</table>"])


def _price(price: Price) -> str:
    cells = (Markup("<td>{}</td>").format(code(cell) if cell else "") for cell in told.cells(price))
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def _allowed(found: Review) -> Iterator[str]:
    if found.allowed:
        yield "**Allowed:**"
        yield from _bullets(found.allowed, found.command)


def _edited(found: Review) -> Iterator[str]:
    blocks = [_block(f"~ {e.address}", f"({e.id})", (x for row in e.rows for x in of_row(row))) for e in found.edits]
    shown, left = _fitting(blocks, _ROOM)
    if blocks:
        yield f"**{told.EDITED}:**"
        yield from shown
        yield from [_left_out(left, found.command)] if left else []


def _tasks(found: Review) -> Iterator[str]:
    for page, tasks in groupby(found.tasks, lambda task: task.page):
        boxes = [f"- [ ] {span(task.what)}" + (f" {span(task.hint)}" if task.hint else "") for task in tasks]
        shown, left = _fitting(boxes, _ROOM // 2)
        yield f"**{WHY}** <{page}>"
        yield "\n".join(shown)
        yield from [_left_out(left, found.command)] if left else []


def _change(group: Group) -> str:
    return _block(f"{group.symbol} {group.address}", group.title, of_group(group))


def _block(name: str, title: str, lines: Iterable[str]) -> str:
    """Something to open: a line, and behind it a difference with its colours."""
    inside = list(lines)
    if more := len(inside) - _LONGEST:
        inside[_LONGEST:] = [f"  … {more} more lines"] if more > 0 else []
    head = Markup("{} {}").format(code(name), prose(title))
    if not inside:
        return f"<p>{head}</p>"
    return f"<details><summary>{head}</summary>\n\n{fence(inside, 'diff')}\n\n</details>"


def _important(groups: Sequence[Group], room: int) -> tuple[list[str], int]:
    """The changes that fit, in the order of the plan; where not all do, first those that replace or retire."""
    blocks = {n: _change(group) for n, group in enumerate(groups)}
    first = sorted(blocks, key=lambda n: not groups[n].heavy)
    kept, left = _fitting(first, room, lambda n: blocks[n])
    return [blocks[n] for n in sorted(kept)], left


def _fitting(parts: Sequence[T], room: int, text: Callable[[T], str] = str) -> tuple[list[T], int]:
    """The parts that fit, from the first on, and how many do not."""
    kept = []
    for part in parts:
        room -= (size := _size(text(part)))
        if room >= 0:
            kept.append(part)
        else:
            room += size
    return kept, len(parts) - len(kept)


def _size(part: str) -> int:
    """Bytes, with those around the part."""
    return len(part.encode()) + 4 + part.count("\n") * 2


def _left_out(left: int, command: str) -> str:
    what = f"{left} address" if left == 1 else f"{left} addresses"
    return Markup("<p><b>{} not shown here, for want of room.</b> {} shows them all.</p>").format(what, code(command))
