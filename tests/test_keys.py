"""Where the API key comes from: the environment's variable alone, STRIPE_API_KEY, the Stripe CLI's profile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.harness import Account, Project, Result

PRODUCT = "stripe_portal: 1\nproject: acme\nproducts: {pro: {id: pro, name: Pro}}\n"
CANARY = "canary"


@pytest.fixture
def profile(project: Project) -> Path:
    """Where the Stripe CLI's profiles are."""
    path = project.folder / ".config" / "stripe" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def written(path: Path, text: str, mode: int = 0o600) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def asked(project: Project, *words: str, key: str | None = None, code: int = 0) -> Result:
    result = project.run("plan", "--base-url", project.account.url, *words, key=key, code=code)
    assert CANARY not in result.text
    return result


def account_of(project: Project, key: str) -> str:
    return str(Account.register(project.account.url, key).get("/v1/account")["id"])


def test_the_variable_goes_before_the_stripe_cli(project: Project, profile: Path) -> None:
    project.write(PRODUCT)
    mine, cli = project.account.get("/v1/account")["id"], account_of(project, "sk_test_profile00001")
    written(profile, "[default]\ntest_mode_api_key = 'sk_test_profile00001'\n")
    assert mine in asked(project, key=project.account.key).out
    for nothing in (None, ""):  # a variable that a pipeline leaves empty is not set
        result = asked(project, key=nothing)
        assert cli in result.out
        assert result.err == f"With the key of the Stripe CLI's profile ({profile}).\n"


@pytest.mark.parametrize("name", ["test_mode_api_key", "secret_key", "api_key"])
@pytest.mark.parametrize("key", ["sk_test_profile00002", "rk_test_profile00002", "rkcs_test_profile00002"])
def test_a_test_key_of_the_stripe_cli_is_used(project: Project, profile: Path, name: str, key: str) -> None:
    project.write(PRODUCT)
    cli = account_of(project, key)
    written(profile, f"color = ''\n\n[default]\naccount_id = 'acct_1'\n{name} = '{key}'\n[acme]\n{name} = 'x'\n")
    assert cli in asked(project).out


def test_it_is_where_the_stripe_cli_keeps_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """In ~/.config, when nothing says otherwise."""
    project.write(PRODUCT)
    cli = account_of(project, "sk_test_profile00003")
    path = project.folder / "home" / ".config" / "stripe" / "config.toml"
    path.parent.mkdir(parents=True)
    written(path, "[default]\ntest_mode_api_key = 'sk_test_profile00003'\n")
    monkeypatch.setenv("HOME", str(project.folder / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    assert cli in asked(project).out


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[acme]\ntest_mode_api_key = 'sk_test_canary'\n",
        "default = 'sk_test_canary'\n",
        "[default]\ndisplay_name = 'Acme'\nlive_mode_api_key = 'sk_live_canary'\n",
        "[default]\ntest_mode_api_key = ''\n",
    ],
)
def test_a_profile_without_a_key_is_none(project: Project, profile: Path, text: str) -> None:
    """A newer login keeps its tokens in the keyring."""
    project.write(PRODUCT)
    written(profile, text)
    err = asked(project, code=64).err
    assert "which Stripe account?" in err
    assert "stripe login, which leaves a test key" in err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[default]\ntest_mode_api_key = 'sk_live_canary'\n", "test_mode_api_key in … is no test key"),
        ("[default]\nsecret_key = 'sk_live_canary'\n", "secret_key in … is no test key"),
        ("[default]\ntest_mode_api_key = 'rkcs_live_canary'\n", "is no test key, and no other is taken from there"),
        ("[default]\ntest_mode_api_key = 'sk_test_****canary'\n", "is no test key"),
        ("[default]\ntest_mode_api_key = 'pk_test_canary'\n", "is no test key"),
        ('[default]\ntest_mode_api_key = "sk_test_canary\\n"\n', "is no test key"),
        ("[default]\ntest_mode_api_key = 5\n", "is no test key"),
        ("[default]\ntest_mode_api_key = sk_test_canary\n", "cannot be read: … is no TOML (line 2)"),
        ("[default]\na = 'canary'\na = 'canary'\n", "is no TOML"),
        ("[default\n", "is no TOML (line 1). `stripe login` writes it anew; STRIPE_API_KEY goes before it"),
        ("x = " + "[" * 20_000, "is no TOML"),
        ("#" * 1_000_001, "far too large"),
        (
            "[default]\ntest_mode_api_key = 'sk_test_canary'\ntest_mode_key_expires_at = '2020-02-29'\n",
            "the Stripe CLI's test key expired on 2020-02-29 (…). `stripe login` renews it",
        ),
        (
            "[default]\ntest_mode_api_key = 'sk_test_canary'\ntest_mode_key_expires_at = 2020-02-29\n",
            "the Stripe CLI's test key expired on 2020-02-29",
        ),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(project: Project, profile: Path, text: str, says: str) -> None:
    project.write(PRODUCT)
    written(profile, text)
    project.account.forget()
    result = asked(project, code=1)
    result.shows([says])
    assert len(result.err.splitlines()) == 1
    assert project.account.requests("GET") == []


def test_a_file_that_cannot_be_read_says_so(project: Project, profile: Path) -> None:
    project.write(PRODUCT)
    profile.mkdir()
    asked(project, code=1).shows(["the Stripe CLI's profile cannot be read: … Is a directory. Correct that, or set"])
    profile.rmdir()
    profile.write_bytes(b"\xff\xfe")
    asked(project, code=1).shows(["is no TOML"])
    written(profile, "[default]\n", 0o000)
    if os.access(profile, os.R_OK):
        pytest.skip("nothing is unreadable to the superuser")
    asked(project, code=1).shows(["cannot be read: … Permission denied"])


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_file_that_others_can_read_is_pointed_out(project: Project, profile: Path) -> None:
    project.write(PRODUCT)
    account_of(project, "sk_test_profile00004")
    written(profile, "[default]\ntest_mode_api_key = 'sk_test_profile00004'\n", 0o644)
    assert f"Others on this machine can read {profile}, which holds a key: chmod 600 it." in asked(project).err


def test_a_day_of_expiry_that_is_to_come_or_makes_no_sense_says_nothing(project: Project, profile: Path) -> None:
    project.write(PRODUCT)
    account_of(project, "sk_test_profile00005")
    for day in ("'2999-01-01'", "2999-01-01", "2999-01-01T00:00:00Z", "'some day'", "''", "0"):
        written(profile, f"[default]\ntest_mode_api_key = 'sk_test_profile00005'\ntest_mode_key_expires_at = {day}\n")
        asked(project)


def test_a_live_environment_never_takes_the_stripe_clis_key(project: Project, profile: Path) -> None:
    project.write(f"{PRODUCT}environments: {{test: {{}}, live: {{livemode: true}}}}\n")
    account_of(project, "sk_test_profile00006")
    written(profile, "[default]\ntest_mode_api_key = 'sk_test_profile00006'\n")
    asked(project, "--env", "test")
    err = asked(project, "--env", "live", code=64).err
    assert "the environment says livemode: true: set STRIPE_API_KEY to a live key of it" in err


def test_an_environment_that_names_its_variable_takes_no_other(
    project: Project, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(f"{PRODUCT}environments: {{test: {{api_key_env: ACME_KEY}}}}\n")
    account_of(project, "sk_test_profile00007")
    written(profile, "[default]\ntest_mode_api_key = 'sk_test_profile00007'\n")
    for nothing in (None, ""):
        monkeypatch.delenv("ACME_KEY", raising=False)
        if nothing is not None:
            monkeypatch.setenv("ACME_KEY", nothing)
        err = asked(project, key=project.account.key, code=64).err
        assert "takes its key from ACME_KEY, which is not set" in err
    monkeypatch.setenv("ACME_KEY", project.account.key)
    assert asked(project, key="sk_test_canary").err == ""
    monkeypatch.setenv("ACME_KEY", "sk_live_canary")
    assert "Put a test key into ACME_KEY" in asked(project, code=3).err
    monkeypatch.setenv("ACME_KEY", "'sk_test_canary'")
    assert "ACME_KEY: the API key has quotes around it" in asked(project, code=3).err


def test_the_emulator_reads_no_profile(project: Project, profile: Path) -> None:
    project.write(PRODUCT)
    written(profile, "[default\n")
    result = project.run("plan", "--emulator")
    assert result.err == ""


def test_no_key_at_all_says_three_ways_on(project: Project) -> None:
    project.write(PRODUCT)
    err = asked(project, code=64).err
    assert "which Stripe account? Three ways on:" in err
    assert all(way in err for way in ("add --emulator", "set STRIPE_API_KEY", "stripe login"))
