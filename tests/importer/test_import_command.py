"""What import says and writes beside the catalogue: the environment, the commands to go on with, what went wrong."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import atomic
from reconciler.cli.importing import data_in
from reconciler.errors import Unresolved
from reconciler.gateway import web
from reconciler.importer.entry import Entry
from reconciler.importer.layout import Layout, inserts
from reconciler.model import Address
from tests.harness import Account, Project, Result
from tests.importer.test_import import files, imported
from tests.pictures import png
from tests.test_connected import Shop

ROOT = "stripe_portal: 1\nproject: acme\n"


def commands(said: Result) -> list[str]:
    """The lines below Next."""
    return [line.strip() for line in said.err.partition("\nNext:\n")[2].splitlines()]


def test_a_connected_account_is_written_into_a_new_project(project: Project) -> None:
    shop = Shop(project)
    shop.call("POST", "/v1/products", id="gold", name="Gold")
    said = imported(project, "--project", "acme", "--account", shop.id)
    assert f"environments: {{test: {{stripe_account: {shop.id}}}}}" in project.read()
    url = project.account.url
    assert commands(said) == [
        "stripe-portal validate --env test",
        f"stripe-portal plan --env test --base-url {url} --allow adopt",
        f"stripe-portal apply --env test --base-url {url} --allow adopt",
    ]
    project.apply("--env", "test", "--allow", "adopt")
    assert shop.products()[0]["metadata"]["stripe_portal"] == "acme/product.gold"
    assert project.account.of("product") == []


def test_an_environment_that_lacks_it_is_told_the_line(project: Project) -> None:
    shop = Shop(project)
    shop.call("POST", "/v1/products", id="gold", name="Gold")
    project.write(f"{ROOT}vars: {{site: a}}\nenvironments: {{test: {{}}}}\n")
    said = imported(project, "--account", shop.id, "--var", "site=b c")
    assert f"write `stripe_account: {shop.id}` under environments.test in stripe-portal.yaml" in said.err
    where = f"--env test --var 'site=b c' --base-url {project.account.url} --account {shop.id}"
    assert commands(said)[:2] == [
        "stripe-portal validate --env test --var 'site=b c'",
        f"stripe-portal plan {where} --allow adopt",
    ]


@pytest.mark.parametrize("listed", ["", "environments: {test: {}, dev: {}}\n", "environments:\n  test:\n  dev: {}\n"])
def test_a_new_environment_is_added(project: Project, live_account: Account, listed: str) -> None:
    project.write(f"{ROOT}{listed}products:\n  pro: {{id: pro, name: Pro}}\n")
    project.write("products: {pro: {name: From an overlay}}\n", "environments/test.yaml")
    project.account = live_account
    live_account.post("/v1/products", {"id": "pro", "name": "Pro"})
    price = {"product": "pro", "unit_amount": 500, "currency": "usd"}
    ident = live_account.post("/v1/prices", price)["id"]
    said = imported(project, "--env", "live", "--only", "product")
    added = data_in(project.read())["environments"]
    account = live_account.get("/v1/account")["id"]
    assert added["live"] == {"account": account, "livemode": True}
    assert list(added) == (["test", "dev", "live"] if listed else ["live"])
    assert "Differs" not in said.err
    assert f"adopt: {ident}" in project.read("environments/live.yaml")
    assert commands(said)[0] == "stripe-portal validate --env live"
    plan = project.plan("--env", "live", "--allow", "adopt", code=None)
    assert "Plan: 2 to adopt. 0 unchanged." in plan.out


def test_a_new_environment_in_which_nothing_is_missing(project: Project) -> None:
    project.write(f"{ROOT}environments: {{test: {{}}}}\nproducts: {{pro: {{id: pro, name: Pro}}}}\n")
    project.account.post("/v1/products", {"id": "pro", "name": "Pro"})
    said = imported(project, "--env", "second", "--only", "product")
    assert said.out.startswith("Wrote stripe-portal.yaml\nNothing to import: the YAML declares everything already.\n")
    assert project.read().startswith(f"{ROOT}environments: {{test: {{}}, second: {{}}}}\n")
    assert "validate --env second" in said.err


def test_a_wrong_name_in_a_new_environment_names_the_file_itself(project: Project) -> None:
    project.write(f"{ROOT}environments: {{test: {{}}}}\nproducts: {{pro: {{id: pro, nam: Pro}}}}\n")
    said = imported(project, "--env", "second", code=1)
    assert "stripe-portal.yaml:4:" in said.err
    assert tempfile.gettempdir() not in said.err.replace(str(project.folder), "")


def test_without_environments_none_is_named(project: Project) -> None:
    project.write(ROOT)
    project.account.post("/v1/products", {"id": "pro", "name": "Pro"})
    said = imported(project, "--only", "product")
    assert "environments" not in project.read()
    assert commands(said)[0] == "stripe-portal validate"
    assert "--env" not in said.err


def test_with_the_emulator_the_next_commands_stay_where_its_state_is(project: Project) -> None:
    project.write(f"{ROOT}products: {{pro: {{id: pro, name: Pro}}}}\n")
    project.run("apply", "--yes", "--emulator")
    said = project.run("import", "other", "--project", "acme", "--emulator", "--only", "product")
    assert commands(said)[1] == "stripe-portal plan other --env test --emulator --allow adopt"
    assert "No changes." in project.run("plan", "other", "--env", "test", "--emulator", "--allow", "adopt").out


def test_the_emulator_has_connected_accounts(project: Project) -> None:
    project.write(f'{ROOT}branding: {{primary_color: "#1b2b4d"}}\n')
    words = ("--emulator", "--account", "acct_1Shop")
    assert "~ branding.account will be updated" in project.run("plan", *words).out
    project.run("apply", "--yes", *words)
    assert "No changes." in project.run("plan", *words).out
    said = project.run("import", "shop", "--project", "other", "--only", "product", *words)
    assert "there is nothing in the account" in said.out


def test_what_is_left_out_is_not_called_nothing(project: Project) -> None:
    project.account.post("/v1/products", {"name": "Theirs", "metadata": {"stripe_portal": "globex/product.theirs"}})
    said = imported(project, "--only", "product")
    assert "Nothing to import: all that was found is left out: 1 product. Nothing was written." in said.out
    assert "Not imported: 1 product of project globex" in said.err
    project.write(ROOT)
    said = imported(project, "--only", "product")
    assert "the YAML declares everything already but what is left out: 1 product. Nothing was written." in said.out


def test_files_whose_names_differ_by_capitals_alone(project: Project) -> None:
    for ident in ("gold", "Gold", "GOLD", "gold-2"):
        project.account.post("/v1/products", {"id": ident, "name": ident})
    imported(project, "--project", "acme", "--layout", "product", "--only", "product")
    names = [name.casefold() for name in files(project) if name.startswith("catalogue/products/")]
    assert len(set(names)) == len(names) == 4
    project.apply("--allow", "adopt")
    project.converged()


@pytest.mark.parametrize("call", ["mkstemp", "replace"])
def test_what_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(tmp_path / ".stripe-portal-abc.tmp"))

    monkeypatch.setattr({"mkstemp": tempfile, "replace": os}[call], call, failing)
    with pytest.raises(Unresolved) as raised:
        atomic.write({tmp_path / "stripe-portal.yaml": b"x"})
    assert str(raised.value) == f"{tmp_path}: Permission denied. Nothing was written"


def test_a_picture_that_is_gone_stays_a_url(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    content = png()
    project.write(f"{ROOT}products: {{pro: {{id: pro, name: Pro, images: [./pro.png]}}}}\n")
    (project.folder / "pro.png").write_bytes(content)
    project.apply()
    url = project.account.of("product")[0]["images"][0]
    monkeypatch.setattr(web, "fetch", lambda urls, _: dict.fromkeys(urls, "HTTP 404"))
    said = imported(project, "other", "--project", "acme", "--only", "product")
    assert f"Note: product.pro: {url} could not be fetched as it was uploaded, and stays a URL" in said.err
    assert url in project.read("other/catalogue/products.yaml")
    assert hashlib.sha256(content).hexdigest() not in "".join(files(project).values())
    assert "No changes." in project.plan("other").out


def test_two_names_are_two_files() -> None:
    entries = [Entry(Address("product", name), {"name": name}, {}) for name in ("A", "a")]
    found = inserts(entries, {}, Layout.PRODUCT, "stripe-portal.yaml", "test")
    assert list(found) == ["catalogue/products/A.yaml", "catalogue/products/a-2.yaml"]
