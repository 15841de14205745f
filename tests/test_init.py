"""`init`: the first files of a merchant's repository, whole or not at all, and nothing overwritten."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reconciler import scaffold
from tests.harness import Project, Result

IGNORED = ".stripe-portal/\nplan.json\nportal-preview.html\n"
WRITTEN = {"stripe-portal.yaml", ".stripe-portal.schema.json", ".stripe-portal.overlay.schema.json", ".gitignore"}


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}


def next_commands(result: Result) -> list[list[str]]:
    """The commands that init advises, without the `cd`."""
    lines = [line.split() for line in result.err.partition("Next:")[2].splitlines() if line.strip()]
    return [words[1:] for words in lines if words[0] == "stripe-portal"]


def test_it_writes_yaml_that_is_valid_and_says_how_to_go_on(project: Project) -> None:
    result = project.run("init")
    assert files(project.folder) == WRITTEN
    assert project.read(".gitignore") == IGNORED
    assert project.read().startswith("# yaml-language-server: $schema=.stripe-portal.schema.json\n")
    assert [words[0] for words in next_commands(result)] == ["validate", "plan", "apply"]
    assert "cd " not in result.err
    project.run("validate")


@pytest.mark.parametrize("flags", [[], ["--overlay"]])
def test_its_schemas_are_those_of_the_schema_command(project: Project, flags: list[str]) -> None:
    project.run("init")
    name = ".stripe-portal.overlay.schema.json" if flags else ".stripe-portal.schema.json"
    assert json.loads(project.read(name)) == json.loads(project.run("schema", *flags).out)


@pytest.mark.parametrize("example", scaffold.examples())
def test_the_advised_commands_work_in_that_order(
    project: Project, monkeypatch: pytest.MonkeyPatch, example: str
) -> None:
    result = project.run("init", "my shop", "--example", example)
    assert "cd 'my shop'" in result.err
    monkeypatch.chdir(project.folder / "my shop")
    for words in next_commands(result):
        project.run(*words, *(["--yes"] if words[0] == "apply" else []))
    plan = next(words for words in next_commands(result) if words[0] == "plan")
    assert "No changes." in project.run(*plan).out


def test_editors_find_the_schema_from_every_folder(project: Project) -> None:
    project.run("init", "--example", "saas")
    for path in project.folder.rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = (path.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
        overlay = path.parent.name == "environments"
        assert schema == project.folder / f".stripe-portal.{'overlay.' if overlay else ''}schema.json"


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("billing", "billing"),
        ("My Shop (2026)", "my-shop-2026"),
        ("2026", '"2026"'),
        ("no", '"no"'),
        ("1e5", '"1e5"'),
        ("Été", "ete"),
        ("___", "my-project"),
        ("x" * 80, "x" * 63),
    ],
)
def test_the_project_is_called_after_the_folder(project: Project, folder: str, name: str) -> None:
    project.run("init", folder)
    assert f"\nproject: {name}\n" in project.read(f"{folder}/stripe-portal.yaml")
    project.run("validate", f"{folder}/")


def test_the_project_can_be_named(project: Project) -> None:
    project.run("init", "--project", "acme")
    assert "\nproject: acme\n" in project.read()
    assert "project acme" in project.plan().out


@pytest.mark.parametrize("name", ["", "a b", "-a", "a/b", "x" * 64, "a\nb"])
def test_a_name_that_cannot_be_is_refused(project: Project, name: str) -> None:
    result = project.run("init", f"--project={name}", code=64)
    assert "at most 63 letters" in result.err
    assert not files(project.folder)


def test_a_wrong_example_is_answered_with_those_there_are(project: Project) -> None:
    result = project.run("init", "--example", "sass", code=64)
    assert "did you mean saas?" in result.err
    assert ", ".join(scaffold.examples()) in result.err
    assert not files(project.folder)


@pytest.mark.parametrize("name", [*sorted(WRITTEN - {".gitignore"}), "catalogue/plans.yaml"])
def test_a_file_that_is_there_stays_as_it_is(project: Project, name: str) -> None:
    project.write("mine", name)
    result = project.run("init", "--example", "saas", code=3)
    assert f"{name} is there already" in result.err
    assert "Nothing was written" in result.err
    assert files(project.folder) == {name}
    assert project.read(name) == "mine"


def test_it_refuses_itself_the_second_time(project: Project) -> None:
    project.run("init")
    before = {name: project.read(name) for name in WRITTEN}
    refused = project.run("init", "--project", "other", code=3).err
    assert all(f"Refused: {name} is there already" in refused for name in WRITTEN - {".gitignore"})
    assert {name: project.read(name) for name in WRITTEN} == before


def test_a_link_is_not_written_through(project: Project) -> None:
    (project.folder / "stripe-portal.yaml").symlink_to(project.folder / "elsewhere.yaml")
    project.run("init", code=3)
    assert not (project.folder / "elsewhere.yaml").exists()


def test_a_file_where_a_folder_has_to_be_is_named(project: Project) -> None:
    project.write("mine", "environments")
    assert "environments is there already" in project.run("init", "--example", "saas", code=3).err
    assert "environments is there already" in project.run("init", "environments/here", code=3).err
    assert files(project.folder) == {"environments"}


def test_what_fails_half_way_leaves_nothing_behind(project: Project) -> None:
    (project.folder / ".gitignore").mkdir()
    project.run("init", "--example", "saas", code=1)
    assert [p.name for p in project.folder.iterdir()] == [".gitignore"]


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(project: Project) -> None:
    project.run("init", f"new/{'x' * 300}", code=1)
    assert not list(project.folder.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(project: Project) -> None:
    project.folder.chmod(0o500)
    assert "Permission denied" in project.run("init", "new", code=1).err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", IGNORED),
        ("node_modules/\n", f"node_modules/\n{IGNORED}"),
        ("node_modules/", f"node_modules/\n{IGNORED}"),
        ("a\r\nb\r\n", "a\r\nb\r\n" + IGNORED.replace("\n", "\r\n")),
        (IGNORED, IGNORED),
        ("/.stripe-portal\nx\n", "/.stripe-portal\nx\nplan.json\nportal-preview.html\n"),
        ("# .stripe-portal/\n", f"# .stripe-portal/\n{IGNORED}"),
    ],
)
def test_a_gitignore_is_extended_once(project: Project, before: str, after: str) -> None:
    path = project.folder / ".gitignore"
    path.write_bytes(before.encode())
    said = project.run("init").out
    assert path.read_bytes().decode() == after
    assert ("Extended .gitignore" in said) == (before != after and before != "")


def test_a_gitignore_in_another_encoding_is_kept(project: Project) -> None:
    path = project.folder / ".gitignore"
    path.write_bytes(b"caf\xe9\n")
    project.run("init")
    assert path.read_bytes() == b"caf\xe9\n" + IGNORED.encode()


def test_a_deeper_folder_is_made(project: Project) -> None:
    result = project.run("init", "teams/billing")
    assert files(project.folder / "teams/billing") == WRITTEN
    assert "cd teams/billing" in result.err
