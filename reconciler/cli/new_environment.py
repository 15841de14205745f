"""A project in an environment that its YAML does not list yet, as it will be when it does."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reconciler import config, images, schema
from reconciler.cli import importing
from reconciler.cli.importing import Home
from reconciler.config.files import OVERLAYS, ROOT
from reconciler.config.marks import Sources
from reconciler.desired import resolve
from reconciler.errors import Invalid
from reconciler.importer.text import Insert, edited
from reconciler.model import Document


def home_at(path: Path, env: str | None, project: str | None, variables: Mapping[str, str]) -> Home | None:
    """The project with one environment more, or None where there is no project, or it lists the environment.

    Nothing is written. Raises Invalid, Unresolved and Usage, as for any other environment.
    """
    root = path if path.suffix in (".yaml", ".yml") else path / ROOT
    listed = environments(root)
    if env is None or listed is None or env in listed:
        return None
    other = importing.home_at(path, next(iter(listed), None), project, variables)
    texts = {name: text for name, text in other.texts.items() if not name.startswith(f"{OVERLAYS}/")}
    overlay = root.parent / OVERLAYS / f"{env}.yaml"
    if overlay.is_file():
        texts[f"{OVERLAYS}/{env}.yaml"] = overlay.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    document = _loaded(root, env, texts, variables)
    findings = schema.check(document)
    files, unfit = images.find(document)
    desired, problems = resolve(document, findings.broken, files)
    if findings.problems or unfit or problems:
        raise Invalid([*findings.problems, *unfit, *problems])
    return Home(root, desired, document, files, texts)


def environments(root: Path) -> Mapping[str, object] | None:
    """The environments that a root file lists; None where there is no such file, or something else stands there."""
    if not root.is_file():
        return None
    found = importing.data_in(root.read_bytes().decode("utf-8-sig")).get("environments") or {}
    return found if isinstance(found, dict) else None


def _loaded(root: Path, env: str, texts: Mapping[str, str], variables: Mapping[str, str]) -> Document:
    """The document, read from copies of the files, and with the places that it has in the files themselves."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            where = Path(folder, name)
            where.parent.mkdir(parents=True, exist_ok=True)
            more = [Insert(("environments", env), {})] if name == root.name else []
            where.write_bytes((edited(text, more) if more else text).encode())

        def home(file: str) -> str:
            return (root.parent / Path(file).relative_to(folder)).as_posix()

        try:
            document = config.load(Path(folder, root.name), env=env, variables=variables)
        except Invalid as invalid:
            moved = [replace(p, source=replace(p.source, file=home(p.source.file))) for p in invalid.problems]
            raise Invalid(moved) from None
    files = [home(file) for file in document.files]
    assert isinstance(document.sources, Sources)
    assert isinstance(document.keys, Sources)
    sources, keys = replace(document.sources, files=files), replace(document.keys, files=files)
    return replace(document, files=tuple(files), sources=sources, keys=keys)
