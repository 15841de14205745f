"""Small real images, made byte by byte."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode


def png(size: int = 0, colour: tuple[int, int, int] = (99, 91, 255), pixels: tuple[int, int] = (1, 1)) -> bytes:
    """So many pixels of a colour; padded to `size` bytes, where that is more, by a chunk that every reader skips."""
    width, height = pixels
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = (b"\0" + bytes(colour) * width) * height
    tail = _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    missing = size - len(head) - len(tail) - 12
    return head + (_chunk(b"paDd", bytes(missing)) if missing >= 0 else b"") + tail


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwS"
    "ExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)
WEBP = b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
HTML = b"<!doctype html>\n<title>404</title>\n<p>There is nothing here.\n"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
JPEG_2000 = bytes.fromhex("0000000c6a5020200d0a870a00000014667479706a703220") + bytes(60)
