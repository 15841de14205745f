"""What is sent: paths, parameters that survive Stripe's form encoding, and the operation a call counts against."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote

_PATH = re.compile(r"/v1(/[A-Za-z0-9_\-.~%]+)+")
_NAMESPACES = ("billing", "billing_portal", "checkout", "entitlements", "tax", "test_helpers")
_OPTIONS = {  # names that the SDK's raw_request takes for itself
    *("api_key", "base", "content_type", "headers", "idempotency_key", "max_network_retries", "method_", "self"),
    *("stripe_account", "stripe_context", "stripe_version", "url_", "usage"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file as a parameter: whatever carries one goes to Stripe's host for files, as multipart (stripe-facts 2.1)."""

    name: str
    content: bytes = field(repr=False)

    def opened(self) -> io.BytesIO:
        """What the SDK reads, from the beginning; it takes the file's name from the attribute `name`."""
        return _Named(self)


class _Named(io.BytesIO):
    def __init__(self, file: File):
        super().__init__(file.content)
        self.name = file.name


def item(path: str, id: str) -> str:
    """The path of one object in a collection. A product may have any id, so it is quoted."""
    return f"{path}/{quote(id, safe='')}"


def check_path(path: str) -> str:
    """The path, when it is one. Raises AssertionError for a bug of ours: an id that was not quoted (see `item`)."""
    if not _PATH.fullmatch(path) or any(part in (".", "..") for part in path.split("/")):
        raise AssertionError(f"{path!r} is not a path of Stripe's API")
    return path


def operation(method: str, path: str) -> str:
    """What Stripe's limit per named operation counts: `GET /v1/prices/{id}` for every price (stripe-facts 10.1)."""
    parts = path.split("/")[2:]
    words = 2 if parts[0] in _NAMESPACES else 1
    shown = [part if at < words or (at - words) % 2 else "{id}" for at, part in enumerate(parts)]
    return f"{method} /v1/" + "/".join(shown)


def encodable(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as plain dicts and lists. Raises AssertionError for what form encoding would lose or spoil.

    `None`, `[]` and `{}` vanish from the body without a word (stripe-facts 2.1): a caller that means "unset" sends "".
    """
    if taken := _OPTIONS & params.keys():
        raise AssertionError(f"{', '.join(sorted(taken))}: the SDK would take that for an option of its own")
    return {key: _plain(value, key) for key, value in params.items()}


def _plain(value: Any, place: str) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"  # the SDK spells one in a list "True"
    if isinstance(value, str | int | Decimal | File):
        return value
    if not isinstance(value, Mapping | list | tuple):
        raise AssertionError(f"{place} is {type(value).__name__}, which cannot be sent")
    if not value:
        raise AssertionError(f"{place} is empty, and would vanish on the way; send '' to unset it")
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, f"{place}[{key}]") for key, inner in value.items()}
    return [_plain(inner, f"{place}[{at}]") for at, inner in enumerate(value)]
