"""Images that were uploaded from a project, taken back into one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.gateway import web
from reconciler.images.content import LIMIT, Unfit, type_of
from reconciler.importer.entry import Entry
from reconciler.importer.settle import place_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import refs_in
from reconciler.model import Address, LocalFile, Observed, Place

if TYPE_CHECKING:
    from reconciler.cli.importing import Account

FOLDER = "images"
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def fetched(
    observed: Sequence[Observed], urls: Mapping[Address, str]
) -> tuple[Mapping[Address, LocalFile], Mapping[Address, bytes]]:
    """The files that objects show, and their content from their public URLs.

    What cannot be fetched, or is not what was uploaded, has no content, and is written as the URL that it is.
    """
    shown = {
        ref.address: one
        for one in sorted(observed, key=lambda o: (o.created, o.id), reverse=True)
        for field in BY_NAME[one.kind].fields
        if field.uploads
        for ref in refs_in(one.properties.get(field.path))
        if ref.address in urls
    }
    answers = web.fetch([urls[address] for address in shown], LIMIT)
    files: dict[Address, LocalFile] = {}
    contents: dict[Address, bytes] = {}
    for address in sorted(shown):
        content = answers[urls[address]]
        kind = _kind(content, address.name)
        if isinstance(content, str) or not kind:
            url = urls[address]
            files[address] = LocalFile(url, url, address.name, 0, "")
            continue
        written = f"./{FOLDER}/{address.name[:12]}{_SUFFIXES[kind]}"
        files[address] = LocalFile(written, written, address.name, len(content), kind)
        contents[address] = content
    return files, contents


def _kind(content: bytes | str, digest: str) -> str:
    """The type of a picture, where it is one and has the content that it should."""
    if isinstance(content, str) or hashlib.sha256(content).hexdigest() != digest:
        return ""
    try:
        return type_of(content)
    except Unfit:
        return ""


def noted(entries: Sequence[Entry], account: Account) -> tuple[Entry, ...]:
    """The entries, with a note on every picture that stays a URL."""
    urls = [file.written for address, file in account.pictures.items() if address not in account.contents]

    def one(entry: Entry) -> Entry:
        text = str(entry.whole)
        notes = (f"{url} could not be fetched as it was uploaded, and stays a URL" for url in urls if url in text)
        return replace(entry, notes=(*entry.notes, *notes)) if urls else entry

    return tuple(map(one, entries))


def places(new: Mapping[Address, Observed], files: Mapping[Address, LocalFile]) -> dict[Place, LocalFile]:
    """Where each file stands in the YAML."""
    found: dict[Place, LocalFile] = {}
    for address, one in new.items():
        for field in BY_NAME[one.kind].fields:
            if field.uploads:
                for number, value in enumerate(one.properties.get(field.path) or ()):
                    for ref in refs_in(value):
                        found[(*place_of(address), *field.path, number)] = files[ref.address]
    return found
