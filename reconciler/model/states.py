"""What is declared, what Stripe answered, and which belongs to which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from reconciler.model.names import PROTECT, Address, LocalFile, Path, Place, Properties, Source


@dataclass(frozen=True, slots=True)
class Document:
    """One environment's YAML, merged: includes, overlay, defaults and variables are already in `data`.

    `data` holds None, bool, int, str, Decimal (never float), list and dict. `sources` and `keys` say where each value,
    and the key of each entry, was written; they may be lazy. `environment` is the chosen one, `settings` are its own.
    `defaults` are what was filled in, by kind.
    """

    data: Mapping[str, Any]
    sources: Mapping[Place, Source]
    keys: Mapping[Place, Source]
    files: tuple[str, ...]
    environment: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def at(self, place: Place) -> Source:
        """Where the value at `place` was written, or the innermost value around it that was."""
        while place and place not in self.sources:
            place = place[:-1]
        return self.sources.get(place) or Source(self.files[0], 1, 1)

    def key_at(self, place: Place) -> Source:
        """Where the key of the entry at `place` was written, or as `at`."""
        return self.keys.get(place) or self.at(place)


@dataclass(frozen=True, slots=True)
class Resource:
    """One declared thing. `hints` are the keys of YAML that are not fields of the Stripe object (adopt, protect…)."""

    address: Address
    properties: Properties
    source: Source
    hints: Mapping[str, Any] = field(default_factory=dict)

    @property
    def protected(self) -> bool:
        """Whether it says `protect: true`."""
        return bool(self.hints.get("protect"))


@dataclass(frozen=True, slots=True)
class Desired:
    """What the YAML asks for. `order` puts every resource behind those it refers to.

    `guards` are limits, `permits` the rules that a resource allows for itself, with where. `silenced` are the warnings
    that nobody wants of any resource.
    """

    project: str
    resources: Mapping[Address, Resource]
    order: tuple[Address, ...]
    moved: Mapping[Address, Address] = field(default_factory=dict)
    released: tuple[Address, ...] = ()
    files: Mapping[Address, LocalFile] = field(default_factory=dict)
    guards: Mapping[str, Any] = field(default_factory=dict)
    permits: Mapping[tuple[Address, str], Source] = field(default_factory=dict)
    silenced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """Our ownership mark: whose, which address, and a digest of each declared field as it was last applied.

    `returned` holds, for fields that Stripe rewrites, the digest of what came back. PROTECT stands among the fields of
    what was applied with `protect: true`, which so outlives its line in the YAML.
    """

    project: str
    address: Address
    fields: Mapping[Path, str]
    returned: Mapping[Path, str] = field(default_factory=dict)
    readable: bool = True

    @property
    def protected(self) -> bool:
        """Whether it was applied with `protect: true`."""
        return PROTECT in self.fields


@dataclass(frozen=True, slots=True)
class Observed:
    """What Stripe answered. `metadata` is raw, foreign and stamp keys included; `created` is Unix seconds, UTC.

    `rows` are the ids of the rows of sub-collections, by field and by what the row is about. `ended`: it went out of
    service by itself and for good. `lacks` are includable members that were asked for and did not come.
    """

    kind: str
    id: str
    stamp: Stamp | None
    properties: Properties
    created: int
    active: bool
    metadata: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[tuple[Path, str], str] = field(default_factory=dict)
    ended: bool = False
    lacks: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other object: people choose ids of their own, kind by kind."""
        return self.kind, self.id


class How(Enum):
    """By what a declared resource and a live object found each other."""

    STAMP = "stamp"
    ID = "id"
    NATURAL_KEY = "natural key"
    DEFAULT = "account default"


@dataclass(frozen=True, slots=True)
class Pair:
    """A declared resource, the object that bears its address, or one of both.

    `predecessors` are to be followed and then retired; `duplicates` are equal to `observed` and superfluous.
    """

    desired: Resource | None
    observed: Observed | None
    predecessors: tuple[Observed, ...] = ()
    duplicates: tuple[Observed, ...] = ()
    how: How | None = None

    @property
    def address(self) -> Address:
        """The declared address, else the one in the stamp."""
        if self.desired:
            return self.desired.address
        assert self.observed is not None
        assert self.observed.stamp is not None
        return self.observed.stamp.address


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair; and the addresses for which archived objects may matter, so that a second pass reads them."""

    pairs: tuple[Pair, ...]
    unsettled: frozenset[Address]
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def found(self) -> Mapping[Address, Observed]:
        """The object of every declared resource that has one."""
        return {p.desired.address: p.observed for p in self.pairs if p.desired and p.observed}

    @property
    def ids(self) -> Mapping[Address, str]:
        """The id of every declared resource that has an object."""
        return {address: one.id for address, one in self.found.items()}

    @property
    def names(self) -> Mapping[str, str]:
        """The address behind each id, those of objects that leave included."""
        found = {o.id: str(p.address) for p in self.pairs for o in (*p.predecessors, *p.duplicates)}
        return found | {p.observed.id: str(p.address) for p in self.pairs if p.observed}
