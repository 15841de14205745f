"""`init --ci`: the pipeline's files, beside the YAML or for one that is there, and nothing overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.harness import Project

WORKFLOW = ".github/workflows/stripe-portal.yml"


def git(folder: Path, branch: str = "main") -> None:
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text(f"ref: refs/heads/{branch}\n", encoding="utf-8")


def test_it_writes_the_yaml_and_the_workflow(project: Project) -> None:
    result = project.run("init", "--ci", "github")
    assert f"Wrote {WORKFLOW}" in result.out
    assert "docs/pipelines.md" in result.err
    project.run("validate")
    assert set(yaml.safe_load(project.read(WORKFLOW))["jobs"]) >= {"plan", "compare", "apply", "drift"}


def test_beside_yaml_that_is_there_it_writes_the_workflow_alone(project: Project) -> None:
    project.run("init", "--project", "acme")
    before = project.read()
    assert project.run("init", "--ci", "github").out == f"Wrote {WORKFLOW}\n"
    assert project.read() == before
    assert f"{WORKFLOW} is there already" in project.run("init", "--ci", "github", code=3).err


def test_the_workflow_stands_at_the_root_of_the_repository(project: Project) -> None:
    git(project.folder, "master")
    project.run("init", "teams/my billing", "--ci", "github")
    found = yaml.safe_load(project.read(WORKFLOW))
    assert found[True]["push"]["branches"] == ["master"]
    steps = [s["with"] for s in found["jobs"]["plan"]["steps"] if "command" in s["with"]]
    assert {s["path"] for s in steps} == {"teams/my billing"}


def test_a_branch_that_is_being_worked_on_is_not_the_one_that_is_merged_into(project: Project) -> None:
    git(project.folder, "my-feature")
    project.run("init", "--ci", "github")
    assert yaml.safe_load(project.read(WORKFLOW))[True]["push"]["branches"] == ["main"]


def test_each_environment_gets_a_file_with_the_variable_of_its_key(project: Project) -> None:
    project.run("init", "--example", "saas", "--project", "acme")
    project.edit("livemode: true", "livemode: true\n    api_key_env: STRIPE_LIVE_KEY")
    project.run("init", "--ci", "github", "--env", "test", "--env", "live")
    for env, variable in (("test", "STRIPE_API_KEY"), ("live", "STRIPE_LIVE_KEY")):
        text = project.read(f".github/workflows/stripe-portal-{env}.yml")
        steps = yaml.safe_load(text)["jobs"]["apply"]["steps"]
        wanted = {"api-key": f"${{{{ secrets.STRIPE_{env.upper()}_WRITE_KEY }}}}", "api-key-env": variable}
        assert steps[-1]["with"] == {"command": "apply", **wanted}
        assert f"environment: stripe-{env}-changed\n" in text


@pytest.mark.parametrize("there", [True, False])
def test_of_several_environments_some_must_be_named(project: Project, there: bool) -> None:
    project.run("init", "--example", "saas") if there else None
    words = [] if there else ["--example", "saas"]
    result = project.run("init", "--ci", "github", *words, code=64)
    assert "choose one with --env dev or --env test or --env live" in result.err
    assert not (project.folder / ".github").exists()
    assert (project.folder / "stripe-portal.yaml").exists() is there
    assert "no environment" in project.run("init", "--ci", "github", "--env", "prod", *words, code=1).err


def test_gitlab_includes_the_part_or_says_how(project: Project) -> None:
    project.run("init", "--ci", "gitlab")
    assert yaml.safe_load(project.read(".gitlab-ci.yml")) == {"include": [{"local": ".gitlab/stripe-portal.yml"}]}
    (project.folder / ".gitlab" / "stripe-portal.yml").unlink()
    project.write("build: {script: make}\n", ".gitlab-ci.yml")
    result = project.run("init", "--ci", "gitlab")
    assert "- local: .gitlab/stripe-portal.yml" in result.err
    assert project.read(".gitlab-ci.yml") == "build: {script: make}\n"


def test_an_environment_without_a_pipeline_is_refused(project: Project) -> None:
    assert "--env is for the pipeline" in project.run("init", "--env", "live", code=64).err
    assert not list(project.folder.iterdir())
