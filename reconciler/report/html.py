"""A plan as one page without script, network or second file, for a browser, a phone, and paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reconciler.model import Plan
from reconciler.report import review as told
from reconciler.report.checklist import WHY
from reconciler.report.difference import items
from reconciler.report.escape import prose
from reconciler.report.review import Review, review
from reconciler.report.words import printable

_TEMPLATES = Path(__file__).parent / "templates"
_MANY = 40
"""Changes of which each is shown open; of more, only what replaces and retires."""


def render(plan: Plan, *, reads: int | None = None) -> str:
    """The page."""
    return laid_out(review(plan, reads), mode=_mode(plan))


def laid_out(found: Review, mode: str) -> str:
    """The page with all parts. `mode` is what kind of account it is for."""
    style = Markup((_TEMPLATES / "plan.css").read_text(encoding="utf-8"))
    return (
        _environment()
        .get_template("plan.html")
        .render(
            found=found,
            mode=mode,
            told=told,
            why=WHY,
            pages=[(page, list(tasks)) for page, tasks in groupby(found.tasks, lambda task: task.page)],
            many=len(found.groups) > _MANY,
            style=style,
            digest=b64encode(sha256(style.encode()).digest()).decode(),
        )
    )


def _mode(plan: Plan) -> str:
    return "emulator" if plan.target.emulator else "live" if plan.target.livemode else "sandbox"


@cache
def _environment() -> Environment:
    made = environment(_TEMPLATES, _printable)
    made.filters["prose"] = prose
    made.globals["items"] = items
    return made


def environment(templates: Path, shown: Callable[[Any], Any]) -> Environment:
    """Templates in which every value is `shown`, then escaped, whether the template thinks of it or not."""
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )


def _printable(value: Any) -> Any:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
