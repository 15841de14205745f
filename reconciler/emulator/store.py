"""State in SQLite: one JSON document per object, and an indexed table of the values that lists filter by.

`objects` is ordered by (created, seq), as Stripe lists. `facets` holds, for every object, the values at the paths that
its kind names as facets, in that same order, so that a filtered page is one walk along an index."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Body = dict[str, Any]
LAYOUT = 2
PLAIN = re.compile(r"[A-Za-z0-9_-]{1,255}")
TABLES = """
create table objects (seq integer primary key autoincrement, scope text not null, kind text not null, id text not null,
    created integer not null, body text not null, unique (scope, kind, id));
create index objects_by_age on objects (scope, kind, created, seq);
create table facets (scope text, kind text, name text, value text, created integer, seq integer,
    primary key (scope, kind, name, value, created, seq)) without rowid;
create table accounts (id text primary key, body text not null);
create table keys (digest text primary key, account text not null, body text not null);
create table idempotency (scope text, key text, created integer, body text not null, primary key (scope, key));
create table meta (name text primary key, body text not null);
"""
CONTENT = ("objects", "facets", "accounts", "keys", "idempotency", "meta")


@dataclass(frozen=True)
class Store:
    """An open database; `path` is None when it lives in memory."""

    connection: sqlite3.Connection
    path: Path | None


@dataclass(frozen=True)
class Row:
    seq: int
    created: int
    body: Body


def open_store(path: Path | None) -> Store:
    """Opens or creates. Any number of processes may have one file open: each request is one transaction.

    Raises OSError when the file cannot be kept, or is no database of this version."""
    try:
        return _open(path)
    except (sqlite3.Error, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OSError(f"the emulator cannot keep its state in {path}: {reason}. To start afresh, delete it") from error


def _open(path: Path | None) -> Store:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        ":memory:" if path is None else path, timeout=60, isolation_level=None, check_same_thread=False
    )
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    store = Store(connection, path)
    with transaction(store):
        (layout,) = connection.execute("pragma user_version").fetchone()
        if layout == 0:
            for statement in TABLES.strip().split(";"):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {LAYOUT}")
    if layout not in (0, LAYOUT):
        connection.close()
        raise OSError("it was written by another version of the emulator")
    return store


def close_store(store: Store) -> None:
    store.connection.close()


@contextmanager
def transaction(store: Store, *, writes: bool = True) -> Iterator[None]:
    """All or nothing. A writer takes the lock at once, so that what it reads is what it changes."""
    store.connection.execute("begin immediate" if writes else "begin")
    try:
        yield
    except BaseException:
        store.connection.execute("rollback")
        raise
    store.connection.execute("commit")


def clear(store: Store) -> None:
    """Deletes everything; called inside a transaction."""
    for table in CONTENT:
        store.connection.execute(f"delete from {table}")


def load(store: Store, scope: str, kind: str, identifier: str) -> Row | None:
    query = "select seq, created, body from objects where scope = ? and kind = ? and id = ?"
    found = store.connection.execute(query, (scope, kind, identifier)).fetchone()
    return Row(found[0], found[1], json.loads(found[2])) if found else None


def insert(
    store: Store, scope: str, kind: str, identifier: str, created: int, body: Body, facets: Sequence[str]
) -> None:
    statement = "insert into objects (scope, kind, id, created, body) values (?, ?, ?, ?, ?)"
    cursor = store.connection.execute(statement, (scope, kind, identifier, created, dumped(body)))
    values = facet_values(body, facets)
    add_facets(store, scope, kind, Row(cursor.lastrowid or 0, created, body), values)


def update(store: Store, scope: str, kind: str, row: Row, body: Body, facets: Sequence[str]) -> None:
    store.connection.execute("update objects set body = ? where seq = ?", (dumped(body), row.seq))
    before, after = facet_values(row.body, facets), facet_values(body, facets)
    if before != after:
        drop_facets(store, scope, kind, row, before - after)
        add_facets(store, scope, kind, row, after - before)


def rename(store: Store, scope: str, kind: str, before: str, after: str) -> None:
    """Gives an object another id, and everything that names it the new one. Raises ValueError for one that is taken, or
    that is more than letters, digits, - and _."""
    if not PLAIN.fullmatch(after):
        raise ValueError(f"not an id: {after!r}")
    if load(store, scope, kind, after):
        raise ValueError(f"there is a {kind} {after} already")
    old, new = f'"{before}"', f'"{after}"'
    itself = "update objects set id = ? where scope = ? and kind = ? and id = ?"
    store.connection.execute(itself, (after, scope, kind, before))
    others = "update objects set body = replace(body, ?, ?) where scope = ? and instr(body, ?)"
    store.connection.execute(others, (old, new, scope, old))
    store.connection.execute("update facets set value = ? where scope = ? and value = ?", (after, scope, before))


def delete(store: Store, scope: str, kind: str, row: Row, facets: Sequence[str]) -> None:
    store.connection.execute("delete from objects where seq = ?", (row.seq,))
    drop_facets(store, scope, kind, row, facet_values(row.body, facets))


def add_facets(store: Store, scope: str, kind: str, row: Row, values: set[tuple[str, str]]) -> None:
    statement = "insert or ignore into facets values (?, ?, ?, ?, ?, ?)"
    rows = [(scope, kind, name, value, row.created, row.seq) for name, value in values]
    store.connection.executemany(statement, rows)


def drop_facets(store: Store, scope: str, kind: str, row: Row, values: set[tuple[str, str]]) -> None:
    statement = "delete from facets where scope=? and kind=? and name=? and value=? and created=? and seq=?"
    rows = [(scope, kind, name, value, row.created, row.seq) for name, value in values]
    store.connection.executemany(statement, rows)


def facet_values(body: Body, facets: Sequence[str]) -> set[tuple[str, str]]:
    return {(path, as_text(value)) for path in facets for value in pluck(body, path.split(".")) if value is not None}


def pluck(node: Any, parts: Sequence[str]) -> Iterator[Any]:
    """The values at a dotted path, through lists; nothing when the path leads nowhere."""
    if isinstance(node, list):
        for item in node:
            yield from pluck(item, parts)
    elif not parts:
        yield node
    elif isinstance(node, dict) and parts[0] in node:
        yield from pluck(node[parts[0]], parts[1:])


def as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def dumped(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def recall(store: Store, name: str) -> Any:
    """A remembered value outside the objects (the clock), or None."""
    found = store.connection.execute("select body from meta where name = ?", (name,)).fetchone()
    return json.loads(found[0]) if found else None


def remember(store: Store, name: str, value: Any) -> None:
    store.connection.execute("insert or replace into meta values (?, ?)", (name, json.dumps(value)))
