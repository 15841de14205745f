"""What JSON Schema found, in words of ours. Nothing of a library's wording gets through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.kinds.kind import Kind, Shape
from reconciler.model import Place
from reconciler.schema.failure import Failure, advice_for, empty, say
from reconciler.schema.unknown import advice
from reconciler.schema.words import nearest, quoted, resolved, shape_in_words, shortened


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place inside the subject, or at the key of that place."""

    place: Place
    message: str
    hint: str = ""
    on_key: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What was judged: a resource of a kind, or a file as a whole (no name, no kind)."""

    name: str
    kind: Kind | None
    root: Shape

    def of(self, place: Place) -> str:
        """The value at a place: `name` in product.pro."""
        if not place:
            return self.name or "the file"
        return f"`{dotted(place)}`" + (f" in {self.name}" if self.name else "")

    def around(self, place: Place) -> str:
        """The object at a place, in which something else is: product.pro, or `recurring` of price.pro.monthly."""
        return self.of(place).replace("` in ", "` of ")


def dotted(place: Place) -> str:
    """A place as text: `features.subscription_update.products[0].product`."""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{shortened(p)}" for p in place).removeprefix(".")


def explain(failures: Sequence[Failure], subject: Subject) -> Iterator[Finding]:
    """One finding for each mistake: a key that was misspelt is not also missing."""
    meant: set[Place] = set()
    for failure in failures:
        if failure.keyword == "additionalProperties":
            for finding, key in _unknown(failure, subject):
                meant.add((*failure.place, key))
                yield finding
    for place in dict.fromkeys(f.place for f in failures if f.keyword == "required"):
        failure = next(f for f in failures if f.place == place and f.keyword == "required")
        yield from _missing(failure, subject, meant)
    for failure in failures:
        if failure.keyword not in ("required", "additionalProperties"):
            yield from _finding(failure, subject)


def _unknown(failure: Failure, subject: Subject) -> Iterator[tuple[Finding, str]]:
    known, place = failure.shape["properties"], failure.place
    free = [k for k in known if k not in failure.value]
    where = f"in {subject.around(place)}" if place or subject.name else "at the top level"
    for key in failure.value:
        if key not in known:
            ending, hint, meant = advice(key, free, subject.kind, tuple(map(str, place)))
            yield Finding((*place, key), f"unknown key `{shortened(key)}` {where}{ending}", hint, on_key=True), meant


def _missing(failure: Failure, subject: Subject, meant: set[Place]) -> Iterator[Finding]:
    for key in failure.limit:
        if key not in failure.value and (*failure.place, key) not in meant:
            shape = resolved(failure.shape["properties"][key], subject.root)
            message = f"{subject.around(failure.place)} has no `{key}`"
            hint = shape.get("description") or f"it must be {shape_in_words(shape, subject.root)}"
            yield Finding(failure.place, message, hint, on_key=True)


def _finding(failure: Failure, subject: Subject) -> Iterator[Finding]:
    if failure.keyword == "anyOf":
        yield from _choice(failure, subject)
    elif failure.name:
        message = f"{quoted(failure.value)} in {subject.around(failure.place)} is not "
        message += shape_in_words(failure.shape, subject.root)
        yield Finding((*failure.place, failure.value), message, advice_for(failure), on_key=True)
    else:
        said, hint = say(failure, subject.root)
        yield Finding(failure.place, f"{subject.of(failure.place)} {said}", hint)


def _choice(failure: Failure, subject: Subject) -> Iterator[Finding]:
    """One message for a value that is none of several shapes: what is wrong with it as that of its type."""
    close = [c for c in failure.inner if not any(_of_another_type(f, failure.place) for f in c)]
    if len(close) == 1:
        yield from explain(close[0], subject)
        return
    words = shape_in_words(failure.shape, subject.root)
    said, hint = f"is {quoted(failure.value)}, not {words}", ""
    if failure.value is None:
        said, hint = empty(words)
    elif isinstance(failure.value, str):
        values = [v for s in failure.shape["anyOf"] for v in (*s.get("enum", ()), s.get("const")) if isinstance(v, str)]
        near = nearest(failure.value, values)
        hint = f"did you mean `{near}`?" if near else ""
    yield Finding(failure.place, f"{subject.of(failure.place)} {said}", hint)


def _of_another_type(failure: Failure, place: Place) -> bool:
    return failure.place == place and failure.keyword in ("type", "const", "enum", "anyOf")
