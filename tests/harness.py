"""A merchant's folder, the command line, and the account behind it, as tests see them."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import requests

from reconciler.cli.main import run
from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Kind, Settable


@dataclass(frozen=True)
class Result:
    """What a command left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    def shows(self, lines: Iterable[str], hides: Iterable[str] = ()) -> None:
        """The lines are there, one after the other, and nothing of `hides` is; `…` stands for anything within a line.

        Blanks are squeezed. Whatever was said, nothing of it steers a terminal.
        """
        assert all(c.isprintable() or c == "\n" for c in self.text), repr(self.text)
        text = rest = _squeezed(self.text)
        for line in lines:
            found = re.search(".*?".join(map(re.escape, _squeezed(line).split("…"))), rest)
            assert found, f"{line!r} is not there, or not there yet, in\n{self.text}"
            rest = rest[found.end() :]
        for line in hides:
            assert _squeezed(line) not in text, f"{line!r} is in\n{self.text}"


@dataclass
class Account:
    """One account of the emulator, looked at and edited the way somebody with the Dashboard would."""

    url: str
    key: str
    session: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def register(cls, url: str, key: str, **options: Any) -> Account:
        """A new account that the key belongs to."""
        requests.post(f"{url}/_emulator/accounts", json={"key": key, **options}, timeout=10).raise_for_status()
        return cls(url, key)

    def call(self, method: str, path: str, data: Mapping[str, Any] | None = None, status: int = 200) -> Any:
        """One raw call; what is nested in the data of a write is sent in Stripe's form encoding."""
        sent = {"params": data} if method == "GET" else {"data": dict(form(data or {}))}
        auth = {"Authorization": f"Bearer {self.key}", "X-Test": "dashboard"}
        answer = self.session.request(method, self.url + path, headers=auth, timeout=10, **sent)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, **params: Any) -> Any:
        return self.call("GET", path, params)

    def post(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        return self.call("POST", path, data)

    def all(self, path: str, **params: Any) -> list[Any]:
        """Every object of a collection, in service or archived, oldest first."""
        rows: list[Any] = []
        while True:
            page = self.get(path, limit=100, **params, **({"starting_after": rows[-1]["id"]} if rows else {}))
            rows += page["data"]
            if not page["has_more"]:
                return rows[::-1]

    def of(self, kind: str) -> list[Any]:
        """Every object of a kind, in service or not, oldest first, with what is hidden unless expanded or listed."""
        collection = COLLECTIONS[kind]
        expand = {"expand[]": [f"data.{path}" for path in collection.expand if "*" not in path]}
        rows = [row for filters in collection.filters for row in self.all(collection.path, **filters, **expand)]
        return [self.whole(kind, row) for row in rows]

    def one(self, kind: str, ident: str) -> Any:
        """An object of a kind by its id, with what is hidden; of what stands under any key, that under `eur`."""
        expand = [path.replace("*", "eur") for path in COLLECTIONS[kind].expand]
        return self.whole(kind, self.get(f"{COLLECTIONS[kind].path}/{ident}", **{"expand[]": expand}))

    def whole(self, kind: str, row: Any) -> Any:
        """The object with the rows of its own collections, oldest first."""
        own = {name: self.all(f"{COLLECTIONS[kind].path}/{row['id']}/{name}") for name in COLLECTIONS[kind].attached}
        return {**row, **own}

    def find(self, address: str, *, active: bool | None = True) -> Any:
        """The one object that bears an address; `active` None takes those out of service too."""
        found = [o for o in self.bearing(address) if active is None or in_service(o) is active]
        assert len(found) == 1, (address, [o["id"] for o in found])
        return found[0]

    def bearing(self, address: str) -> list[Any]:
        """Every object that bears an address, whatever the project, oldest first.

        Of a kind without metadata those whose natural key is the address's name (blanks and capitals aside); if none
        is, all but the account's default.
        """
        kind = BY_NAME[address.partition(".")[0]]
        rows = self.of(kind.name)
        if kind.stampable:
            return [o for o in rows if (o.get("metadata") or {}).get("stripe_portal", "").endswith(f"/{address}")]
        named = [o for o in rows if _slug(str(o.get(kind.natural_key))) == _slug(address.rpartition(".")[2])]
        return named or [o for o in rows if not o.get("is_default")]

    def everything(self) -> dict[str, Any]:
        """Every object of every kind, in service or not, with what is hidden unless expanded or listed, by id."""
        return {one["id"]: one for kind in COLLECTIONS for one in self.of(kind)}

    def requests(self, method: str | None = None) -> list[Mapping[str, Any]]:
        """What the account was asked since `forget`, oldest first."""
        rows = requests.get(f"{self.url}/_emulator/requests", timeout=10).json()
        rows = rows["requests"] if isinstance(rows, dict) else rows
        mine = self.get("/v1/account")["id"]
        return [r for r in rows if r.get("account") == mine and (method is None or r["method"] == method)]

    def forget(self) -> None:
        """Empty the log of requests."""
        requests.delete(f"{self.url}/_emulator/requests", timeout=10).raise_for_status()

    def control(self, what: str, **body: Any) -> None:
        """One of the emulator's own switches: faults, clock, limits."""
        requests.post(f"{self.url}/_emulator/{what}", json=body, timeout=10).raise_for_status()

    def calm(self) -> None:
        """Take back every fault."""
        requests.delete(f"{self.url}/_emulator/faults", timeout=10).raise_for_status()


class Collection(NamedTuple):
    """Where objects of a kind are: the path, what to expand in one, the filters that together list them all, and the
    collections that each has of its own."""

    path: str
    expand: tuple[str, ...]
    filters: tuple[Mapping[str, Any], ...]
    attached: tuple[str, ...]


def _collection(kind: Kind) -> Collection:
    expand = sorted({f.expand for f in kind.fields} - {""})
    apart = kind.unserved if kind.unserved and not kind.unserved.keys() <= {"active", "status"} else None
    filters: tuple[Mapping[str, Any], ...] = ({}, wired(apart)) if apart else ({},)
    attached = tuple(f.name for f in kind.fields if f.settable is Settable.ATTACHED)
    return Collection(kind.path, tuple(expand), filters, attached)


def in_service(one: Mapping[str, Any]) -> bool:
    """Whether an object is for use. One that says nothing of it is for as long as it exists."""
    return bool(one.get("active", one.get("status") != "inactive"))


@dataclass
class Project:
    """A folder with YAML, and the command line run in it against the account."""

    folder: Path
    account: Account
    saves: bool = False

    def write(self, text: str, name: str = "stripe-portal.yaml") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str = "stripe-portal.yaml") -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def edit(self, old: str, new: str, name: str = "stripe-portal.yaml") -> None:
        """Replace text that must be there."""
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        self.write(text.replace(old, new), name)

    def run(self, *arguments: str, key: str | None = None, code: int | None = 0) -> Result:
        """A command that needs no account. `code` None takes any exit code."""
        out, err = io.StringIO(), io.StringIO()
        with _environment(STRIPE_API_KEY=key), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            exit_code = run(list(arguments))
        return self._checked(Result(exit_code, out.getvalue(), err.getvalue()), code)

    def _checked(self, result: Result, code: int | None) -> Result:
        assert code is None or result.code == code, f"exit {result.code}\n{result.out}\n{result.err}"
        return result

    def plan(self, *arguments: str, code: int | None = 0) -> Result:
        return self.run("plan", *arguments, *self._target(), key=self.account.key, code=code)

    def apply(self, *arguments: str, code: int | None = 0) -> Result:
        """Apply; with `saves`, what was planned before and saved in a file."""
        if self.saves:
            planned = self.plan("--out", SAVED, *arguments, code=None)
            if planned.code:
                return self._checked(planned, code)
            applied = self.run("apply", SAVED, *self._target(), key=self.account.key, code=code)
            return Result(applied.code, applied.out, planned.err + applied.err)
        return self.run("apply", "--yes", *arguments, *self._target(), key=self.account.key, code=code)

    def converged(self, *arguments: str) -> None:
        """The account is as declared: the plan is empty."""
        result = self.plan("--detailed-exitcode", *arguments, code=None)
        assert result.code == 0, result.text

    def _target(self) -> tuple[str, ...]:
        return ("--base-url", self.account.url)


SAVED = ".saved-plan.json"


def form(data: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested data as Stripe's form has it."""
    if isinstance(data, Mapping | list):
        for key, value in data.items() if isinstance(data, Mapping) else enumerate(data):
            yield from form(value, f"{name}[{key}]" if name else str(key))
    else:
        yield name, wired(data)


def wired(value: Any) -> Any:
    """A value as a form carries it; of a map or a list, each value."""
    if isinstance(value, Mapping):
        return {k: wired(v) for k, v in value.items()}
    if isinstance(value, list):
        return [wired(v) for v in value]
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


def fits(expected: Any, found: Any) -> bool:
    """Say whether everything that is expected is there. Lists are whole."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(fits(v, found.get(k)) for k, v in expected.items())
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(fits, expected, found))
    return bool(expected == found)


def called(expected: list[Any], writes: list[Mapping[str, Any]]) -> None:
    """Compare the writes, group by group."""
    log = "\n".join(f"{w['method']} {w['path']} {w['params']}" for w in writes)
    rest = list(writes)
    for group in expected:
        calls = group if isinstance(group, list) else [group]
        head, rest = rest[: len(calls)], rest[len(calls) :]
        for call in calls:
            line, params = next(iter(call.items())) if isinstance(call, dict) else (call, {})
            right = (w for w in head if f"{w['method']} {w['path']}" == line and fits(wired(params), w["params"]))
            write = next(right, None)
            assert write, f"{call} is not next in\n{log}"
            head.remove(write)
    assert not rest, f"more writes than expected:\n{log}"


COLLECTIONS: Mapping[str, Collection] = {kind.name: _collection(kind) for kind in KINDS}
"""By kind. A list without a filter shows what is in service and what is not, but for a few kinds."""


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.lower())


def _squeezed(text: str) -> str:
    return re.sub(" +", " ", text).strip(" ")


@contextlib.contextmanager
def _environment(**values: str | None) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    for name, value in values.items():
        os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
