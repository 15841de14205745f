"""GitHub, as a job of Actions sees it: https://docs.github.com/en/rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reconciler.pipeline.forge import Note
from reconciler.pipeline.rest import Rest, Unavailable

BOT = "github-actions[bot]"
"""Whoever posts with a job's own token."""


class GitHub:
    """A repository of GitHub. Raises KeyError for a variable that the runner does not set."""

    limit = 65_536

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._rest = Rest(environment["GITHUB_API_URL"], "Authorization", f"Bearer {environment['GITHUB_TOKEN']}")
        self._repository = f"/repos/{environment['GITHUB_REPOSITORY']}"
        self._branch = environment.get("GITHUB_REF_NAME", "")
        self._bot = environment.get("STRIPE_PORTAL_BOT") or BOT
        event = Path(environment["GITHUB_EVENT_PATH"])
        self._pull: Mapping[str, Any] = json.loads(event.read_text(encoding="utf-8")).get("pull_request") or {}
        self.commit = self._pull["head"]["sha"] if self._pull else environment["GITHUB_SHA"]
        server, number = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_RUN_ID", "")
        self.run = f"{server}/{environment['GITHUB_REPOSITORY']}/actions/runs/{number}"

    def pull(self) -> int | None:
        return int(self._pull["number"]) if self._pull else None

    def merged(self) -> int | None:
        rows = [
            one
            for one in self._rest.pages(f"{self._repository}/commits/{self.commit}/pulls")
            if one.get("merged_at") and one["base"]["ref"] == self._branch
        ]
        rows.sort(key=lambda one: (one.get("merge_commit_sha") != self.commit, -int(one["number"])))
        return int(rows[0]["number"]) if rows else None

    def notes(self, pull: int) -> Iterator[Note]:
        for row in self._rest.pages(f"{self._repository}/issues/{pull}/comments"):
            yield self._note(row, int(row["id"]))

    def comment(self, pull: int, body: str, instead: Note | None) -> None:
        if instead:
            self._rest.send("PATCH", f"{self._repository}/issues/comments/{instead.number}", {"body": body})
        else:
            self._rest.send("POST", f"{self._repository}/issues/{pull}/comments", {"body": body})

    def issues(self, label: str) -> Iterator[Note]:
        for row in self._rest.pages(f"{self._repository}/issues", labels=label, state="open"):
            if "pull_request" not in row:
                yield self._note(row, int(row["number"]))

    def issue(self, title: str, body: str, label: str, instead: Note | None) -> str:
        if instead:
            path, data = f"{self._repository}/issues/{instead.number}", {"title": title, "body": body}
            return str(self._rest.send("PATCH", path, data)["html_url"])
        made = self._rest.send("POST", f"{self._repository}/issues", {"title": title, "body": body, "labels": [label]})
        return str(made["html_url"])

    def close(self, issue: Note, why: str) -> None:
        path = f"{self._repository}/issues/{issue.number}"
        self._rest.send("PATCH", path, {"state": "closed", "state_reason": "completed"})
        self._rest.send("POST", f"{path}/comments", {"body": why})

    def waits(self, environment: str) -> bool:
        try:
            found = self._rest.get(f"{self._repository}/environments/{quote(environment, safe='')}")
        except Unavailable as failed:
            if failed.status == 404:
                return False
            raise
        return any(rule.get("type") == "required_reviewers" for rule in found.get("protection_rules") or ())

    def warn(self, text: str) -> str:
        escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        return f"::warning title=stripe-portal::{escaped}"

    def _note(self, row: Mapping[str, Any], number: int) -> Note:
        author = (row.get("user") or {}).get("login")
        return Note(number, row.get("body") or "", author == self._bot, str(row.get("html_url") or ""))
