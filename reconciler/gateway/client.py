"""Connecting, and the few calls that the rest of the tool makes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from reconciler.errors import ApiFailure, WrongTarget
from reconciler.gateway import pacing, request
from reconciler.gateway.address import STRIPE, check_account, check_base_url
from reconciler.gateway.crew import SIZE, Crew
from reconciler.gateway.keys import check_key, is_live
from reconciler.gateway.lists import Raw, read_all
from reconciler.gateway.retry import persist
from reconciler.gateway.session import Answer, Send, open_session, through_sdk
from reconciler.model import Target

if TYPE_CHECKING:
    from types import TracebackType

Params = Mapping[str, Any]
Rows = list[Raw]
_NONE: Params = {}


def connect(
    key: str,
    *,
    base_url: str | None = None,
    livemode_limits: bool | None = None,
    account: str | None = None,
    api_version: str | None = None,
    allow_remote: bool = False,
    clock: pacing.Clock | None = None,
) -> Gateway:
    """Open the door. Sends nothing yet. Raises WrongTarget for a key or an address that cannot be right.

    Calls are paced as the key's mode asks, or as `livemode_limits` says. At an address of this machine they are not,
    unless it says so: the emulator has no limits. `account` is a connected account to act for.
    """
    check_key(key)
    if account is not None:
        check_account(account)
    if base_url is not None:
        base_url = check_base_url(base_url, allow_remote)
    live = is_live(key) if livemode_limits is None else livemode_limits
    unpaced = base_url is not None and livemode_limits is None and not allow_remote
    limits = None if unpaced else pacing.LIVE if live else pacing.SANDBOX
    session = open_session(2 * SIZE)
    send, version = through_sdk(session, key, base_url=base_url, account=account, api_version=api_version)
    return Gateway(
        send,
        session.close,
        clock or pacing.WallClock(),
        limits,
        livemode=is_live(key),
        api_version=version,
        base_url=base_url,
        connected=account is not None,
    )


class Gateway:
    """Raw JSON in, raw JSON out. All methods may be called from several threads at once; all raise ApiFailure."""

    def __init__(
        self,
        send: Send,
        close: Callable[[], None],
        clock: pacing.Clock,
        limits: pacing.Limits | None,
        *,
        livemode: bool,
        api_version: str,
        base_url: str | None,
        connected: bool = False,
    ):
        self._send, self._close, self._clock = send, close, clock
        self._pacer = pacing.Pacer(limits, clock)
        self._crew = Crew()
        self._lock = threading.Lock()
        self._reads = self._writes = 0
        self._closed = False
        self._account: Raw | None = None
        self._account_lock = threading.Lock()
        self.livemode, self.api_version, self.base_url = livemode, api_version, base_url
        self._connected = connected

    def __repr__(self) -> str:
        mode = "live" if self.livemode else "sandbox"
        return f"Gateway({self.base_url or STRIPE}, {mode}, {self.api_version})"

    @property
    def reads(self) -> int:
        """GETs sent so far, tries that failed included: Stripe budgets them (stripe-facts 10.1)."""
        with self._lock:
            return self._reads

    @property
    def writes(self) -> int:
        """POSTs and DELETEs sent so far, tries that failed included."""
        with self._lock:
            return self._writes

    def account(self) -> Raw:
        """The account that is worked on: that of the key, or the connected one that it acts for. Asked once."""
        with self._account_lock:
            if self._account is None:
                self._account = self._call("GET", "/v1/account", _NONE)
            return self._account

    def target(self) -> Target:
        """The account as a plan names it. Whether it is an emulator's is for the caller to know."""
        account = self.account()
        if not isinstance(account.get("id"), str):
            raise ApiFailure("GET /v1/account", "the answer is not an account; is this Stripe?")
        dashboard = (account.get("settings") or {}).get("dashboard") or {}
        return Target(
            account=account["id"],
            name=dashboard.get("display_name") or "",
            livemode=self.livemode,
            api_version=self.api_version,
            created=account.get("created") or 0,
            host=self.base_url or "",
            connected=self._connected,
        )

    def get(self, path: str, params: Params = _NONE) -> Raw:
        """One answer, as it comes; of a list the first page."""
        return self._call("GET", path, params)

    def list(
        self,
        path: str,
        params: Params,
        *,
        windowed: bool = False,
        since: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Rows:
        """Every object of a collection, newest first; complete, or an error.

        `windowed` reads a long one in several places at once, and is for collections that take a `created` filter.
        Nothing is expected to be older than `since` (Unix seconds, UTC; the account's own age once that is known).
        `progress` is told how many objects there are so far.
        """
        fixed = request.encodable(params)
        if since is None and self._account is not None:
            since = self._account.get("created")
        try:
            rows = read_all(
                lambda query: self._call("GET", path, {**fixed, **query}),
                self._crew.submit,
                path=path,
                windowed=windowed,
                since=since,
                progress=progress,
            )
        except pacing.Stopped:
            rows = None
        if rows is None:
            raise ApiFailure(f"GET {path}", "interrupted")
        self._check_mode(path, rows)
        return rows

    def _check_mode(self, path: str, rows: Rows) -> None:
        """Every object says which mode it is of; a key, only by its looks (stripe-facts 11)."""
        if any(row.get("livemode") is not self.livemode for row in rows if "livemode" in row):
            mine, theirs = ("live", "test") if self.livemode else ("test", "live")
            raise WrongTarget(f"{path} answers a {mine} key with {theirs} objects: nothing was written")

    def post(self, path: str, params: Params, *, idempotency_key: str) -> Raw:
        """Create or update. `unknown` in the ApiFailure says that the call may have taken effect.

        The idempotency key is the same over all tries, so that they count as one.
        """
        return self._call("POST", path, params, idempotency_key)

    def upload(
        self, content: bytes, name: str, purpose: str, *, metadata: Mapping[str, str], idempotency_key: str
    ) -> Raw:
        """Store a file and make it public by a link that bears the metadata. The link's URL: `links.data[0].url`.

        Only some purposes may have a link (stripe-facts 8). As for `post`, `unknown` says that there may be a file.
        """
        params = {
            "purpose": purpose,
            "file": request.File(name, content),
            "file_link_data": {"create": True, **({"metadata": metadata} if metadata else {})},
        }
        return self._call("POST", "/v1/files", params, idempotency_key)

    def delete(self, path: str, params: Params = _NONE) -> Raw:
        """Delete for good. What is gone already counts as deleted: a first try may have been lost on its way back."""
        try:
            return self._call("DELETE", path, params)
        except ApiFailure as failure:
            if (failure.status, failure.code) != (404, "resource_missing"):
                raise
        return {"id": unquote(path.rpartition("/")[2]), "deleted": True}

    def close(self) -> None:
        """Send nothing more. Lists and calls that wait for their turn end at once, with ApiFailure."""
        self._closed = True
        self._clock.stop()
        self._crew.close()
        self._close()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, method: str, path: str, params: Params, idempotency_key: str = "") -> Raw:
        operation = request.operation(method, request.check_path(path))
        sent = request.encodable(params)

        tries = 0

        def attempt() -> Raw:
            nonlocal tries
            tries += 1
            self._pacer.wait(operation)
            with self._lock:
                if self._closed:
                    raise pacing.Stopped
                if method == "GET":
                    self._reads += 1
                else:
                    self._writes += 1
            return self._send(method, path, sent, idempotency_key)

        def limited(reason: str, seconds: float) -> None:
            self._pacer.hold("" if reason.startswith("global") else operation, seconds)

        answer = persist(attempt, method=method, path=path, clock=self._clock, limited=limited)
        if isinstance(answer, Answer) and tries > 1:
            answer.replayed = False  # it is the answer to an earlier try of this very call
        return answer
