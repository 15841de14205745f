"""What a page of the portal shows, before it is laid out. Nothing of it is escaped for HTML yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture. `uri` has all of it, and is empty where it is not at hand; `where` is its path, URL or id."""

    uri: str
    where: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that customers see. `key` tells it from others beside it, also on another reading of the portal.

    `limits` are the least and the most that may be chosen of it. An `example` is made up, and never compared.
    """

    key: str
    text: str
    detail: tuple[str, ...] = ()
    url: str = ""
    picture: Picture | None = None
    items: tuple[Item, ...] = ()
    limits: tuple[int, int | None] | None = None
    example: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page. `look` is how it is drawn."""

    key: str
    look: str
    title: str
    items: tuple[Item, ...]
    example: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """One page of the portal. `key` is also its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""
    button: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A portal, seen. `brand` is what stands beside every page, `facts` what customers do not see.

    `cannot` is what customers cannot do, and `notes` what else a merchant should know. `colours` are for the style.
    """

    label: str
    brand: Block
    screens: tuple[Screen, ...]
    facts: Block
    cannot: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)
