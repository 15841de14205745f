"""A request to Stripe's API and its answer, apart from the web server that carries them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from reconciler.emulator import forms, store
from reconciler.emulator.errors import Refusal, envelope
from reconciler.emulator.params import shape_of
from reconciler.emulator.uploads import MULTIPART, parts

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Incoming:
    """A request as received; `path` is still percent-encoded, header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Outgoing:
    """An answer; `status` 0 means that the connection is dropped instead."""

    status: int
    headers: Mapping[str, str]
    body: str


def parameters(incoming: Incoming) -> dict[str, Any]:
    """The query and, of a POST, the form."""
    encoded = incoming.query
    if incoming.body:
        content_type = incoming.headers.get("content-type", FORM)
        if content_type.startswith(MULTIPART):
            query = parse_qsl(encoded, keep_blank_values=True)
            return forms.nested([*query, *parts(incoming.body, content_type)])
        if not content_type.startswith(FORM):
            text = f"Invalid request (check that your POST content type is {FORM})."
            raise Refusal(text, judged=True)
        encoded = "&".join(filter(None, (encoded, incoming.body.decode("utf-8", "replace"))))
    return forms.decode(encoded)


@functools.cache
def known_versions() -> tuple[str, ...]:
    """API versions that the installed SDK names, oldest first."""
    fields = shape_of("WebhookEndpointCreateParams").fields
    assert fields is not None
    return tuple(sorted(fields["api_version"].values))


def version_of(headers: Mapping[str, str]) -> str:
    """The version that a request asks for, the newest by default. The emulator behaves like the newest in any case."""
    version = headers.get("stripe-version") or known_versions()[-1]
    if version not in known_versions():
        raise Refusal(f"Invalid Stripe API version: {version}", judged=True)
    return version


def echoed(headers: Mapping[str, str]) -> dict[str, str]:
    names = {
        "stripe-version": "Stripe-Version",
        "idempotency-key": "Idempotency-Key",
        "stripe-account": "Stripe-Account",
    }
    return {shown: headers[name] for name, shown in names.items() if name in headers}


def refused(refusal: Refusal) -> Outgoing:
    return Outgoing(refusal.status, refusal.headers, store.dumped(envelope(refusal)))
