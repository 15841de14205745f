"""Values changed inside texts: every byte around them stays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reconciler.accept.text import Gone, Items, Kept, Set, changed

A, B = ("r", "a"), ("r", "b")


def done(text: str, *sets: tuple[tuple[str, ...], Any]) -> str:
    return changed(text, [Set(place, value, 1) for place, value in sets])


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("r:\n  a: old # note\n", "new", "r:\n  a: new # note\n"),
        ("r:\n  a: old", "new", "r:\n  a: new"),
        ("r:\n  a:\n", "new", "r:\n  a: new\n"),
        ("r:\n  a:   # note\n", "new", "r:\n  a: new   # note\n"),
        ("r:\n  a: ~\n", "new", "r:\n  a: new\n"),
        ("r: {a: , b: 1}\n", "new", "r: {a: new , b: 1}\n"),
        ("r: {a: 'x', b: 1}\n", "it's", "r: {a: 'it''s', b: 1}\n"),
        ("r: {a: x, b: 1}\n", "two\nlines", 'r: {a: "two\\nlines", b: 1}\n'),
        ("r:\n  a: old # note\n", "two\nlines", 'r:\n  a: "two\\nlines" # note\n'),
        (
            "r:\n  a: | # note\n    one\n    two\n  b: 1\n",
            "three\nfour\n",
            'r:\n  a: "three\\nfour\\n"  # note\n  b: 1\n',
        ),
        (
            "r:\n  a: |\n    one\n    two\n\n  # on b\n  b: 1\n",
            "x\ny\n",
            "r:\n  a: |\n    x\n    y\n\n  # on b\n  b: 1\n",
        ),
        ("r:\n  a: >-\n    one\n    two\n  b: 1\n", "three", "r:\n  a: three\n  b: 1\n"),
        ("r:\n  a: one\n    two # note\n  b: 1\n", "x", "r:\n  a: x # note\n  b: 1\n"),
        ("r:\n  a: true\n", False, "r:\n  a: false\n"),
        ("r:\n  a: 29.00\n", Decimal("24.00"), "r:\n  a: 24.00\n"),
        ("r:\n  a: old\n", None, "r:\n  a: null\n"),
        ("r:\n  a:\n    - x\n    - y\n  b: 1\n", None, "r:\n  a: null\n  b: 1\n"),
        ("r: {a: [x], b: 1}\n", None, "r: {a: null, b: 1}\n"),
        ("\ufeffr:\r\n  a: old\r\n", "two\nlines", "\ufeffr:\r\n  a: |-\r\n    two\r\n    lines\r\n"),
    ],
)
def test_a_value_in_the_place_of_another(text: str, value: Any, expected: str) -> None:
    assert done(text, (A, value)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("r:\n  # on a\n  a: 1 # note\n  b: 2\n", "r:\n  # on a\n  b: 2\n"),
        ("r:\n  a:\n    - 1\n    # inside\n  # on b\n  b: 2\n", "r:\n  # on b\n  b: 2\n"),
        ("r:\n  b: 2\n  a: |\n    one\n", "r:\n  b: 2\n"),
        ("r: {a: 1, b: 2}\n", "r: {b: 2}\n"),
        ("r: {b: 2, a: 1}\n", "r: {b: 2}\n"),
        ("r: {\n  b: 2,\n  a: 1,\n}\n", "r: {\n  b: 2,\n}\n"),
        ("r: {a: 1}\n", "r: {}\n"),
    ],
)
def test_an_entry_goes(text: str, expected: str) -> None:
    assert done(text, (A, Gone)) == expected


def test_a_map_that_would_be_empty_goes_as_a_whole() -> None:
    text = "r:\n  m:\n    x: 1\n    n: {y: 2}\n  b: 3\n"
    assert done(text, (("r", "m", "x"), Gone), (("r", "m", "n", "y"), Gone)) == "r:\n  b: 3\n"
    assert done(text, (("r", "m", "n", "y"), Gone)) == "r:\n  m:\n    x: 1\n  b: 3\n"


@pytest.mark.parametrize(
    ("text", "place", "value", "expected"),
    [
        ("r:\n  b: 1\n", A, "x: y", 'r:\n  b: 1\n  a: "x: y"\n'),
        ("r: {b: 1}\n", A, "two\nlines", 'r: {b: 1, a: "two\\nlines"}\n'),
        ("r:\n  b: 1\n", ("r", "m", "p"), False, "r:\n  b: 1\n  m:\n    p: false\n"),
        ("r:\n  m: {b: 1}\n", ("r", "m", "p"), "\u202e", 'r:\n  m: {b: 1, p: "\\u202e"}\n'),
        ("r:\n  b: 1\n", A, None, "r:\n  b: 1\n  a: null\n"),
        ("r:\n  b: 1\n", A, Items(("x", "z")), "r:\n  b: 1\n  a: [x, z]\n"),
    ],
)
def test_an_entry_is_added(text: str, place: tuple[str, ...], value: Any, expected: str) -> None:
    assert done(text, (place, value)) == expected


K = Kept


@pytest.mark.parametrize(
    ("text", "items", "expected"),
    [
        ("r:\n  a:\n  - x\n  - y # why\n  - z\n", (K(1), K(2)), "r:\n  a:\n  - y # why\n  - z\n"),
        ("r:\n  a:\n  - x\n  - y\n  b: 1\n", (K(0), "p", K(1), "m"), "r:\n  a:\n  - x\n  - p\n  - y\n  - m\n  b: 1\n"),
        ("r:\n  a:\n    -   x\n    -   y", (K(0), K(1), "z"), "r:\n  a:\n    -   x\n    -   y\n    -   z"),
        ("r:\n  a:\n    - x\n    - y\n", ("y", "x"), "r:\n  a:\n    - y\n    - x\n"),
        ("r:\n  a: [x, 'y', z]\n", (K(2), K(1)), "r:\n  a: [z, 'y']\n"),
        ("r:\n  a: ['x']\n", (K(0), "y"), "r:\n  a: ['x', 'y']\n"),
        ("r:\n  a: [x, y, z]\n", (K(1),), "r:\n  a: [y]\n"),
        ("r:\n  a: [x, y, z]\n", ("p",), "r:\n  a: [p]\n"),
        ("r:\n  a: [x, y, z]\n", ("p", K(1), "m"), "r:\n  a: [p, y, m]\n"),
        ("r:\n  a: [\n    x, # one\n    y, # two\n  ]\n", (K(0), K(1), "z"), None),
        ("r:\n  a: []\n", ("x",), "r:\n  a: [x]\n"),
        (
            "r:\n  a:\n    - k: x # x\n      v: 1\n    - {k: y, v: 2}\n",
            (K(0, {"v": Gone, "w": 3}), K(1, {"k": Gone, "v": 4})),
            "r:\n  a:\n    - k: x # x\n      w: 3\n    - {v: 4}\n",
        ),
        (
            "r:\n  a:\n    - k: x\n      v: 1\n",
            (K(0, {"k": Gone}), {"k": "z", "v": [1]}),
            "r:\n  a:\n    - v: 1\n    - k: z\n      v: [1]\n",
        ),
    ],
)
def test_items_that_stay_keep_their_text(text: str, items: tuple[Any, ...], expected: str | None) -> None:
    found = done(text, (A, Items(items)))
    assert found == expected if expected else found.count("#") == 2


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("r:\n  a:\n    - x\n    # on y\n    - y\n", (K(1), K(0))),
        ("r:\n  a: [\n    x, # one\n    y,\n  ]\n", (K(1), K(0))),
        ("r:\n  a: [\n    x, # one\n    y,\n  ]\n", (K(1),)),
        ("r:\n  a:\n    - k: x\n    - k: y\n", (K(1), K(0, {"k": "z"}))),
    ],
)
def test_a_comment_that_would_lose_what_it_is_about_stands_in_the_way(text: str, items: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"comment|change places"):
        done(text, (A, Items(items)))
