"""Where every value and key was written, at a few bytes each.

A map or list of data has a twin: the same keys, and for each its Mark. A Mark is one packed integer, with the twin of
the value beside it where the value is a map or list itself. Sources are made when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.model import Place, Source

Mark: TypeAlias = "int | tuple[int, dict[str, Mark] | list[Mark]]"
Twin: TypeAlias = "dict[str, Mark] | list[Mark]"

LINE, KEY, FILE = 24, 48, 96
"""Bits to shift: column 24 | line 24 | column of the key 24 | line of the key 24 | number of the file."""
_LOW, _HALF = (1 << LINE) - 1, (1 << KEY) - 1


@dataclass(slots=True)
class Tree:
    """A map with its marks. Only the loader changes it, while it merges."""

    data: dict[str, Any]
    marks: dict[str, Mark]

    def inside(self, key: str) -> Tree:
        """The map under a key that is known to hold one."""
        return Tree(self.data[key], twin_of(self.marks[key]))

    def put(self, key: str, value: Any, mark: Mark) -> None:
        """Set an entry."""
        self.data[key], self.marks[key] = value, mark

    def drop(self, key: str) -> None:
        """Take an entry out, if it is there."""
        self.data.pop(key, None)
        self.marks.pop(key, None)


def twin_of(mark: Mark) -> dict[str, Mark]:
    """The marks inside a value that is known to be a map."""
    assert isinstance(mark, tuple)
    assert isinstance(mark[1], dict)
    return mark[1]


def items_of(mark: Mark) -> list[Mark]:
    """The marks inside a value that is known to be a list."""
    assert isinstance(mark, tuple)
    assert isinstance(mark[1], list)
    return mark[1]


def value_source(files: list[str], mark: Mark) -> Source:
    """Where the value was written."""
    packed = mark if isinstance(mark, int) else mark[0]
    return _source(files[packed >> FILE], packed & _HALF)


def key_source(files: list[str], mark: Mark) -> Source:
    """Where the key in front of the value was written."""
    packed = mark if isinstance(mark, int) else mark[0]
    return _source(files[packed >> FILE], packed >> KEY & _HALF)


def _source(file: str, position: int) -> Source:
    return Source(file, (position >> LINE) + 1, (position & _LOW) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Sources(Mapping[Place, Source]):
    """The source of every value of a document, or of every key, by place. Made on demand."""

    files: list[str]
    root: dict[str, Mark]
    of_keys: bool = False

    def __getitem__(self, place: Place) -> Source:
        if not place:
            raise KeyError(place)
        twin: Any = self.root
        mark: Any = None
        for step in place:
            if isinstance(step, int) is not isinstance(twin, list) or (isinstance(step, int) and step < 0):
                raise KeyError(place)
            try:
                mark = twin[step]
            except (LookupError, TypeError):
                raise KeyError(place) from None
            twin = mark[1] if isinstance(mark, tuple) else None
        return (key_source if self.of_keys else value_source)(self.files, mark)

    def __iter__(self) -> Iterator[Place]:
        return _places((), self.root)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _places(prefix: Place, twin: Twin) -> Iterator[Place]:
    for step, mark in twin.items() if isinstance(twin, dict) else enumerate(twin):
        place: Place = (*prefix, step)
        yield place
        if isinstance(mark, tuple):
            yield from _places(place, mark[1])
