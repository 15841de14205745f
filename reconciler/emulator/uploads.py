"""Files in requests: `multipart/form-data`, as Stripe's files host takes it (stripe-facts 2.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import PurePath

from reconciler.emulator.errors import Refusal

MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Upload:
    """A file as sent: the last part of its name, and its bytes."""

    name: str
    content: bytes

    def __str__(self) -> str:
        """What the request log shows and what idempotency compares: never the bytes."""
        return f"{self.name} ({len(self.content)} bytes, sha256 {hashlib.sha256(self.content).hexdigest()})"


def parts(body: bytes, content_type: str) -> Iterator[tuple[str, str | Upload]]:
    """The names and values of a multipart body; a part with a file name is an `Upload`. Raises `Refusal` on what is
    no such body."""
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary()
    chunks = (b"\r\n" + body).split(b"\r\n--" + boundary.encode()) if boundary else []
    if len(chunks) < 2 or not chunks[-1].startswith(b"--"):
        raise malformed()
    for chunk in chunks[1:-1]:
        described, blank, content = chunk.partition(b"\r\n\r\n")
        part = HeaderParser().parsestr(described.decode("utf-8", "replace").strip())
        name = part.get_param("name", header="content-disposition")
        if not blank or not isinstance(name, str):
            raise malformed()
        filename = part.get_filename()
        yield name, content.decode("utf-8", "replace") if filename is None else Upload(PurePath(filename).name, content)


def malformed() -> Refusal:
    return Refusal("Invalid request: the multipart body cannot be read.", judged=True)
