"""One REST API, GitHub's or GitLab's, and a token that no message repeats."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler import __version__

if TYPE_CHECKING:
    import requests
    from tenacity import RetryCallState

T = TypeVar("T")

SECONDS = 30
TRIES = 5
LONGEST_WAIT = 60.0
_PAGE = 100


class Unavailable(Exception):
    """What could not be read or posted, in one line. `wait` is None for what no second try helps, else seconds that
    the server asks for, or 0."""

    def __init__(self, message: str, *, status: int = 0, wait: float | None = None) -> None:
        super().__init__(message)
        self.status, self.wait = status, wait


class Rest:
    """Calls to one API. Every answer but 2xx raises Unavailable; redirects are not followed, as they take the token."""

    def __init__(self, base: str, header: str, token: str) -> None:
        import requests

        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers[header] = token
            return request

        self._base = base.rstrip("/")
        self._session = requests.Session()
        self._session.auth = authorize  # with one of its own, requests lets no ~/.netrc take its place
        self._session.headers.update({"User-Agent": f"stripe-portal/{__version__}", "Accept": "application/json"})

    def get(self, path: str, **params: str | int) -> Any:
        return self._call("GET", path, params, None)

    def send(self, method: str, path: str, data: Mapping[str, Any]) -> Any:
        return self._call(method, path, {}, data)

    def pages(self, path: str, **params: str | int) -> Iterator[Any]:
        """The rows of a list, page by page."""
        page = 0
        while True:
            page += 1
            rows = self.get(path, per_page=_PAGE, page=page, **params)
            yield from rows
            if len(rows) < _PAGE:
                return

    def _call(self, method: str, path: str, params: Mapping[str, str | int], data: Mapping[str, Any] | None) -> Any:
        import requests

        url = f"{self._base}{path}"
        try:
            answer = self._session.request(
                method, url, params=params, json=data, timeout=SECONDS, allow_redirects=False
            )
            if answer.ok and not answer.is_redirect:
                return answer.json() if answer.content else None
        except (requests.RequestException, ValueError) as error:
            raise Unavailable(f"{method} {url}: {type(error).__name__}", wait=0.0) from None
        raise _failed(f"{method} {url}", answer)


def persist(call: Callable[[], T]) -> T:
    """Call until it works or is not worth another try. What is given must find out by itself what is done already."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

    backoff = wait_random_exponential(multiplier=1, max=LONGEST_WAIT)

    def wait(state: RetryCallState) -> float:
        failed = state.outcome.exception() if state.outcome else None
        asked = failed.wait if isinstance(failed, Unavailable) else None
        return asked or backoff(state)

    return Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Unavailable) and error.wait is not None),
        wait=wait,
        stop=stop_after_attempt(TRIES),
        reraise=True,
    )(call)


def _failed(what: str, answer: requests.Response) -> Unavailable:
    try:
        said = answer.json()
        reason = str(said.get("message") or said.get("error") or answer.reason)
    except (ValueError, AttributeError):
        reason = str(answer.reason)
    reason = " ".join(reason.split())[:200]
    return Unavailable(f"{what}: {answer.status_code} {reason}", status=answer.status_code, wait=_wait(answer, reason))


def _wait(answer: requests.Response, reason: str) -> float | None:
    """Seconds to wait before another try, or None when there is to be none.

    GitHub answers 403 or 429 to too many calls, and says for how long in one of two headers.
    """
    limited = answer.status_code == 429 or (answer.status_code == 403 and "rate limit" in reason.lower())
    if not limited and answer.status_code < 500:
        return None
    try:
        if "retry-after" in answer.headers:
            asked = float(answer.headers["retry-after"])
        elif limited and answer.headers.get("x-ratelimit-remaining") == "0":
            asked = float(answer.headers["x-ratelimit-reset"]) - time.time()
        else:
            return 0.0
    except (KeyError, ValueError):
        return 0.0
    return max(asked, 0.01) if asked <= LONGEST_WAIT else None
