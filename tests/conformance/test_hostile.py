"""What nobody means to do, and somebody does: odd texts, limits, broken surroundings, interruptions.

Each ends well or in a clear message with the right exit code, and the key is in no output.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.harness import Account, Project, Result

REPOSITORY = Path(__file__).parents[2]
PRICE = "{unit_amount: 1900, currency: usd, recurring: {interval: month}}"
YAML = f"""
stripe_portal: 1
project: acme
products:
  pro: {{name: Pro, default_price: monthly, prices: {{monthly: {PRICE}}}}}
"""
"""Three writes, one after the other: the product, its price, the product's default."""

TEXTS = {
    "emoji": "Pro 👩‍👩‍👧‍👦 🚀 plan",
    "right to left": "פרו \u202e1.99\u202c مهني",
    "terminal codes": "Pro \x1b[31mred\x1b[0m \x1b]0;title\x07",
    "quotes": "\"Pro\" 'plan' \\ `code` $(date) ${{x}} %s {0}",
    "form signs": "a=b&c[d]=e;f#g?h+i%20j",
    "composed": unicodedata.normalize("NFC", "Café Zoë Ångström"),
    "decomposed": unicodedata.normalize("NFD", "Café Zoë Ångström"),
    "long": "€" * 5000,
    "beyond the first plane": "𝔓𝔯𝔬 \U0010fffd",
    "like a number": "0100",
    "like nothing": "null",
    "spaces": "  Pro  ",
}


def catalogue(**product: Any) -> str:
    return written({"pro": product})


def written(products: Mapping[str, Any], **more: Any) -> str:
    """YAML in JSON's spelling, with escapes for what nobody sees alone: YAML has none of JSON's pairs of them."""
    data = {"stripe_portal": 1, "project": "acme", "products": products, **more}
    text = json.dumps(data, ensure_ascii=False)
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) == "Cf" and c != "\u200d" else c for c in text)


def price(**fields: Any) -> dict[str, Any]:
    return {"currency": "usd", "unit_amount": 100, **fields}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_odd_text_arrives_as_it_is_and_stays(judged: Project, text: str) -> None:
    text = text.replace("${{x}}", "$${x}")
    judged.write(catalogue(name=text, description=f"one\ntwo\t{text}\n", metadata={"odd": text[:500]}))
    result = judged.apply()
    product = judged.account.find("product.pro")
    expected = text.replace("$${x}", "${x}")
    assert (product["name"], product["metadata"]["odd"]) == (expected, expected[:500])
    assert product["description"] == f"one\ntwo\t{expected}\n"
    judged.converged()
    judged.write(catalogue(name="Pro"))
    plan = judged.plan()
    for output in (result.text, plan.text):
        assert not [c for c in output if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n"]
        assert not set("\u202e\u202c") & set(output)


LIMITS: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "images": (
        {"images": [f"https://acme.example/{n}.png" for n in range(8)]},
        {"images": [f"https://acme.example/{n}.png" for n in range(9)]},
    ),
    "marketing features": (
        {"marketing_features": [{"name": f"{n}" + "x" * 78} for n in range(15)]},
        {"marketing_features": [{"name": f"{n}"} for n in range(16)]},
    ),
    "metadata keys": (
        {"metadata": {f"{n:040}": "v" for n in range(40)}},
        {"metadata": {f"{n:040}": "v" for n in range(51)}},
    ),
    "a metadata key": (
        {"metadata": {"é" * 40: "v", "items": "1", "a.b,c(d)=e": "2", "'\"": "3"}},
        {"metadata": {"k" * 41: "v"}},
    ),
    "a metadata value": ({"metadata": {"k": "ü" * 500}}, {"metadata": {"k": "v" * 501}}),
    "a metadata key of ours": ({"metadata": {"Stripe_portal": "theirs"}}, {"metadata": {"stripe_portal": "mine"}}),
    "the description": ({"description": "d" * 40000}, {"description": "d" * 40001}),
    "the name": ({"name": "n" * 5000}, {"name": "n" * 5001}),
    "the unit label": ({"unit_label": "u" * 12}, {"unit_label": "u" * 13}),
    "the descriptor": ({"statement_descriptor": "S" * 22}, {"statement_descriptor": "S" * 23}),
    "the largest amount": (
        {"prices": {"a": price(unit_amount=99_999_999)}},
        {"prices": {"a": price(unit_amount=100_000_000)}},
    ),
    "the smallest amount": (
        {"prices": {"a": price(unit_amount=0), "b": {"currency": "usd", "unit_amount_decimal": "0.000000000001"}}},
        {"prices": {"a": price(unit_amount=-1)}},
    ),
    "three decimals": (
        {"prices": {"a": price(currency="kwd", unit_amount=5500)}},
        {"prices": {"a": price(currency="kwd", unit_amount=5505)}},
    ),
    "the lookup key": ({"prices": {"a": price(lookup_key="l" * 200)}}, {"prices": {"a": price(lookup_key="l" * 201)}}),
    "three years": (
        {"prices": {"a": price(recurring={"interval": "week", "interval_count": 156})}},
        {"prices": {"a": price(recurring={"interval": "week", "interval_count": 157})}},
    ),
    "the resource's name": ({"prices": {"p" * 63: price()}}, {"prices": {"p" * 64: price()}}),
    "prices": ({"prices": {f"p{n}": price(unit_amount=n) for n in range(60)}}, {"prices": {"": price()}}),
}


@pytest.mark.parametrize(("within", "beyond"), LIMITS.values(), ids=LIMITS)
def test_a_limit_is_reached_but_not_passed(judged: Project, within: dict[str, Any], beyond: dict[str, Any]) -> None:
    judged.write(catalogue(**{"name": "Pro", **beyond}))
    refused = judged.apply(code=1)
    assert "Nothing was sent to Stripe." in refused.err
    judged.write(catalogue(**{"name": "Pro", **within}))
    judged.apply()
    judged.converged()


def test_a_portal_offers_ten_products_and_no_more(judged: Project) -> None:
    for count, code in ((11, 1), (10, 0)):
        products = {
            f"p{n}": {"name": f"P{n}", "prices": {"m": price(recurring={"interval": "month"})}} for n in range(count)
        }
        update = {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": [{"product": name} for name in products],
        }
        portal = {"is_default": True, "features": {"subscription_update": update}}
        judged.write(written(products, portal_configurations={"main": portal}))
        judged.apply(code=code)
    judged.converged()


@pytest.mark.parametrize(
    "text", ["", "# nothing but a comment\n", "---\n...\n", "null\n", "[]\n", "\ufeff", "a: &a {b: *a}\n"]
)
def test_a_file_without_a_catalogue_is_a_problem(project: Project, text: str) -> None:
    project.write(text)
    result = project.run("validate", code=1)
    assert "stripe-portal.yaml:1:" in result.err
    assert "Nothing was sent to Stripe." in result.err


def test_a_file_of_20_megabytes_is_refused_by_its_size(project: Project) -> None:
    line = "  p{}: {{name: " + "x" * 80 + "}}\n"
    project.write("stripe_portal: 1\nproject: acme\nproducts:\n" + "".join(line.format(n) for n in range(200_000)))
    assert "larger than" in project.run("validate", code=1).err


TARGETS = [
    ("https://example.com", 3),
    ("file:///etc/passwd", 3),
    ("http://127.0.0.1.example.com", 3),
    ("http://user:sk_test_secret@127.0.0.1", 3),
    ("http://[::1", 3),
    ("127.0.0.1:12111", 3),
    ("", 3),
    ("http://127.0.0.1:1", 1),
]
CANARY = "sk_test_canaryCanary42"


@pytest.mark.parametrize(("url", "code"), TARGETS)
def test_a_wrong_address_is_one_clear_line(project: Project, url: str, code: int) -> None:
    project.write(YAML)
    result = project.run("apply", "--yes", "--base-url", url, key=CANARY, code=code)
    clear(result)
    assert result.err.count("\n") == 1
    assert "sk_test_secret" not in result.text


KEYS = [f"{CANARY}\n", f"{CANARY}\r\nX-Injected: 1", f" {CANARY}", f"{CANARY}é", f"{CANARY}\x00"[:-1] + "\t", "canary"]


@pytest.mark.parametrize("key", KEYS)
def test_a_broken_key_is_one_clear_line_and_goes_nowhere(project: Project, key: str) -> None:
    project.write(YAML)
    result = project.run("plan", "--base-url", project.account.url, key=key, code=3)
    clear(result)
    assert result.err.count("\n") == 1
    assert "canary" not in result.text.lower()


STATES = {
    "a file in the place of the folder": lambda folder: (folder / ".stripe-portal").write_text("x"),
    "a folder in the place of the database": lambda folder: (folder / ".stripe-portal" / "emulator.db").mkdir(
        parents=True
    ),
    "a text in the place of the database": lambda folder: write(
        folder / ".stripe-portal" / "emulator.db", "no database " * 99
    ),
    "a link to nowhere": lambda folder: link(folder / ".stripe-portal" / "emulator.db", "/proc/nowhere/at/all"),
}


def write(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)


def link(path: Path, target: str) -> None:
    path.parent.mkdir()
    path.symlink_to(target)


@pytest.mark.parametrize("case", list(STATES))
def test_an_emulator_that_cannot_keep_its_state_says_so(project: Project, case: str) -> None:
    project.write(YAML)
    STATES[case](project.folder)
    result = project.run("plan", "--emulator", code=1)
    clear(result)
    assert ".stripe-portal" in result.err


def test_a_full_disk_is_a_clear_error(project: Project) -> None:
    project.write(YAML)
    small = (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    result = started(project, "apply", "--yes", "--emulator", limit=small)
    out, err = result.communicate(timeout=30)
    assert result.returncode == 1
    clear(Result(1, out, err))


def test_without_home_and_terminal_it_works_as_well(project: Project) -> None:
    project.write(YAML)
    process = started(project, "apply", "--yes", *target(project), environment={"TERM": "dumb"}, drop=("HOME", "PATH"))
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "\x1b" not in out + err
    project.converged()
    asked = started(project, "apply", *target(project))
    out, err = asked.communicate(timeout=30)
    assert asked.returncode == 64
    assert "--yes" in err


@pytest.mark.parametrize("nth", [1, 2])
def test_ctrl_c_in_the_middle_leaves_nothing_that_the_next_apply_does_twice(project: Project, nth: int) -> None:
    """One call is under way, and held by the server, when the signal comes; what follows it is never sent."""
    project.write(YAML)
    with holding(project.account, nth=nth):
        process = started(project, "apply", "--yes", *target(project))
        held(project.account, process)
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, out + err
    clear(Result(130, out, err))
    done = everything(project.account)
    assert len(done) == nth
    assert len(project.account.requests("POST")) == nth
    project.apply()
    project.converged()
    assert [o["id"] for o in everything(project.account)][:nth] == [o["id"] for o in done]
    assert len(everything(project.account)) == 2


@pytest.mark.parametrize("nth", [1, 2])
def test_two_applies_at_once_end_in_one_catalogue(project: Project, nth: int) -> None:
    """A second apply comes between the first's plan and its writes. The one after them finds what is there twice."""
    project.write(YAML)
    with holding(project.account, nth=nth):
        process = started(project, "apply", "--yes", *target(project))
        held(project.account, process)
        project.apply()
    process.communicate(timeout=30)
    assert len([o for o in everything(project.account) if o["active"]]) > 2
    result = project.apply()
    assert "Warning" in result.out
    project.converged()
    product = project.account.find("product.pro")
    prices = [p for p in project.account.get("/v1/prices", active="true")["data"] if p["product"] == product["id"]]
    assert [p["id"] for p in prices] == [product["default_price"]]


@contextmanager
def holding(account: Account, nth: int) -> Iterator[None]:
    """The nth write of the account waits until the block ends."""
    requests.delete(f"{account.url}/_emulator/faults", timeout=10).raise_for_status()
    account.forget()
    account.control("faults", kind="hold", method="POST", nth=nth, times=1)
    try:
        yield
    finally:
        requests.delete(f"{account.url}/_emulator/faults", timeout=10).raise_for_status()


def everything(account: Account) -> list[dict[str, Any]]:
    return account.all("/v1/products") + account.all("/v1/prices")


def held(account: Account, process: subprocess.Popen[str]) -> None:
    """Return once a request of the process is being held."""
    while not any(f["held"] for f in requests.get(f"{account.url}/_emulator/faults", timeout=10).json()["faults"]):
        assert process.poll() is None, process.communicate()


def target(project: Project) -> tuple[str, ...]:
    return ("--base-url", project.account.url)


def started(
    project: Project,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    drop: tuple[str, ...] = (),
    limit: tuple[int, int] | None = None,
) -> subprocess.Popen[str]:
    """The tool in a process of its own, without a terminal."""
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    kept |= {"STRIPE_API_KEY": project.account.key, "PYTHONPATH": str(REPOSITORY), **(environment or {})}
    code = "import sys; from reconciler.cli.main import main; main(sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=project.folder,
        env=kept,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)) if limit else None,
    )


def clear(result: Result) -> None:
    assert result.err.strip()
    assert "Traceback" not in result.text
    assert "in a way that it should not" not in result.text, result.text
    assert CANARY not in result.text
