"""What somebody allows, what a guard objects to, and which of both prevails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.kinds.inside import is_inside
from reconciler.kinds.rules import RULES
from reconciler.model import Address, Desired, Source


@dataclass(frozen=True, slots=True)
class Allow:
    """One `--allow RULE[=ADDRESS]`; with `source` one that stands in the YAML."""

    rule: str
    only: str = ""
    source: Source | None = None

    @classmethod
    def parse(cls, text: str) -> Allow:
        """Raises ValueError for a rule that does not exist, and for an address that is empty."""
        rule, equals, only = text.partition("=")
        if rule not in RULES:
            raise ValueError(f"there is no rule {rule!r}; rules are: {', '.join(RULES)}")
        if equals and not only.strip():
            raise ValueError(f"{text!r} names nothing: write {rule}=ADDRESS, or {rule} to allow it everywhere")
        return cls(rule, only)

    def __str__(self) -> str:
        if self.source:
            return f"{self.rule}, allowed in the YAML for {self.only} ({self.source})"
        return f"--allow {self.rule}" + (f"={self.only}" if self.only else "")


@dataclass(frozen=True, slots=True)
class Objection:
    """What a plan would do that takes somebody's leave.

    `subject` is the address or the project to name in `--allow RULE=…`, or nothing where only the whole rule will do.
    `ask` leads to the `--allow`; `instead` is another way on. `limit` is the one of `guards:` that it goes by.
    """

    rule: str
    subject: str
    text: str
    ask: str = "If that is what you want"
    instead: str = ""
    limit: str = ""

    @property
    def refusal(self) -> str:
        """The text with the `--allow` that lets it pass."""
        said = f"{self.text}. {self.ask}: {Allow(self.rule, self.subject)}"
        return f"{said}. {self.instead}" if self.instead else said


def allowing(allows: Iterable[Allow], rule: str, subject: str = "") -> Allow | None:
    """What allows a rule at all, or for this address or project."""
    return next((a for a in allows if a.rule == rule and a.only in ("", subject)), None)


def is_allowed(allows: Sequence[Allow], rule: str, subject: str = "") -> bool:
    """Say whether a rule is allowed at all, or for this address or project."""
    return allowing(allows, rule, subject) is not None


def declared(desired: Desired) -> list[Allow]:
    """What the YAML allows."""
    return [Allow(rule, str(address), at) for (address, rule), at in desired.permits.items()]


def judged(objections: Iterable[Objection], allows: Sequence[Allow]) -> tuple[list[str], list[str]]:
    """The refusals, and what was allowed and was needed; each once."""
    refusals: dict[str, None] = {}
    needed: dict[str, None] = {}
    for one in objections:
        allow = allowing(allows, one.rule, one.subject)
        refusals |= {} if allow else {one.refusal: None}
        needed |= {str(allow): None} if allow else {}
    return list(refusals), list(needed)


def loosened(now: Iterable[Objection], usual: Iterable[Objection], desired: Desired) -> list[str]:
    """The limits of the YAML without which there would be more objections than there are: `usual` are those then."""
    there = {(one.rule, one.subject, one.limit) for one in now}
    names = [one.limit for one in usual if one.limit and (one.rule, one.subject, one.limit) not in there]
    return [f"guards.{name}: {_written(desired.guards[name])} in the YAML" for name in dict.fromkeys(names)]


def _written(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple | list) else str(value)


def unnamed(addresses: Iterable[Address], allows: Sequence[Allow], rule: str) -> list[Address]:
    """The addresses that no `--allow` names, nor what they are inside of: a share is one of what nobody named."""
    found = list(addresses)
    named = [a for a in found if any(one.rule == rule and one.only == str(a) for one in allows)]
    return [a for a in found if not any(a == one or is_inside(a, one) for one in named)]
