"""API keys: which ones are of use, which mode they belong to, and how to keep them out of every text."""

from __future__ import annotations

import re

from reconciler.errors import WrongTarget

PAGE = "https://dashboard.stripe.com/apikeys"

_QUOTES = "\"'`“”‘’«»"
_USABLE = re.compile(r"(?:sk|rk|rkcs)_(?P<mode>live|test)_[!-~]+")
_SECRET = re.compile(r"(?<![A-Za-z0-9])((?:sk|rk|rkcs|pk|ek|whsec)_(?:org_)?(?:live_|test_)?)[A-Za-z0-9_*.…-]+")


def check_key(key: str) -> None:
    """Refuse a key that cannot work, before it is sent anywhere (stripe-facts 11). Raises WrongTarget.

    The message never holds the key or a part of it.
    """
    if not key:
        raise WrongTarget(f"there is no API key; make one at {PAGE}")
    if key[0] in _QUOTES or key[-1] in _QUOTES:
        raise WrongTarget("the API key has quotes around it: set it again without them")
    if not re.fullmatch(r"[!-~]+", key):
        raise WrongTarget(
            "the API key holds a space, a line break or another character that no key has: set it again, the key alone"
        )
    if key.startswith("pk_"):
        raise WrongTarget(
            f"that is a publishable key (pk_…), which cannot read or write; use a secret or restricted one: {PAGE}"
        )
    if key.startswith("sk_org_"):
        raise WrongTarget(f"that is an organisation key (sk_org_…); use a key of the one account to work on: {PAGE}")
    if not _USABLE.fullmatch(key):
        raise WrongTarget(
            f"that is no Stripe API key: they begin with sk_test_, rk_test_, sk_live_ or rk_live_. They are at {PAGE}"
        )


def is_restricted(key: str) -> bool:
    """Whether a usable key may do only some things: rk_…, and the kind that the Stripe CLI has besides, rkcs_…."""
    return key.startswith("rk")


def is_live(key: str) -> bool:
    """Whether a usable key reads and writes live data. Says nothing about which sandbox a test key belongs to."""
    found = _USABLE.fullmatch(key)
    return found is not None and found["mode"] == "live"


def redact(text: str) -> str:
    """The text with every key and signing secret in it cut to its prefix: Stripe's own 401 echoes part of the key."""
    return _SECRET.sub(r"\1***", text)
