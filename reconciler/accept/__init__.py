"""Values that somebody changed in Stripe, written into the YAML: each where it stands, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.accept.text import Gone, Items, Kept, Set, changed, node_at, scalars
from reconciler.accept.wanted import Wanted, in_defaults
from reconciler.importer.splice import Splice, entry
from reconciler.importer.text import opened
from reconciler.kinds.shapes import MOMENT
from reconciler.model import Document, Place, Source


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a field cannot be written, and where somebody must."""

    wanted: Wanted
    source: Source
    why: str

    def __str__(self) -> str:
        return f"{self.wanted.address} {'.'.join(self.wanted.change.path)}: {self.why} ({self.source})"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The new text of each file that changes, by its path; the file that each field went into; what cannot be."""

    texts: Mapping[str, str]
    homes: Mapping[Place, str]
    refusals: tuple[Refusal, ...]


def accept(document: Document, texts: Mapping[str, str], wishes: Sequence[tuple[Wanted, Place]]) -> Accepted:
    """Put every value where it belongs. `wishes` have the place of the resource, `texts` are the document's files."""
    opened_ = {file: opened(text.removeprefix("\ufeff")) for file, text in texts.items()}
    sets: dict[str, list[Set]] = {}
    homes: dict[Place, str] = {}
    refusals = []
    for one, resource in wishes:
        place = _place(one, resource)
        why = one.refused
        file = _written_in(document, opened_, place) if not why else None
        if file and (variable := _variable(node_at(opened_[file].root, place), one.value)):
            why = f"it comes from {variable}; change that, or write the value in its place"
        if why:
            refusals.append(Refusal(one, document.at(place), why))
            continue
        value, home = one.value, file or _home(document, opened_, place, len(resource))
        if value is Gone:
            hidden = in_defaults(document.defaults, one.address, one.change.path)
            hidden = hidden or any(f != home and node_at(s.root, place) is not None for f, s in opened_.items())
            if file is None and not hidden:
                continue
            value = None if hidden else Gone
        elif one.row.shape == MOMENT and file and _is_number(opened_[file], place):
            value = one.change.before
        sets.setdefault(home, []).append(Set(place, value, len(resource), place[len(resource)] == "metadata"))
        homes[place] = home
    made = {}
    for file, more in sets.items():
        try:
            made[file] = changed(texts[file], more)
        except ValueError as reason:
            here = {one.place for one in more}
            mine = [(w, p) for w, r in wishes if (p := _place(w, r)) in here]
            refusals += [Refusal(w, document.at(p), str(reason)) for w, p in mine]
    return Accepted(made, homes, tuple(refusals))


def _place(one: Wanted, resource: Place) -> tuple[str, ...]:
    return tuple(map(str, (*resource, *one.change.path)))


def _written_in(document: Document, files: Mapping[str, Splice], place: Place) -> str | None:
    """The file in which a value stands at its own place; None for one that nothing or `defaults:` declares."""
    source = document.sources.get(place)
    node = node_at(files[source.file].root, place) if source and source.file in files else None
    return source.file if source and node is not None and node.start_mark.line + 1 == source.line else None


def _home(document: Document, files: Mapping[str, Splice], place: Place, top: int) -> str:
    """The file of the innermost map around a place."""
    around = (place[:n] for n in range(len(place) - 1, top - 1, -1))
    found = (_written_in(document, files, one) for one in around)
    return next((file for file in found if file), document.files[0])


def _variable(node: Any, value: Any) -> str:
    """The first variable in what goes or changes of a value, as it is written."""
    for one in _changing(node, value):
        text = one.value.replace("$${", "")
        if "${" in text:
            start = text.index("${")
            return str(text[start : text.find("}", start) + 1])
    return ""


def _changing(node: Any, value: Any) -> Iterator[Any]:
    """The scalars of a node but for those of items, and members of items, that stay as they are."""
    if not isinstance(value, Items) or not isinstance(node.value, list):
        yield from scalars(node)
        return
    kept = {one.index: one.members for one in value.items if isinstance(one, Kept)}
    for number, item in enumerate(node.value):
        if number not in kept:
            yield from scalars(item)
        for name in kept.get(number, ()):
            if found := entry(item, name):
                yield from scalars(found[1])


def _is_number(splice: Splice, place: Place) -> bool:
    node = node_at(splice.root, place)
    return isinstance(node.value, str) and not node.style and node.value.isdigit()


def differing(old: Any, new: Any, at: Place = ()) -> Iterator[Place]:
    """The places at which two documents differ; of a list, the place of the whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            if (key in old) != (key in new):
                yield (*at, key)
            else:
                yield from differing(old[key], new[key], (*at, key))
    elif type(old) is not type(new) or old != new:
        yield at


def is_meant(place: Place, meant: Sequence[Place]) -> bool:
    """Whether a place is one of those, inside one, or a map around one."""
    return any(place[: len(one)] == one[: len(place)] for one in meant)
