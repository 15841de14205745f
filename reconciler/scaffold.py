"""The first files of a merchant's repository: an example that ships with the package, its schemas, a .gitignore."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from reconciler.errors import UnsafePlan, Usage
from reconciler.kinds.shapes import LOCAL_IMAGE, NAME
from reconciler.schema import render

ROOT, IGNORE = "stripe-portal.yaml", ".gitignore"
IGNORED = (".stripe-portal/", "plan.json", "portal-preview.html")
"""What is made here and belongs to nobody else: the emulator's state, a saved plan, a preview."""
SCHEMA, OVERLAY = ".stripe-portal.schema.json", ".stripe-portal.overlay.schema.json"

_HEADER = re.compile(r"^# yaml-language-server: \$schema=.*$", re.M)
_PROJECT = re.compile(r"^project: \S+", re.M)
_WORDS = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])


def examples() -> Mapping[str, Path]:
    """The examples that ship, by name. In a checkout they lie beside the package."""
    package = Path(__file__).parent
    folder = next(f for f in (package / "_data" / "examples", package.parent / "examples") if f.is_dir())
    return {f.name: f for f in sorted(folder.iterdir()) if (f / ROOT).is_file()}


def files(example: str, project: str) -> dict[str, bytes]:
    """The content of every file by its path: YAML, images and schemas. Raises Usage for an unknown example."""
    known = examples()
    if example not in known:
        near = get_close_matches(example, known, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise Usage(f"there is no example {example}; {hint}There are: {', '.join(known)}")
    folder = known[example]
    found = {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in sorted(folder.rglob("*.yaml"))}
    texts = {name: _HEADER.sub(header(name), text, count=1) for name, text in found.items()}
    texts[ROOT] = _PROJECT.sub(f"project: {_spelled(project)}", texts[ROOT], count=1)
    texts |= schemas()
    images = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if _is_image(p)}
    return {name: text.encode() for name, text in texts.items()} | images


def schemas() -> dict[str, str]:
    """The schemas by their path, for editors: SCHEMA and OVERLAY."""
    return {f".{name}": text for name, text in render().items()}


def _is_image(path: Path) -> bool:
    return re.fullmatch(LOCAL_IMAGE, path.name) is not None and path.is_file()


def environments(contents: Mapping[str, bytes]) -> list[str]:
    """The environments that have an overlay among the files."""
    return [PurePosixPath(name).stem for name in contents if name.startswith("environments/")]


def project_name(folder: Path) -> str:
    """The folder's name, as far as it can be the name of a project."""
    plain = unicodedata.normalize("NFKD", folder.resolve().name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain)
    name = "-".join(words).lower()[:63].strip("-")
    return name if re.fullmatch(NAME, name) else "my-project"


def write(folder: Path, contents: Mapping[str, bytes]) -> str:
    """Write every file and extend the .gitignore, or leave the folder as it was. Says what became of the .gitignore.

    Raises UnsafePlan when a file is there already: nothing is ever overwritten.
    """
    there = dict.fromkeys(path for name in contents for path in _in_the_way(folder / name))
    if there:
        raise UnsafePlan([f"{path} is there already, and init overwrites nothing" for path in there])
    made: list[Path] = []
    try:
        for name, content in contents.items():
            path = folder / name
            made += _make_folders(path.parent)
            with path.open("xb") as file:
                made.append(path)
                file.write(content)
        return _ignore(folder / IGNORE)
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        raise


def _in_the_way(path: Path) -> list[Path]:
    """What is there already: something of that name, or a file where a folder has to be."""
    taken = [path] if path.is_symlink() or path.exists() else []
    return taken + [f for f in path.parents if f.exists() and not f.is_dir()]


def _make_folders(folder: Path) -> list[Path]:
    missing = [f for f in (folder, *folder.parents) if not f.exists()][::-1]
    made = []
    try:
        for one in missing:
            one.mkdir()
            made.append(one)
    except BaseException:
        for one in reversed(made):
            one.rmdir()
        raise
    return made


def _ignore(path: Path) -> str:
    """Keep what is only made here out of git. One write, so that it is there or not."""
    before = path.read_bytes() if path.exists() else b""
    more = ignored(before)
    if more:
        with path.open("ab") as file:
            file.write(more)
    return ("Extended" if before else "Wrote") if more else ""


def ignored(before: bytes) -> bytes:
    """What a .gitignore lacks."""
    there = {line.strip().strip(b"/") for line in before.splitlines()}
    missing = [name.encode() for name in IGNORED if name.strip("/").encode() not in there]
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    gap = newline if missing and before and not before.endswith(b"\n") else b""
    return gap + b"".join(name + newline for name in missing)


def header(name: str) -> str:
    """The line that leads an editor to the schema, from where the file stands."""
    *around, _ = PurePosixPath(name).parts
    schema = OVERLAY if around[:1] == ["environments"] else SCHEMA
    return f"# yaml-language-server: $schema={'../' * len(around)}{schema}"


def _spelled(project: str) -> str:
    """The name as YAML that reads back as this text."""
    return f'"{project}"' if project[0].isdigit() or project.lower() in _WORDS else project
