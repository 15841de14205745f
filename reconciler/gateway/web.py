"""Public URLs, opened the way anybody would: no key, no cookies, nothing of this machine's settings."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import wait
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from reconciler import __version__
from reconciler.gateway.crew import Crew
from reconciler.gateway.failures import from_network

if TYPE_CHECKING:
    import requests

ABREAST, SECONDS, REDIRECTS = 8, 10.0, 5
_PIECE = 1 << 16


def fetch(urls: Iterable[str], most: int, *, seconds: float = SECONDS) -> Mapping[str, bytes | str]:
    """The content of each URL, or why there is none. Never raises for what a server does.

    Of a content no more than `most` bytes and one are read, and no URL takes much longer than `seconds`: one that
    sends a byte now and then is left to a thread that nobody waits for.
    """
    crew = Crew(ABREAST)
    running = {url: crew.submit(partial(_content, url, most, seconds)) for url in dict.fromkeys(urls)}
    try:
        turns = -(-len(running) // ABREAST)
        done = wait(running.values(), seconds * turns).done
        late = f"no complete answer within {seconds:g} seconds"
        return {url: future.result() if future in done else late for url, future in running.items()}
    finally:
        crew.close()


def _content(url: str, most: int, seconds: float) -> bytes | str:
    import requests
    import urllib3

    begun, here = time.monotonic(), url
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.headers.update({"User-Agent": f"stripe-portal/{__version__}", "Accept-Encoding": "identity"})
            for _ in range(REDIRECTS + 1):
                with session.get(here, stream=True, allow_redirects=False, timeout=seconds) as answer:
                    target = session.get_redirect_target(answer)
                    if target is None:
                        return _read(answer, most, begun + seconds)
                    here = urljoin(here, target)
        return f"more than {REDIRECTS} redirects"
    except urllib3.exceptions.HTTPError:
        return "the answer breaks off"
    except (requests.RequestException, OSError) as error:
        return from_network(error, urlsplit(here).netloc.rpartition("@")[2]).message
    except ValueError:  # what a redirect led to is no URL
        return "a redirect leads nowhere"


def _read(answer: requests.Response, most: int, until: float) -> bytes | str:
    """The content as sent: what is decompressed may be of any size."""
    if answer.status_code != HTTPStatus.OK:
        return f"HTTP {answer.status_code}"
    found = bytearray()
    while len(found) <= most and (piece := answer.raw.read(min(_PIECE, most + 1 - len(found)), decode_content=False)):
        found += piece
        if time.monotonic() > until:
            return "it takes too long"
    return bytes(found)
