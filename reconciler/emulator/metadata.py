"""Metadata: merged per key, at most 50 keys of 40 characters with values of 500 (stripe-facts 2.2, 15.8)."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.emulator.errors import Refusal

KEYS, KEY_LENGTH, VALUE_LENGTH = 50, 40, 500


def merged(old: Mapping[str, str], sent: Mapping[str, str] | str | None) -> dict[str, str]:
    """`""` for a key deletes it, `""` for the whole deletes all, keys that were not sent stay."""
    if sent is None:
        return dict(old)
    if isinstance(sent, str):
        return {}
    for key, value in sent.items():
        check(key, value)
    result = {key: value for key, value in {**old, **sent}.items() if value != ""}
    if len(result) > KEYS:
        text = f"Metadata can have up to {KEYS} keys, and you provided {len(result)}."
        raise Refusal(text, param="metadata")
    return result


def check(key: str, value: str) -> None:
    if len(key) > KEY_LENGTH:
        text = f"Metadata keys can have up to {KEY_LENGTH} characters, but you passed in a key that is {len(key)}."
        raise Refusal(f"{text} Invalid key: {key}", param=f"metadata[{key}]")
    if len(value) > VALUE_LENGTH:
        text = (
            f"Metadata values can have up to {VALUE_LENGTH} characters, but you passed in a value that is {len(value)}"
        )
        raise Refusal(f"{text} characters. Invalid value: {value}", param=f"metadata[{key}]")
