"""What GitHub and GitLab have in common for us, and which of them a job runs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from reconciler.errors import Usage


@dataclass(frozen=True, slots=True)
class Note:
    """A comment, or an issue, of ours or of somebody else. `number` is what the API calls it by."""

    number: int
    body: str
    is_ours: bool
    url: str = ""


class Forge(Protocol):
    """The repository that a job works for. What is called pull request here is a merge request on GitLab.

    Everything raises Unavailable.
    """

    limit: int
    """Bytes of one comment."""
    commit: str
    """What the job is about: on a pull request its last commit, else the one that was pushed."""
    run: str
    """The address of the job's run."""

    def pull(self) -> int | None:
        """The pull request that the job runs for."""

    def merged(self) -> int | None:
        """The pull request that brought the commit to this branch."""

    def notes(self, pull: int) -> Iterator[Note]:
        """The comments on a pull request, oldest first."""

    def comment(self, pull: int, body: str, instead: Note | None) -> None:
        """Post a comment, or put it in the place of another."""

    def issues(self, label: str) -> Iterator[Note]:
        """The open issues with a label."""

    def issue(self, title: str, body: str, label: str, instead: Note | None) -> str:
        """Open an issue, or put this in its place. Gives its address."""

    def close(self, issue: Note, why: str) -> None:
        """Say why, and close it."""

    def waits(self, environment: str) -> bool:
        """Whether somebody has to approve a job of the environment before it begins."""

    def warn(self, text: str) -> str:
        """One line for the job's log."""


def here(environment: Mapping[str, str]) -> Forge:
    """The one whose variables are set. Raises Usage where there is none, or no token."""
    from reconciler.pipeline.github import GitHub
    from reconciler.pipeline.gitlab import GitLab

    for variable, forge in (("GITHUB_ACTIONS", GitHub), ("GITLAB_CI", GitLab)):
        if environment.get(variable) == "true":
            try:
                return forge(environment)
            except KeyError as missing:
                raise Usage(f"this job lacks the variable {missing.args[0]}") from None
    raise Usage("this is for jobs of GitHub Actions and GitLab CI, and neither GITHUB_ACTIONS nor GITLAB_CI is true")
