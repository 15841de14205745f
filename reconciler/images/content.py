"""One image: what a local file must be, and whether bytes are a picture that Stripe shows (stripe-facts 8)."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from reconciler.kinds.kind import Field
from reconciler.kinds.shapes import SMALL_PICTURE
from reconciler.model import LocalFile

LIMIT = 2_000_000
"""Bytes. Product images are under 2 MB; Stripe does not say of which kind, so these are the smaller ones."""

_TYPES = {"image/jpeg": "image/jpeg", "image/png": "image/png", "image/apng": "image/png", "image/webp": "image/webp"}
_PIXELS = 128  # the least width and height of an account's icon and logo
_SQUARE = ("business_icon",)
_POINTER = b"version https://git-lfs"
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+/\S+")
_LOOKED_AT, _SHOWN = 1000, 60


class Unfit(Exception):
    """What is wrong with an image, as the end of a sentence about it, and what would be right."""

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.message, self.hint = message, hint


def type_of(content: bytes) -> str:
    """The media type that the bytes show, whatever a name says. Raises Unfit."""
    if not content:
        raise Unfit("is empty", "export it again")
    if len(content) > LIMIT:
        raise Unfit(f"is larger than {LIMIT:,} bytes", _SMALLER)
    if content.startswith(_POINTER):
        raise Unfit("is a pointer of Git LFS, not the image itself", "fetch the image: git lfs pull")
    from filetype import guess_mime

    found = guess_mime(content)
    if found in _TYPES:
        return _TYPES[found]
    raise Unfit("is not a JPEG, PNG or WEBP image" + (f" but {found}" if found else ""), "export it as PNG or JPEG")


def local(folder: Path, path: Path, written: str) -> LocalFile:
    """Read the file that `written` stands for, which must lie in the project's folder, links followed. Raises Unfit.

    No more is read than LIMIT bytes and one, and nothing of what is not a regular file: a pipe would never end.
    """
    try:
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(os.path.realpath(folder)):
            raise _outside(folder, path)
        status = real.stat()
        if stat.S_ISDIR(status.st_mode):
            raise Unfit("is a folder", "name the file in it")
        if not stat.S_ISREG(status.st_mode):
            raise Unfit("is not a regular file", "put the image itself there")
        if status.st_size > LIMIT:
            raise Unfit(f"has {status.st_size:,} bytes; at most {LIMIT:,} are allowed", _SMALLER)
        with real.open("rb") as file:
            content = file.read(LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no name that a system could have
        raise _missing(path, written) from None
    except OSError as error:
        raise Unfit(f"cannot be read: {error.strerror}") from None
    return LocalFile(written, str(real), hashlib.sha256(content).hexdigest(), len(content), type_of(content))


def fitting(found: LocalFile | Unfit, row: Field) -> LocalFile | Unfit:
    """The file as a field takes it, or what is wrong with it there. Pixels that nobody can tell are left to Stripe."""
    if isinstance(found, Unfit) or not row.purpose:
        return found
    if found.size > SMALL_PICTURE:
        message = f"has {found.size:,} bytes; at most {SMALL_PICTURE:,} are allowed for `{row.name}`"
        return Unfit(message, "make it smaller")
    if found.type not in ("image/jpeg", "image/png"):
        return Unfit(f"is {found.type}, which `{row.name}` does not take", "export it as PNG or JPEG")
    from imagesize import get

    width, height = get(found.location)
    square = row.purpose in _SQUARE
    if 0 < min(width, height) < _PIXELS or (square and width != height):
        wanted = f"{'square, ' if square else ''}at least {_PIXELS} × {_PIXELS} pixels"
        return Unfit(f"is {width} × {height} pixels", f"for `{row.name}`, export it {wanted}")
    return replace(found, purpose=row.purpose)


def shown(written: str) -> str:
    """A path or URL as it may stand in a message."""
    return f"`{written}`" if len(written) <= _SHOWN else f"`{written[: _SHOWN - 3]}...`"


def _outside(folder: Path, path: Path) -> Unfit:
    inside = Path(os.path.abspath(path)).is_relative_to(os.path.abspath(folder))
    what = "is a link that leads out of the project folder" if inside else "leads out of the project folder"
    return Unfit(what, "copy the image into the folder of the project's first file")


def _missing(path: Path, written: str) -> Unfit:
    """No such file; and the name in its folder that was probably meant."""
    if os.path.islink(path):
        return Unfit("is a link to a file that is not there", "put the image itself there")
    hint = "paths begin at the folder of the file that they are written in"
    if near := get_close_matches(path.name, _beside(path), n=1):
        hint = f"did you mean {shown(written.removesuffix(path.name) + near[0])}?"
    elif _HOST.fullmatch(written):
        hint = f"for a URL, write {shown(f'https://{written}')}; {hint}"
    return Unfit("is not there", hint)


def _beside(path: Path) -> list[str]:
    try:
        with os.scandir(path.parent) as entries:
            return [entry.name for entry in islice(entries, _LOOKED_AT)]
    except (OSError, ValueError):
        return []


_SMALLER = "make it smaller: Stripe shows product images under 2 MB"
