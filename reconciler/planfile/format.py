"""The shape of a saved plan, from which its JSON Schema is made and by which one is checked when it is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

FORMAT: Literal[1] = 1

Text = Annotated[str, Meta(description="An address, such as `price.pro.monthly`.")]
Value = Annotated[
    Any,
    Meta(
        description="A canonical value: money in minor units, a number that is not whole as its decimal text. "
        '`{"ref": "price.pro.monthly"}` stands for an id that is not known until its object exists; a map that looks '
        'like that is written as `{"map": {…}}`.'
    ),
]
Where = Annotated[list[str], Meta(description="The path of a field, key by key.")]


class Part(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is common to every part of the file."""


class Account(Part, frozen=True):
    """The account that the plan is for. `created` is Unix seconds, UTC. `base` is set where there is none: the plan
    compares with the YAML at a revision of git, and cannot be applied."""

    id: str
    name: str
    livemode: bool
    api_version: str
    emulator: bool = False
    connected: bool = False
    created: int = 0
    host: str = ""
    base: str = ""


class Yaml(Part, frozen=True):
    """What was planned: the file or folder, as it was given, with the digest of what it says in this environment."""

    path: str
    digest: str
    environment: str | None = None
    variables: dict[str, str] = {}
    settings: dict[str, Any] = {}


class Entry(Part, frozen=True):
    """A value and where it stands in its object."""

    path: Where
    value: Value


class Mark(Part, frozen=True):
    """Our ownership mark on an object, with the digest of each declared field as it was last applied."""

    project: str
    address: Text
    fields: list[Entry]
    returned: list[Entry] = []
    readable: bool = True


class Object(Part, frozen=True):
    """A live object as it was read. Metadata that is not ours to manage is left out."""

    id: str
    active: bool
    properties: list[Entry]
    kind: str
    created: int = 0
    mark: Mark | None = None
    marks: list[str] = []


class Declared(Part, frozen=True):
    """A resource as the YAML declares it."""

    properties: list[Entry]
    file: str
    line: int
    column: int


class FieldChange(Part, frozen=True):
    """One field that changes. `cause` says who made it differ: edited (in the YAML), drifted (in Stripe), both,
    followed (it follows what it points at) or unknown."""

    path: Where
    before: Value
    after: Value
    cause: Literal["edited", "drifted", "both", "followed", "unknown"]
    forces_replacement: bool = False


class Change(Part, frozen=True):
    """What differs, and of what: `part` says which calls bring it about."""

    address: Text
    part: Literal["body", "links", "members", "switch"]
    fields: list[FieldChange]
    before: Object | None = None
    after: Declared | None = None


class Action(Part, frozen=True):
    """One call to Stripe, with its parameters. `needs` are the positions of actions that must be done before."""

    verb: Literal["create", "adopt", "update", "revive", "retire", "restamp", "release"]
    address: Text
    id: str | None
    params: Value
    needs: list[int] = []
    reason: str = ""
    change: Change | None = None
    mark: Mark | None = None
    pending: list[Entry] = []


class File(Part, frozen=True):
    """A local file that is uploaded when an action needs it. `digest` is the sha256 of its content."""

    address: str
    written: str
    location: str
    digest: str
    size: int
    type: str
    purpose: str = ""


class Basis(Part, frozen=True):
    """One thing that the plan rests on: an object as it was, or without an `id` that nothing bears the address and
    nothing in service has the natural key."""

    kind: str
    id: str | None
    address: str = ""
    key: str = ""
    fields: str = ""
    stamp: str = ""
    active: bool = False
    is_default: bool = False


class Impact(Part, frozen=True):
    """Subscriptions in service to one object that leaves, or to what a portal offers no more. `monthly` is the
    recurring revenue by currency: minor units a month, as the text of a fraction; what is on `trial`, `metered` or of
    an `unknown` amount is counted apart, and is not in it."""

    address: Text
    id: str
    subscriptions: int | None
    monthly: dict[str, str] = {}
    unread: str = ""
    trial: int = 0
    metered: int = 0
    unknown: int = 0
    portals: list[str] = []
    offered: list[str] = []


class SavedPlan(Part, frozen=True):
    """A plan of stripe-portal, as `plan --out FILE` and `plan --format json` write it."""

    stripe_portal_plan: Literal[1]
    id: str
    version: Annotated[str, Meta(description="The version of stripe-portal that made it: no other applies it.")]
    created: Annotated[int, Meta(description="Unix seconds, UTC.")]
    account: Account
    project: str
    environment: str | None
    yaml: Yaml | None
    summary: str
    actions: list[Action]
    unchanged: int
    warnings: list[str]
    refusals: Annotated[list[str], Meta(description="Why it must not be applied. Empty in a plan that may be.")]
    allowed: list[str]
    impact: list[Impact]
    checklist: Annotated[list[Change], Meta(description="What people must set in the Dashboard.")]
    basis: list[Basis]
    names: dict[str, str]
    files: list[File]
    urls: dict[str, str]
    partial: bool
    digest: Annotated[
        str,
        Meta(description="sha256 over the rest, as JSON with sorted keys and no blanks: tells that it was altered."),
    ] = ""
