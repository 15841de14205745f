"""Files that are wrong, each with what is to be said of it, and files of which nothing is to be said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler import config, schema
from reconciler.errors import Invalid, Problem
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Kind
from reconciler.kinds.rules import ADOPT

HERE = Path(__file__).parent
INVALID = sorted((HERE.parent / "invalid").glob("*.yaml"))
VALID = sorted((HERE / "valid").glob("*.yaml"))


def problems_of(file: Path) -> tuple[Problem, ...]:
    try:
        return schema.check(config.load(file)).problems
    except Invalid as invalid:
        return invalid.problems


def expectations(file: Path) -> list[tuple[int, int, str]]:
    """The lines `# expect: 12:7 words of the message | words of the hint` at the head of a file."""
    found = re.findall(r"^# expect: (\d+):(\d+) (.*)$", file.read_text("utf-8"), re.MULTILINE)
    return [(int(line), int(column), words) for line, column, words in found]


@pytest.mark.parametrize("file", INVALID, ids=lambda f: f.stem)
def test_everything_wrong_is_said_at_its_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE.parent.parent)
    expected = expectations(file)
    said = [
        (p.source.line, p.source.column, f"{p.message} | {p.hint}")
        for p in problems_of(file.relative_to(HERE.parent.parent))
    ]
    assert expected
    assert [s[:2] for s in said] == [e[:2] for e in expected], said
    for (_, _, words), (_, _, wanted) in zip(said, expected, strict=True):
        assert wanted in words


@pytest.mark.parametrize("file", VALID, ids=lambda f: f.stem)
def test_nothing_is_said_of_what_is_right(file: Path) -> None:
    assert problems_of(file) == ()


def test_the_files_that_are_right_use_every_field() -> None:
    used = {(kind, path) for file in VALID for kind, path in _used(config.load(file).data, None)}
    for kind in KINDS:
        known = (*kind.fields, *kind.spellings, *kind.hints, *(() if kind.own_id else (ADOPT,)))
        names = {f.name for f in known} - {kind.parent[1] if kind.parent else ""}
        assert names - {p for k, p in used if k == kind.name} == set(), kind.name


def _used(data: object, parent: Kind | None) -> Iterator[tuple[str, str]]:
    """Kind and dotted name, `*` for a map's keys, of every field that has a value."""
    for kind in KINDS:
        if (kind.parent and kind.parent[0]) == (parent and parent.name) and isinstance(data, dict):
            for resource in (data.get(kind.plural) or {}).values():
                yield from ((kind.name, name) for name in _names(kind, resource, ""))
                yield from _used(resource, kind)


def _names(kind: Kind, data: object, prefix: str) -> Iterator[str]:
    if data is not None and prefix:
        yield prefix
    for key, value in data.items() if isinstance(data, dict) else ():
        for step in (key, "*"):
            yield from _names(kind, value, f"{prefix}.{step}".lstrip("."))
