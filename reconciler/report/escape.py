"""Text of others inside Markdown and HTML, where it stays text and can forge no tag, link, mention or reference.

GitHub and GitLab look for mentions, references (`#1`, `!1`, a commit), emoji and formulas once Markdown has become
HTML, so that neither a backslash nor an entity holds them off. They leave code alone: that is where such text goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup

from reconciler.report.words import printable

LONGEST = 600
"""Characters of one text, such as a warning, that are shown."""

_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*|[0-9]{1,6}|[·→–—…]")
_COMMIT = re.compile(r"[0-9a-fA-F]{7,}")
_OPENING, _CLOSING = '("', ').,;:"'
_RUN = re.compile("`+")
_TOKEN = re.compile(r"`[^`]+`[.,;:)]*(?![^ ])|[^ ]+")
_QUOTED = re.compile(r"(`[^`]+`)([.,;:)]*)")


def clipped(text: str, longest: int = LONGEST) -> str:
    """A printable text, no longer than people read. A sentence keeps its end, where the way out stands."""
    text = printable(text)
    end = longest // 3
    return text if len(text) <= longest else f"{text[: longest - end]} … {text[-end:]} ({len(text):,} characters)"


def code(text: str) -> Markup:
    """The text as code, for HTML and for blocks of HTML in Markdown."""
    return Markup("<code>{}</code>").format(clipped(text))


def prose(text: str) -> Markup:
    """A sentence for the same places: plain words as they are, and as code all that could mean more to a machine."""
    return Markup(" ").join(_pieces(clipped(text)))


def _pieces(text: str) -> Iterator[Markup]:
    """Words, runs of what is no word, and what stands in backticks; punctuation ends a run."""
    run: list[str] = []
    for token in _TOKEN.findall(text):
        if quoted := _QUOTED.fullmatch(token):
            if run:
                yield code(" ".join(run))
                run = []
            yield Markup("{}{}").format(code(quoted[1]), quoted[2])
            continue
        core = token.lstrip(_OPENING).rstrip(_CLOSING)
        before = token[: len(token) - len(token.lstrip(_OPENING))]
        after = token[len(before) + len(core) :]
        plain = not core or (_WORD.fullmatch(core) and not _COMMIT.fullmatch(core))
        plain = plain and not (
            run and (run[-1] == "/" or run[-1].startswith("--"))
        )  # `$19.00 / month`, `--allow retire`
        if run and (plain or before):
            yield code(" ".join(run))
            run = []
        if plain:
            yield Markup.escape(token)
        elif before or after:
            whole = code(" ".join([*run, core]))
            yield Markup("{}{}{}").format(before, whole, after)
            run = []
        else:
            run.append(core)
    if run:
        yield code(" ".join(run))


def span(text: str) -> str:
    """The text as code inside a line of Markdown."""
    text = clipped(text)
    ticks = _ticks(text, 1)
    return f"{ticks} {text} {ticks}"


def fence(lines: Iterable[str], language: str) -> str:
    """Lines as a block of code in Markdown."""
    text = "\n".join(clipped(line) for line in lines)
    ticks = _ticks(text, 3)
    return f"{ticks}{language}\n{text}\n{ticks}"


def _ticks(text: str, least: int) -> str:
    """More backticks than stand together anywhere in the text."""
    return "`" * max(least, *(len(run) + 1 for run in _RUN.findall(text)), 0)
