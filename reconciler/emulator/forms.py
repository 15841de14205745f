"""Form encoding as Stripe reads it: `a[b][0][c]=…` becomes nested maps (stripe-facts 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from reconciler.emulator.errors import Refusal
from reconciler.emulator.uploads import Upload

NAME = re.compile(r"[^\[\]]+(?:\[[^\[\]]*\])*")


def decode(encoded: str) -> dict[str, Any]:
    """Encoded pairs → nested maps of text. Raises `Refusal` on malformed names."""
    return nested(parse_qsl(encoded, keep_blank_values=True, max_num_fields=20_000))


def nested(pairs: Iterable[tuple[str, str | Upload]]) -> dict[str, Any]:
    """Pairs of names and values → nested maps. Lists stay maps with their indexes as keys, in the order of the indexes:
    only the type of the parameter tells a list from a map. `a[]=` appends. Raises `Refusal` on malformed names."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if not NAME.fullmatch(name):
            raise malformed(name)
        put(tree, name, [part.rstrip("]") for part in name.split("[")], value)
    return tree


def put(tree: dict[str, Any], name: str, parts: list[str], value: str | Upload) -> None:
    """One value into its place; a name that is a text and a map at once is malformed."""
    node = tree
    for part in parts[:-1]:
        node = node.setdefault(next_index(node, part), {})
        if not isinstance(node, dict):
            raise malformed(name)
    last = next_index(node, parts[-1])
    if isinstance(node.get(last), dict):
        raise malformed(name)
    node[last] = value


def next_index(node: dict[str, Any], part: str) -> str:
    return part or str(len(node))


def malformed(name: str) -> Refusal:
    if name.startswith("metadata["):
        text = "Metadata keys cannot contain square brackets."  # stripe-facts 17.11, recall
        return Refusal(text, param="metadata", judged=True)
    return Refusal(f"Invalid parameter name: {name}", param=name, judged=True)


def readable(node: Any) -> Any:
    """The same tree with lists where every key is an index and files by their description, for the request log."""
    if not isinstance(node, dict):
        return str(node)
    if node and all(key.isdigit() for key in node):
        return [readable(node[key]) for key in sorted(node, key=int)]
    return {key: readable(value) for key, value in node.items()}


def respelled(node: Any, old: str, new: str) -> Any:
    """The same tree, with another beginning for every text that begins so."""
    if isinstance(node, dict):
        return {key: respelled(value, old, new) for key, value in node.items()}
    return new + node.removeprefix(old) if isinstance(node, str) and node.startswith(old) else node
