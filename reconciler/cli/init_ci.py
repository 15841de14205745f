"""init --ci: the files of a pipeline, for the environments of a YAML that is there or is about to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler import config
from reconciler.pipeline import written

_BRANCHES = ("main", "master", "trunk")


def files(system: str, folder: Path, contents: Mapping[str, bytes], chosen: Sequence[str]) -> dict[Path, bytes]:
    """Every file by its full path. `contents` is the YAML that is about to be written into `folder`, if any.

    What includes the parts is left out where it is there. Raises Usage where an environment must be chosen.
    """
    folder = folder.resolve()
    root = next((f for f in (folder, *folder.parents) if (f / ".git").exists()), folder)
    made = written.files(
        system,
        path=folder.relative_to(root).as_posix(),
        environments=_environments(folder, contents, chosen),
        branch=_branch(root),
        source=written.source(),
    )
    return {root / name: content for name, content in made.items() if name != written.INCLUDE or _is_free(root / name)}


def advice(system: str, made: Mapping[Path, bytes]) -> Iterator[str]:
    """What is left to do, line by line."""
    parts = [path for path in made if path.name != written.INCLUDE]
    if system == "gitlab" and len(parts) == len(made):
        yield f"{written.INCLUDE} is there already: add to its `include:`"
        yield from (f"    - local: .gitlab/{path.name}" for path in parts)
    if any(written.UNKNOWN.encode() in content for content in made.values()):
        yield f"Put the place of this tool's repository, as you would clone it, for {written.UNKNOWN}."
    yield "Set up the keys and who approves: docs/pipelines.md of stripe-portal says how."


def _environments(folder: Path, contents: Mapping[str, bytes], chosen: Sequence[str]) -> dict[str | None, str]:
    """Each environment with the variable that takes its key."""
    found = {}
    with TemporaryDirectory() as temporary:
        for name, content in contents.items():
            path = Path(temporary, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for env in chosen or (None,):
            document = config.load(temporary if contents else folder, env=env)
            found[document.environment] = document.settings.get("api_key_env") or "STRIPE_API_KEY"
    return found


def _branch(root: Path) -> str:
    """The branch that is merged into: the one that is checked out, if it is called like one."""
    try:
        name = (root / ".git" / "HEAD").read_text(encoding="utf-8").strip().removeprefix("ref: refs/heads/")
    except OSError:
        return _BRANCHES[0]
    return name if name in _BRANCHES else _BRANCHES[0]


def _is_free(path: Path) -> bool:
    return not (path.is_symlink() or path.exists())
