"""Data into files that people wrote, as text: what is there stays as it is, to the byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.importer.splice import Indents, Splice, column_of, entry, indents, is_list, is_map, is_nothing
from reconciler.importer.style import WIDEST, comment, dumped, flattened, scalar, styled


@dataclass(frozen=True, slots=True)
class Insert:
    """Something for a file: where, what, and the notes that go in front of it. None adds notes alone."""

    place: tuple[str, ...]
    value: Any
    notes: tuple[str, ...] = ()
    open: bool = False  # more will be put inside, so that it cannot stand on one line


@dataclass(slots=True)
class _More:
    """What a map of a text gets, or a key that has no value yet: then `piece` has one entry, of the key."""

    node: Any
    piece: Any
    indents: Indents
    column: int
    between: bool
    key: Any = None


@dataclass(slots=True)
class _Text:
    """A text that gets more."""

    splice: Splice
    maps: dict[int, _More] = field(default_factory=dict)
    lists: dict[int, tuple[Any, list[str]]] = field(default_factory=dict)

    def more(self, node: Any, key: Any = None, *, between: bool = False) -> _More:
        from ruamel.yaml.comments import CommentedMap

        if id(node) not in self.maps:
            root = self.splice.root
            column = key.start_mark.column if key else column_of(node)
            between = between if key else bool(node.flow_style)
            self.maps[id(node)] = _More(node, CommentedMap(), indents(node, root), column, between, key)
        return self.maps[id(node)]


def edited(text: str | None, inserts: Sequence[Insert], header: str = "") -> str:
    """The text of a file with more in it, or of a new one. Every line that is there stays: maps grow, lists too.

    Raises ValueError where something else stands in the way.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    mark = "\ufeff" if text and text.startswith("\ufeff") else ""
    plain = (text or "").removeprefix(mark)
    root = YAML(typ="safe", pure=True).compose(plain) if plain else None
    if is_nothing(root):
        piece = CommentedMap()
        for one in inserts:
            _insert(piece, one, 0, Indents())
        splice = Splice(plain, root)
        splice.whole(dumped(piece, Indents()))
        return mark + header + splice.done()
    made = _Text(Splice(plain, root))
    for one in inserts:
        _into(made, one)
    for more in made.maps.values():
        _spliced(made.splice, more)
    for node, items in made.lists.values():
        if node.flow_style:
            made.splice.between(node, ", ".join(items))
        else:
            gap = " " * (node.value[0].start_mark.column - node.start_mark.column - 1)
            made.splice.below(node, "".join(f"-{gap}{item}\n" for item in items))
    return mark + header + made.splice.done()


def opened(text: str) -> Splice:
    """A text, without the mark at its beginning, with its node tree."""
    from ruamel.yaml import YAML

    return Splice(text, YAML(typ="safe", pure=True).compose(text))


def inline(value: Any) -> str:
    """A value as it stands between brackets. A map keeps its own: the library writes [a: b] for [{a: b}]."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(str(k))}: {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return _on_one_line([scalar(value)])


def _into(made: _Text, one: Insert) -> None:
    """Go as far as the text has it, and leave the rest to a piece of its own."""
    node = made.splice.root
    for depth, name in enumerate(one.place):
        if not is_map(node):
            raise ValueError(f"{'.'.join(one.place[:depth])} is not a map")
        here = entry(node, name)
        if here is None:
            more = made.more(node)
            _insert(more.piece, _below(one, one.place[depth:], more), more.column, more.indents)
            return
        key, value = here
        if depth + 1 == len(one.place):
            if one.value is not None:
                _merge(made, here, one.value, between=bool(node.flow_style), open=one.open)
            if one.notes and not node.flow_style:
                made.splice.above(key, [f"# {comment(note)}" for note in one.notes])
        elif is_nothing(value):
            more = made.more(value, key, between=bool(node.flow_style))
            _insert(more.piece, _below(one, (name, *one.place[depth + 1 :]), more), more.column, more.indents)
            return
        node = value


def _below(one: Insert, place: tuple[str, ...], more: _More) -> Insert:
    """The same in a piece; no comment can stand between brackets."""
    return replace(one, place=place, notes=() if more.between else one.notes)


def _merge(made: _Text, here: tuple[Any, Any], value: Any, *, between: bool, open: bool = False) -> None:
    key, node = here
    if is_nothing(node):
        more = made.more(node, key, between=between)
        _put(more.piece, key.value, value, more.column, more.indents, open=open)
    elif is_map(node) and isinstance(value, Mapping):
        for inner, what in value.items():
            if (found := entry(node, inner)) is not None:
                _merge(made, found, what, between=bool(node.flow_style))
            else:
                more = made.more(node)
                _put(more.piece, inner, what, more.column, more.indents)
    elif is_list(node) and isinstance(value, list):
        have = {item.value for item in node.value}
        items = made.lists.setdefault(id(node), (node, []))[1]
        items += [_on_one_line([scalar(v)]) for v in value if str(v) not in have]
    else:
        raise ValueError(f"{key.value} is there already")


def _spliced(splice: Splice, more: _More) -> None:
    if not more.piece:
        return
    text = _on_one_line(more.piece) if more.between else dumped(more.piece, more.indents)
    if more.key is None:
        splice.between(more.node, text) if more.between else splice.below(more.node, text)
        return
    name = _on_one_line({scalar(more.key.value): scalar(None)}).removesuffix(" null")
    first, _, rest = text.partition("\n")
    splice.instead(more.key, more.node, first.removeprefix(name).strip())
    if rest:
        splice.below(more.node, rest, more.key)


def _on_one_line(piece: Any) -> str:
    """What stands between the brackets."""
    return dumped(flattened(piece), Indents()).strip()[1:-1]


def _insert(data: Any, one: Insert, column: int, how: Indents) -> None:
    from ruamel.yaml.comments import CommentedMap

    at, depth = data, 0
    for depth, key in enumerate(one.place[:-1]):
        if at.get(key) is None:
            at[scalar(key)] = CommentedMap()
        at = at[key]
        if not isinstance(at, Mapping):
            raise ValueError(f"{'.'.join(one.place[: depth + 1])} is not a map")
    name, inner = one.place[-1], how.inside * (len(one.place) - 1)
    if one.value is not None:
        _put(at, name, one.value, column + inner, how, open=one.open)
    if one.notes and name in at and not at.fa.flow_style():
        at.yaml_set_comment_before_after_key(name, before="\n".join(map(comment, one.notes)), indent=inner)


def _put(at: Any, key: str, value: Any, column: int, how: Indents, *, open: bool = False) -> None:
    have = at.get(key)
    if have is None:
        at[scalar(key)] = styled(value, WIDEST if open else column + len(key) + 2, column)
    elif isinstance(have, Mapping) and isinstance(value, Mapping):
        for inner, more in value.items():
            _put(have, inner, more, column + how.inside, how)
    elif isinstance(have, list) and isinstance(value, list):
        have.extend(scalar(v) for v in value if v not in have)
    else:
        raise ValueError(f"{key} is there already")
