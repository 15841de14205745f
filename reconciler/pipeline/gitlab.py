"""GitLab, as a job of its CI sees it: https://docs.gitlab.com/api/rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from reconciler.pipeline.forge import Note
from reconciler.pipeline.rest import Rest

TOKEN = "STRIPE_PORTAL_GITLAB_TOKEN"
"""A project access token with the scope `api`: the job's own may not write notes."""


class GitLab:
    """A project of GitLab. Raises KeyError for a variable that is not set."""

    limit = 1_000_000

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._rest = Rest(environment["CI_API_V4_URL"], "PRIVATE-TOKEN", environment[TOKEN])
        self._project = f"/projects/{environment['CI_PROJECT_ID']}"
        self._branch = environment.get("CI_COMMIT_BRANCH", "")
        self._iid = environment.get("CI_MERGE_REQUEST_IID", "")
        self.commit = environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environment["CI_COMMIT_SHA"]
        self.run = environment.get("CI_PIPELINE_URL", "")

    @cached_property
    def _me(self) -> int:
        return int(self._rest.get("/user")["id"])

    def pull(self) -> int | None:
        return int(self._iid) if self._iid else None

    def merged(self) -> int | None:
        rows = self._rest.pages(f"{self._project}/repository/commits/{self.commit}/merge_requests")
        found = [r for r in rows if r["state"] == "merged" and r["target_branch"] == self._branch]
        found.sort(
            key=lambda r: (self.commit not in (r.get("merge_commit_sha"), r.get("squash_commit_sha")), -r["iid"])
        )
        return int(found[0]["iid"]) if found else None

    def notes(self, pull: int) -> Iterator[Note]:
        path = f"{self._project}/merge_requests/{pull}/notes"
        for row in self._rest.pages(path, sort="asc", order_by="created_at"):
            yield self._note(row, "id")

    def comment(self, pull: int, body: str, instead: Note | None) -> None:
        path = f"{self._project}/merge_requests/{pull}/notes"
        if instead:
            self._rest.send("PUT", f"{path}/{instead.number}", {"body": body})
        else:
            self._rest.send("POST", path, {"body": body})

    def issues(self, label: str) -> Iterator[Note]:
        for row in self._rest.pages(f"{self._project}/issues", labels=label, state="opened"):
            yield self._note({**row, "body": row.get("description")}, "iid")

    def issue(self, title: str, body: str, label: str, instead: Note | None) -> str:
        path, data = f"{self._project}/issues", {"title": title, "description": body}
        if instead:
            return str(self._rest.send("PUT", f"{path}/{instead.number}", data)["web_url"])
        return str(self._rest.send("POST", path, {**data, "labels": label})["web_url"])

    def close(self, issue: Note, why: str) -> None:
        path = f"{self._project}/issues/{issue.number}"
        self._rest.send("PUT", path, {"state_event": "close"})
        self._rest.send("POST", f"{path}/notes", {"body": why})

    def waits(self, environment: str) -> bool:
        """A job that has to be started by hand always waits."""
        del environment
        return True

    def warn(self, text: str) -> str:
        return f"Warning: {text}"

    def _note(self, row: Mapping[str, Any], number: str) -> Note:
        author = (row.get("author") or {}).get("id")
        return Note(int(row[number]), row.get("body") or "", author == self._me, str(row.get("web_url") or ""))
