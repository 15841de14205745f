"""The images of a document: local files, found and read, and public URLs, judged once they were fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.errors import Problem
from reconciler.images.content import LIMIT, Unfit, fitting, local, shown, type_of
from reconciler.kinds.inside import declared
from reconciler.kinds.kind import Field
from reconciler.kinds.shapes import LOCAL_IMAGE
from reconciler.model import Document, LocalFile, Place
from reconciler.redact import redact

__all__ = ["LIMIT", "find", "published", "urls"]


def find(document: Document) -> tuple[Mapping[Place, LocalFile], list[Problem]]:
    """Every local image by the place of its path, and everything that is wrong with one.

    A path begins at the folder of the file that it is written in, and stays in that of the project's first file. What
    neither a path nor a URL can be is left to the schema. Each file is read once.
    """
    folder = Path(document.files[0]).parent
    known: dict[Path, LocalFile | Unfit] = {}
    found: dict[Place, LocalFile] = {}
    problems: dict[Problem, None] = {}  # what `defaults` bring into many resources is said once
    for row, place, written in _texts(document):
        if not re.fullmatch(LOCAL_IMAGE, written):
            continue
        source = document.at(place)
        path = Path(source.file).parent / written
        if path not in known:
            try:
                known[path] = local(folder, path, written)
            except Unfit as unfit:
                known[path] = unfit
        outcome = fitting(known[path], row)
        if isinstance(outcome, LocalFile):
            found[place] = replace(outcome, written=written)
        else:
            message = f"the image {shown(written)} {outcome.message}"
            problems[Problem(source, redact(message), redact(outcome.hint))] = None
    return found, list(problems)


def urls(document: Document) -> tuple[str, ...]:
    """Every http:// or https:// URL that stands where a local image could, once."""
    return tuple(dict.fromkeys(text for _, _, text in _texts(document) if text.startswith(("http://", "https://"))))


def published(document: Document, fetched: Mapping[str, bytes | str]) -> list[Problem]:
    """What is wrong with images at URLs. `fetched` has the content by URL, or why there is none."""
    problems: dict[Problem, None] = {}
    for _, place, url in _texts(document):
        outcome = fetched.get(url)
        message, hint = _verdict(outcome) if outcome is not None else ("", "")
        if message:
            said = redact(f"the image {shown(url)} {message}")
            problems[Problem(document.at(place), said, hint)] = None
    return list(problems)


def _verdict(outcome: bytes | str) -> tuple[str, str]:
    if isinstance(outcome, str):
        return f"cannot be fetched: {outcome}", "everybody must be able to open it, without logging in"
    try:
        type_of(outcome)
    except Unfit as unfit:
        return unfit.message, unfit.hint
    return "", ""


def _texts(document: Document) -> Iterator[tuple[Field, Place, str]]:
    """Every text in a field where local images may stand, with the field and its place."""
    for one in declared(document.data):
        for row in one.kind.fields:
            if row.uploads:
                yield from ((row, at, text) for at, text in _inside(row.path, one.data, one.place))


def _inside(path: Sequence[str], data: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """The texts at a field's path, `*` taking any key; of a list, each item."""
    if path and isinstance(data, Mapping):
        for key in data if path[0] == "*" else [path[0]]:
            yield from _inside(path[1:], data.get(key), (*place, key))
    elif not path:
        for at, value in enumerate(data) if isinstance(data, list) else [(None, data)]:
            if isinstance(value, str):
                yield (place if at is None else (*place, at)), value
