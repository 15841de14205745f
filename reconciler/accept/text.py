"""Values changed in a text that people wrote: what is around them stays as it is, to the byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.accept.lists import items
from reconciler.accept.scalars import written
from reconciler.importer.splice import Splice, entry, is_list, is_map, is_nothing
from reconciler.importer.text import Insert, edited, inline, opened
from reconciler.model import Place


@dataclass(frozen=True, slots=True)
class Kept:
    """An item that a list has already, by its number, with some members changed."""

    index: int
    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Items:
    """What a list becomes: items that it has, and new ones."""

    items: tuple[Any, ...]


class Gone:
    """In the place of a value: there is none any more."""


@dataclass(frozen=True, slots=True)
class Set:
    """A value for a place of a file. `top` is how many steps lead to the resource, which stays however empty it gets.

    `text`: everything unquoted is text there.
    """

    place: tuple[str, ...]
    value: Any
    top: int
    text: bool = False


def changed(text: str, sets: Sequence[Set]) -> str:
    """The text with other values. Raises ValueError where something stands in the way."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    splice = opened(text.removeprefix(mark))
    gone, new = list[tuple[str, ...]](), list[Set]()
    for one in sets:
        node = node_at(splice.root, one.place)
        if one.value is Gone:
            gone.append(one.place)
        elif node is None:
            new.append(one)
        else:
            key, between = _around(splice.root, one.place)
            _replace(splice, key, node, one.value, between=between, text=one.text)
    for place in _whole(splice.root, gone, {one.place: one.top for one in sets}):
        _drop(splice, place)
    done = splice.done()
    return mark + (_with(done, new) if new else done)


def _with(text: str, sets: Sequence[Set]) -> str:
    """The text with new entries. Texts come second, in the place of something that any file can hold."""
    texts = [one for one in sets if isinstance(one.value, str)]
    inserts = [Insert(one.place, True if one in texts else _plain(one.value)) for one in sets if one.value is not None]
    nulls = [one for one in sets if one.value is None]
    text = edited(text, [*inserts, *(Insert(one.place, True) for one in nulls)])
    return changed(text, [*texts, *nulls]) if texts or nulls else text


def _plain(value: Any) -> Any:
    return list(value.items) if isinstance(value, Items) else value


def node_at(root: Any, place: Place) -> Any:
    """The node of the value at a place, or None."""
    node = root
    for step in place:
        if node is None or not isinstance(node.value, list):
            return None
        if is_map(node):
            found = entry(node, str(step))
            node = found[1] if found else None
        else:
            node = node.value[step] if isinstance(step, int) and step < len(node.value) else None
    return node


def scalars(node: Any) -> Iterator[Any]:
    """Every scalar in a node, keys aside."""
    if not isinstance(node.value, list):
        yield node
        return
    for one in node.value:
        yield from scalars(one[1] if isinstance(one, tuple) else one)


def _around(root: Any, place: tuple[str, ...]) -> tuple[Any, bool]:
    """The key of an entry, and whether it stands between brackets."""
    around = node_at(root, place[:-1])
    found = entry(around, place[-1])
    assert found is not None
    return found[0], bool(around.flow_style)


def _replace(splice: Splice, key: Any, node: Any, value: Any, *, between: bool, text: bool = False) -> None:
    """Put a value in the place of another."""
    if isinstance(value, Items) and is_list(node) and node.value:
        _list(splice, node, value)
        return
    value = _plain(value)
    if isinstance(node.value, list):
        colon, end = splice.text.index(":", key.end_mark.index) + 1, splice.end_of(node, key)
        if "#" in splice.text[colon:end]:
            raise ValueError(f"comments stand in {key.value}")
        splice.edits.append((colon, 0, end, f" {inline(value)}"))
        return
    if is_nothing(node) and node.start_mark.index == node.end_mark.index:
        splice.instead(key, node, written(value, None, indent=None if between else key.start_mark.column, text=text))
        return
    style = node.style if node.style in ("'", '"', "|", ">") else None
    start, end = node.start_mark.index, splice.end_of(node, key)
    head = splice.text[start : splice.text.find("\n", start)] if style in ("|", ">") else ""
    note = head[head.index("#") :].rstrip() if "#" in head else ""
    alone = not (between or note or splice.text[end : splice.behind(end, 0)].partition("\n")[0].strip())
    column = key.start_mark.column if alone else None
    new = written(value, style, indent=column, text=text)
    splice.edits.append((start, 0, end, f"{new}  {note}" if note else new))


def _list(splice: Splice, node: Any, wanted: Items) -> None:
    """Items that stay keep their text."""
    order: list[int | str] = []
    free = dict(enumerate(node.value))
    for one in wanted.items:
        if isinstance(one, Kept):
            free.pop(one.index, None)
    for one in wanted.items:
        if isinstance(one, Kept):
            _members(splice, node.value[one.index], one.members)
            order.append(one.index)
            continue
        same = (i for i, item in free.items() if not isinstance(item.value, list) and item.value == str(one))
        number = next(same, None)
        order.append(_item(node, one) if number is None else number)
        free.pop(-1 if number is None else number, None)
    items(splice, node, order)


def _members(splice: Splice, node: Any, members: Mapping[str, Any]) -> None:
    """Change some members of an item of a list."""
    for name, value in members.items():
        found = entry(node, name)
        if found and value is Gone:
            _drop_entry(splice, node, found)
        elif found:
            _replace(splice, *found, value, between=bool(node.flow_style))
        elif node.flow_style:
            splice.between(node, f"{name}: {inline(_plain(value))}")
        else:
            splice.below(node, f"{name}: {inline(_plain(value))}\n")


def _item(node: Any, value: Any) -> str:
    """A new item of a list, as its first one is written."""
    first = node.value[0]
    if isinstance(value, Mapping) and is_map(first) and not node.flow_style and not first.flow_style:
        pad = " " * (first.start_mark.column - node.start_mark.column)
        return f"\n{pad}".join(f"{k}: {inline(v)}" for k, v in value.items())
    style = None if isinstance(first.value, list) or first.style not in ("'", '"') else first.style
    return written(value, style)


def _whole(root: Any, gone: Sequence[tuple[str, ...]], tops: Mapping[tuple[str, ...], int]) -> list[tuple[str, ...]]:
    """The places to leave out: a map that would be empty goes as a whole."""
    found = {place: tops[place] for place in gone}
    while True:
        for place in sorted(found, key=len, reverse=True):
            around, top = place[:-1], found[place]
            left = [k for k, _ in node_at(root, around).value if (*around, k.value) not in found]
            if not left and len(around) > top:
                found = {p: t for p, t in found.items() if p[: len(around)] != around} | {around: top}
                break
        else:
            return list(found)


def _drop(splice: Splice, place: tuple[str, ...]) -> None:
    around = node_at(splice.root, place[:-1])
    found = entry(around, place[-1])
    assert found is not None
    _drop_entry(splice, around, found)


def _drop_entry(splice: Splice, around: Any, found: tuple[Any, Any]) -> None:
    """Take an entry out of its map. The comments above it stay."""
    (key, node), at = found, next(n for n, (k, _) in enumerate(around.value) if k is found[0])
    after = around.value[at + 1][0] if at + 1 < len(around.value) else None
    end = splice.end_of(node, key)
    if around.flow_style:
        before = splice.end_of(around.value[at - 1][1], around.value[at - 1][0]) if at else key.start_mark.index
        start, end = (before, end) if at or not after else (key.start_mark.index, after.start_mark.index)
    else:
        start = splice.line_at(key.start_mark.index)
        if splice.text[start : key.start_mark.index].strip():  # behind the dash of a list
            start, end = key.start_mark.index, after.start_mark.index if after else end
        else:
            end = splice.behind(end, key.start_mark.column)
    if around.flow_style and "#" in splice.text[start:end]:
        raise ValueError(f"a comment stands beside {key.value}")
    splice.edits.append((start, 0, end, ""))
