"""A project's files at a revision of git, read from its objects: nothing is checked out, run, or sent."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reconciler.errors import Unresolved, Usage
from reconciler.report.words import printable, quoted

ENOUGH = 64 * 2**20
"""Bytes of one project's YAML and images that are read."""

_KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME", "SYSTEMROOT", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""What git is told of the environment, besides GIT_CONFIG_…: no key of Stripe's, and no other repository than ours."""

# A fork's tree may hold a repository of its own, whose settings are commands: only a real `.git` counts. Nothing runs
# beside git, nothing is fetched, and what a commit says is not what somebody replaced it with.
_GIT = (
    *("git", "--no-replace-objects", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}", "-c", "protocol.allow=never"),
)
_QUIET = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
_SECONDS = 60
_POINTER = re.compile(rb"version https://git-lfs\S*\noid sha256:([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit: the id of its content, its size in bytes, and whether it is a link."""

    blob: str
    size: int
    is_link: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """A folder as it was in a commit. `entries` go by their path in the folder; there are none where it was not."""

    name: str
    commit: str
    folder: Path
    prefix: str
    entries: Mapping[str, Entry]

    def __str__(self) -> str:
        """As people know it, with the commit that it is: `origin/main (a1b2c3d)`."""
        short = self.commit[:7]
        return short if self.label == short else f"{self.label} ({short})"

    @property
    def label(self) -> str:
        """What stands before the colon in `origin/main:stripe-portal.yaml`."""
        return self.commit[:7] if self.commit.startswith(self.name) else self.name


def find(name: str, folder: Path) -> Revision:
    """The revision of the repository around a folder. Raises Usage, or Unresolved with what to do."""
    if not name or name.startswith("-") or not name.isprintable():
        raise Usage(f"--base {quoted(name)}: not a revision of git")
    done = _git(folder, "rev-parse", "--show-prefix")
    if done.returncode:
        raise Unresolved(_no_repository(folder, _said(done)))
    prefix = os.fsdecode(done.stdout).removesuffix("\n")
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    commit = found.stdout.decode("ascii", "replace").strip()
    if found.returncode or not commit.isalnum():
        raise Unresolved(_missing(name, folder))
    return Revision(name, commit, folder, prefix, _entries(folder, commit, prefix))


def write(revision: Revision, paths: Iterable[str], into: Path) -> None:
    """Write files of the revision into a folder that is ours; those that are there already stay."""
    wanted = {p: revision.entries[p] for p in paths if p in revision.entries and not os.path.lexists(into / p)}
    if (total := sum(e.size for e in wanted.values())) > ENOUGH:
        raise Unresolved(f"{revision}: its YAML and images are {total:,} bytes; at most {ENOUGH:,} are read")
    content = _contents(revision, {e.blob for e in wanted.values()})
    for path, entry in sorted(wanted.items(), key=lambda item: item[1].is_link):  # nothing is written through a link
        at = into / path
        try:
            if not at.parent.resolve().is_relative_to(into.resolve()):
                raise ValueError("a link leads out of the folder")
            at.parent.mkdir(parents=True, exist_ok=True)
            if not entry.is_link:
                with at.open("xb") as file:
                    file.write(content[entry.blob])
            elif _stays(path, target := os.fsdecode(content[entry.blob])):
                at.symlink_to(target)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise Unresolved(f"{revision}: {path} cannot be read: {reason}") from None


def _stays(path: str, target: str) -> bool:
    """Whether a link leads to a place in the folder, as far as its text says."""
    to = PurePosixPath(os.path.normpath(os.path.join(os.path.dirname(path), target)))
    return not to.is_absolute() and to.parts[:1] != ("..",)


def _entries(folder: Path, commit: str, prefix: str) -> dict[str, Entry]:
    tree = f"{commit}:{prefix.rstrip('/')}"
    if _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{tree}").returncode:
        return {}
    done = _git(folder, "ls-tree", "-r", "-z", "--long", "--full-tree", tree)
    if done.returncode:
        raise Unresolved(f"git cannot list {commit[:7]}: {_said(done)}")
    found = {}
    for line in done.stdout.split(b"\0")[:-1]:
        head, _, raw = line.partition(b"\t")
        mode, _, blob, size = head.decode("ascii").split()
        path = os.fsdecode(raw)
        if mode[:3] in ("100", "120") and not {"", ".", "..", ".git"} & set(path.split("/")):
            found[path] = Entry(blob, int(size), mode.startswith("120"))
    return found


def _contents(revision: Revision, blobs: Iterable[str]) -> dict[str, bytes]:
    """Content by id, as it was committed: no filter and no attribute has a say."""
    wanted = sorted(blobs)
    if not wanted:
        return {}
    done = _git(revision.folder, "cat-file", "--batch", sent="".join(f"{b}\n" for b in wanted).encode())
    found, at = {}, 0
    for blob in wanted:
        line, _, _ = done.stdout[at : at + 200].partition(b"\n")
        parts = line.split()
        if done.returncode or len(parts) != 3:
            raise Unresolved(
                f"{revision}: this clone lacks some of its files ({_said(done) or 'a partial clone'}). "
                f"Fetch them: git fetch --refetch --no-filter"
            )
        start = at + len(line) + 1
        found[blob] = _fetched(revision.folder, done.stdout[start : start + int(parts[2])])
        at = start + int(parts[2]) + 1
    return found


def _fetched(folder: Path, content: bytes) -> bytes:
    """What a pointer of Git LFS stands for, where it was fetched before; anything else as it is."""
    if not (named := _POINTER.match(content)):
        return content
    common = os.fsdecode(_git(folder, "rev-parse", "--git-common-dir").stdout).removesuffix("\n")
    oid = named[1].decode()
    at = folder / common / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
    return at.read_bytes() if at.is_file() and at.stat().st_size < ENOUGH else content


def _git(folder: Path, *arguments: str, sent: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if k in _KEPT or k.startswith("GIT_CONFIG_")}
    command = [*_GIT, "-C", str(folder), *arguments]
    try:
        return subprocess.run(
            command, input=sent or b"", capture_output=True, env=kept | _QUIET, timeout=_SECONDS, check=False
        )
    except FileNotFoundError:
        raise Unresolved("--base reads the other YAML from git, and there is no git on PATH: install it") from None
    except subprocess.TimeoutExpired:
        raise Unresolved(f"git took longer than {_SECONDS} seconds for {arguments[0]}") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    first = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
    return printable(first.removeprefix("fatal: "))


def _no_repository(folder: Path, said: str) -> str:
    where = "this folder" if folder == Path() else printable(folder.as_posix())
    if said.startswith("not a git repository"):
        return f"{where} is in no git repository, and --base compares with another revision of one"
    return f"--base: git cannot use the repository of {where}: {said}"


def _missing(name: str, folder: Path) -> str:
    """Which commit is not here, and how it comes here."""
    remote, slash, branch = name.partition("/")
    remotes = _git(folder, "remote").stdout.decode("utf-8", "replace").split("\n")
    told = f"there is no revision {printable(name)} in this clone"
    if slash and remote in remotes:
        told += f": git fetch {remote} {printable(branch)}:refs/remotes/{printable(name)}"
    if _git(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        told += f"{', or' if slash and remote in remotes else '. It is shallow:'} fetch all of it: "
        told += "git fetch --unshallow; for actions/checkout, fetch-depth: 0"
    return told
