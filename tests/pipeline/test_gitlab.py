"""The life of a change on GitLab: the scripts that `init --ci gitlab` writes are run with bash."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness import Account, Project
from tests.pipeline.conftest import READ
from tests.pipeline.stand_in import Site, Token

BOT = "project_7_bot"
TOKEN = "glpat-neverToBeSeen"


@dataclass
class Jobs:
    """The jobs, run in the folder of the project. Keys are variables of environments, as GitLab scopes them."""

    project: Project
    site: Site
    keys: dict[str, str]

    def run(self, name: str, code: int = 0, **more: str) -> str:
        jobs = yaml.safe_load(self.project.read(".gitlab/stripe-portal.yml"))
        job = jobs[f"stripe-portal:{name}"]
        where = job.get("environment", "")
        where = where["name"] if isinstance(where, dict) else where
        bin_folder = str(Path(sys.executable).parent)
        environment = {
            "PATH": os.pathsep.join([bin_folder, os.environ["PATH"]]),
            "HOME": str(self.project.folder / "home"),
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{self.site.url}/api/v4",
            "CI_PROJECT_ID": "7",
            "CI_COMMIT_SHA": "merged",
            "CI_COMMIT_BRANCH": "main",
            "CI_PIPELINE_URL": "https://gitlab.example/acme/shop/-/pipelines/1",
            "STRIPE_PORTAL_GITLAB_TOKEN": TOKEN,
            **({"STRIPE_API_KEY": self.keys[where]} if where in self.keys else {}),
            **{k: str(v) for k, v in job.get("variables", {}).items()},
            **more,
        }
        target = f"--base-url {self.project.account.url}"
        script = "\n".join(job["script"])
        for command in ("stripe-portal plan .", "stripe-portal drift .", "stripe-portal apply stripe-portal-plan.json"):
            script = script.replace(command, command if "--base " in script else f"{command} {target}")
        done = subprocess.run(
            ["bash", "-c", f"set -eo pipefail\n{script}"],
            cwd=self.project.folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert TOKEN not in done.stdout + done.stderr
        return done.stdout

    def decision(self) -> str:
        name = self.project.folder / "stripe-portal.env"
        name.unlink(missing_ok=True)
        self.run("compare")
        values: dict[str, Any] = dict(line.split("=", 1) for line in name.read_text("utf-8").splitlines())
        return str(values["STRIPE_PORTAL_DECISION"])


@pytest.fixture
def jobs(project: Project, site: Site) -> Jobs:
    project.run("init", "--project", "acme", "--ci", "gitlab")
    project.apply()
    project.edit("amount: 19.00", "amount: 24.00")
    read = project.account.key.replace("sk_", "rk_")
    ident = project.account.get("/v1/account")["id"]
    Account.register(project.account.url, read, id=ident, permissions=[f"rak_{name}_read" for name in READ])
    site.tokens[TOKEN] = Token(BOT, {})
    site.pulls["merged"] = [{"iid": 4, "state": "merged", "target_branch": "main", "merge_commit_sha": "merged"}]
    return Jobs(project, site, {"stripe/plan": read, "stripe": project.account.key})


REQUEST = {"CI_MERGE_REQUEST_IID": "4", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "c0ffee", "CI_COMMIT_BRANCH": ""}


def test_a_change_is_planned_merged_and_applied(jobs: Jobs) -> None:
    jobs.run("plan", **REQUEST)
    jobs.run("plan", **REQUEST)
    (note,) = jobs.site.bodies(4, BOT)
    assert note.startswith("<!-- stripe-portal plan project=acme env= commit=c0ffee reviewed=")
    assert "$24.00" in note
    decision = jobs.decision()
    assert decision == "apply"
    assert "Nothing to approve" not in jobs.run("apply-changed", STRIPE_PORTAL_DECISION=decision)
    assert jobs.project.account.find("price.pro.monthly")["unit_amount"] == 1900
    assert "Apply complete: 4 writes." in jobs.run("apply", STRIPE_PORTAL_DECISION=decision)
    assert jobs.decision() == "nothing"


def test_what_moved_waits_for_somebody_to_start_the_job(jobs: Jobs) -> None:
    jobs.run("plan", **REQUEST)
    jobs.project.account.post("/v1/products/pro", {"name": "Professional"})
    decision = jobs.decision()
    assert decision == "approve"
    assert "stripe-portal:apply-changed" in jobs.site.bodies(4, BOT)[1]
    assert "Nothing is applied by this job" in jobs.run("apply", STRIPE_PORTAL_DECISION=decision)
    assert "Apply complete" in jobs.run("apply-changed", STRIPE_PORTAL_DECISION=decision)


def test_a_note_of_somebody_else_counts_for_nothing(jobs: Jobs) -> None:
    jobs.run("plan", **REQUEST)
    jobs.site.notes[4][0]["author"] = {"id": 1}
    assert jobs.decision() == "approve"


def test_drift_is_one_issue(jobs: Jobs) -> None:
    jobs.project.account.post("/v1/products/pro", {"name": "Professional"})
    jobs.run("drift")
    jobs.run("drift")
    (issue,) = jobs.site.issues
    assert issue["labels"] == "stripe-drift"
    assert '"Professional" → "Pro"' in issue["description"]
    jobs.project.account.post("/v1/products/pro", {"name": "Pro"})
    jobs.run("drift")
    assert jobs.site.issues[0]["state"] == "closed"


def test_a_token_that_lacks_is_named_and_drift_is_not_lost(jobs: Jobs) -> None:
    jobs.site.tokens.clear()
    assert "401 Bad credentials" in jobs.run("plan", **REQUEST)
    jobs.project.account.post("/v1/products/pro", {"name": "Professional"})
    assert "401 Bad credentials" in jobs.run("drift", code=2)
