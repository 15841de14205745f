"""The SDK behind a session of our own: no ambient settings, nothing written to the home folder, no redirects."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.gateway.address import FILES, STRIPE
from reconciler.gateway.failures import Failed, from_answer, from_network
from reconciler.gateway.request import File

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS, READ_SECONDS = 10, 60
Send = Callable[[str, str, Mapping[str, Any], str], Mapping[str, Any]]
"""Called with method, path, parameters and idempotency key or ""; answers with the JSON object. Raises Failed."""


def open_session(connections: int) -> requests.Session:
    """A pool of connections that looks at nothing outside of it.

    A matching entry in ~/.netrc would replace the API key, and HTTP_PROXY would reroute it (measured); both come with
    `trust_env`. A redirect would take the key along, so every answer but 2xx ends in `_refuse` before it is followed.
    """
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=connections))
    session.hooks["response"].append(_refuse)
    return session


class Answer(dict[str, Any]):
    """An object as Stripe answered with it. `replayed`: out of its memory, as the same call was made before."""

    def __init__(self, data: Mapping[str, Any], *, replayed: bool = False):
        super().__init__(data)
        self.replayed = replayed


def through_sdk(
    session: requests.Session, key: str, *, base_url: str | None, account: str | None, api_version: str | None
) -> tuple[Send, str]:
    """A function that sends one call through the SDK, once, and the API version it speaks.

    The key lives in this closure alone: no attribute of ours holds it.
    """
    stripe = _sdk()
    addresses = dict.fromkeys(("api", "files", "connect", "meter_events"), base_url) if base_url else {}
    http = stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session)
    client = stripe.StripeClient(
        key,
        max_network_retries=0,
        stripe_version=api_version,
        base_addresses=addresses,
        http_client=http,
    )
    about = _about_us(stripe.VERSION)

    def send(method: str, path: str, params: Mapping[str, Any], idempotency_key: str) -> Mapping[str, Any]:
        options = {"idempotency_key": idempotency_key} if idempotency_key else {}
        if account and not path.startswith("/v1/accounts/"):  # its platform changes it: no account changes itself
            options["stripe_account"] = account
        files = {name: value.opened() for name, value in params.items() if isinstance(value, File)}
        if files:
            options |= {"base": "files", "content_type": "multipart/form-data"}
        host = (base_url or (FILES if files else STRIPE)).partition("//")[2]
        failed: Failed
        try:
            answer = client.raw_request(method.lower(), path, headers=about, **{**params, **files}, **options)
            data = json.loads(answer.body)  # the SDK's OrderedDicts are unequal when only their order differs
            if isinstance(data, dict):
                return Answer(data, replayed=(answer.headers or {}).get("Idempotent-Replayed", "") == "true")
            failed = _garbled()
        except stripe.APIConnectionError as error:
            cause = error.__cause__ or error
            failed = cause if isinstance(cause, Failed) else from_network(cause, host)
        except stripe.StripeError:
            failed = _garbled()
        raise failed.with_traceback(None)  # its frames hold the key

    return send, api_version or stripe.api_version


def _garbled() -> Failed:
    return Failed("the answer is not the JSON object that Stripe sends; is there a proxy in between?", unclear=True)


def _refuse(response: requests.Response, **_: Any) -> None:
    """Stop at everything but 2xx, before the SDK or `requests` make something of it."""
    if not 200 <= response.status_code < 300:
        raise from_answer(response.status_code, response.headers, response.content)


def _sdk() -> Any:
    """Import `stripe`, which may write a hint to stderr, and switch off the id that it keeps in the home folder."""
    if "stripe" not in sys.modules:
        with contextlib.redirect_stderr(io.StringIO()):
            import stripe
    import stripe

    stripe.enable_telemetry = False
    return stripe


def _about_us(sdk: str) -> Mapping[str, str]:
    """Who is calling, on every request: `set_app_info` would say so for every other user of the SDK as well."""
    agent = {
        "bindings_version": sdk,
        "lang": "python",
        "httplib": "requests",
        "application": {"name": "stripe-portal", "version": __version__},
    }
    return {
        "User-Agent": f"Stripe/v1 PythonBindings/{sdk} stripe-portal/{__version__}",
        "X-Stripe-Client-User-Agent": json.dumps(agent),
    }
