"""File links: public addresses of files (stripe-facts 8). They have no events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.emulator import metadata, objects
from reconciler.emulator.errors import Refusal, unsupported
from reconciler.emulator.ids import BASE, random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import PAGING, Query, compare, compare_age, page
from reconciler.emulator.store import Body

KIND, URL, ONE = "file_link", "/v1/file_links", "/v1/file_links/{link}"
LINKABLE = frozenset(
    [
        "business_icon",
        "business_logo",
        "customer_signature",
        "dispute_evidence",
        "finance_report_run",
        "financial_account_statement",
        "identity_document_downloadable",
        "issuing_regulatory_reporting",
        "pci_document",
        "selfie",
        "sigma_scheduled_query",
        "tax_document_user_upload",
        "terminal_android_apk",
        "terminal_reader_splashscreen",
    ]
)
"""Purposes of files that may be public (SDK docstring, stripe-facts 8)."""


def create(call: Call) -> Body:
    file = objects.need(call, "file", call.params["file"], "file")
    check_purpose(file["purpose"], "file")
    return make(call, file, call.params, "")


def check_purpose(purpose: str, param: str) -> None:
    if purpose not in LINKABLE:
        text = f"You cannot create a link to a file with the purpose `{purpose}`."
        raise Refusal(text, param=param)


def make(call: Call, file: Body, sent: Mapping[str, Any], name: str) -> Body:
    """A new link, also from the upload of its file; `name` is the bracketed place of `sent`."""
    expires = sent.get("expires_at")
    objects.in_future(call, expires, f"{name}[expires_at]" if name else "expires_at")
    token = random_id("" if call.scope.livemode else "test_", 40)
    body = {
        "id": random_id("link_1"),
        "object": KIND,
        "created": call.now,
        "expires_at": expires,
        "file": file["id"],
        "livemode": call.scope.livemode,
        "metadata": metadata.merged({}, sent.get("metadata")),
        "url": f"{BASE}/links/{token}",
    }
    return objects.create(call, KIND, body)


def update(call: Call) -> Body:
    """`now` ends it for good: expired links can no longer be updated (SDK docstring)."""
    before = objects.need(call, KIND, call.path["link"], "link", status=404)
    if expired(before, call.now):
        raise Refusal("Expired links can no longer be updated.")
    body = {**before, "metadata": metadata.merged(before["metadata"], call.params.get("metadata"))}
    if "expires_at" in call.params:
        moment = call.params["expires_at"]
        if isinstance(moment, int):
            objects.in_future(call, moment, "expires_at")
        body["expires_at"] = {"now": call.now, "": None}.get(moment, moment)
    return objects.change(call, KIND, body)


def expired(body: Body, now: float) -> bool:
    return body["expires_at"] is not None and body["expires_at"] <= now


def view(call: Call, body: Body) -> Body:
    return {**body, "expired": expired(body, call.now)}


def index(call: Call) -> Body:
    query = Query()
    for name, value in call.params.items():
        if name == "created":
            compare_age(query, value)
        elif name == "file":
            compare(call, query, KIND, "file", value)
        elif name == "expired":
            query.conditions.append("coalesce(json_extract(o.body, '$.expires_at') <= ?, 0) = ?")
            query.values += [call.now, value]
        elif name not in PAGING:
            raise unsupported(name)
    return page(call, KIND, URL, query)


READ, WRITE = "file_read", "file_write"
RESOURCE = Resource(
    kind=KIND,
    prefix="link_",
    noun="file link",
    expandable={"file": "file"},
    facets=("file", "url"),
    view=view,
    operations=(
        Operation("file_link.create", "POST", URL, "FileLinkCreateParams", create, WRITE),
        Operation("file_link.update", "POST", ONE, "FileLinkUpdateParams", update, WRITE),
        Operation("file_link.list", "GET", URL, "FileLinkListParams", index, READ),
        Operation("file_link.retrieve", "GET", ONE, "FileLinkRetrieveParams", objects.retrieving(KIND, "link"), READ),
    ),
)
