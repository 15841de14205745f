"""What one load gathers on its way: the files it read and everything that is wrong in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice

from reconciler.config.marks import Mark, key_source, value_source
from reconciler.config.secrets import redact
from reconciler.errors import Invalid, Problem
from reconciler.model import Source

PROBLEMS = 500
"""As many are told before loading gives up."""

_CANDIDATES, _LONGEST, _LISTED = 200, 100, 30


@dataclass(slots=True)
class Run:
    """The files of one load, by number, and its problems."""

    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def at(self, mark: Mark) -> Source:
        """Where a value was written."""
        return value_source(self.files, mark)

    def key_at(self, mark: Mark) -> Source:
        """Where a key was written."""
        return key_source(self.files, mark)

    def refuse(self, source: Source, message: str, hint: str = "") -> None:
        """Note a problem; no secret key that stands in it is repeated. Raises Invalid when there are far too many."""
        self.problems.append(Problem(source, redact(message), redact(hint)))
        if len(self.problems) >= PROBLEMS:
            self.problems.append(Problem(source, f"the run ended here, at {PROBLEMS:,} problems"))
            self.check()

    def check(self) -> None:
        """Raise Invalid with every problem so far, where there is one."""
        if self.problems:
            raise Invalid(self.problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint: the known word that was probably meant, or all of them where they are few."""
    known = [name for name in islice(known, _CANDIDATES) if len(name) <= _LONGEST]
    close = get_close_matches(word[:_LONGEST], known, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"there is {', '.join(known)}" if 0 < len(known) <= _LISTED else ""
