"""More put into a text that people wrote: every line of it stays, and what is new stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_NOTHING = frozenset(["", "null", "Null", "NULL", "~"])
_NOTE = float("inf")


@dataclass(frozen=True, slots=True)
class Indents:
    """Columns from a key to what is inside it; from a key to the dash of a list in it; from a dash to what follows."""

    inside: int = 2
    dash: int = 2
    item: int = 2


@dataclass(slots=True)
class Splice:
    """A text with its node tree, as the library reads it, and what is changed of it: some lines and spans."""

    text: str
    root: Any
    edits: list[tuple[int, float, int, str]] = field(default_factory=list)

    def below(self, node: Any, text: str, key: Any = None) -> None:
        """Put lines behind all that a map or a list has, or behind a key that has no value yet."""
        column = column_of(node) if key is None else key.start_mark.column
        text = _spread(text) if key is None and is_map(node) and self._is_spread(node) else text
        self._lines(self.behind(self.end_of(node, key), column), column, text, -column)

    def above(self, key: Any, comments: list[str]) -> None:
        """Put comments right above a key, but for those that stand in the text already."""
        have = {line.strip() for line in self.text.splitlines()}
        new = "".join(f"{line}\n" for line in comments if line not in have)
        self._lines(self.line_at(key.start_mark.index), key.start_mark.column, new, _NOTE)

    def instead(self, key: Any, node: Any, text: str) -> None:
        """Put a value on the line of a key that has none."""
        colon = self.text.index(":", key.end_mark.index) + 1
        end = colon if _is_empty(node) else node.end_mark.index
        self.edits.append((colon, 0, end, f" {text}" if text else ""))

    def whole(self, text: str) -> None:
        """Put something in the place of the data of a text that holds nothing, beside its comments."""
        if self.root is None:
            self._lines(len(self.text), 0, text, 0)
        else:
            self.edits.append((self.root.start_mark.index, 0, self.root.end_mark.index, text.rstrip("\n")))

    def between(self, node: Any, text: str) -> None:
        """Put more behind the last thing that stands between two brackets: on its line, or on one of its own."""
        start = node.start_mark.index
        if not node.value:
            self.edits.append((start + 1, 0, start + 1, text))
            return
        last = node.value[-1]
        first, end = (last[0], self.end_of(last[1], last[0])) if isinstance(last, tuple) else (last, self.end_of(last))
        own_line = not self.text[self.line_at(first.start_mark.index) : first.start_mark.index].strip()
        if own_line and (comma := re.match(r"[ \t]*,[ \t]*(#.*)?\r?\n", self.text[end : self._next(end)])):
            self._lines(end + comma.end(), first.start_mark.column, f"{text},\n", 0)
            return
        gap = "\n" + " " * first.start_mark.column if own_line else " "
        self.edits.append((end, 0, end, f",{gap}{text}"))

    def done(self) -> str:
        """The text with everything that was put into it, and with the ends of lines that it had."""
        parts, at = list[str](), 0
        crlf = self.text[: self._next(0)].endswith("\r\n")
        for start, _, end, text in sorted(self.edits, key=lambda edit: edit[:2]):
            parts += [self.text[at:start], text.replace("\n", "\r\n") if crlf else text]
            at = end
        return "".join([*parts, self.text[at:]])

    def _lines(self, at: int, column: int, text: str, rank: float) -> None:
        """Put whole lines where a line begins. What stands deepest comes first, and notes on what follows last."""
        shifted = "".join(" " * column + line if line.strip() else line for line in text.splitlines(keepends=True))
        unended = at == len(self.text) and self.text and not self.text.endswith("\n")
        self.edits.append((at, rank, at, ("\n" if unended and not self._grown_at(at) else "") + shifted))

    def _grown_at(self, at: int) -> bool:
        return any(start == at for start, *_ in self.edits)

    def behind(self, index: int, column: int) -> int:
        """The line after something, and after the comments that stand deeper than a column, as they belong to it."""
        found = at = self._next(index)
        while at < len(self.text):
            line = self.text[at : self._next(at)]
            deep = len(line) - len(line.lstrip(" ")) > column
            if line.strip() and not (deep and line.lstrip().startswith("#")):
                break
            at = self._next(at)
            found = at if line.strip() else found
        return found

    def end_of(self, node: Any, key: Any = None) -> int:
        """Where the last thing in a node ends."""
        if isinstance(node.value, list) and node.value and not node.flow_style:
            last = node.value[-1]
            return self.end_of(last[1], last[0]) if isinstance(last, tuple) else self.end_of(last)
        if key is not None and _is_empty(node):
            return self.text.index(":", key.end_mark.index)
        end = int(node.end_mark.index)
        if isinstance(node.value, list) or node.style not in ("|", ">"):
            return end
        first = self.text[node.start_mark.index : self._next(node.start_mark.index)]
        keeps = "+" in first.partition("#")[0]
        return end - 1 if keeps and self.text[:end].endswith("\n") else len(self.text[:end].rstrip())

    def _is_spread(self, node: Any) -> bool:
        """Whether an empty line stands between the last two entries of a map."""
        above = self.text[: self.line_at(node.value[-1][0].start_mark.index)].splitlines()
        while above and above[-1].lstrip().startswith("#"):
            above.pop()
        return len(node.value) > 1 and bool(above) and not above[-1].strip()

    def line_at(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _next(self, index: int) -> int:
        end = self.text.find("\n", index)
        return len(self.text) if end < 0 else end + 1


def entry(node: Any, key: str) -> tuple[Any, Any] | None:
    """The nodes of a key and of its value in a map."""
    return next(((k, v) for k, v in node.value if k.value == key), None)


def is_map(node: Any) -> bool:
    return isinstance(node.value, list) and bool(node.tag.endswith(":map"))


def is_list(node: Any) -> bool:
    return isinstance(node.value, list) and not is_map(node)


def is_nothing(node: Any) -> bool:
    """Whether a key has no value, or an empty map."""
    if node is None or isinstance(node.value, list):
        return node is None or (is_map(node) and not node.value)
    return not node.style and node.value in _NOTHING


def _is_empty(node: Any) -> bool:
    return not isinstance(node.value, list) and not node.style and not node.value


def column_of(node: Any) -> int:
    """Where the keys of a map stand, or the dashes of a list."""
    first = node.value[0][0] if is_map(node) else node
    return int(first.start_mark.column)


def indents(node: Any, root: Any) -> Indents:
    """How what is inside a node is indented: as its like is there, else as anywhere in the text."""
    inside = (column_of(v) - k.start_mark.column for k, v in _around(node, root) if is_map(v))
    lists = ((v, column_of(v) - k.start_mark.column) for k, v in _around(node, root) if is_list(v))
    found, dash = next(lists, (None, 0))
    if found is None:
        return Indents(next(inside, 2))
    return Indents(next(inside, 2), dash, found.value[0].start_mark.column - found.start_mark.column)


def _around(node: Any, root: Any) -> Iterator[tuple[Any, Any]]:
    yield from _blocks(node)
    yield from _blocks(root)


def _spread(text: str) -> str:
    """Entries with an empty line before each, and before the comments on it."""
    found, before = list[str](), ""
    for line in text.splitlines(keepends=True):
        begins = line[0] not in " -" and not before.startswith("#")
        found.append(f"\n{line}" if begins else line)
        before = line
    return "".join(found)


def _blocks(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every key with a value that stands line by line, in the order of the text."""
    if node is None or not isinstance(node.value, list) or node.flow_style:
        return
    for one in node.value:
        value = one[1] if isinstance(one, tuple) else one
        if isinstance(one, tuple) and isinstance(value.value, list) and value.value and not value.flow_style:
            yield one
        yield from _blocks(value)
