"""action.yml and the files that `init --ci` writes: what GitHub and GitLab publish of their shape, and ShellCheck."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler import __version__
from reconciler.pipeline.written import UNKNOWN, Source, files
from tests.harness import Project

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FROM = Source("https://github.com/acme-tools/stripe-portal.git", COMMIT)
ENVIRONMENTS: dict[str | None, str] = {None: "STRIPE_API_KEY", "live": "STRIPE_LIVE_KEY"}


def written(system: str, env: str | None, folder: Path) -> list[Path]:
    made = files(system, path="my shop", environments={env: ENVIRONMENTS[env]}, branch="main", source=FROM)
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in made]


def checked(schema: str, *paths: Path) -> None:
    words = [BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *paths]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_workflows_follow_the_published_schema(tmp_path: Path, env: str | None) -> None:
    checked("github-workflows", *written("github", env, tmp_path))


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_gitlab_files_follow_the_published_schema(tmp_path: Path, env: str | None) -> None:
    checked("gitlab-ci", *written("gitlab", env, tmp_path))


def test_the_action_follows_the_published_schema() -> None:
    checked("github-actions", ROOT / "action.yml")


def shells(tmp_path: Path) -> Iterator[tuple[str, str]]:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    for step in action["runs"]["steps"]:
        yield step["name"], step["run"]
    for name, job in yaml.safe_load(written("gitlab", "live", tmp_path)[0].read_text("utf-8")).items():
        yield name, "\n".join(job.get("script", job.get("before_script")))


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    for name, script in shells(tmp_path):
        path = tmp_path / "script.sh"
        path.write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
        subprocess.run(["bash", "-n", path], check=True)
        done = subprocess.run([BIN / "shellcheck", path], capture_output=True, text=True)
        assert done.returncode == 0, f"{name}\n{done.stdout}"


def workflow(folder: Path, env: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(written("github", env, folder)[0].read_text("utf-8"))
    return found


def test_no_expression_stands_in_a_shell(tmp_path: Path) -> None:
    for _, script in shells(tmp_path):
        assert "${{" not in script


def test_nothing_that_others_write_reaches_an_action(tmp_path: Path) -> None:
    """Of an event, only what decides whether a job runs is looked at, and nothing of it is handed on."""
    for job in workflow(tmp_path)["jobs"].values():
        for step in job["steps"]:
            given = re.findall(r"\$\{\{(.*?)\}\}", json.dumps(step))
            assert all(re.fullmatch(r" (secrets\.STRIPE_\w+|inputs\.reviewed) ", one) for one in given), given


def test_each_job_has_the_least_that_it_needs(tmp_path: Path) -> None:
    found = workflow(tmp_path, "live")
    jobs = found["jobs"]
    assert found["permissions"] == {}
    assert "pull_request_target" not in found[True]  # YAML 1.1 reads `on` so
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "plan": {"contents": "read", "pull-requests": "write"},
        "plan-without-a-key": {"contents": "read"},
        "compare": {"actions": "read", "contents": "read", "pull-requests": "write"},
        "apply": {"contents": "read"},
        "apply-changed": {"contents": "read"},
        "drift": {"contents": "read", "issues": "write"},
    }
    keys = {name: set(re.findall(r"secrets\.(\w+)", json.dumps(job))) for name, job in jobs.items()}
    assert keys == {
        "plan": {"STRIPE_LIVE_READ_KEY"},
        "plan-without-a-key": set(),
        "compare": {"STRIPE_LIVE_READ_KEY"},
        "apply": {"STRIPE_LIVE_WRITE_KEY"},
        "apply-changed": {"STRIPE_LIVE_WRITE_KEY"},
        "drift": {"STRIPE_LIVE_READ_KEY"},
    }
    assert {n: j["environment"] for n, j in jobs.items() if "environment" in j} == {
        "apply": "stripe-live",
        "apply-changed": "stripe-live-changed",
    }
    assert all(job["timeout-minutes"] <= 30 for job in jobs.values())
    uses = {step["uses"] for job in jobs.values() for step in job["steps"]}
    assert all(re.search(r"@(v\d+|[0-9a-f]{40})$", one) for one in uses), uses
    assert all(
        s["with"]["persist-credentials"] is False for j in jobs.values() for s in j["steps"] if "checkout" in s["uses"]
    )
    assert jobs["apply"]["steps"] == jobs["apply-changed"]["steps"]


def test_the_key_and_the_token_meet_in_no_step() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    for step in action["runs"]["steps"]:
        assert len({"STRIPE_PORTAL_KEY", "GITHUB_TOKEN"} & set(step["env"])) <= 1


def test_it_names_where_it_came_from_and_nobody_else(tmp_path: Path) -> None:
    text = written("github", None, tmp_path)[0].read_text("utf-8")
    assert f"uses: acme-tools/stripe-portal@{COMMIT} # v{__version__}\n" in text
    assert f"git+{FROM.url}@{COMMIT}" in written("gitlab", None, tmp_path)[0].read_text("utf-8")
    assert Source().action == f"{UNKNOWN}/stripe-portal@v{__version__}"
    assert not re.fullmatch(r"[\w-]+", UNKNOWN), "somebody could own it"
    assert Source("https://git.acme.example/stripe-portal", COMMIT).action.startswith(UNKNOWN)


def test_the_hook_of_pre_commit_finds_what_is_wrong(project: Project) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    for name in ("stripe-portal.yaml", "environments/live.yaml", "images/pro.webp"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "README.md")
    project.run("init", "--project", "acme")
    command = [str(BIN / "stripe-portal"), *shlex.split(hook["entry"])[1:]]
    assert subprocess.run(command, cwd=project.folder).returncode == 0
    project.edit("name: Pro", "nmae: Pro")
    assert subprocess.run(command, cwd=project.folder).returncode == 1


def test_the_action_installs_the_tool_from_its_own_checkout(tmp_path: Path) -> None:
    """With pip, as far as that goes without a network: dependencies and build tools are those of the tests."""
    step = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"][0]
    source = tmp_path / "action"
    source.mkdir()
    for name in ("reconciler", "examples", "schemas", "pyproject.toml", "setup.py", "README.md", "LICENSE"):
        command = ["cp", "-r", ROOT / name, source / name]
        subprocess.run(command, check=True)
    site_packages = subprocess.run(
        [sys.executable, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    ).stdout.strip()
    python = tmp_path / "python"
    script = f"""#!/bin/bash
"{sys.executable}" "$@" || exit
for last; do :; done
[ ! -d "$last/lib" ] || for at in "$last"/lib/python3*/site-packages; do
  rm -rf "$at"/setuptools*
  echo "{site_packages}" > "$at/dependencies.pth"
done
"""
    python.write_text(script, encoding="utf-8")
    python.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "SOURCE": str(source),
        "VERSION": "",
        "PYTHON": str(python),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's own way to say yes
        "PIP_IGNORE_INSTALLED": "1",
    }
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tool = tmp_path / "temp/stripe-portal/bin/stripe-portal"
    said = subprocess.run([tool, "--version"], cwd=tmp_path, capture_output=True, text=True)
    assert said.stdout == f"stripe-portal, version {__version__}\n", said.stderr
    python = tmp_path / "temp/stripe-portal/bin/python"
    where = subprocess.run(
        [python, "-P", "-c", "import reconciler.pipeline as p; print(p.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(tmp_path / "temp")
    assert (Path(where.stdout.strip()).parent / "templates/github.yml").is_file()
