"""Files that are made to crash, to hang or to fill the memory: each is refused in words, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from reconciler.config import load
from reconciler.errors import Invalid

MEGABYTE = 2**20
LOAD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
from reconciler.config import load
from reconciler.errors import Invalid
try:
    load()
except Invalid as invalid:
    print(f"{len(invalid.problems)}: {invalid.problems[0]}")
"""

HOSTILE: tuple[tuple[str, str, str], ...] = (
    ("lists in a line", "[" * MEGABYTE, "1: stripe-portal.yaml:1:65: nested deeper than 64 levels"),
    ("maps in a line", "{" * MEGABYTE, "1: stripe-portal.yaml:1:65: nested deeper than 64 levels"),
    ("lists in lines", "[\n" * MEGABYTE, "1: stripe-portal.yaml:65:1: nested deeper than 64 levels"),
    ("block lists", "- " * MEGABYTE, "1: stripe-portal.yaml:1:129: nested deeper than 64 levels"),
    ("complex keys", "? " * MEGABYTE, "1: stripe-portal.yaml:1:129: nested deeper than 64 levels"),
    ("maps as keys", "{" + "? {" * MEGABYTE, "1: stripe-portal.yaml:1:193: nested deeper than 64 levels"),
    (
        "indented maps",
        "".join(f"{' ' * i}a:\n" for i in range(2000)),
        "1: stripe-portal.yaml:65:65: nested deeper than 64 levels",
    ),
    (
        "too many values",
        "a: [" + "x," * MEGABYTE,
        "1: stripe-portal.yaml:1:1: the file holds more than 1,000,000 parts",
    ),
    ("too large", "#" * (8 * MEGABYTE + 1), "1: stripe-portal.yaml:1:1: the file is larger than 8 MB"),
    ("aliases", "a: &a [" + "*a," * MEGABYTE + "]", "501: stripe-portal.yaml:1:4: an anchor (&a)"),
    ("duplicates", "a: 1\n" * 1000, "501: stripe-portal.yaml:2:1: a stands here twice"),
    (
        "directives",
        "%TAG !a! x\n" * (MEGABYTE // 2) + "---\na: 1\n",
        "1: stripe-portal.yaml:1:1: a directive (%) at the beginning of a line",
    ),
    ("a long number", "a: " + "1" * MEGABYTE, "2: stripe-portal.yaml:1:1: stripe_portal is missing"),
    ("a long octal", "a: 0" + "1" * MEGABYTE, "2: stripe-portal.yaml:1:1: stripe_portal is missing"),
    ("a long time", "a: 1" + ":1" * MEGABYTE, "2: stripe-portal.yaml:1:1: stripe_portal is missing"),
    ("a long key", "a" * MEGABYTE + ": 1", "2: stripe-portal.yaml:1:1: the file is not a map of keys"),
    ("secret keys", "# sk_live_51Habcdefgh\n" * 40_000, "101: stripe-portal.yaml:1:1: the file is empty"),
)


@pytest.mark.parametrize(("text", "expected"), [c[1:] for c in HOSTILE], ids=[c[0] for c in HOSTILE])
def test_hostile(project: Any, text: str, expected: str) -> None:
    project({"stripe-portal.yaml": text})
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == expected


def test_64_levels_are_fine(project: Any) -> None:
    project({"stripe-portal.yaml": "stripe_portal: 1\na: " + "[" * 63 + "]" * 63})
    assert load().data["a"]


def test_a_million_parts_are_fine_in_several_files(project: Any) -> None:
    part = "\n".join(f"k{{n}}_{i}: [{'1,' * 1000}]" for i in range(300))
    files = {f"{n}.yaml": part.replace("{n}", str(n)) for n in range(4)}
    project({"stripe-portal.yaml": "stripe_portal: 1\ninclude: ['?.yaml']\n", **files})
    assert len(load().data) == 1201


def test_a_pattern_that_is_made_to_be_slow(project: Any) -> None:
    pattern = "*a" * 200 + "b"
    project({"stripe-portal.yaml": f"stripe_portal: 1\ninclude: ['{pattern}']\n", "a" * 200 + ".yaml": ""})
    with pytest.raises(Invalid, match="matches no file"):
        load()


def test_importing_the_loader_does_not_bring_in_a_parser() -> None:
    code = "import sys, reconciler.config; print([m for m in ('yaml', 'stripe', 'jsonschema') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_pyyaml_without_its_c_library_answers_the_same(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    project({"stripe-portal.yaml": "stripe_portal: 1\na: {b: [NO, 29.00]}\nc: *d\n"})
    with pytest.raises(Invalid) as fast:
        load()
    monkeypatch.delattr(yaml, "CSafeLoader")
    with pytest.raises(Invalid) as slow:
        load()
    assert str(slow.value) == str(fast.value)
