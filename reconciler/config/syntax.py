"""A file's bytes to text that is safe to parse, and the parser's errors in words that help."""

from __future__ import annotations

import re
from pathlib import Path

from reconciler.config import secrets
from reconciler.config.run import Run
from reconciler.errors import Problem
from reconciler.model import Source

MEGABYTES = 8
"""The most that one file may weigh."""

SECRETS = 100
"""As many secret keys of one file are named; whoever has more knows by then."""

# YAML 1.1 breaks lines at some of these where no editor does; the others turn the direction of what a reviewer reads.
_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_LONE_RETURN = re.compile("\r(?!\n)")
_UNSEEN_HINTS = {"\0": "take it out; is this a text file?", "\r": "end lines with a line feed, or with both"}
_MARK = b"\xef\xbb\xbf"
_VARIABLE = re.compile(r"\$\{[^}\n]*\}")


def content(path: Path) -> bytes:
    """The bytes of a file, and of a large one no more than is needed to refuse it. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MEGABYTES * 2**20 + 1)


def decode(raw: bytes, file: str, run: Run) -> str | None:
    """The text of a file, or None with the reason noted. Secret keys are noted whatever else is wrong."""
    if len(raw) > MEGABYTES * 2**20:
        run.refuse(Source(file, 1, 1), f"the file is larger than {MEGABYTES} MB", "split it, and include the parts")
        return None
    skipped = len(_MARK) if raw.startswith(_MARK) else 0
    raw = raw.removeprefix(_MARK)
    text = raw.decode("utf-8", "replace")
    for offset, prefix in secrets.find(text)[:SECRETS]:
        run.refuse(position(file, text, offset), f"a secret key ({prefix}…) must not stand in a file", secrets.ADVICE)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        message = f"not UTF-8: byte 0x{raw[error.start]:02x} at offset {skipped + error.start}"
        run.refuse(position(file, before, len(before)), message, "save the file as UTF-8")
        return None
    unseen = _UNSEEN.search(text) or ("\r" in text and _LONE_RETURN.search(text))
    if unseen:
        code = ord(unseen[0])
        hint = _UNSEEN_HINTS.get(unseen[0], f'take it out, or write "\\u{code:04x}" inside double quotes')
        run.refuse(position(file, text, unseen.start()), f"a control character (U+{code:04X}) that nobody sees", hint)
        return None
    directive = 0 if text.startswith("%") else text.find("\n%") + 1
    if directive or text.startswith("%"):  # libyaml takes quadratic time over many of them
        run.refuse(position(file, text, directive), "a directive (%) at the beginning of a line", "take the line out")
        return None
    return text


def position(file: str, text: str, offset: int) -> Source:
    """Line and column of an offset."""
    return Source(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def explain(file: str, text: str, problem: str, offset: int, opened: int) -> Problem:
    """The parser's problem at an offset, in our words. `opened` is where that begins which it could not finish."""
    here, before = text[offset : offset + 1], text[max(offset - 1, 0) : offset]
    place, begin = position(file, text, offset), position(file, text, opened)
    if before == "$" and here == "{":
        variable = _VARIABLE.match(text, offset - 1)
        quoted = secrets.shown(variable[0]) if variable else "${name}"
        return Problem(place, "an unquoted variable inside { } or [ ]", f'quote it: "{quoted}"')
    if here == "\t":
        return Problem(place, "a tab where YAML wants spaces", "indent with spaces")
    if "cannot start any token" in problem:
        return Problem(place, f"no text can begin with {here} unless it is quoted", 'put "…" around the whole text')
    for part, message, hint in _UNFINISHED:
        if part in problem:
            return Problem(begin, message, hint)
    for part, message, hint in _WORDING:
        if part in problem:
            return Problem(place, message, hint.format(line=begin.line, column=begin.column))
    return Problem(place, f"not YAML: {problem}")


_UNFINISHED = (
    ("unexpected end of stream", "a quote that is never closed", "end the text with the same quote"),
    ("could not find expected ':'", "a key without a colon", "write `key: value`, with a space behind the colon"),
)
_WORDING = (
    (
        "mapping values are not allowed",
        "a second colon on the line, or a key that is indented too far",
        "quote a text that holds `: `, and align keys that belong together",
    ),
    (
        "did not find expected ',' or '}'",
        "neither a comma nor the end of a map in { }",
        "the {{ is in line {line}, column {column}; separate with `, ` and close with }}",
    ),
    (
        "did not find expected ',' or ']'",
        "neither a comma nor the end of a list in [ ]",
        "the [ is in line {line}, column {column}; separate with `, ` and close with ]",
    ),
    (
        "did not find expected key",
        "this does not continue the map that it stands in",
        "check the indentation, and whether a text with quotes ends here",
    ),
    (
        "did not find expected '-' indicator",
        "this does not continue the list that it stands in",
        "begin items with `- `",
    ),
    ("did not find expected node content", "a value is missing here", "every [ and {{ needs its ] and }}"),
    (
        "unknown escape character",
        "an unknown escape behind a backslash",
        "write \\\\ for a backslash, or use single quotes: '…'",
    ),
    (
        "alphabetic or numeric character",
        "* and & at the beginning mean something of their own",
        'put "…" around the whole text',
    ),
    (
        "block sequence entries are not allowed",
        "a list must begin on a line of its own",
        "write `key:`, and `- item` below",
    ),
    ("expected <document start>", "something stands behind the end of the document", "take out the line `...`"),
)
