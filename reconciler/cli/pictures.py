"""Images that were uploaded from a project, taken back into one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from reconciler.errors import Unresolved
from reconciler.gateway import web
from reconciler.images.content import LIMIT, Unfit, type_of
from reconciler.importer.settle import place_of
from reconciler.kinds import BY_NAME
from reconciler.kinds.values import refs_in
from reconciler.model import Address, LocalFile, Observed, Place

FOLDER = "images"
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def fetched(
    observed: Sequence[Observed], urls: Mapping[Address, str]
) -> tuple[Mapping[Address, LocalFile], Mapping[Address, bytes]]:
    """The files that objects show, and their content from their public URLs. Raises Unresolved where one is gone."""
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
    for address, one in sorted(shown.items()):
        content = answers[urls[address]]
        if isinstance(content, str) or hashlib.sha256(content).hexdigest() != address.name:
            why = content if isinstance(content, str) else "it is not the file that was uploaded"
            raise Unresolved(f"the image {urls[address]} of {one.id}: {why}. Nothing was written; try again")
        try:
            suffix = _SUFFIXES[type_of(content)]
        except Unfit as unfit:
            raise Unresolved(f"the image {urls[address]} of {one.id} {unfit.message}. Nothing was written") from None
        written = f"./{FOLDER}/{address.name[:12]}{suffix}"
        files[address] = LocalFile(written, written, address.name, len(content), type_of(content))
        contents[address] = content
    return files, contents


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
