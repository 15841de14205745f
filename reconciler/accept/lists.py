"""The items of a list in another order, some left out and some new: each that stays keeps its text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from reconciler.importer.splice import Splice


def items(splice: Splice, node: Any, order: Sequence[int | str]) -> None:
    """Give a list that has items others: numbers of those that it has, and the text of new ones.

    Raises ValueError where a comment would not know any more what it is about.
    """
    kept = [one for one in order if isinstance(one, int)]
    if kept == sorted(kept):
        (_between if node.flow_style else _below)(splice, node, order)
    else:
        _anew(splice, node, order)


def _anew(splice: Splice, node: Any, order: Sequence[int | str]) -> None:
    """Items that change places. Where each is on one line of its own, or between the same brackets, that is easy."""
    spans = [(item.start_mark.index, splice.end_of(item)) for item in node.value]
    texts = [splice.text[start:end] for start, end in spans]
    new = [texts[one] if isinstance(one, int) else one for one in order]
    whole = splice.text[spans[0][0] : spans[-1][1]]
    if splice.edits and any(spans[0][0] <= at <= spans[-1][1] for at, *_ in splice.edits):
        raise ValueError("items change, and change places")
    if any("#" in splice.text[a[1] : b[0]] for a, b in pairwise(spans)):
        raise ValueError("comments stand between items that change places")
    if node.flow_style:
        glue = splice.text[spans[0][1] : spans[1][0]] if len(spans) > 1 else ", "
    else:
        dash = node.start_mark.column
        glue = "\n" + " " * dash + "-" + " " * (node.value[0].start_mark.column - dash - 1)
    if "#" in whole and not node.flow_style:
        raise ValueError("comments stand between items that change places")
    splice.edits.append((spans[0][0], 0, spans[-1][1], glue.join(new)))


def _between(splice: Splice, node: Any, order: Sequence[int | str]) -> None:
    """Items between brackets: what is left out goes with one comma, what is new comes behind what is before it."""
    spans = [(item.start_mark.index, splice.end_of(item)) for item in node.value]
    kept = [one for one in order if isinstance(one, int)]
    if not kept:
        if "#" in splice.text[spans[0][0] : spans[-1][1]]:
            raise ValueError("comments stand between the items")
        splice.edits.append((spans[0][0], 0, spans[-1][1], ", ".join(map(str, order))))
        return
    for number, (start, end) in enumerate(spans):
        if number not in kept:
            first = number < kept[0]
            cut = (start, spans[number + 1][0]) if first else (spans[number - 1][1], end)
            if "#" in splice.text[slice(*cut)]:
                raise ValueError("comments stand between the items")
            splice.edits.append((cut[0], 0, cut[1], ""))
    for position, one in enumerate(order):
        if isinstance(one, str):
            before = next((o for o in order[:position][::-1] if isinstance(o, int)), None)
            at = spans[kept[0]][0] if before is None else spans[before][1]
            text = f"{one}, " if before is None else f", {one}"
            splice.edits.append((at, position - len(order), at, text))


def _below(splice: Splice, node: Any, order: Sequence[int | str]) -> None:
    """Items line by line. The comments above one that goes stay, as nobody knows what they are about."""
    dash = node.start_mark.column
    gap = " " * (node.value[0].start_mark.column - dash - 1)
    begins = [splice.line_at(item.start_mark.index) for item in node.value]
    if any(splice.text[at : at + dash].strip() for at in begins):
        raise ValueError("a list stands behind a dash")
    ends = [splice.behind(splice.end_of(item), dash) for item in node.value]
    kept = {one for one in order if isinstance(one, int)}
    for number, (start, end) in enumerate(zip(begins, ends, strict=True)):
        if number not in kept:
            splice.edits.append((start, 0, end, ""))
    for position, one in enumerate(order):
        if isinstance(one, str):
            before = next((o for o in order[:position][::-1] if isinstance(o, int)), None)
            after = 0 if before is None else before + 1
            leaves = after < len(begins) and after not in kept
            at = begins[after] if leaves or before is None else ends[before]
            lines = f"-{gap}{one}".replace("\n", "\n" + " " * dash)
            unended = at == len(splice.text) and not splice.text.endswith("\n")
            text = "\n" + " " * dash + lines if unended else " " * dash + lines + "\n"
            splice.edits.append((at, position - len(order), at, text))
