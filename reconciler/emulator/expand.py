"""Stored bodies → answers: includable fields hidden unless asked for, ids expanded (stripe-facts 2.4, 15.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.emulator.errors import Refusal
from reconciler.emulator.model import Call, Resource
from reconciler.emulator.store import Body, load

Paths = tuple[tuple[str, ...], ...]
DEPTH = 4


def wanted(params: Mapping[str, Any], *, listed: bool) -> Paths:
    """The `expand` parameter as paths from the object; on a list each begins with `data` (stripe-facts 2.4). At most
    four levels, `data` included."""
    texts: Sequence[str] = params.get("expand", ())
    for text in texts:
        if len(text.split(".")) > DEPTH:
            message = f"You cannot expand more than {DEPTH} levels of a property. Property: {text}"
            raise Refusal(message, code="property_expansion_max_depth", judged=True)
        if listed and not text.startswith("data."):
            message = f"This property cannot be expanded ({text}). You may want to try expanding 'data.{text}' instead."
            raise Refusal(message, judged=True)
    return tuple(tuple(text.split(".")[1 if listed else 0 :]) for text in texts)


def check(kinds: Mapping[str, Resource], kind: str, paths: Paths) -> None:
    """Refuses a path that leads to nothing includable or expandable, whatever the objects hold."""
    resource = kinds[kind]
    for path in paths:
        if any(matches(hidden, path) for hidden in resource.hidden):
            continue
        for expandable, target in resource.expandable.items():
            length = expandable.count(".") + 1
            if matches(expandable, path[:length]):
                check(kinds, target, (path[length:],) if path[length:] else ())
                break
        else:
            raise Refusal(f"This property cannot be expanded ({'.'.join(path)}).", judged=True)


def matches(pattern: str, path: Sequence[str]) -> bool:
    parts = pattern.split(".")
    return len(parts) == len(path) and all(part in ("*", step) for part, step in zip(parts, path, strict=True))


def present(call: Call, body: Body, paths: Paths = ()) -> Body:
    """One object as an answer shows it. Changes `body` in place: hand in a fresh copy."""
    resource = call.kinds.get(body.get("object", ""))
    if resource is None or body.get("deleted"):
        return body
    if resource.view:
        body = resource.view(call, body)
    for pattern in resource.hidden:
        hide(body, pattern.split("."), paths)
    for expandable, target in resource.expandable.items():
        parts = tuple(expandable.split("."))
        rests = tuple(path[len(parts) :] for path in paths if path[: len(parts)] == parts)
        if rests:
            inner = tuple(rest for rest in rests if rest)
            fill(call, body, parts, target, inner)
    return body


def hide(node: Any, parts: Sequence[str], paths: Sequence[tuple[str, ...]]) -> None:
    """Removes what a pattern names unless a wanted path ends there or goes on below it."""
    if isinstance(node, list):
        for item in node:
            hide(item, parts, paths)
    if not isinstance(node, dict):
        return
    for key in list(node) if parts[0] == "*" else [parts[0]]:
        inner = [path[1:] for path in paths if path and path[0] == key]
        if len(parts) > 1:
            hide(node.get(key), parts[1:], inner)
        elif not inner:
            node.pop(key, None)


def fill(call: Call, node: Any, parts: Sequence[str], target: str, inner: Paths) -> None:
    """Replaces the id, or every id of a list, at a path by its object."""
    if isinstance(node, list):
        for item in node:
            fill(call, item, parts, target, inner)
    if not isinstance(node, dict) or node.get(parts[0]) is None:
        return
    if len(parts) > 1:
        fill(call, node[parts[0]], parts[1:], target, inner)
    elif isinstance(node[parts[0]], list):
        node[parts[0]] = [expanded(call, target, item, inner) for item in node[parts[0]]]
    else:
        node[parts[0]] = expanded(call, target, node[parts[0]], inner)


def expanded(call: Call, kind: str, identifier: str, inner: Paths) -> Any:
    row = load(call.store, call.scope.text, kind, identifier)
    return present(call, row.body, inner) if row else identifier
