"""What one running emulator holds beside its database."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.emulator import accounts, store
from reconciler.emulator.faults import Fault
from reconciler.emulator.limits import Limits
from reconciler.emulator.model import Resource
from reconciler.emulator.resources import RESOURCES
from reconciler.emulator.routes import Routes, routes
from reconciler.emulator.store import Store

REMEMBERED = 100_000
"""Requests that the log keeps; older ones are forgotten."""


@dataclass
class Runtime:
    """`log` holds one entry per answered request, `busy` the idempotency keys under way, `latency` seconds per call."""

    store: Store
    kinds: Mapping[str, Resource]
    routes: Routes
    latency: float
    limited: bool
    limits: Limits
    faults: list[Fault] = field(default_factory=list)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    busy: set[tuple[str, str]] = field(default_factory=set)


def prepare(opened: Store, *, limited: bool = False, latency: float = 0.0) -> Runtime:
    """A runtime on an open database, which gets its default account when it has none."""
    kinds = {resource.kind: resource for resource in RESOURCES}
    table = routes(operation for resource in RESOURCES for operation in resource.operations)
    with store.transaction(opened):
        accounts.furnish(opened, kinds)
    return Runtime(opened, kinds, table, latency, limited, Limits(enabled=limited))


def reset(runtime: Runtime) -> None:
    """Everything as in a new emulator, also in the database."""
    empty(runtime.store, runtime.kinds)
    forget_faults(runtime)
    runtime.log.clear()
    runtime.limits = Limits(enabled=runtime.limited)


def empty(opened: Store, kinds: Mapping[str, Resource]) -> None:
    with store.transaction(opened):
        store.clear(opened)
        accounts.furnish(opened, kinds)


def forget_faults(runtime: Runtime) -> None:
    """No more faults; requests that a fault holds go on."""
    for fault in runtime.faults:
        fault.released.set()
    runtime.faults.clear()
