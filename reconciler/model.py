"""The values that flow from one stage to the next. All are frozen; no stage changes what an earlier one made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Path = tuple[str, ...]
"""Where a field stands inside a resource: `("features", "subscription_cancel", "mode")`."""

Properties = Mapping[Path, Any]
"""Canonical values by path. A value is None, bool, int, str, a Ref, or a tuple / dict of those; a number that is not
whole is its exact decimal text. A list is one value, owned whole."""


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """The name of a resource in YAML: `product.pro`, `price.pro.monthly`."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read the text form. Raises ValueError when there is no dot in it."""
        kind, dot, name = text.partition(".")
        if not (kind and dot and name):
            raise ValueError(f"{text!r} is not an address such as product.pro or price.pro.monthly")
        return cls(kind, name)


@dataclass(frozen=True, order=True, slots=True)
class Source:
    """Where a value was written. Lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


Place = tuple[str | int, ...]
"""Where a value stands in a document: `("products", "pro", "images", 0)`."""


@dataclass(frozen=True, slots=True)
class Document:
    """One environment's YAML, merged: includes, overlay, defaults and variables are already in `data`.

    `data` holds None, bool, int, str, Decimal (never float), list and dict. `sources` and `keys` say where each value,
    and the key of each entry, was written; they may be lazy. `environment` is the chosen one, `settings` are its own.
    """

    data: Mapping[str, Any]
    sources: Mapping[Place, Source]
    keys: Mapping[Place, Source]
    files: tuple[str, ...]
    environment: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def at(self, place: Place) -> Source:
        """Where the value at `place` was written, or the innermost value around it that was."""
        while place and place not in self.sources:
            place = place[:-1]
        return self.sources.get(place) or Source(self.files[0], 1, 1)

    def key_at(self, place: Place) -> Source:
        """Where the key of the entry at `place` was written, or as `at`."""
        return self.keys.get(place) or self.at(place)


@dataclass(frozen=True, slots=True)
class Ref:
    """An id that is not known until its target exists; apply swaps it for the id."""

    address: Address

    def __str__(self) -> str:
        return str(self.address)


@dataclass(frozen=True, slots=True)
class Resource:
    """One declared thing. `hints` are the keys of YAML that are not fields of the Stripe object (adopt, is_default)."""

    address: Address
    properties: Properties
    source: Source
    sources: Mapping[Path, Source] = field(default_factory=dict)
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desired:
    """What the YAML asks for. `order` puts every resource behind those it refers to."""

    project: str
    resources: Mapping[Address, Resource]
    order: tuple[Address, ...]
    moved: Mapping[Address, Address] = field(default_factory=dict)
    released: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """Our ownership mark: whose, which address, and a digest of each declared field as it was last applied.

    `returned` holds, for fields that Stripe rewrites, the digest of what came back.
    """

    project: str
    address: Address
    fields: Mapping[Path, str]
    returned: Mapping[Path, str] = field(default_factory=dict)
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Observed:
    """What Stripe answered. `metadata` is raw, foreign and stamp keys included; `created` is Unix seconds, UTC."""

    kind: str
    id: str
    stamp: Stamp | None
    properties: Properties
    created: int
    active: bool
    metadata: Mapping[str, str] = field(default_factory=dict)


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


class Cause(Enum):
    """Who made a field differ, as the digests in the stamp tell."""

    EDITED = "edited"
    DRIFTED = "drifted"
    BOTH = "both"
    FOLLOWED = "followed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `after` None means unset."""

    path: Path
    before: Any
    after: Any
    forces_replacement: bool = False
    cause: Cause = Cause.UNKNOWN


class Part(Enum):
    """LINKS are the fields that can only be set once the object and what it refers to exist."""

    BODY = "body"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between a declared resource and its object, or the coming and going of either."""

    address: Address
    part: Part
    before: Observed | None
    after: Resource | None
    fields: tuple[FieldChange, ...]


class Verb(Enum):
    """What one call does, with its symbol in a plan."""

    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    REVIVE = "revive"
    RETIRE = "retire"
    RESTAMP = "restamp"
    RELEASE = "release"

    @property
    def symbol(self) -> str:
        return {
            "create": "+",
            "adopt": "»",
            "update": "~",
            "revive": "↻",
            "retire": "-",
            "restamp": "=",
            "release": "○",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Action:
    """One call to Stripe.

    `params` are Stripe's own parameters, nested, in which a Ref stands for an id that apply will know. `needs` are the
    positions, in the plan, of the actions that must have succeeded before. `stamp` is the mark that the object bears
    afterwards, but for the digests of `pending`, which wait for ids; None takes it off. `reason` is for people only.
    """

    verb: Verb
    address: Address
    id: str | None
    params: Mapping[str, Any]
    change: Change | None
    reason: str = ""
    needs: tuple[int, ...] = ()
    stamp: Stamp | None = None
    pending: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """The account a plan is for. `host` is set when it is not Stripe's own; `created` is Unix seconds, UTC."""

    account: str
    name: str
    livemode: bool
    api_version: str
    emulator: bool = False
    created: int = 0
    host: str = ""

    def __str__(self) -> str:
        if self.emulator:
            return "emulator (this machine)"
        mode = "LIVE" if self.livemode else "sandbox"
        return " ".join(filter(None, [self.host or "Stripe", self.account, self.name, f"({mode})"]))


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered actions against one account. `id` is random, so that no two plans share idempotency keys.

    `refusals` are the guards' reasons why it must not be applied, each with the `--allow` that lets it pass.
    `names` gives the address behind each id of ours, for people.
    """

    id: str
    target: Target
    actions: tuple[Action, ...]
    unchanged: int
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    basis: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False


class Status(Enum):
    """How an action ended. SKIPPED means that something it needs failed, or that the run was interrupted."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action. `request_id` is Stripe's, to quote to their support.

    `details` are values that Stripe made up and people want: the URL of a login page.
    """

    action: Action
    status: Status
    id: str | None = None
    error: str = ""
    request_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
