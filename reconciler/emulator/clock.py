"""The emulator's clock: the wall clock until a test sets or advances it (seconds since 1970, UTC)."""

from __future__ import annotations

import time

from reconciler.emulator.store import Store, recall, remember


def now(store: Store) -> float:
    """The current time; the setting is part of the state, so that every process on one database agrees."""
    setting = recall(store, "clock") or {}
    frozen = setting.get("frozen")
    return float(frozen) if frozen is not None else time.time() + float(setting.get("offset", 0))


def change(store: Store, *, stop_at: float | None = None, advance: float = 0, run: bool = False) -> float:
    """Stops the clock at a time, moves it forward, or lets it run again from where it stands. Returns the new time."""
    stopped = stop_at is not None or (recall(store, "clock") or {}).get("frozen") is not None
    moment = (now(store) if stop_at is None else stop_at) + advance
    still = stopped and not run
    remember(store, "clock", {"frozen": moment} if still else {"offset": moment - time.time()})
    return moment
