"""What a warning is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.model import Address, Desired, Observed, Place, Plan, Resource

Remark = tuple[Place, str]
"""The place inside the resource, and what is so there."""


def at(*steps: str | int) -> Place:
    """A place inside a resource."""
    return steps


@dataclass(frozen=True, slots=True)
class Sheet:
    """The newest objects of a collection. `more`: there are older ones, which nobody has read."""

    rows: Sequence[Mapping[str, Any]]
    more: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading of the account, and the plan that came of it.

    `found` are the objects of declared resources, `unread` the plurals of kinds that could not be read. `sheet(path)`
    reads the newest objects of a collection, once for all rules; None where it could not, or was not to be read.
    """

    desired: Desired
    plan: Plan
    observed: Sequence[Observed]
    found: Mapping[Address, Observed]
    unread: Sequence[str]
    sheet: Callable[[str], Sheet | None]

    def knows(self, kind: str) -> bool:
        """Whether everything in service of a kind was read."""
        return BY_NAME[kind].plural not in self.unread

    def in_service(self, kind: str) -> Mapping[str, Observed]:
        """What is in service of a kind, by id."""
        return {o.id: o for o in self.observed if o.kind == kind and o.active and not o.ended}

    def foreign(self, kind: str) -> list[Observed]:
        """What is in service of a kind, and not this project's: the plan leaves it as it is."""
        mine = {o.id for a, o in self.found.items() if a.kind == kind}
        rows = (o for o in self.in_service(kind).values() if o.id not in mine)
        return [o for o in rows if not (o.stamp and o.stamp.project == self.desired.project)]

    def declared(self, kind: str) -> list[Resource]:
        """What the YAML declares of a kind, and has in service."""
        mine = (r for a, r in self.desired.resources.items() if a.kind == kind)
        return [r for r in mine if r.properties.get(("active",)) is not False]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One warning, by the name that silences it.

    `when` says for the reference what it warns of; `why` and `change` end each warning. `facts` are the sections of
    stripe-facts that it rests on. `declared` looks at a resource as the YAML has it, `account` at what only the
    account tells; both only at what is in service. `reads` is the collection of which that takes one page.
    """

    name: str
    kind: str
    when: str
    why: str
    change: str
    facts: str
    reads: str = ""
    declared: Callable[[Resource, Desired], Iterable[Remark]] | None = None
    account: Callable[[Resource, Seen], Iterable[Remark]] | None = None
