"""The first line of what we post, which nobody sees: by it we find our comment again, and know what was reviewed.

It is read from the first line alone, so that nothing inside a plan, and nothing that a bot quotes, can pass for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

_LINE = re.compile(r"<!-- stripe-portal (?P<kind>[a-z]+)(?P<values>(?: [a-z]+=[^\s>]*)*) -->")


@dataclass(frozen=True, slots=True)
class Marker:
    """`kind` is plan, changed or drift; `values` tell one of ours from another, and say what it is about."""

    kind: str
    values: Mapping[str, str]
    addresses: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True

    def is_about(self, kind: str, **values: str) -> bool:
        """Whether it marks this."""
        return self.kind == kind and all(self.values.get(key) == value for key, value in values.items())


def line(kind: str, values: Mapping[str, str], addresses: Mapping[str, str] | None = None, *, room: int = 0) -> str:
    """The marker, in ASCII; of the addresses as many as go into `room` bytes."""
    told = [f"{key}={quote(value, safe='/.:')}" for key, value in values.items()]
    kept: list[str] = []
    room -= len(" addresses= more=1")
    for address, digest in (addresses or {}).items():
        room -= len(address) + len(digest) + 2
        if room < 0:
            break
        kept.append(f"{address}:{digest}")
    if addresses is not None:
        told += [f"addresses={','.join(kept)}", *(["more=1"] if len(kept) < len(addresses) else [])]
    return f"<!-- stripe-portal {' '.join([kind, *told])} -->"


def read(body: str) -> Marker | None:
    """The marker of a comment, if it begins with one."""
    found = _LINE.fullmatch(body.lstrip("\ufeff").partition("\n")[0].rstrip("\r"))
    if not found:
        return None
    values = {key: unquote(value) for key, _, value in (one.partition("=") for one in found["values"].split())}
    listed = [one.partition(":") for one in values.pop("addresses", "").split(",") if one]
    whole = values.pop("more", "") == ""
    return Marker(found["kind"], values, {address: digest for address, _, digest in listed}, whole)
