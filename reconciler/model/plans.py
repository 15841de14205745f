"""What is to be done, where, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from reconciler.model.changes import Change, Part
from reconciler.model.impact import Impact
from reconciler.model.names import ACTIVE, Address, LocalFile, Properties
from reconciler.model.states import Stamp


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
    """One call to Stripe, or, for lists whose members each take a call, those calls.

    `params` are Stripe's own parameters, nested, in which a Ref stands for an id that apply will know; for such lists,
    by field, what to `attach` and which rows to `detach`. `needs` are the
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

    @property
    def makes_inactive(self) -> bool:
        """Whether it creates an object that is out of service from the start."""
        after = self.change.after if self.change and self.verb is Verb.CREATE else None
        return after is not None and after.properties.get(ACTIVE) is False

    @property
    def writes(self) -> int:
        """How many calls it takes, uploads apart."""
        if self.change is None or self.change.part is not Part.MEMBERS:
            return 1
        return 1 + sum(len(members) for calls in self.params.values() for members in calls.values())


@dataclass(frozen=True, slots=True)
class Target:
    """The account a plan is for. `host` is set when it is not Stripe's own; `created` is Unix seconds, UTC.

    `connected`: the key is a platform's, which acts for this account. `base` is the revision of git whose YAML a
    throwaway emulator stands for: there is no account, and nothing to apply to.
    """

    account: str
    name: str
    livemode: bool
    api_version: str
    emulator: bool = False
    created: int = 0
    host: str = ""
    connected: bool = False
    base: str = ""

    def __str__(self) -> str:
        if self.base:
            return f"compared with {self.base} · no account read"
        if self.emulator:
            return "emulator (this machine)"
        mode = ("LIVE" if self.livemode else "sandbox") + (", connected account" if self.connected else "")
        return " ".join(filter(None, [self.host or "Stripe", self.account, self.name, f"({mode})"]))


@dataclass(frozen=True, slots=True)
class Basis:
    """One thing that a plan rests on: an object as it was read, or with no `id` that there is none.

    None means none that bears `address`, and none in service that has the natural key `key`; with `is_default` also
    that the account has no default of the kind. `fields` is a digest of the canonical fields without foreign metadata,
    `stamp` one of the mark.
    """

    kind: str
    id: str | None
    address: Address | None = None
    key: str = ""
    fields: str = ""
    stamp: str = ""
    active: bool = False
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered actions against one account. `id` is random, so that no two plans share idempotency keys.

    `refusals` are the guards' reasons why it must not be applied, each with the `--allow` that lets it pass.
    `names` gives the address behind each id of ours, for people. `files` are those that are
    uploaded when an action needs one; `urls` are those of files that were uploaded before, or the ids.
    `checklist` is what differs and people must set in the Dashboard: it is no action, and nothing that apply does.
    `impact` says whom it touches; `allowed` are the `--allow`s that were needed, with where each was given; `basis` is
    what it rests on, so that a saved plan can tell whether the account has moved.
    """

    id: str
    target: Target
    actions: tuple[Action, ...]
    unchanged: int
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False
    files: Mapping[Address, LocalFile] = field(default_factory=dict)
    urls: Mapping[Address, str] = field(default_factory=dict)
    checklist: tuple[Change, ...] = ()
    project: str = ""
    environment: str | None = None
    impact: tuple[Impact, ...] = ()
    allowed: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()


class Status(Enum):
    """How an action ended. SKIPPED means that something it needs failed, or that the run was interrupted."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action. `request_id` is Stripe's, to quote to their support.

    `details` are values that Stripe made up and people want: the URL of a login page. `earlier`: an earlier run of the
    same saved plan did it.
    """

    action: Action
    status: Status
    id: str | None = None
    error: str = ""
    request_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    earlier: bool = False
