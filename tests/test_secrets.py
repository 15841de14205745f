"""`apply --secrets-to FILE`: what Stripe tells once goes to that file, and nowhere else."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
from pathlib import Path
from typing import Any

import pytest
import requests

from reconciler.report import outcome
from tests.harness import Project

HEAD = "stripe_portal: 1\nproject: acme\nwebhook_endpoints:\n"
ONE = (
    HEAD + "  main: {url: https://acme.example/hook, enabled_events: [invoice.paid], api_version: 2026-09-30.endive}\n"
)
TWO = ONE + "  other: {url: https://acme.example/other, enabled_events: [invoice.paid]}\n"


def kept(path: Path) -> Any:
    return json.loads(path.read_text())


def writes(project: Project) -> list[str]:
    return [f"{r['method']} {r['path']}" for r in project.account.requests() if r["method"] != "GET"]


def test_only_the_file_has_them(project: Project, tmp_path: Path) -> None:
    project.write(TWO)
    path = tmp_path / "secrets.json"
    before = os.umask(0)
    try:
        plan = project.plan()
        result = project.apply("--secrets-to", str(path))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = kept(path)
    ids = {a: project.account.find(a)["id"] for a in ("webhook_endpoint.main", "webhook_endpoint.other")}
    assert {a: one["id"] for a, one in found.items()} == ids
    secrets = {one["secret"] for one in found.values()}
    assert len(secrets) == 2
    log = requests.get(f"{project.account.url}/_emulator/requests", timeout=10).text
    for secret in secrets:
        assert secret.startswith("whsec_")
        for text in (plan.text, result.text, log, json.dumps(project.account.everything())):
            assert secret not in text
    for address, ident in ids.items():
        assert f"The secret of {address} ({ident}) is in {path}." in result.err


@pytest.mark.parametrize("there", ["file", "empty file", "dangling link", "fifo"])
def test_nothing_is_written_where_there_is_something(project: Project, tmp_path: Path, there: str) -> None:
    project.write(ONE)
    path = tmp_path / "secrets.json"
    if there == "dangling link":
        path.symlink_to(tmp_path / "elsewhere")
    elif there == "fifo":
        os.mkfifo(path)
    else:
        path.write_text("whsec_old" if there == "file" else "")
    project.account.forget()
    result = project.apply("--secrets-to", str(path), code=3)
    assert f"{path} is there already" in result.err
    assert "Nothing was written." in result.err
    assert writes(project) == []
    assert there != "file" or path.read_text() == "whsec_old"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("place", ["nowhere/secrets.json", "stripe-portal.yaml/secrets.json"])
def test_nothing_is_written_where_the_file_cannot_be_made(project: Project, tmp_path: Path, place: str) -> None:
    project.write(ONE)
    project.account.forget()
    result = project.apply("--secrets-to", str(tmp_path / place), code=1)
    assert f"{tmp_path / place} cannot be written" in result.err
    assert "Nothing was written to Stripe" in result.err
    assert writes(project) == []


def test_a_folder_is_no_file(project: Project, tmp_path: Path) -> None:
    project.write(ONE)
    project.account.forget()
    assert "is a directory" in project.apply("--secrets-to", str(tmp_path), code=64).err
    assert writes(project) == []


def test_a_plan_has_none(project: Project, tmp_path: Path) -> None:
    project.write(ONE)
    assert "No such option" in project.plan("--secrets-to", str(tmp_path / "s"), code=64).err


def disk_with_room_for(files: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full once so many files came down to it; the first is the empty one that keeps the place."""
    real, left = os.fsync, [None] * files

    def fsync(handle: int) -> None:
        if not left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left.pop()
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


def test_a_disk_that_is_full_is_no_reason_to_be_silent(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(TWO)
    path = tmp_path / "secrets.json"
    disk_with_room_for(1, monkeypatch)
    result = project.apply("--secrets-to", str(path), code=1)
    for address in ("webhook_endpoint.main", "webhook_endpoint.other"):
        ident = project.account.find(address)["id"]
        assert f"The secret of {address} ({ident}) could not be kept in {path}: No space left on device" in result.err
    assert "the Dashboard shows it" in result.err
    assert "whsec_" not in result.text
    assert not list(tmp_path.glob("secrets*"))


def test_the_first_secret_outlives_a_disk_that_fills_up(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What there is room for of the second one must not spoil the first."""
    project.write(TWO)
    path = tmp_path / "secrets.json"
    disk_with_room_for(2, monkeypatch)
    result = project.apply("--secrets-to", str(path), code=1)
    assert len(kept(path)) == 1
    assert "could not be kept" in result.err
    assert [p.name for p in tmp_path.glob("secrets*")] == ["secrets.json"]


@pytest.mark.parametrize("change", ["url", "nothing"])
def test_no_file_where_no_secret_comes(project: Project, tmp_path: Path, change: str) -> None:
    project.write(ONE)
    project.apply()
    if change == "url":
        project.edit("/hook", "/hooks")
    project.apply("--secrets-to", str(tmp_path / "secrets.json"))
    assert not (tmp_path / "secrets.json").exists()


def test_no_file_is_left_where_the_endpoint_was_not_made(project: Project, tmp_path: Path) -> None:
    project.write(ONE)
    project.account.control("faults", kind="error", method="POST", path="/v1/webhook_endpoints", status=400)
    try:
        project.apply("--secrets-to", str(tmp_path / "secrets.json"), code=1)
    finally:
        project.account.calm()
    assert not (tmp_path / "secrets.json").exists()


def test_no_file_is_made_for_a_plan_that_is_refused(project: Project, tmp_path: Path) -> None:
    endpoint = {"url": "https://acme.example/other", "enabled_events": ["invoice.paid"]}
    project.account.post("/v1/webhook_endpoints", endpoint)
    project.write(TWO)
    project.apply("--secrets-to", str(tmp_path / "secrets.json"), code=3)
    assert not (tmp_path / "secrets.json").exists()


def test_an_endpoint_in_the_place_of_another_has_another_secret(project: Project, tmp_path: Path) -> None:
    project.write(ONE)
    project.apply("--secrets-to", str(tmp_path / "first.json"))
    project.edit("2026-09-30.endive", "2026-10-28.endive")
    project.apply("--secrets-to", str(tmp_path / "second.json"))
    first, second = (kept(tmp_path / name)["webhook_endpoint.main"] for name in ("first.json", "second.json"))
    assert first["id"] != second["id"]
    assert first["secret"] != second["secret"]


def test_ctrl_c_half_way_keeps_what_came(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = outcome.line

    def interrupting(*arguments: Any) -> str:
        signal.raise_signal(signal.SIGINT)
        monkeypatch.setattr(outcome, "line", real)
        return real(*arguments)

    project.write(TWO)
    path = tmp_path / "secrets.json"
    monkeypatch.setattr(outcome, "line", interrupting)
    result = project.apply("--secrets-to", str(path), code=130)
    assert list(kept(path)) == ["webhook_endpoint.main"]
    assert f"({project.account.find('webhook_endpoint.main')['id']}) is in {path}." in result.err
    assert project.account.bearing("webhook_endpoint.other") == []


def test_ctrl_c_twice_keeps_what_came(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = outcome.line

    def interrupting(*arguments: Any) -> str:
        monkeypatch.setattr(outcome, "line", real)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        return real(*arguments)

    project.write(TWO)
    path = tmp_path / "secrets.json"
    monkeypatch.setattr(outcome, "line", interrupting)
    result = project.apply("--secrets-to", str(path), code=130)
    assert list(kept(path)) == ["webhook_endpoint.main"]
    assert "whsec_" not in result.text
    assert f"is in {path}" in result.err


@pytest.mark.parametrize("fault", [{"kind": "drop", "when": "after"}, {"kind": "lock_timeout"}])
def test_a_call_that_is_sent_again_still_brings_the_secret(project: Project, tmp_path: Path, fault: Any) -> None:
    project.write(ONE)
    project.account.control("faults", method="POST", path="/v1/webhook_endpoints", **fault)
    try:
        project.apply("--secrets-to", str(tmp_path / "secrets.json"))
    finally:
        project.account.calm()
    assert kept(tmp_path / "secrets.json")["webhook_endpoint.main"]["secret"].startswith("whsec_")
    assert len(project.account.bearing("webhook_endpoint.main")) == 1


def test_an_answer_that_is_no_answer_is_never_shown(project: Project, tmp_path: Path) -> None:
    project.write(ONE)
    project.account.control("faults", kind="malformed", method="POST", path="/v1/webhook_endpoints", times=None)
    try:
        result = project.apply("--secrets-to", str(tmp_path / "secrets.json"), code=1)
    finally:
        project.account.calm()
    assert "whsec_" not in result.text
    assert not (tmp_path / "secrets.json").exists()
