"""doctor in a folder without YAML: somebody with an account wants to import it."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.harness import Account, Project
from tests.importer.somebody import made
from tests.importer.test_import import imported
from tests.test_doctor import doctor, links, narrow, permissions_of


def test_a_key_made_by_the_link_imports_everything(project: Project) -> None:
    made(project.account, many=0)
    result = doctor(project)
    result.shows(
        [
            "Project: none yet: there is no stripe-portal.yaml here",
            "May it read what import needs?",
            "yes Products: Read",
            "A restricted key with what import needs.",
            "Well: nothing that import needs is missing.",
            "Next, to write what the account has as YAML:",
            f"stripe-portal import --base-url {project.account.url}",
            "for a new catalogue in an empty account:",
            "stripe-portal init",
        ],
        hides=["May it write", "Write"],
    )
    (link,) = links(result)
    names = permissions_of(link)
    assert all(name.endswith("_read") for name in names)
    narrow(project, *names)
    doctor(project)
    said = imported(project, "--project", "acme")
    assert "which the key may not read" not in said.err
    project.plan("--allow", "adopt")
    assert "_write' permission" in project.apply("--allow", "adopt", code=1).err


def test_a_key_that_lacks_something(project: Project) -> None:
    narrow(project, "connected_account_read", "product_write")
    result = doctor(project, code=1)
    assert "NO   Coupons: Read" in result.out
    assert "Not well: the key lacks " in result.out


def test_a_live_key_is_looked_at_and_its_link_is_live(project: Project, live_account: Account) -> None:
    project.account = live_account
    assert [urlsplit(link).path for link in links(doctor(project))] == ["/apikeys/create"]


def test_without_a_key_there_is_a_link_for_each_mode(project: Project) -> None:
    result = doctor(project, key=None, code=1)
    assert [urlsplit(link).path for link in links(result)] == ["/test/apikeys/create", "/apikeys/create"]
    assert "stripe-portal import" in result.err


@pytest.mark.parametrize("words", [(), ("--account", "acct_1Shop")])
def test_the_emulator(project: Project, words: tuple[str, ...]) -> None:
    result = project.run("doctor", "--emulator", *words)
    assert f"    stripe-portal import {' '.join(('--emulator', *words))}\n" in result.err


def test_json(project: Project) -> None:
    found = json.loads(doctor(project, "--format", "json").out)
    assert (found["project"], found["well"], len(found["links"])) == (None, True, 1)
