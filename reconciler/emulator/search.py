"""Search, which sees what happened a minute ago (stripe-facts 2.6): what is written is not found at once.

The fields that can be searched are recall, and so is the language: `field:'exact'`, `field~'part'`,
`metadata['key']:'value'`, `-` in front for not, and AND or OR between, never both."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Call
from reconciler.emulator.paging import page_size
from reconciler.emulator.store import Body, as_text, pluck

DELAY = 60
"""Seconds until a new object, or an edit, is found."""

_CLAUSE = re.compile(
    r"""\s*(?P<no>-)?(?P<field>\w+)(?:\[(?P<q>["'])(?P<key>.*?)(?P=q)\])?(?P<sign>[:~])(?P<quote>["'])(?P<value>.*?)(?P=quote)\s*"""
)
_JOIN = re.compile(r"\s*(AND|OR)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    path: tuple[str, ...]
    value: str
    partly: bool
    negated: bool

    def holds(self, body: Body) -> bool:
        found = [as_text(v).lower() for v in pluck(body, self.path) if v is not None]
        wanted = self.value.lower()
        return any(wanted in f if self.partly else wanted == f for f in found) is not self.negated


def searching(kind: str, url: str, fields: frozenset[str]) -> Callable[[Call], Body]:
    """The handler of a search over `fields`, and over metadata."""

    def handle(call: Call) -> Body:
        clauses, every = parsed(call.params["query"], fields)
        judge = all if every else any
        limit, start = page_size(call.params), first(call.params)
        found = [body for body in settled(call, kind) if judge(c.holds(body) for c in clauses)]
        more = len(found) > start + limit
        answer: dict[str, Any] = {"object": "search_result", "url": url, "has_more": more}
        return answer | {"data": found[start : start + limit], "next_page": str(start + limit) if more else None}

    return handle


def settled(call: Call, kind: str) -> Iterator[Body]:
    """What search knows of by now, newest first. An object that was edited a moment ago is not found at all, which is
    harsher than Stripe: nobody may rely on it."""
    statement = "select body from objects where scope = ? and kind = ? order by created desc, seq desc"
    for (text,) in call.store.connection.execute(statement, (call.scope.text, kind)).fetchall():
        body: Body = json.loads(text)
        if "deleted" not in body and max(body["created"], body.get("updated") or 0) <= call.now - DELAY:
            yield body


def parsed(query: str, fields: frozenset[str]) -> tuple[list[Clause], bool]:
    """The clauses, and whether all of them must hold."""
    clauses, joins, position = [], set(), 0
    while True:
        found = _CLAUSE.match(query, position)
        if (
            found is None
            or found["field"] not in fields | {"metadata"}
            or (found["field"] == "metadata") != bool(found["q"])
        ):
            raise Refusal(f"We were unable to parse your search query: {query!r}.", param="query")
        path = (found["field"], found["key"]) if found["q"] else (found["field"],)
        clauses.append(Clause(path, found["value"], found["sign"] == "~", bool(found["no"])))
        position = found.end()
        if position == len(query):
            break
        join = _JOIN.match(query, position)
        joins.add(join[1].upper() if join else "AND")
        position = join.end() if join else position
    if len(joins) > 1:
        raise Refusal("AND and OR cannot be combined in one search query.", param="query")
    return clauses, joins != {"OR"}


def first(params: Mapping[str, Any]) -> int:
    page = str(params.get("page", "0"))
    if not page.isdigit():
        raise Refusal("Invalid page.", param="page")
    return int(page)
