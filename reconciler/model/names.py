"""Names, places and values: what everything else is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
"""Where a field stands inside a resource: `("features", "subscription_cancel", "mode")`."""

ACTIVE: Path = ("active",)
PROTECT: Path = ("protect",)
"""Of no field: it stands in the mark of what the YAML protects."""

Properties = Mapping[Path, Any]
"""Canonical values by path. A value is None, bool, int, str, a Ref, or a tuple / dict of those; a number that is not
whole is its exact decimal text. A list is one value, owned whole."""

Place = tuple[str | int, ...]
"""Where a value stands in a document: `("products", "pro", "images", 0)`."""


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """The name of a resource in YAML: `product.pro`, `price.pro.monthly`."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read the text form. Raises ValueError when there is no dot in it."""
        kind, dot, name = text.partition(".")
        if not (kind and dot and name):
            raise ValueError(f"{text!r} is not an address such as product.pro or price.pro.monthly")
        return cls(kind, name)


FILE = "file"
"""The kind in the address of a local file, whose name there is the digest of its content, with its purpose if any."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that a field of the YAML names. `digest` is the sha256 of its content in hex, `size` is in bytes.

    `purpose` is what Stripe is told that it is for, where the field takes the file itself and not its URL.
    """

    written: str
    location: str
    digest: str
    size: int
    type: str
    purpose: str = ""

    @property
    def address(self) -> Address:
        return Address(FILE, f"{self.digest}.{self.purpose}" if self.purpose else self.digest)

    def __str__(self) -> str:
        return f"{self.written} (sha256 {self.digest[:12]}…)"


@dataclass(frozen=True, order=True, slots=True)
class Source:
    """Where a value was written. Lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Ref:
    """An id that is not known until its target exists; apply swaps it for the id.

    One to a local file (FILE) stands for the URL that the file has once it is uploaded, or with a purpose for the id,
    on both sides of a comparison.
    """

    address: Address

    def __str__(self) -> str:
        return str(self.address)
