"""What holds for every file: the loader answers with a Document or an error of ours, and never lies about a place."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.config import load
from reconciler.errors import Invalid, PortalError
from reconciler.model import Document, Place

VALID = """\
stripe_portal: 1
project: acme
include: [catalogue/*.yaml]
environments:
  test: {vars: {domain: test.example, n: 5}}
  live: {account: acct_1LIVE, livemode: true}
vars: {domain: acme.example}
defaults:
  price: {currency: usd, recurring: {interval: month}}
products:
  pro:
    name: "Pro ${domain} $${x}"
    images: [https://${domain}/pro.png, './b.png']
    metadata: {tier: 0100, off: NO, none: ~}
    prices:
      monthly: {amount: 29.00, recurring: {interval: month}}
      yearly: {amount: 290.00, lookup_key: pro_yearly}
moved: [{from: price.pro.a, to: price.pro.b}]
"""
OVERLAY = "products:\n  pro: {name: null, images: [c], prices: {yearly: null}}\n"
PIECES = (
    *(
        "a",
        "pro",
        "metadata",
        "products",
        "include",
        "vars",
        "environments",
        "defaults",
        "stripe_portal: 1",
        "~",
        "null",
    ),
    *(
        "yes",
        "0100",
        "1e3",
        "29.00",
        "2026-01-01",
        "${domain}",
        "${",
        "$${",
        "sk_live_51HabcdefghijklmnopQRSTU",
        "&a ",
        "*a",
        "!b ",
        "<<",
    ),
    *(
        ":",
        ": ",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "\n  ",
        "\n    ",
        "'",
        '"',
        "|\n",
        ">",
        "#",
        " #",
        "%",
        "---\n",
    ),
    *("...", "\t", "\r", "\0", "\ufeff", "\u2028", "é", "🎉", "\\", '"\\0"', '"\\u202e"', "@", "`", "../", "**/", "["),
)
ENVIRONMENTS = st.sampled_from([None, "test", "live", "nope"])
LENIENT = settings(deadline=None, max_examples=150)


def attempt(root: bytes, overlay: bytes = b"", included: bytes = b"", env: str | None = None) -> Document | None:
    """Load a project of three files; None when it is refused. Anything but a PortalError comes through."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, raw in (
            ("stripe-portal.yaml", root),
            ("environments/test.yaml", overlay),
            ("catalogue/a.yaml", included),
        ):
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_bytes(raw)
        try:
            return load(folder, env=env)
        except PortalError as caught:
            error = caught
    assert str(error)
    assert "51HabcdefghijklmnopQRSTU" not in str(error)
    for problem in error.problems if isinstance(error, Invalid) else ():
        assert problem.message
        assert min(problem.source.line, problem.source.column) > 0
    return None


def mutated(text: str) -> st.SearchStrategy[str]:
    """A text with some spans of it replaced by pieces of YAML."""
    edit = st.tuples(st.integers(0, len(text)), st.integers(0, 12), st.sampled_from(PIECES))

    def apply(edits: list[tuple[int, int, str]]) -> str:
        changed = text
        for start, length, piece in edits:
            changed = changed[:start] + piece + changed[start + length :]
        return changed

    return st.lists(edit, max_size=4).map(apply)


@LENIENT
@given(st.binary(max_size=200), st.binary(max_size=50), ENVIRONMENTS)
def test_any_bytes(root: bytes, other: bytes, env: str | None) -> None:
    attempt(root, env=env)
    attempt(VALID.encode(), other, other, env)


@LENIENT
@given(st.text(max_size=100), st.lists(st.sampled_from(PIECES), max_size=30).map("".join), ENVIRONMENTS)
def test_any_text(text: str, pieces: str, env: str | None) -> None:
    attempt(text.encode(), env=env)
    attempt(f"stripe_portal: 1\n{pieces}".encode(), env=env)
    attempt(VALID.encode(), pieces.encode(), pieces.encode(), env)


@LENIENT
@given(mutated(VALID), mutated(OVERLAY), mutated("products: {lite: {name: Lite, prices: {m: {}}}}\n"), ENVIRONMENTS)
def test_any_change_of_a_valid_file(root: str, overlay: str, included: str, env: str | None) -> None:
    document = attempt(root.encode(), overlay.encode(), included.encode(), env)
    if document:
        check(document)


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15) + 1, 10**15 - 1)
    | st.decimals(-(10**9), 10**9, places=3).map(lambda d: d.quantize(Decimal("0.001")))
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcNO01", max_size=3), inner, max_size=4),
)


@LENIENT
@given(st.dictionaries(st.text("xyz", min_size=1, max_size=4), values, max_size=4))
def test_what_is_written_is_read(data: dict[str, Any]) -> None:
    text = "{stripe_portal: 1, " + "".join(f"{spelled(k)}: {spelled(v)},\n" for k, v in data.items()) + "}"
    document = attempt(text.replace("${", "$${").encode())
    assert document is not None
    assert document.data == {"stripe_portal": 1, **data}
    check(document)


def spelled(value: Any) -> str:
    """A value as YAML, every text in double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{spelled(k)}: {spelled(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n ".join(map(spelled, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(c if c.isalnum() or c in " ${}" else f"\\U{ord(c):08x}" for c in value) + '"'
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def check(document: Document) -> None:
    """Plain data only, and a source for every place of it and for no other."""
    places = set(walk((), document.data))
    assert set(document.sources) == set(document.keys) == places
    assert all(document.at(p).file in document.files and document.key_at(p).line > 0 for p in places)


def walk(prefix: Place, value: Any) -> Iterator[Place]:
    assert type(value) in (dict, list, str, int, bool, Decimal, type(None))
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*prefix, step)
            yield from walk((*prefix, step), inner)
