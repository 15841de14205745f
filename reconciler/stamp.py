"""The ownership mark that every object of ours carries in its metadata, in place of a state file.

    stripe_portal          acme/product.pro
    stripe_portal_fields   1:active=5kQx1w,features(invoice_history(enabled=…)),images=Jq0aZd/9fKe2B,name=Zx81Yq

The second is the tree of the declared paths, each with a short digest of the value as it was applied and, after a
slash, of what Stripe answered where it rewrites a field. It is headed by the number of its format and split over
numbered keys, because one metadata value holds 500 characters (stripe-facts 15.8).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from reconciler.model import Address, Path, Stamp

OWNER, FIELDS = "stripe_portal", "stripe_portal_fields"
FORMAT = "1:"
LIMIT = 500
METADATA_KEYS = 50

_DIGEST = re.compile(r"=([\w-]{6})(?:/([\w-]{6}))?")


_SPELL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


def digest(value: Any) -> str:
    """Six characters that tell, for all practical purposes, one canonical value from another."""
    return _digest_of(value) if value is None or isinstance(value, str | int) else _hashed(_SPELL(value))


@lru_cache(1 << 16, typed=True)  # true is not 1
def _digest_of(value: str | int | None, /) -> str:
    return _hashed(_SPELL(value))


def _hashed(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:6]


def is_stamp_key(key: str) -> bool:
    """Say whether a metadata key is part of the stamp."""
    return key == OWNER or re.fullmatch(FIELDS + r"(_\d+)?", key) is not None


def encode(stamp: Stamp) -> dict[str, str]:
    """The metadata that carries the stamp."""
    tree: dict[str, Any] = {}
    for path, value in stamp.fields.items():
        at = tree
        for key in path[:-1]:
            at = at.setdefault(key, {})
        at[path[-1]] = value + (f"/{stamp.returned[path]}" if path in stamp.returned else "")
    text = FORMAT + _write(tree)
    chunks = [text[i : i + LIMIT] for i in range(0, len(text), LIMIT)]
    keys = [FIELDS, *(f"{FIELDS}_{n}" for n in range(2, len(chunks) + 1))]
    return {OWNER: f"{stamp.project}/{stamp.address}"} | dict(zip(keys, chunks, strict=True))


def erase(metadata: Mapping[str, str], keep: Mapping[str, str] | None = None) -> dict[str, str]:
    """The metadata that takes off every stamp key there is, but for those in `keep` (`""` deletes a key)."""
    return {key: "" for key in metadata if is_stamp_key(key) and key not in (keep or {})}


def decode(metadata: Mapping[str, str]) -> Stamp | None:
    """The stamp in an object's metadata, or None. One in a format that is not ours to read has no fields."""
    project, slash, address = metadata.get(OWNER, "").partition("/")
    if not slash:
        return None
    try:
        owner = Address.parse(address)
    except ValueError:
        return None
    chunks = [metadata.get(FIELDS, "")]
    while more := metadata.get(f"{FIELDS}_{len(chunks) + 1}"):
        chunks.append(more)
    text = "".join(chunks)
    try:
        if not text.startswith(FORMAT):
            raise ValueError(text)
        fields = _read(text.removeprefix(FORMAT))
    except (ValueError, IndexError):
        return Stamp(project, owner, {}, readable=False)
    returned = {path: back for path, (_, back) in fields.items() if back}
    return Stamp(project, owner, {path: sent for path, (sent, _) in fields.items()}, returned)


def _write(tree: Mapping[str, Any]) -> str:
    return ",".join(
        _quoted(key) + (f"({_write(tree[key])})" if isinstance(tree[key], dict) else f"={tree[key]}")
        for key in sorted(tree)
    )


@lru_cache(1 << 12)
def _quoted(key: str) -> str:
    return quote(key, safe="")


def _read(text: str) -> dict[Path, tuple[str, str]]:
    """The inverse of `_write`. Raises ValueError where somebody has edited the text."""
    found: dict[Path, tuple[str, str]] = {}
    around: list[str] = []
    position = 0
    while position < len(text):
        name = re.compile(r"[\w.~%-]+").match(text, position)
        if name is None:
            raise ValueError(text)
        position = name.end()
        if text[position] == "(":
            around.append(unquote(name[0]))
            position += 1
            continue
        value = _DIGEST.match(text, position)
        if value is None:
            raise ValueError(text)
        found[(*around, unquote(name[0]))] = (value[1], value[2] or "")
        position = value.end()
        while text[position : position + 1] == ")":
            around.pop()
            position += 1
        if position < len(text) and text[position] != ",":
            raise ValueError(text)
        position += 1
    if around or text.endswith(","):
        raise ValueError(text)
    return found
