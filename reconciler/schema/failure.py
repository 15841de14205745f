"""One keyword of a schema that a value fails, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.kind import Shape
from reconciler.model import Place
from reconciler.schema.words import nearest, quoted, repaired, respelled, shape_in_words, types_of, value_in_words


@dataclass(frozen=True, slots=True)
class Failure:
    """A keyword of a schema that a value fails. `inner` are the failures of each choice of an anyOf."""

    place: Place
    keyword: str
    limit: Any
    shape: Shape
    value: Any
    name: bool = False  # the value is the name of a key at the place
    inner: tuple[tuple[Failure, ...], ...] = ()


_LISTED = 40
"""As many values are named; of more, the nearest one alone."""


def say(failure: Failure, root: Shape) -> tuple[str, str]:
    """What is wrong with the value, as the end of a sentence about it, and what would be right."""
    return _SAY.get(failure.keyword, _otherwise)(failure, root)


def empty(words: str) -> tuple[str, str]:
    """What is said of a null where it must not be."""
    return (
        f"is empty, but must be {words}",
        "give it a value or leave the line out: null clears a field, and Stripe cannot clear this one",
    )


def _type(failure: Failure, root: Shape) -> tuple[str, str]:
    words = shape_in_words(failure.shape, root)
    if failure.value is None and not failure.place:
        return "is empty", "its fields go below it, indented; only an overlay may leave a resource out by null"
    if failure.value is None:
        return empty(words)
    hint = repaired(failure.value, failure.shape) or failure.shape.get("description", "")
    return f"must be {words}, but is {value_in_words(failure.value)}", hint


def _enum(failure: Failure, root: Shape) -> tuple[str, str]:
    if failure.value is None:
        return empty(shape_in_words(failure.shape, root))
    values = [str(v) for v in failure.limit if v is not None]
    near = nearest(failure.value, values) if isinstance(failure.value, str) else None
    ending = f"; did you mean `{near}`?" if near else ""
    few = values if len(values) <= _LISTED else []
    known = f"one of {', '.join(few)}" if few else f"one of the {len(values)} values that Stripe knows"
    return f"is {quoted(failure.value)}, not {known}{ending}", ""


def _pattern(failure: Failure, root: Shape) -> tuple[str, str]:
    return f"is {quoted(failure.value)}, which is not {shape_in_words(failure.shape, root)}", advice_for(failure)


def advice_for(failure: Failure) -> str:
    """What to write for a text that does not match its pattern."""
    pattern, examples = failure.shape.get("pattern", ""), failure.shape.get("examples")
    return respelled(failure.value, pattern) or (f"for example {examples[0]}" if examples else "")


def _too_short(failure: Failure, _: Shape) -> tuple[str, str]:
    clears = "null" in types_of(failure.shape)
    return "is an empty text", "write null to clear it" if clears else "give it a value or leave the line out"


def _otherwise(failure: Failure, root: Shape) -> tuple[str, str]:
    return f"must be {shape_in_words(failure.shape, root)}, but is {value_in_words(failure.value)}", ""


def _repeated(failure: Failure, _: Shape) -> tuple[str, str]:
    twice = next(v for n, v in enumerate(failure.value) if v in failure.value[:n])
    return f"has {quoted(twice) if isinstance(twice, str) else 'an entry'} twice", "each once is enough"


def _say(text: str) -> Callable[[Failure, Shape], tuple[str, str]]:
    def said(failure: Failure, _: Shape) -> tuple[str, str]:
        size = len(failure.value) if isinstance(failure.value, str | list | dict) else failure.value
        return text.format(size=size, limit=failure.limit), failure.shape.get("description", "")

    return said


_SAY: Mapping[str, Callable[[Failure, Shape], tuple[str, str]]] = {
    "type": _type,
    "const": _otherwise,
    "enum": _enum,
    "pattern": _pattern,
    "minLength": _too_short,
    "maxLength": _say("has {size} characters; at most {limit} are allowed"),
    "minItems": _say("has {size} entries; at least {limit} are needed"),
    "maxItems": _say("has {size} entries; at most {limit} are allowed"),
    "uniqueItems": _repeated,
    "maxProperties": _say("has {size} keys; at most {limit} are allowed"),
    "minimum": _say("is {size}; it must be at least {limit}"),
    "maximum": _say("is {size}; it must be at most {limit}"),
    "exclusiveMinimum": _say("is {size}; it must be above {limit}"),
}
KEYWORDS = frozenset(_SAY)
