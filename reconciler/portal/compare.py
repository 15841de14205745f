"""What is different between two views of a portal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.portal.view import Block, Item, View

Key = tuple[str, ...]
"""The keys that lead to a part of a view: of the page, the block, the item, and those inside it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One part that is there on one side alone, or other on each. `word` is added, removed or changed."""

    key: Key
    word: str
    where: tuple[str, ...]
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    where: tuple[str, ...]
    says: tuple[str, ...]
    has: tuple[str, ...] = ()  # what to tell of it where it comes or goes


def compare(today: View, planned: View) -> tuple[Mark, ...]:
    """Every difference, in the order of the pages; of what came or went as a whole, nothing inside it.

    Where links and pictures lead is among the facts of both.
    """
    old, new = dict(_parts(today)), dict(_parts(planned))
    return tuple(_marks(old, new))


def _marks(old: Mapping[Key, _Part], new: Mapping[Key, _Part]) -> Iterator[Mark]:
    whole: set[Key] = set()
    for key in dict.fromkeys([*new, *old]):
        if any(key[:n] in whole for n in range(1, len(key))):
            continue
        was, now = old.get(key), new.get(key)
        if was is None or now is None:
            whole.add(key)
            there = was or now
            assert there is not None
            before, after = ("; ".join(part.has) if part else "" for part in (was, now))
            yield Mark(key, "added" if was is None else "removed", there.where, before, after)
        elif was.says != now.says:
            gone = [s for s in was.says if s not in now.says]
            come = [s for s in now.says if s not in was.says]
            where = now.where[:-1] if now.where[-1] in come else now.where
            yield Mark(key, "changed", where, "; ".join(gone), "; ".join(come))


def _parts(view: View) -> Iterator[tuple[Key, _Part]]:
    yield from _blocks((), (), view.brand, "Beside every page")
    for screen in view.screens:
        key, where = (screen.key,), (screen.title,)
        yield key, _Part(where, (screen.title, screen.lead))
        for block in screen.blocks:
            yield from _blocks(key, where, block, block.title)
    yield from _blocks((), (), view.facts, view.facts.title)


def _blocks(key: Key, where: tuple[str, ...], block: Block, title: str) -> Iterator[tuple[Key, _Part]]:
    if block.example:
        return
    here, named = (*key, block.key), (*where, title) if title else where
    yield here, _Part(named, (block.look,) if block.look in ("offers", "amounts") else ())
    for item in block.items:
        yield from _items(here, named, item)


def _items(key: Key, where: tuple[str, ...], item: Item) -> Iterator[tuple[Key, _Part]]:
    if item.example:
        return
    here, named = (*key, item.key), (*where, item.text)
    limits = f"quantity {item.limits[0]} to {item.limits[1] or 'any'}" if item.limits else ""
    has = tuple(inner.text for inner in item.items) or item.detail
    yield here, _Part(named, tuple(filter(None, (item.text, *item.detail, limits))), has)
    for inner in item.items:
        yield from _items(here, named, inner)
