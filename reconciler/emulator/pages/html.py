"""Templates → answers. No script and no second file; every value is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, RedirectResponse, Response

from reconciler.emulator.pages import words

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def shown(template: str, status: int = 200, *, leads_to: Iterable[str | None] = (), **values: Any) -> Response:
    """A page. `leads_to` are addresses elsewhere to which the answer to one of its forms may redirect: browsers hold
    that to `form-action` too."""
    text = environment().get_template(template).render(style=style(), **values)
    targets = " ".join(["'self'", *sorted({origin(address) for address in leads_to if address})])
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest()}'; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(text, status, {**HEADERS, "Content-Security-Policy": policy})


def told(status: int, title: str, text: str, **values: Any) -> Response:
    """A page that only says something."""
    return shown("message.html", status, title=title, text=text, **values)


def moved(address: str) -> Response:
    """On to another page, which is then read and not written to."""
    return RedirectResponse(address, 303, HEADERS)


def origin(address: str) -> str:
    """Scheme, host and port, of letters that cannot end a directive. An address that no browser could follow has
    none."""
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2].encode("idna").decode()
    except ValueError:
        return "'self'"
    return "".join(letter for letter in f"{parts.scheme}://{host}" if letter.isalnum() or letter in ":/.-[]")


@cache
def style() -> str:
    return (TEMPLATES / "portal.css").read_text(encoding="utf-8")


@cache
def digest() -> str:
    return b64encode(sha256(style().encode()).digest()).decode()


@cache
def environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = words.day
    made.globals.update(business=None, nav=None, problem=None, notice=None, back=None, back_text=None)
    made.globals.update(headline=None, privacy=None, terms=None, return_url=None)
    return made
