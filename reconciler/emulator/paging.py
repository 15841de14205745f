"""Lists: cursor pages, newest first, and their filters (stripe-facts 2.5, 3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.emulator import store
from reconciler.emulator.errors import Refusal, exclusive, no_such, unsupported
from reconciler.emulator.model import Call
from reconciler.emulator.store import Body, as_text

PAGING = frozenset({"limit", "starting_after", "ending_before", "expand"})
COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
NO_FILTERS: Mapping[str, str] = {}


@dataclass
class Query:
    """The conditions of one list, gathered; `facets` are exact values by indexed path. In a condition `{age}` stands
    for the table that is walked."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    facets: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def listing(
    kind: str, url: str, filters: Mapping[str, str] = NO_FILTERS, condition: str = "1"
) -> Callable[[Call], Body]:
    """The handler of a list whose `filters` map parameters to paths in the body. `created` filters wherever the call
    takes it. A parameter that the SDK knows and `filters` doesn't is refused. `condition` holds for all it shows."""

    def handle(call: Call) -> Body:
        query = Query([condition])
        for name, value in call.params.items():
            if name == "created":
                compare_age(query, value)
            elif name in filters:
                compare(call, query, kind, filters[name], value)
            elif name not in PAGING:
                raise unsupported(name)
        return page(call, kind, url, query)

    return handle


def compare(call: Call, query: Query, kind: str, path: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            compare(call, query, kind, f"{path}.{key}", inner)
        return
    accepted = tuple(as_text(item) for item in (value if isinstance(value, list) else [value]))
    if path in call.kinds[kind].facets:
        query.facets.append((path, accepted))
        return
    marks = ", ".join("?" * len(accepted))
    column = "o.id" if path == "id" else f"json_extract(o.body, '$.{path}')"
    query.conditions.append(f"{column} in ({marks})")
    query.values += [int(item == "true") if item in ("true", "false") else item for item in accepted]


def compare_age(query: Query, value: Any) -> None:
    ranges = value if isinstance(value, dict) else {"gte": value, "lte": value}
    for key, moment in ranges.items():
        query.conditions.append(f"{{age}}.created {COMPARISONS[key]} ?")
        query.values.append(moment)


def page(call: Call, kind: str, url: str, query: Query) -> Body:
    """One page. The first facet is walked along its index, the others are looked up for each row."""
    limit = page_size(call.params)
    backwards = "ending_before" in call.params
    cursor_name = "ending_before" if backwards else "starting_after"
    if backwards and "starting_after" in call.params:
        raise exclusive("starting_after", "ending_before")
    scope = call.scope.text
    source = "objects o where o.scope = ? and o.kind = ?"
    values: list[Any] = [scope, kind]
    age = "o"
    conditions = list(query.conditions)
    facets = list(query.facets)
    if facets:
        path, accepted = facets.pop(0)
        marks = ", ".join("?" * len(accepted))
        source = (
            "facets f join objects o on o.seq = f.seq "
            f"where f.scope = ? and f.kind = ? and f.name = ? and f.value in ({marks})"
        )
        values += [path, *accepted]
        age = "f" if len(accepted) == 1 else "o"
    values += query.values
    for path, accepted in facets:
        marks = ", ".join("?" * len(accepted))
        conditions.append(
            f"exists (select 1 from facets g where g.scope = ? and g.kind = ? and g.name = ? and g.value in ({marks}) "
            "and g.created = o.created and g.seq = o.seq)"
        )
        values += [scope, kind, path, *accepted]
    conditions.append("json_extract(o.body, '$.deleted') is null" if call.kinds[kind].gone else "1")
    cursor = call.params.get(cursor_name)
    if cursor is not None:
        row = store.load(call.store, scope, kind, cursor)
        if row is None:
            raise no_such(call.kinds[kind].noun, cursor, cursor_name)
        conditions.append(f"({{age}}.created, {{age}}.seq) {'>' if backwards else '<'} (?, ?)")
        values += [row.created, row.seq]
    where = " and ".join(conditions).replace("{age}", age)
    direction = "asc" if backwards else "desc"
    order = f"order by {age}.created {direction}, {age}.seq {direction} limit ?"
    statement = f"select o.body from {source} and {where} {order}"
    rows = call.store.connection.execute(statement, (*values, limit + 1)).fetchall()
    data = [json.loads(body) for (body,) in rows[:limit]]
    if backwards:
        data.reverse()
    return {"object": "list", "url": url, "has_more": len(rows) > limit, "data": data}


def page_size(params: Mapping[str, Any]) -> int:
    """1 to 100, 10 by default."""
    limit: int = params.get("limit", 10)
    if not 1 <= limit <= 100:
        bound = "greater than or equal to 1" if limit < 1 else "less than or equal to 100"
        text = f"This value must be {bound}."
        raise Refusal(text, code="parameter_invalid_integer", param="limit", judged=True)
    return limit
