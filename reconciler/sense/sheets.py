"""One page of a collection, read once for all rules that want it, and only when one does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds.sense import Sheet

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Sheets:
    """What was read so far, by path: an ApiFailure stands where it could not be. `wanted` says by which rules.

    `spared` are collections that are not asked for: that they cannot be read is said already.
    """

    gateway: Gateway | None
    spared: frozenset[str] = frozenset()
    read: dict[str, Sheet | ApiFailure] = field(default_factory=dict)
    wanted: dict[str, dict[str, None]] = field(default_factory=dict)

    def reader(self, rule: str) -> Callable[[str], Sheet | None]:
        """How a rule gets the newest objects of a collection."""

        def sheet(path: str) -> Sheet | None:
            if self.gateway is None or path in self.spared:
                return None
            self.wanted.setdefault(path, {})[rule] = None
            if path not in self.read:
                self.read[path] = _page(self.gateway, path)
            found = self.read[path]
            return found if isinstance(found, Sheet) else None

        return sheet

    def failures(self) -> Iterator[str]:
        """What could not be read, a line for each collection, with the warnings that so are not given."""
        for path, found in self.read.items():
            if isinstance(found, ApiFailure):
                names = ", ".join(self.wanted[path])
                what = path.rpartition("/")[2]
                yield f"{what} could not be read, so nothing is said of {names} ({found.message}; silence: {names})"


def _page(gateway: Gateway, path: str) -> Sheet | ApiFailure:
    try:
        page = gateway.get(path, {"limit": _PAGE})
    except ApiFailure as failure:
        return failure
    rows = page.get("data")
    if not isinstance(rows, list):
        return ApiFailure(f"GET {path}", "the answer is not a list as Stripe sends it")
    return Sheet(rows, bool(page.get("has_more")))
