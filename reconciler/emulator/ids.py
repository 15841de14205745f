"""Random identifiers in Stripe's form."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits

BASE = "http://emulator.invalid"
"""Stands for this server's own address in stored objects; answers carry the real one, so that a link keeps working when
the next process listens on another port."""


def random_id(prefix: str, length: int = 24) -> str:
    """`prefix` and that many random letters and digits."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))
