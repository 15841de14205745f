"""The life of a change on GitHub: the files that `init --ci github` writes are run, step by step, with bash."""

from __future__ import annotations

import re

import pytest

from reconciler.cli.main import run
from tests.pipeline.conftest import Shop
from tests.pipeline.stand_in import BOT


def ran(jobs: object) -> dict[str, str]:
    assert isinstance(jobs, dict)
    return {name: job.status for name, job in jobs.items() if job.status != "skipped"}


def dearer(shop: Shop) -> None:
    """A pull request that changes a price, checked."""
    shop.begin("dearer")
    shop.edit("amount: 19.00", "amount: 24.00")
    jobs = shop.propose("dearer")
    assert ran(jobs) == {"plan": "success"}, jobs["plan"].log


def test_a_change_is_planned_reviewed_merged_and_applied(shop: Shop) -> None:
    dearer(shop)
    (comment,) = shop.comments()
    assert comment.startswith(f"<!-- stripe-portal plan project=acme env= commit={shop.head} reviewed=")
    assert "price.pro.monthly" in comment
    assert "$24.00" in comment
    assert not shop.writes()

    jobs = shop.merge("dearer")
    assert ran(jobs) == {"compare": "success", "apply": "success"}, jobs["compare"].log + jobs["apply"].log
    assert jobs["apply"].environment == "stripe"
    assert "Apply complete: 4 writes." in jobs["apply"].log
    assert shop.account.find("price.pro.monthly")["unit_amount"] == 2400
    assert shop.comments() == [comment]
    assert shop.account.key not in jobs["apply"].log + jobs["compare"].log

    assert ran(shop.run("workflow_dispatch")) == {"compare": "success"}


def test_a_second_push_brings_the_comment_up_to_date(shop: Shop) -> None:
    dearer(shop)
    shop.site.say(1, "dev", "Looks good to me")
    shop.repository.git("switch", "--quiet", "dearer")
    shop.edit("amount: 24.00", "amount: 25.00")
    shop.propose("dearer")
    (comment,) = shop.comments()
    assert "$25.00" in comment
    assert "$24.00" not in comment
    assert f"commit={shop.head}" in comment
    assert ran(shop.merge("dearer")) == {"compare": "success", "apply": "success"}


def test_what_moved_since_the_review_waits_for_an_approval(shop: Shop) -> None:
    dearer(shop)
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.account.forget()
    jobs = shop.merge("dearer")
    assert ran(jobs) == {"compare": "success", "apply-changed": "success"}, jobs["compare"].log
    assert jobs["apply-changed"].environment == "stripe-changed"
    assert "approve: something moved since the plan on pull request 1" in jobs["compare"].log
    _, changed = shop.comments()
    assert changed.startswith("<!-- stripe-portal changed project=acme env= commit=")
    assert "Not applied yet" in changed
    assert "- ` product.pro ` does something else now" in changed
    assert "https://github.example/acme/shop/actions/runs/1" in changed
    assert shop.account.find("product.pro")["name"] == "Pro"


def test_where_nobody_would_be_asked_nothing_is_applied_until_somebody_approves_by_hand(shop: Shop) -> None:
    shop.site.reviewers = {}
    dearer(shop)
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.account.forget()
    jobs = shop.merge("dearer")
    assert ran(jobs) == {"compare": "failure"}
    assert "has no required reviewers" in jobs["compare"].log
    assert not shop.writes()
    digest = shop.comments()[-1].partition("with `reviewed`:")[2].split()[0]
    jobs = shop.run("workflow_dispatch", reviewed=digest)
    assert ran(jobs) == {"compare": "success", "apply": "success"}, jobs["compare"].log
    assert shop.account.find("price.pro.monthly")["unit_amount"] == 2400


def test_nobody_gets_around_the_reviewers_by_hand(shop: Shop) -> None:
    dearer(shop)
    digest = shop.comments()[0].partition("reviewed=")[2].split()[0]
    shop.site.notes.clear()
    sha = shop.repository.merge("dearer")
    jobs = shop.runner.run("workflow_dispatch", sha, reviewed=digest)
    assert ran(jobs) == {"compare": "success", "apply-changed": "success"}


def test_a_digest_of_another_plan_approves_nothing(shop: Shop) -> None:
    shop.site.reviewers = {}
    dearer(shop)
    shop.site.notes.clear()
    shop.merge("dearer")
    assert ran(shop.run("workflow_dispatch", reviewed="0" * 64)) == {"compare": "failure"}
    assert not shop.writes()


@pytest.mark.parametrize("author", ["dev", "stranger", "github-actions"])
def test_a_marker_in_somebody_elses_comment_counts_for_nothing(shop: Shop, author: str) -> None:
    dearer(shop)
    comment = shop.comments()[0]
    shop.site.notes.clear()
    shop.site.say(1, author, comment)
    shop.site.say(1, BOT, f"{author} wrote:\n{comment}")
    assert ran(shop.merge("dearer")) == {"compare": "success", "apply-changed": "success"}


def test_a_commit_without_a_pull_request_waits_for_an_approval(shop: Shop) -> None:
    shop.edit("amount: 19.00", "amount: 24.00")
    shop.repository.commit("main")
    jobs = shop.run("push")
    assert ran(jobs) == {"compare": "success", "apply-changed": "success"}
    assert "no pull request brought this commit" in jobs["compare"].log


def test_a_fork_is_planned_without_a_key_and_without_a_comment(shop: Shop) -> None:
    shop.begin("dearer")
    shop.edit("amount: 19.00", "amount: 24.00")
    jobs = shop.propose("dearer", fork=True)
    assert ran(jobs) == {"plan-without-a-key": "success"}, jobs["plan-without-a-key"].log
    assert "price.pro.monthly" in jobs["plan-without-a-key"].summary
    assert "$24.00" in jobs["plan-without-a-key"].summary
    assert not shop.site.calls
    assert not shop.account.requests()


def test_dependabot_has_no_key_either(shop: Shop) -> None:
    shop.begin("bump")
    shop.edit("actions/checkout@v6", "actions/checkout@v6 # newer", ".github/workflows/stripe-portal.yml")
    assert ran(shop.propose("bump", author="dependabot[bot]")) == {"plan-without-a-key": "success"}


def test_invalid_yaml_is_marked_at_its_line(shop: Shop) -> None:
    shop.begin("broken")
    shop.edit("name: Pro", "nmae: Pro")
    jobs = shop.propose("broken")
    assert ran(jobs) == {"plan": "failure"}
    assert "::error file=stripe-portal.yaml,line=" in jobs["plan"].log
    assert not shop.comments()


def test_a_refused_plan_is_posted_fails_and_is_never_taken_for_reviewed(shop: Shop) -> None:
    shop.begin("all-gone")
    text = "stripe_portal: 1\nproject: acme\n"
    (shop.folder / "stripe-portal.yaml").write_text(text, encoding="utf-8")
    jobs = shop.propose("all-gone")
    assert ran(jobs) == {"plan": "failure"}
    (comment,) = shop.comments()
    assert "reviewed=" not in comment.splitlines()[0]
    assert "--allow retire" in comment
    assert ran(shop.merge("all-gone")) == {"compare": "failure"}
    assert not shop.writes()


def test_a_pull_request_that_changes_nothing_gets_no_comment(shop: Shop) -> None:
    shop.begin("readme")
    (shop.folder / "README.md").write_text("Hello\n", encoding="utf-8")
    jobs = shop.propose("readme")
    assert ran(jobs) == {"plan": "success"}
    assert not shop.comments()
    assert ran(shop.merge("readme")) == {"compare": "success"}


def test_a_comment_that_cannot_be_posted_fails_nothing_and_is_told(shop: Shop) -> None:
    shop.site.faults = [(403, {}, {"message": "Resource not accessible by integration"})]
    dearer(shop)
    assert not shop.comments()
    assert ran(shop.merge("dearer")) == {"compare": "success", "apply-changed": "success"}


def test_modules_in_the_repository_are_not_run(shop: Shop) -> None:
    shop.begin("evil")
    for name in ("secrets.py", "reconciler.py", "venv.py", "json.py", "click.py", "sitecustomize.py"):
        (shop.folder / name).write_text("raise SystemExit('taken over')\n", encoding="utf-8")
    shop.edit("amount: 19.00", "amount: 24.00")
    jobs = shop.propose("evil")
    assert ran(jobs) == {"plan": "success"}, jobs["plan"].log
    assert "taken over" not in jobs["plan"].log


def test_a_path_in_the_event_is_no_command(shop: Shop) -> None:
    """The name of a branch, a title, a login: nothing of an event gets into a shell."""
    shop.begin("a$(touch${IFS}owned)`id`")
    shop.edit("name: Pro", 'name: "::error::forged ##[error]forged"')
    jobs = shop.propose("a$(touch${IFS}owned)`id`")
    log = jobs["plan"].log
    outside = re.sub(r"::stop-commands::(\w+)\n.*?::\1::", "", log, flags=re.S)
    assert ran(jobs) == {"plan": "success"}, log
    forged = [line for line in outside.splitlines() if "forged" in line]
    assert all(line.startswith("::notice file=stripe-portal.yaml,") for line in forged), forged
    assert not list(shop.folder.parent.rglob("owned"))


def half_done(shop: Shop) -> None:
    """A merge whose apply stops after the new price was made."""
    dearer(shop)
    portal = shop.account.find("portal_configuration.main")["id"]
    path = f"/v1/billing_portal/configurations/{portal}"
    shop.account.control("faults", kind="error", method="POST", path=path, status=400)
    assert ran(shop.merge("dearer")) == {"compare": "success", "apply": "failure"}
    shop.account.calm()


def test_a_half_done_apply_is_finished_by_running_the_failed_job_again(shop: Shop) -> None:
    half_done(shop)
    job = shop.runner.again("apply")
    assert job.status == "success", job.log
    assert [p["unit_amount"] for p in shop.account.of("price") if p["active"]] == [19000, 2400]
    assert ran(shop.run("push")) == {"compare": "success"}


def test_what_is_left_of_it_is_no_reviewed_plan(shop: Shop) -> None:
    half_done(shop)
    assert ran(shop.run("push")) == {"compare": "success", "apply-changed": "success"}
    assert ran(shop.run("push")) == {"compare": "success"}


def test_a_revert_brings_the_old_price_back(shop: Shop) -> None:
    old = shop.account.find("price.pro.monthly")["id"]
    dearer(shop)
    shop.merge("dearer")
    shop.repository.git("switch", "--quiet", "--create", "back", "main")
    shop.edit("amount: 24.00", "amount: 19.00")
    shop.site.notes.clear()
    shop.propose("back")
    assert "which comes back" in shop.comments()[0]
    assert ran(shop.merge("back")) == {"compare": "success", "apply": "success"}
    assert shop.account.find("price.pro.monthly")["id"] == old


def test_drift_is_one_issue_that_closes_when_it_is_gone(shop: Shop) -> None:
    assert ran(shop.run("schedule")) == {"drift": "success"}
    assert not shop.site.issues
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    jobs = shop.run("schedule")
    assert ran(jobs) == {"drift": "success"}, jobs["drift"].log
    (issue,) = shop.site.issues
    assert (issue["title"], issue["labels"]) == ("Somebody edited Stripe", ["stripe-drift"])
    assert 'name "Professional" → "Pro"' in issue["body"]
    shop.account.post("/v1/products/pro", {"name": "Prof"})
    shop.run("schedule")
    (issue,) = shop.site.issues
    assert '"Prof" → "Pro"' in issue["body"]
    shop.account.post("/v1/products/pro", {"name": "Pro"})
    shop.run("schedule")
    assert shop.site.issues[0]["state"] == "closed"
    assert "Gone" in shop.site.bodies(issue["number"])[0]


def test_drift_is_accepted_in_a_pull_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.run("schedule")
    (issue,) = shop.site.issues
    assert "`` stripe-portal accept ``" in issue["body"] or "` stripe-portal accept `" in issue["body"]
    shop.begin("accepted")
    monkeypatch.setenv("STRIPE_API_KEY", shop.account.key)
    assert run(["accept", "product.pro", "--base-url", shop.account.url]) == 0
    assert "name: Professional" in (shop.folder / "stripe-portal.yaml").read_text(encoding="utf-8")
    assert ran(shop.propose("accepted")) == {"plan": "success"}
    assert "failure" not in ran(shop.merge("accepted")).values()
    assert shop.account.find("product.pro")["name"] == "Professional"
    shop.run("schedule")
    assert shop.site.issues[0]["state"] == "closed"


def test_drift_that_no_issue_can_tell_fails_the_job(shop: Shop) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.site.faults = [(410, {}, {"message": "Issues are disabled for this repo"})]
    jobs = shop.run("schedule")
    assert ran(jobs) == {"drift": "failure"}
    assert "Issues are disabled" in jobs["drift"].log


def test_no_job_has_more_than_it_needs(shop: Shop) -> None:
    """The key that writes is in the environments alone, and the jobs that read cannot write with theirs."""
    dearer(shop)
    shop.runner.environment_secrets = {}
    jobs = shop.merge("dearer")
    assert ran(jobs) == {"compare": "success", "apply": "failure"}
    assert "STRIPE_API_KEY" in jobs["apply"].log
    assert not shop.writes()
