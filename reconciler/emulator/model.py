"""What a kind of Stripe object consists of, as data: operations, and what its answers hide, expand and filter by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.emulator.store import Body, Store

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Scope:
    """One account in one mode: objects, keys and limits never cross it (stripe-facts 11)."""

    account: str
    livemode: bool

    @property
    def text(self) -> str:
        return f"{self.account}/{'live' if self.livemode else 'test'}"


@dataclass(frozen=True)
class Call:
    """Everything that one call may use. `params` are typed, `path` holds the variables of the URL, `now` is seconds."""

    store: Store
    kinds: Mapping[str, Resource]
    scope: Scope
    now: int
    request_id: str
    idempotency_key: str | None
    path: Mapping[str, str]
    params: Mapping[str, Any]
    version: str
    by_hand: bool = False  # as if somebody did it in the Dashboard


Handler = Callable[[Call], Body]


@dataclass(frozen=True)
class Operation:
    """One call. `name` is `<kind>.<verb>`, `path` Stripe's template, `params` the SDK's parameter type, `permission`
    the scope that a restricted key needs (None: any key). `sizes`, `emptyable`: see `validate`."""

    name: str
    method: str
    path: str
    params: str
    handler: Handler
    permission: str | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    emptyable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Resource:
    """One kind of object. `hidden` paths are absent unless expanded (stripe-facts 2.4), `expandable` ones turn an id
    into the named kind; `*` stands for any key of a map. `facets` are the indexed paths. `event` begins the type of its
    events; None when Stripe has none (stripe-facts 13). `view` completes a stored body for an answer. `seed` gives the
    objects that every new account has. `gone` tells that a deleted object still answers, as a stub."""

    kind: str
    prefix: str
    noun: str
    operations: tuple[Operation, ...]
    hidden: tuple[str, ...] = ()
    expandable: Mapping[str, str] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    event: str | None = None
    view: Callable[[Call, Body], Body] | None = None
    seed: Callable[[bool], Iterable[Body]] | None = None
    gone: bool = False
