"""What is posted, over real HTTP: pages, refusals, limits, tries, and tokens that nobody gets to read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.pipeline import marker
from reconciler.pipeline.__main__ import main
from tests.harness import Project
from tests.pipeline.stand_in import BOT, Site, Token

TOKEN = "ghs_neverToBeSeen0123456789"
ALL = {"issues": "write", "pull-requests": "write", "actions": "read"}


@pytest.fixture
def job(project: Project, site: Site, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A job for pull request 1, with a plan."""
    project.run("init", "--project", "acme")
    project.plan("--out", "plan.json")
    project.write("### The plan\n", "plan.md")
    event = {"pull_request": {"number": 1, "head": {"sha": "c0ffee"}}}
    project.write(json.dumps(event), "event.json")
    site.tokens[TOKEN] = Token(BOT, ALL)
    values = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": f"{site.url}/github",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SHA": "merged",
        "GITHUB_REF_NAME": "main",
        "GITHUB_EVENT_PATH": str(project.folder / "event.json"),
        "GITHUB_OUTPUT": str(project.folder / "output"),
        "GITHUB_STEP_SUMMARY": str(project.folder / "summary"),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GITLAB_CI", raising=False)
    return project


def comment() -> int:
    return main(["comment", "plan.json", "--shown", "plan.md"])


def test_it_finds_its_comment_on_a_later_page(job: Project, site: Site) -> None:
    for n in range(250):
        site.say(1, "dev", f"comment {n}")
    assert comment() == 0
    job.write("### Another\n", "plan.md")
    for n in range(150):
        site.say(1, "dev", f"comment {n}")
    assert comment() == 0
    (body,) = site.bodies(1)
    assert body.endswith("### Another\n")
    assert "changes=true" in job.read("output")
    assert job.read("summary").startswith("### The plan")


@pytest.mark.usefixtures("job")
def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    comment()
    site.calls.clear()
    comment()
    assert [c.split()[0] for c in site.calls] == ["GET"]


@pytest.mark.usefixtures("job")
def test_each_environment_has_a_comment_of_its_own(site: Site) -> None:
    site.say(1, BOT, marker.line("plan", {"project": "acme", "env": "live"}) + "\nof live")
    comment()
    assert [body.partition("\n")[2] for body in site.bodies(1)] == ["of live", "### The plan\n"]


@pytest.mark.parametrize(
    "fault",
    [
        (500, {"Retry-After": "0"}, {}),
        (502, {"Retry-After": "0"}, {}),
        (429, {"Retry-After": "0"}, {"message": "Too many requests"}),
        (403, {"Retry-After": "0"}, {"message": "You have exceeded a secondary rate limit"}),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, {"message": "API rate limit exceeded"}),
    ],
)
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.usefixtures("job")
def test_what_passes_is_tried_again(site: Site, fault: Any, which: int) -> None:
    site.say(1, "dev", "first")
    site.faults = [fault] if which == 0 else [(200, {}, []), fault]  # type: ignore[list-item]
    assert comment() == 0
    assert len(site.bodies(1)) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ((403, {}, {"message": "Resource not accessible by integration"}), "403 Resource not accessible"),
        ((404, {}, {"message": "Not Found"}), "404 Not Found"),
        ((301, {"Location": "https://elsewhere.example/"}, {}), "301"),
        ((429, {"Retry-After": "3600"}, {"message": "Later"}), "429 Later"),
    ],
)
@pytest.mark.usefixtures("job")
def test_what_does_not_pass_is_one_line_and_no_failure(
    site: Site, capsys: pytest.CaptureFixture[str], fault: Any, said: str
) -> None:
    site.faults = [fault]
    assert comment() == 0
    out, err = capsys.readouterr()
    (line,) = [one for one in out.splitlines() if one.startswith("::warning")]
    assert "the plan could not be posted on the pull request" in line
    assert said in line
    assert TOKEN not in out + err
    assert len(site.calls) == 1


def test_a_plan_that_is_too_long_leads_to_the_run(job: Project, site: Site) -> None:
    job.write("x" * 65_400, "plan.md")
    comment()
    (body,) = site.bodies(1)
    assert "too long for a comment" in body
    assert marker.read(body)


def test_a_plan_that_just_fits_keeps_the_digest_whole(job: Project, site: Site) -> None:
    job.write("x" * 65_000, "plan.md")
    comment()
    (body,) = site.bodies(1)
    mark = marker.read(body)
    assert mark
    assert len(mark.values["reviewed"]) == 64
    assert body.endswith("x" * 100)


def test_an_entry_for_the_host_in_netrc_is_not_taken(job: Project, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    job.write("machine 127.0.0.1\nlogin me\npassword other\n", "netrc")
    (job.folder / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(job.folder / "netrc"))
    assert comment() == 0
    assert len(site.bodies(1)) == 1


@pytest.mark.parametrize("missing", ["GITHUB_TOKEN", "GITHUB_API_URL", "GITHUB_ACTIONS"])
@pytest.mark.usefixtures("job")
def test_a_variable_that_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    monkeypatch.delenv(missing)
    assert comment() == 64
    assert missing in capsys.readouterr().err


def test_a_merge_into_another_branch_is_none(job: Project, site: Site) -> None:
    comment()
    job.write("{}", "event.json")
    base = {"number": 1, "merged_at": "now", "merge_commit_sha": "merged"}
    for pulls, decision in (
        ([{**base, "base": {"ref": "release"}}], "stop"),
        ([{**base, "merged_at": None, "base": {"ref": "main"}}], "stop"),
        (
            [
                {**base, "number": 2, "merge_commit_sha": "x", "base": {"ref": "main"}},
                {**base, "base": {"ref": "main"}},
            ],
            "apply",
        ),
    ):
        site.pulls["merged"] = pulls
        (job.folder / "output").unlink()
        assert main(["compare", "plan.json", "--shown", "plan.md"]) == (3 if decision == "stop" else 0)
        assert f"decision={decision}\n" in job.read("output")


def test_an_environment_with_a_hostile_name_is_quoted(job: Project, site: Site) -> None:
    job.write("{}", "event.json")
    assert main(["compare", "plan.json", "--shown", "plan.md", "--approval", "a/../b?c"]) == 3
    assert any("/environments/a" in call for call in site.calls)


def test_an_issue_of_another_environment_or_another_author_stays(job: Project, site: Site) -> None:
    job.write("Edited in Stripe since the last apply:\n  `@boss` ``` #1\n", "drift.txt")
    theirs = {"labels": ["stripe-drift"], "state": "open", "html_url": "u"}
    line = marker.line("drift", {"path": ".", "env": ""})
    site.issues = [{**theirs, "number": 1, "user": {"login": "dev"}, "body": line}]
    site.issues += [{**theirs, "number": 2, "user": {"login": BOT}, "body": line.replace("env=", "env=live")}]
    site.issues += [{**theirs, "number": 3, "user": {"login": BOT}, "body": line, "pull_request": {}}]
    assert main(["issue", "--report", "drift.txt"]) == 0
    assert main(["issue", "--report", "drift.txt"]) == 0
    made = site.issues[3:]
    assert len(made) == 1
    assert "````text" in made[0]["body"]
    assert main(["issue"]) == 0
    assert [i["state"] for i in site.issues] == ["open", "open", "open", "closed"]
