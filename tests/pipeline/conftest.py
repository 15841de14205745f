"""A merchant's repository on a stand-in for GitHub, with an account of the emulator and two keys to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.main import run
from tests.harness import Account
from tests.pipeline.runner import Job, Repository, Runner
from tests.pipeline.stand_in import BOT, Site, serving

READ = ("product", "plan", "customer_portal", "connected_account", "subscription", "event", "coupon", "promotion_code")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        found.reviewers = {"stripe": [], "stripe-changed": ["boss"]}
        yield found


@dataclass
class Shop:
    """The repository, its account, and what people do."""

    repository: Repository
    account: Account
    site: Site
    runner: Runner

    @property
    def folder(self) -> Path:
        return self.repository.here

    def edit(self, old: str, new: str, name: str = "stripe-portal.yaml") -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def propose(self, branch: str, *, fork: bool = False, author: str = "dev") -> dict[str, Job]:
        """Commit what was edited to a branch, and have its pull request, number 1, checked."""
        self.head = self.repository.commit(branch)
        repository = "stranger/shop" if fork else "acme/shop"
        head = {"sha": self.head, "repo": {"full_name": repository}}
        payload = {"pull_request": {"number": 1, "head": head, "user": {"login": author}}}
        return self.runner.run("pull_request", self.repository.merge(branch), payload=payload, fork=fork)

    def begin(self, branch: str) -> None:
        self.repository.git("switch", "--quiet", "--create", branch, "main")

    def merge(self, branch: str) -> dict[str, Job]:
        """Merge the pull request, and run what follows."""
        sha = self.repository.merge(branch)
        self.repository.git("switch", "--quiet", "main")
        self.repository.git("merge", "--quiet", "--ff-only", sha)
        self.repository.git("push", "--quiet", "origin", "main")
        base = {"ref": "main"}
        self.site.pulls[sha] = [{"number": 1, "merged_at": "now", "merge_commit_sha": sha, "base": base}]
        return self.run("push")

    def run(self, event: str, **inputs: str) -> dict[str, Job]:
        return self.runner.run(event, self.repository.git("rev-parse", "main"), **inputs)

    def comments(self) -> list[str]:
        return self.site.bodies(1, BOT)

    def writes(self) -> list[Any]:
        return [r for r in self.account.requests() if r["method"] != "GET"]


@pytest.fixture
def shop(tmp_path: Path, account: Account, site: Site, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop whose pipeline is merged and whose catalogue is applied."""
    repository = Repository.made(tmp_path)
    monkeypatch.chdir(repository.here)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    assert run(["init", "--project", "acme", "--ci", "github"]) == 0
    read = account.key.replace("sk_", "rk_")
    ident = account.get("/v1/account")["id"]
    Account.register(account.url, read, id=ident, permissions=[f"rak_{name}_read" for name in READ])
    keys, own = {"STRIPE_READ_KEY": read}, {"STRIPE_WRITE_KEY": account.key}
    environments = {"stripe": own, "stripe-changed": own}
    runner = Runner(repository, site, keys, environments, account.url)
    new = Shop(repository, account, site, runner)
    repository.commit("main")
    monkeypatch.setenv("STRIPE_API_KEY", account.key)
    assert run(["apply", "--yes", "--base-url", account.url]) == 0
    monkeypatch.delenv("STRIPE_API_KEY")
    account.forget()
    return new
