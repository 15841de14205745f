"""Local files on Stripe: uploaded once for each content, and found again by their links (stripe-facts 2.1, 8)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds import BY_NAME
from reconciler.kinds.shapes import SMALL_PICTURE
from reconciler.model import FILE, Address, Desired, LocalFile, Observed, Properties, Ref, Stamp
from reconciler.model import Path as Place
from reconciler.stamp import digest

KEY = "stripe_portal_sha256"
"""The metadata key of a link that says of which content it is."""

SMALL = SMALL_PICTURE
"""Bytes up to which a picture may be a `business_logo`."""

_FILES, _LINKS = "/v1/files", "/v1/file_links"
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def links(gateway: Gateway, purposes: Collection[str] = ()) -> Mapping[str, tuple[str, ...]]:
    """The public URLs of every file that was uploaded from here, by the sha256 of its content, the oldest first.

    For each of the purposes also the ids of the files, by `sha256.purpose`, as in the address of a LocalFile.
    A link that somebody has let expire, now or some day, is none. Raises ApiFailure.
    """
    found: dict[str, set[tuple[int, str, str]]] = {}
    params = {"expired": False, **({"expand": ["data.file"]} if purposes else {})}
    for raw in gateway.list(_LINKS, params, windowed=True):
        content, file = (raw.get("metadata") or {}).get(KEY, ""), raw.get("file")
        if re.fullmatch("[0-9a-f]{64}", content) and raw.get("expires_at") is None and isinstance(raw.get("url"), str):
            found.setdefault(content, set()).add((raw["created"], raw["id"], raw["url"]))
            if isinstance(file, Mapping) and file.get("purpose") in purposes:
                name = f"{content}.{file['purpose']}"
                found.setdefault(name, set()).add((raw["created"], raw["id"], file["id"]))
    return {name: tuple(value for _, _, value in sorted(several)) for name, several in found.items()}


def recognised(
    gateway: Gateway, desired: Desired, observed: Sequence[Observed]
) -> tuple[Desired, tuple[Observed, ...], Mapping[Address, str]]:
    """Both sides with a Ref in the place of the URL or id of each file of ours, and the oldest of those by address.

    Links are read only where the YAML names a file, or an object has other values than it was stamped with.
    """
    if not desired.files and not any(_unlike_stamp(one) for one in observed):
        return desired, tuple(observed), {}
    try:
        known = links(gateway, {f.purpose for f in desired.files.values()} - {""})
    except ApiFailure as failure:
        if failure.status != 403 or desired.files:
            raise
        return desired, tuple(observed), {}  # nothing of the YAML needs them; an edited image shows as its URL
    refs = {v: Ref(Address(FILE, name)) for name, values in known.items() for v in values}
    resources = {a: replace(r, properties=_swapped(a.kind, r.properties, refs)) for a, r in desired.resources.items()}
    urls = {Address(FILE, name): values[0] for name, values in known.items()}
    return replace(desired, resources=resources), tuple(_with_files(one, refs) for one in observed), urls


def with_files(observed: Sequence[Observed], urls: Mapping[Address, str]) -> tuple[Observed, ...]:
    """The objects with a Ref in the place of each of these URLs and ids."""
    return tuple(_with_files(one, {url: Ref(address) for address, url in urls.items()}) for one in observed)


def _with_files(one: Observed, refs: Mapping[str, Ref]) -> Observed:
    properties = _swapped(one.kind, one.properties, refs)
    return one if properties is one.properties else replace(one, properties=properties)


def _swapped(kind: str, properties: Properties, refs: Mapping[str, Ref]) -> Properties:
    rows = [f for f in BY_NAME[kind].fields if f.uploads and properties.get(f.path)] if refs else []
    return {**properties, **{f.path: _with_refs(properties[f.path], refs) for f in rows}} if rows else properties


def _with_refs(value: Any, refs: Mapping[str, Ref]) -> Any:
    return tuple(refs.get(v, v) for v in value) if isinstance(value, tuple) else refs.get(value, value)


def _unlike_stamp(one: Observed) -> bool:
    rows = (f for f in BY_NAME[one.kind].fields if f.uploads and one.stamp and f.path in one.stamp.fields)
    return any(digest(one.properties.get(f.path, ())) not in _stamped(one.stamp, f.path) for f in rows)


def _stamped(mark: Stamp | None, path: Place) -> tuple[str | None, ...]:
    return (mark.fields.get(path), mark.returned.get(path)) if mark else ()


def upload(gateway: Gateway, file: LocalFile, *, idempotency_key: str) -> Mapping[Address, str]:
    """Upload a file and give its public URL, and its id, which is another file's too that has its content and purpose.

    Raises ApiFailure: also, and then nothing was sent, when the content is no longer the one that was planned.
    """
    content, what_for = _planned(file), file.purpose or purpose(file.size)
    try:
        mark = {KEY: file.digest}
        answer = gateway.upload(content, _name(file), what_for, metadata=mark, idempotency_key=idempotency_key)
    except ApiFailure as failure:
        raise _explained(failure, file) from None
    names = {file.digest: _url(answer, file), f"{file.digest}.{what_for}": str(answer["id"])}
    return {Address(FILE, name): value for name, value in names.items()}


def purpose(size: int) -> str:
    """What Stripe is told that a picture of so many bytes is for: there is no purpose for images of products.

    It decides on size, expiry and whether a link may be made (docs.stripe.com/file-upload): these two allow JPEG and
    PNG, never expire and may be public. Nothing is said of WEBP for any purpose, so it is tried.
    """
    return "business_logo" if size <= SMALL else "tax_document_user_upload"


def _planned(file: LocalFile) -> bytes:
    path, content = Path(file.location), b""
    try:
        if path.is_file():
            with path.open("rb") as opened:
                content = opened.read(file.size + 1)
    except OSError as error:
        raise ApiFailure(f"POST {_FILES}", f"{file.written} cannot be read: {error.strerror}") from None
    if hashlib.sha256(content).hexdigest() != file.digest:
        raise ApiFailure(f"POST {_FILES}", f"{file.written} has changed since the plan, and was not sent; plan again")
    return content


def _name(file: LocalFile) -> str:
    """The file's own name as far as every server takes it, with the ending of what it is."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", PurePath(file.written).stem).strip("-")[:100]
    return (stem or "image") + _SUFFIXES[file.type]


def _explained(failure: ApiFailure, file: LocalFile) -> ApiFailure:
    """What to do where it is the file that Stripe refuses."""
    message = f"{file.written}: {failure.message}"
    if failure.status == 400 and failure.param in ("", "file", "purpose"):
        other = "" if file.purpose else ", or publish it elsewhere and give its URL"
        message = f"{message.rstrip('.')}. Convert it to PNG or JPEG{other}"
    return failure.saying(message)


def _url(answer: Mapping[str, Any], file: LocalFile) -> str:
    made = (answer.get("links") or {}).get("data") or [{}]
    url = made[0].get("url")
    if not isinstance(url, str) or not url:
        raise ApiFailure(f"POST {_FILES}", f"{file.written} was stored, but the answer has no public link to it")
    return url
