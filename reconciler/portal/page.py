"""Views of portals as one page without script, network or second file."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from babel import Locale
from jinja2 import Environment
from markupsafe import Markup

from reconciler.portal.compare import Key, Mark, compare
from reconciler.portal.local import ENGLISH, Local
from reconciler.portal.offers import ELSEWHERE
from reconciler.portal.scene import Scene
from reconciler.portal.shop import Shop
from reconciler.portal.told import view
from reconciler.portal.view import Screen, View
from reconciler.redact import redact
from reconciler.report.html import environment
from reconciler.report.words import printable

_TEMPLATES = Path(__file__).parent / "templates"
_MARK = "<!doctype html>\n<!-- made by stripe-portal preview -->\n"
_HARMLESS = re.compile("[^\u00a0\u200c-\u200f\u061c\u202f]+")
"""All but blanks that do not break, joiners, and marks of direction that reach no further than a word."""
_LOCAL = Markup('{}<span lang="{}" dir="{}">{}</span>{}')
_PRICE = 4
"""How many keys lead to a price: the page, the block, the product, and its own."""
LONGEST = 400
"""Characters of one text that are shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A portal, by the name of its address. Two sides are today and planned; of those, one may be missing."""

    name: str
    sides: tuple[View | None, ...]
    is_default: bool
    marks: tuple[Mark, ...] = field(default=())

    @property
    def screens(self) -> tuple[tuple[Screen | None, ...], ...]:
        """Each page, on each side, in the order of the last side; those that only the first has behind it."""
        found = [{s.key: s for s in side.screens} if side else {} for side in self.sides]
        keys = dict.fromkeys(k for side in reversed(found) for k in side)
        return tuple(tuple(side.get(k) for side in found) for k in keys)

    @property
    def reprices(self) -> bool:
        """Whether a price that is offered is another one."""
        changed = (m.key for m in self.marks if m.word == "changed")
        return any(len(key) == _PRICE or key[-1].startswith(ELSEWHERE) for key in changed)

    def mark(self, key: Key, side: int) -> str:
        """What to say of a part on one side, or nothing."""
        words = ("removed", "changed") if side == 0 else ("added", "changed")
        return next((m.word for m in self.marks if m.key == key and m.word in words), "")


def beside(name: str, sides: Sequence[View | None], is_default: bool) -> Shown:
    """A portal to show, compared where there are two sides of it."""
    marks = compare(sides[0], sides[1]) if len(sides) == 2 and sides[0] and sides[1] else ()
    return Shown(name, tuple(sides), is_default, marks)


def drawn(name: str, shops: Sequence[Shop], locale: Locale, today: date) -> Shown:
    """A portal as each of the shops has it, to show."""
    found = [shop.portals.get(name) for shop in shops]
    scenes = [Scene(s, p, locale, today) if p else None for s, p in zip(shops, found, strict=True)]
    return beside(name, [view(s) if s else None for s in scenes], any(p.is_default for p in found if p))


def render(portals: Sequence[Shown], *, title: str, about: Sequence[str], notes: Sequence[str] = ()) -> str:
    """The page. `about` says what it was made of, `notes` what concerns all portals."""
    style = Markup((_TEMPLATES / "preview.css").read_text(encoding="utf-8") + _colours(portals))
    digest = b64encode(sha256(style.encode()).digest()).decode()
    template = _environment().get_template("preview.html")
    return _MARK + template.render(portals=portals, title=title, about=about, notes=notes, style=style, digest=digest)


def is_preview(content: bytes) -> bool:
    """Whether a file is a page of ours, which another may take the place of."""
    return content.startswith(_MARK.encode())


def _colours(portals: Sequence[Shown]) -> str:
    """The colours of each side; they were checked to be colours, and nothing else gets into the style."""
    rules = []
    for side in range(max((len(p.sides) for p in portals), default=0)):
        view = next((p.sides[side] for p in portals if p.sides[side]), None)
        if view:
            rules.append(f".side-{side} {{ {_variables(view.colours)} }}")
    return "\n".join(rules) + "\n"


def _variables(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


@cache
def _environment() -> Environment:
    made = environment(_TEMPLATES, _shown)
    made.filters["web"] = lambda url: str(url).startswith(("https://", "http://"))
    return made


def _shown(value: Any) -> Any:
    """A text on one line, with all that hides text or turns it round as an escape, and no longer than people read."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    if isinstance(value, Local) and value.locale.language != ENGLISH.language:
        before, words, after = map(_shown, (value.before, value.words, value.after))
        return _LOCAL.format(before, value.tag, value.direction, words, after)
    text = redact(re.sub(r"[ \t\r\n]+", " ", value))
    rest = f"… ({len(text):,} characters)" if len(text) > LONGEST else ""
    return _HARMLESS.sub(lambda match: printable(match[0]), text[:LONGEST]) + rest
