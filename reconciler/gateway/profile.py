"""The Stripe CLI's own profile, for its test key (stripe-facts 11, the Stripe CLI of 2026-08-21).

Live keys are not in that file: they are in the keyring of the system, and only a redacted form is written. So nothing
but a key of test mode is ever taken from it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from reconciler.errors import Unresolved, WrongTarget
from reconciler.gateway.keys import check_key, is_live

PROFILE = "default"
LARGEST = 1_000_000
"""Bytes; a file of the Stripe CLI has some hundred."""

_KEYS = ("test_mode_api_key", "secret_key", "api_key")
"""The newest name first; the others are of older versions."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The test key of the Stripe CLI. `exposed`: others on this machine can read the file."""

    path: Path
    key: str = field(repr=False)
    expires: date | None = None
    exposed: bool = False


def location(environ: Mapping[str, str], home: Path) -> Path:
    """Where the Stripe CLI keeps its profiles."""
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "stripe" / "config.toml"


def read(path: Path, today: date) -> Profile | None:
    """The default profile, or None when there is no such file, or no key in it: a newer login keeps it in the keyring.

    Raises Unresolved, with what to do, for a file that cannot be read and for a key that has expired or is none. No
    message holds anything of the file but names of settings.
    """
    data, exposed = _load(path)
    table = data.get(PROFILE)
    if not isinstance(table, dict):
        return None
    name = next((n for n in _KEYS if table.get(n)), "")
    if not name:
        return None
    key = table[name]
    if not _is_test_key(key):
        raise Unresolved(
            f"{name} in {path} is no test key, and no other is taken from there. "
            f"`stripe login` writes it anew; STRIPE_API_KEY goes before it"
        )
    expires = _date(table.get("test_mode_key_expires_at"))
    if expires and expires < today:
        raise Unresolved(
            f"the Stripe CLI's test key expired on {expires} ({path}). "
            f"`stripe login` renews it; STRIPE_API_KEY goes before it"
        )
    return Profile(path, key, expires, exposed)


def _load(path: Path) -> tuple[Mapping[str, Any], bool]:
    import tomllib

    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Unresolved(f"{path} is no file of the Stripe CLI: it is far too large")
        data = tomllib.loads(content.decode())
    except FileNotFoundError:
        return {}, False
    except OSError as error:
        raise Unresolved(
            f"the Stripe CLI's profile cannot be read: {path}: {error.strerror}. Correct that, or set STRIPE_API_KEY"
        ) from None
    except (ValueError, RecursionError) as error:
        raise Unresolved(
            f"the Stripe CLI's profile cannot be read: {path} is no TOML{_place(error)}. "
            f"`stripe login` writes it anew; STRIPE_API_KEY goes before it"
        ) from None
    return data, os.name == "posix" and bool(mode & (stat.S_IRGRP | stat.S_IROTH))


def _place(error: Exception) -> str:
    """Where it went wrong, and nothing else of what the parser says: it may quote the file."""
    found = re.search(r"at line (\d+)", str(error))
    return f" (line {found[1]})" if found else ""


def _is_test_key(key: object) -> bool:
    if not isinstance(key, str) or "*" in key:
        return False
    try:
        check_key(key)
    except WrongTarget:
        return False
    return not is_live(key)


def _date(value: object) -> date | None:
    """The day, written as TOML's own or as text. What is neither says nothing."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
