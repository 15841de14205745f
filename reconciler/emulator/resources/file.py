"""Files: uploaded, read, never changed (stripe-facts 2.1, 8). The bytes stay with the object, unseen in answers."""

from __future__ import annotations

import base64
from pathlib import PurePath

from reconciler.emulator import objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.expand import present
from reconciler.emulator.ids import BASE, random_id
from reconciler.emulator.model import Call, Operation, Resource
from reconciler.emulator.paging import listing
from reconciler.emulator.periods import period_end
from reconciler.emulator.resources import file_link
from reconciler.emulator.store import Body
from reconciler.emulator.uploads import Upload

KIND, URL, ONE = "file", "/v1/files", "/v1/files/{file}"
KB, MB = 1024, 1024 * 1024
PICTURES = ("gif", "jpg", "png")
LIMITS = {
    "business_icon": (PICTURES, 512 * KB),
    "business_logo": (PICTURES, 512 * KB),
    "customer_signature": (("jpg", "png", "svg"), 4 * MB),
    "dispute_evidence": (("jpg", "pdf", "png"), 5 * MB),
    "identity_document": (("jpg", "pdf", "png"), 32 * MB),
    "issuing_regulatory_reporting": (("json",), 256 * KB),
    "pci_document": (("pdf",), 16 * MB),
    "tax_document_user_upload": (("csv", "docx", "jpg", "pdf", "png", "xlsx"), 16 * MB),
}
"""Types and largest size per purpose, as docs.stripe.com/file-upload lists them; other purposes take anything here."""
LIVES = {
    "customer_signature": ("day", 7),
    "dispute_evidence": ("month", 9),
    "issuing_regulatory_reporting": ("year", 2),
}
SIGNS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"%PDF-": "pdf"}


def create(call: Call) -> Body:
    """`file_link_data[create]` makes a public link at once, for the purposes that may have one."""
    params = call.params
    upload: Upload = params["file"]
    purpose = params["purpose"]
    type_ = type_of(upload)
    types, most = LIMITS.get(purpose, ((type_,), len(upload.content)))
    if type_ not in types:
        text = f"Files with the purpose `{purpose}` must be one of {', '.join(types)}; this is {type_ or 'unknown'}."
        raise Refusal(text, param="file")
    if not 0 < len(upload.content) <= most:
        raise Refusal(f"Files with the purpose `{purpose}` must have 1 to {most} bytes.", param="file")
    link = params.get("file_link_data", {})
    if link.get("create"):
        file_link.check_purpose(purpose, "file_link_data[create]")
    identifier = random_id("file_1")
    body = {
        "id": identifier,
        "object": KIND,
        "content": base64.b64encode(upload.content).decode(),
        "created": call.now,
        "expires_at": period_end(call.now, *LIVES[purpose]) if purpose in LIVES else None,
        "filename": upload.name,
        "purpose": purpose,
        "size": len(upload.content),
        "title": None,
        "type": type_ or None,
        "url": f"{BASE}/v1/files/{identifier}/contents",
    }
    result = objects.create(call, KIND, body)
    if link.get("create"):
        file_link.make(call, body, link, "file_link_data")
    return result


def type_of(upload: Upload) -> str:
    """What the bytes say, else what the name says; empty when neither tells."""
    for sign, type_ in SIGNS.items():
        if upload.content.startswith(sign):
            return type_
    suffix = PurePath(upload.name).suffix.lower().removeprefix(".")
    return suffix if suffix not in SIGNS.values() else ""


def view(call: Call, body: Body) -> Body:
    """With its newest ten links."""
    body.pop("content")
    links = objects.having(call, "file_link", "file", body["id"])[::-1]
    body["links"] = {
        "object": "list",
        "data": [present(call, link) for link in links[:10]],
        "has_more": len(links) > 10,
        "url": f"/v1/file_links?file={body['id']}",
    }
    return body


READ, WRITE = "file_read", "file_write"
RESOURCE = Resource(
    kind=KIND,
    prefix="file_",
    noun="file",
    event=KIND,
    facets=("purpose",),
    view=view,
    operations=(
        Operation("file.create", "POST", URL, "FileCreateParams", create, WRITE),
        Operation("file.list", "GET", URL, "FileListParams", listing(KIND, URL, {"purpose": "purpose"}), READ),
        Operation("file.retrieve", "GET", ONE, "FileRetrieveParams", objects.retrieving(KIND, "file"), READ),
    ),
)
