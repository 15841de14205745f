"""Where a key may be sent besides Stripe itself: this machine, and a remote host only when asked for by name."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from reconciler.errors import WrongTarget

STRIPE = "https://api.stripe.com"
FILES = "https://files.stripe.com"


def check_base_url(url: str, allow_remote: bool = False) -> str:
    """The address in its one spelling, `scheme://host[:port]`. Raises WrongTarget for one that a key must not go to.

    Judged by its text alone, without resolving a name: only 127.0.0.0/8, ::1 and localhost are this machine. The answer
    is put together anew from the parts that were judged, so that no other reader can find another host in it.
    """
    refused = f"{_shown(url)} is no address to send an API key to"
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url or "%" in url:
        raise WrongTarget(f"{refused}: it holds a character that an address does not have")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise WrongTarget(f"{refused}: it cannot be read as a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise WrongTarget(f"{refused}: it must look like http://127.0.0.1:12111")
    if "@" in parts.netloc or parts.query or parts.fragment or "?" in url or "#" in url or parts.path not in ("", "/"):
        raise WrongTarget(f"{refused}: it may hold a scheme, a host and a port, and nothing else")
    if not is_loopback(host):
        if not allow_remote:
            raise WrongTarget(f"{refused}: it is not on this machine (127.0.0.1, ::1 or localhost)")
        if parts.scheme != "https":
            raise WrongTarget(f"{refused}: a remote host must be spoken to by https")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")


def check_account(account: str) -> str:
    """The id of a connected account, which goes into a header. Raises WrongTarget for what is none."""
    if not re.fullmatch("acct_[A-Za-z0-9]+", account):
        raise WrongTarget("that is no account to act for: the id of a connected account is acct_… and nothing else")
    return account


def is_loopback(host: str) -> bool:
    """Whether a host, as written, is this machine. `127.0.0.1.evil.com` and `::ffff:127.0.0.1` are not."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_loopback
    return address == ipaddress.IPv6Address("::1")


def _shown(url: str) -> str:
    """The URL for a message, without the password that one may have put into it."""
    return repr(re.sub(r"//[^/]*@", "//***@", url))
