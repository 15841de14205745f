"""The files that a repository needs for its pipeline: what `init --ci` writes."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from reconciler import __version__

SYSTEMS = ("github", "gitlab")
UNKNOWN = "<OWNER>"
"""Stands where nobody knows from whom this tool comes: no name that anybody can have, so that nobody else's is run."""

INCLUDE = ".gitlab-ci.yml"
"""What includes the parts, on GitLab."""
_GITHUB = re.compile(r"(?:https://|ssh://git@|git@)github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?")


@dataclass(frozen=True, slots=True)
class Source:
    """Where this tool was installed from: the address of a repository and a commit, if it was one."""

    url: str = ""
    commit: str = ""

    @property
    def action(self) -> str:
        """The action, as a workflow names it."""
        found = _GITHUB.fullmatch(self.url)
        if found and self.commit:
            return f"{found[1]}@{self.commit} # v{__version__}"
        return f"{found[1] if found else f'{UNKNOWN}/stripe-portal'}@v{__version__}"

    @property
    def requirement(self) -> str:
        """What pip installs."""
        if self.url and self.commit:
            return f"git+{self.url}@{self.commit}"
        return f"git+https://{UNKNOWN}/stripe-portal@v{__version__}"


def source() -> Source:
    """Where this tool was installed from, as pip has written it down (PEP 610)."""
    try:
        text = metadata.distribution("stripe-portal").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        text = None
    said = json.loads(text) if text else {}
    return Source(said["url"], said["vcs_info"]["commit_id"]) if "vcs_info" in said else Source()


def files(
    system: str, *, path: str, environments: Mapping[str | None, str], branch: str, source: Source
) -> dict[str, bytes]:
    """The content of every file by its path from the root of the repository.

    `environments` are those of the YAML, or None for a YAML without any, each with the variable that takes its key.
    """
    template = (Path(__file__).parent / "templates" / f"{system}.yml").read_text(encoding="utf-8")
    folder = {"github": ".github/workflows", "gitlab": ".gitlab"}[system]
    found = {}
    for env, variable in environments.items():
        words = _words(env, variable) | {"BRANCH": branch, "ACTION": source.action, "INSTALL": source.requirement}
        if system == "github":
            words |= {"PATH": json.dumps(path), "ENV": json.dumps(env or "")}
        else:
            words |= {"PATH": shlex.quote(path), "ENV": f"--env {env}" if env else ""}
        text = template
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        found[f"{folder}/{words['TITLE']}.yml"] = "\n".join(map(str.rstrip, text.split("\n"))).encode()
    if system == "gitlab":
        found[INCLUDE] = "".join(["include:\n", *(f"  - local: {name}\n" for name in found)]).encode()
    return found


def _words(env: str | None, variable: str) -> dict[str, str]:
    suffix, spelled = f"-{env}" if env else "", f"{env.upper().replace('-', '_')}_" if env else ""
    return {
        "TITLE": f"stripe-portal{suffix}",
        "TARGET": f"stripe{suffix}",
        "KEY_NAME": variable,
        "READ": f"STRIPE_{spelled}READ_KEY",
        "WRITE": f"STRIPE_{spelled}WRITE_KEY",
    }
