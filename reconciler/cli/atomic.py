"""Several files written together: all of them, or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reconciler.errors import Unresolved


def write(contents: Mapping[Path, bytes]) -> None:
    """Write every file. Each is written aside first and then takes its place; what fails on the way is taken back.

    Raises Unresolved with the reason, and then every file is as it was.
    """
    made: list[Path] = []
    aside: dict[Path, Path] = {}
    kept: dict[Path, Path] = {}
    placed: list[Path] = []
    try:
        for path, content in contents.items():
            made += _folders(path.parent)
            with _named(path):
                mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
                aside[path] = _beside(path, content, mode)
                if path.exists():
                    kept[path] = _beside(path, path.read_bytes(), mode)
        for path, new in aside.items():
            placed.append(path)
            with _named(path):
                os.replace(new, path.resolve())
    except BaseException as error:
        for path in placed:
            if path in kept:
                os.replace(kept[path], path.resolve())
            else:
                path.unlink(missing_ok=True)
        _clear([*aside.values(), *kept.values()], made)
        if isinstance(error, OSError):
            raise Unresolved(f"{error.filename or 'a file'}: {error.strerror}. Nothing was written") from None
        raise
    _clear(kept.values(), [])


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Have an error name the file that is meant, or its folder that takes none; not one that is written aside."""
    try:
        yield
    except OSError as error:
        own = error.filename == str(path) or not isinstance(error, PermissionError)
        blamed = path if own else path.parent
        raise OSError(error.errno, error.strerror, str(blamed)) from error


def _folders(folder: Path) -> list[Path]:
    missing = [f for f in (folder, *folder.parents) if not f.exists()][::-1]
    for one in missing:
        one.mkdir()
    return missing


def _beside(path: Path, content: bytes, mode: int) -> Path:
    """The content in a file of its own in the same folder, on the disk."""
    handle, name = tempfile.mkstemp(prefix=".stripe-portal-", suffix=".tmp", dir=path.resolve().parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
    except BaseException:
        os.unlink(name)
        raise
    return Path(name)


def _clear(files: object, folders: list[Path]) -> None:
    assert hasattr(files, "__iter__")
    for file in files:
        Path(file).unlink(missing_ok=True)
    for folder in reversed(folders):
        folder.rmdir()
