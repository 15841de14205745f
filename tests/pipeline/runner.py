"""A small runner of GitHub Actions: it runs the jobs of a workflow as they stand in the file, with a real bash."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.pipeline.stand_in import BOT, Site, Token

ROOT = Path(__file__).parent.parent.parent
QUIET = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": "a@acme.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
_WORD = re.compile(r"'(?:[^']|'')*'|&&|\|\||!=|==|!|\(|\)|[\w.-]+|\s+")


@dataclass
class Job:
    """What became of a job."""

    status: str
    log: str = ""
    summary: str = ""
    environment: str | None = None
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Repository:
    """A merchant's repository: `origin` is what GitHub holds, `here` a clone in which people commit."""

    folder: Path

    @property
    def here(self) -> Path:
        return self.folder / "here"

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    @classmethod
    def made(cls, folder: Path) -> Repository:
        new = cls(folder)
        new.here.mkdir(parents=True)
        new.git("init", "--quiet", "--bare", "--initial-branch=main", str(new.origin))
        new.git("-C", str(new.origin), "config", "uploadpack.allowAnySHA1InWant", "true")
        new.git("init", "--quiet", "--initial-branch=main")
        new.git("remote", "add", "origin", str(new.origin))
        return new

    def git(self, *words: str) -> str:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        done = subprocess.run(["git", *words], cwd=self.here, env=kept | QUIET, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, branch: str, *, onto: str | None = None) -> str:
        """Commit everything to a branch, which begins at `onto`, and push it."""
        if onto:
            self.git("switch", "--quiet", "--create", branch, onto)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", branch)
        self.git("push", "--quiet", "origin", f"HEAD:{branch}")
        return self.git("rev-parse", "HEAD")

    def merge(self, branch: str) -> str:
        """What a pull request from the branch makes, on `main` or on a ref of its own."""
        self.git("switch", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", f"merge {branch}", branch)
        self.git("push", "--quiet", "origin", "HEAD:refs/pull/1/merge", "--force")
        return self.git("rev-parse", "HEAD")


@dataclass
class Runner:
    """Where workflows run. `secrets` are the repository's and, by environment, those of environments."""

    repository: Repository
    site: Site
    secrets: Mapping[str, str]
    environment_secrets: Mapping[str, Mapping[str, str]]
    account_url: str
    artifacts: dict[str, bytes] = field(default_factory=dict)
    last: Any = None

    def run(
        self, event: str, sha: str, *, payload: Mapping[str, Any] | None = None, fork: bool = False, **inputs: str
    ) -> dict[str, Job]:
        """Every job of the workflow for an event at a commit."""
        text = self.repository.git("show", f"{sha}:.github/workflows/stripe-portal.yml")
        workflow = yaml.safe_load(text)
        ref = "refs/pull/1/merge" if event == "pull_request" else "refs/heads/main"
        github = {
            "event_name": event,
            "event": payload or {},
            "repository": "acme/shop",
            "sha": sha,
            "ref": ref,
            "ref_name": ref.removeprefix("refs/heads/"),
            "action_path": str(ROOT),
        }
        done: dict[str, Job] = {}
        self.artifacts = {}
        for name, job in workflow["jobs"].items():
            done[name] = self._job(job, {"github": github, "inputs": inputs}, done, fork=fork)
        self.last = (workflow["jobs"], {"github": github, "inputs": inputs}, done)
        return done

    def again(self, name: str) -> Job:
        """A failed job of the last run, run again: with the artifacts and outputs of the others as they were."""
        jobs, contexts, done = self.last
        return self._job(jobs[name], contexts, done, fork=False)

    def _job(self, job: Mapping[str, Any], contexts: dict[str, Any], done: Mapping[str, Job], *, fork: bool) -> Job:
        wanted = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        needs = {n: {"outputs": done[n].outputs, "result": done[n].status} for n in wanted}
        if any(done[n].status != "success" for n in wanted) or not evaluate(job["if"], {**contexts, "needs": needs}):
            return Job("skipped")
        home = self.repository.folder / f"job-{secrets.token_hex(4)}"
        workspace = home / "workspace"
        (home / "temp").mkdir(parents=True)
        workspace.mkdir()
        (home / "temp" / "stripe-portal").symlink_to(sys.prefix)
        token = f"ghs_{secrets.token_hex(8)}"
        rights = dict.fromkeys(job["permissions"], "read") if fork else job["permissions"]
        self.site.tokens[token] = Token(BOT, rights)
        environment = job.get("environment")
        known = {} if fork else {**self.secrets, **self.environment_secrets.get(environment, {})}
        here = {**contexts, "needs": needs, "secrets": known, "steps": {}}
        here["github"] = {**contexts["github"], "token": token}
        result = Job("success", environment=environment)
        (home / "event.json").write_text(json.dumps(contexts["github"]["event"]), encoding="utf-8")
        for step in job["steps"]:
            if result.status == "success" and evaluate(step.get("if", "true"), here):
                self._step(step, here, home, workspace, result)
        shown = filled(job.get("outputs", {}), here)
        result.outputs = {k: str(v) for k, v in shown.items()}
        return result

    def _step(self, step: Mapping[str, Any], here: dict[str, Any], home: Path, workspace: Path, result: Job) -> None:
        uses, given = step["uses"], filled(step.get("with", {}), here)
        if uses.startswith("actions/checkout@"):
            depth = f"--depth={given.get('fetch-depth', 1)}"
            for words in (
                ["init", "-q"],
                ["fetch", "-q", depth, f"file://{self.repository.origin}", here["github"]["sha"]],
                ["checkout", "-q", "FETCH_HEAD"],
            ):
                self.repository.git("-C", str(workspace), *words)
        elif uses.startswith("actions/upload-artifact@"):
            self.artifacts[given["name"]] = (workspace / given["path"]).read_bytes()
        elif uses.startswith("actions/download-artifact@"):
            (workspace / "stripe-portal-plan.json").write_bytes(self.artifacts[given["name"]])
        else:
            assert uses == "<OWNER>/stripe-portal@v0.1.0", uses
            if given["command"] != "validate" and not given.get("base"):
                given["options"] = f"--base-url\n{self.account_url}"
            code, outputs = self.action(given, here, home, workspace, result)
            here["steps"][step.get("id", "")] = {"outputs": outputs}
            result.status = "failure" if code else "success"

    def action(
        self, given: Mapping[str, str], here: Mapping[str, Any], home: Path, workspace: Path, result: Job
    ) -> tuple[int, dict[str, str]]:
        """Our own action: its steps one after the other, until one fails. Gives its exit code and its outputs."""
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        assert set(given) <= set(action["inputs"]), given
        defaults = {k: filled(v.get("default", ""), here) for k, v in action["inputs"].items()}
        inside: dict[str, Any] = {"inputs": {**defaults, **given}, "github": here["github"], "steps": {}}
        code = 0
        for at, step in enumerate(action["runs"]["steps"]):
            if code or not evaluate(step.get("if", "true"), inside):
                continue
            assert step["shell"] == "bash"
            out, summary, script = (
                home / f"{name}-{at}-{secrets.token_hex(3)}" for name in ("out", "summary", "script")
            )
            for path in (out, summary):
                path.touch()
            script.write_text(step["run"], encoding="utf-8")
            github = here["github"]
            environment = {
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "RUNNER_TEMP": str(home / "temp"),
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": f"{self.site.url}/github",
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_RUN_ID": "1",
                "GITHUB_REPOSITORY": github["repository"],
                "GITHUB_SHA": github["sha"],
                "GITHUB_REF_NAME": github["ref_name"],
                "GITHUB_EVENT_PATH": str(home / "event.json"),
                "GITHUB_OUTPUT": str(out),
                "GITHUB_STEP_SUMMARY": str(summary),
                **filled(step["env"], inside),
            }
            bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
            done = subprocess.run(bash, cwd=workspace, env=environment, capture_output=True, text=True)
            code = done.returncode
            result.log += done.stdout + done.stderr
            result.summary += summary.read_text(encoding="utf-8")
            outputs = dict(line.split("=", 1) for line in out.read_text(encoding="utf-8").splitlines())
            inside["steps"][step.get("id", "")] = {"outputs": outputs}
        return code, {k: str(filled(v["value"], inside)) for k, v in action["outputs"].items()}


def filled(value: Any, contexts: Mapping[str, Any]) -> Any:
    """A value of a workflow with its expressions evaluated, as text."""
    if isinstance(value, Mapping):
        return {key: filled(v, contexts) for key, v in value.items()}
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(_evaluated(m[1], contexts) or ""), value)


def evaluate(condition: str, contexts: Mapping[str, Any]) -> bool:
    return bool(_evaluated(str(condition), contexts))


def _evaluated(text: str, contexts: Mapping[str, Any]) -> Any:
    """An expression: texts, names, comparisons, `&&`, `||`, `!` and brackets."""
    assert "".join(_WORD.findall(text)) == text, text
    words = []
    for word in _WORD.findall(text):
        if word[0] == "'":
            words.append(repr(word[1:-1].replace("''", "'")))
        elif re.match(r"\w", word):
            words.append(f"value({word!r})")
        else:
            words.append({"&&": " and ", "||": " or ", "!": " not "}.get(word, word))

    def value(name: str) -> Any:
        if name in ("true", "false"):
            return name == "true"
        found: Any = contexts
        for part in name.split("."):
            found = found.get(part, "") if isinstance(found, Mapping) else ""
        return found

    return eval("".join(words).strip(), {"value": value})
