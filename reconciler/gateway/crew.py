"""The threads that fetch pages. Daemons: a call that hangs never keeps an interrupted process alive."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, TypeVar

from reconciler.gateway.pacing import Stopped

T = TypeVar("T")

SIZE = 24
"""Pages on their way at once, over all lists. Nothing else decides on a number of threads."""


class Crew:
    """Runs tasks in at most SIZE threads, which are started as they are needed.

    `concurrent.futures` has a pool as well, but the interpreter waits for its threads before it exits.
    """

    def __init__(self, size: int = SIZE):
        self._size = size
        self._changed = threading.Condition()
        self._queue: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._running: set[Future[Any]] = set()
        self._threads = 0
        self._closed = False

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Run the task when a thread is free. Raises Stopped after `close`."""
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise Stopped
            self._queue.append((future, task))
            if self._threads < min(self._size, len(self._queue) + len(self._running)):
                self._threads += 1
                threading.Thread(target=self._work, name=f"stripe-{self._threads}", daemon=True).start()
            self._changed.notify()
        return future

    def close(self) -> None:
        """Start nothing more, and answer with Stopped for all that is not finished, without waiting for it."""
        with self._changed:
            self._closed = True
            unfinished = [future for future, _ in self._queue] + [*self._running]
            self._queue.clear()
            self._changed.notify_all()
        for future in unfinished:
            with suppress(InvalidStateError):
                future.set_exception(Stopped())

    def _work(self) -> None:
        while taken := self._take():
            future, task = taken
            with suppress(InvalidStateError):  # closed, or cancelled by whoever asked for it
                try:
                    result = task()
                except BaseException as error:
                    future.set_exception(error)
                else:
                    future.set_result(result)
            with self._changed:
                self._running.discard(future)

    def _take(self) -> tuple[Future[Any], Callable[[], Any]] | None:
        with self._changed:
            while not self._closed:
                while self._queue:
                    future, task = self._queue.popleft()
                    if future.set_running_or_notify_cancel():
                        self._running.add(future)
                        return future, task
                self._changed.wait()
        return None
