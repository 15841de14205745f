"""A plan in a file: what was reviewed, and nothing else, is what `apply FILE` does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler import __version__
from reconciler.errors import Unresolved, UnsafePlan
from reconciler.model import Document, Plan
from reconciler.planfile.write import Origin

__all__ = ["Origin", "Saved", "digest_of", "is_plan", "parse", "render", "schema"]

_SIGN = b'"stripe_portal_plan"'


@dataclass(frozen=True, slots=True)
class Saved:
    """A plan as it was read from a file. `created` is Unix seconds, UTC."""

    plan: Plan
    origin: Origin | None
    created: int


def render(plan: Plan, origin: Origin | None, *, created: int, summary: str) -> str:
    """The text of the file. `created` is Unix seconds, UTC."""
    import msgspec

    from reconciler.planfile.write import document

    data = msgspec.to_builtins(document(plan, origin, created=created, summary=summary))
    data["digest"] = _checksum(data)
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"


def is_plan(content: bytes) -> bool:
    """Whether a file is a plan, or was meant to be one: by its content, whatever its name."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and _SIGN in content


def parse(content: bytes, name: str) -> Saved:
    """Read a plan. `name` is the file's, for messages.

    Raises Unresolved for what is no whole plan, UnsafePlan for one that was altered or made by another version.
    """
    import msgspec

    from reconciler.planfile import read
    from reconciler.planfile.format import FORMAT, SavedPlan

    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unresolved(f"{name} is no whole plan: {error}. Plan again with --out") from None
    if not isinstance(data, dict):
        raise Unresolved(f"{name} is no plan. Plan again with --out")
    version = data.get("version")
    if data.get("stripe_portal_plan") != FORMAT or version != __version__:
        raise UnsafePlan([f"{name} was made by stripe-portal {version}, and this is {__version__}: plan again"])
    if _checksum(data) != data.get("digest"):
        raise UnsafePlan([f"{name} was altered after it was made: its digest is another. Plan again"])
    try:
        saved = msgspec.convert(data, SavedPlan)
        return Saved(read.plan(saved), read.origin(saved.yaml) if saved.yaml else None, saved.created)
    except (msgspec.ValidationError, ValueError) as error:
        raise Unresolved(f"{name} is no plan: {error}. Plan again with --out") from None


def schema() -> Mapping[str, Any]:
    """The JSON Schema of the file."""
    import msgspec

    from reconciler.planfile.format import SavedPlan

    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A plan of stripe-portal"}
    return head | msgspec.json.schema(SavedPlan)


def schemas() -> Mapping[str, str]:
    """The committed schema file by name, with its text."""
    return {"plan.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"}


def digest_of(document: Document) -> str:
    """A digest of what the YAML says in its environment: comments, order of files and spelling apart."""
    what = {"data": document.data, "settings": document.settings}
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()


def _checksum(data: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in data.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
