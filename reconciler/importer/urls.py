"""URLs that take part in names and notes, without what in them is a secret."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

_WORD = re.compile(r"[a-z]{1,16}(?:[-_.][a-z]{1,16}){0,3}|v[0-9]{1,2}")
"""A part of a path that nobody would take for a secret. In hooks of Slack and Discord, what follows is one."""
_TOKEN = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_.~=-]{16,}|[A-Za-z0-9_.~=-]{32,}")
_TELLING = re.compile(r"token|secret|passw|pwd|key|auth|sig|credential|code", re.IGNORECASE)


def plain(text: str) -> str:
    """The host of a URL, and its path up to the first part that could be a secret. Other text is left as it is."""
    url = _split(text)
    if url is None:
        return text
    parts: list[str] = []
    for part in filter(None, url.path.split("/")):
        if not _WORD.fullmatch(part):
            break
        parts.append(part)
    return "/".join([(url.hostname or "").removeprefix("www."), *parts])


def secret_in(value: Any) -> str:
    """What a URL holds that looks like a secret, in words that do not repeat it; or nothing."""
    url = _split(value) if isinstance(value, str) else None
    if url is None:
        return ""
    if url.username or url.password:
        return "a user name or a password in front of its host"
    query = parse_qsl(url.query, keep_blank_values=True)
    if any(_TELLING.search(name) or _TOKEN.fullmatch(content) for name, content in query):
        return "a token in its query"
    return "a token in its path" if any(_TOKEN.fullmatch(part) for part in url.path.split("/")) else ""


def _split(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text)
        return url if url.scheme in ("http", "https") and url.hostname else None
    except ValueError:
        return None
