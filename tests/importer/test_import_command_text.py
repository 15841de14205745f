"""What import adds to files that people wrote: new lines, and not a byte of another one is different."""

from __future__ import annotations

import difflib

import pytest
import yaml

from reconciler.importer.text import Insert, edited
from tests.harness import Project
from tests.importer.test_import import imported

ROOT = "stripe_portal: 1\nproject: acme\n"
TWO = f"""{ROOT}
products:
  # The one that sells.
  pro:
    id: pro
    name: "Pro"          # as on the site
    images: [ "https://acme.example/pro.png" ]
    marketing_features:
    - name: 'Fast'
    -   name: "Sure"
    metadata: {{tier: "1",   beta: 'no'}}
    # the end of pro

  # the end of the products

# the end of it all
"""
FOUR = f"""{ROOT}
products:
    pro:
        id: pro
        name: Pro
        prices:
            monthly:
                currency: usd
                amount:   19.00
                recurring: {{ interval: month }}

            # Dear.
            yearly: {{currency: usd, amount: 190.00, recurring: {{interval: year}}}}


coupons:
    half: {{id: HALF, percent_off: 50, duration: once}}
"""
MIXED = f"""{ROOT}
coupons:
      half:
       id: HALF
       percent_off: 50
       duration: once
products:
   pro:
        id: pro
        description: |
          Two
           lines.

        name: Pro   # at the end"""
FOLDED = f"""%YAML 1.1
---
{ROOT}products:
  pro:
    id: pro
    name: >+
      Folded
      and kept

  team:
    id: team
    name: Team, on
      two lines
...
"""
FLOW = f"{ROOT}products: {{pro: {{id: pro, name: Pro}}}}   # all on one\n"
LINES = f"{ROOT}products: {{\n  pro: {{id: pro, name: Pro}},\n  team: {{id: team, name: Team}},  # two\n}}\n"
NOTHING = f"{ROOT}products:   # none yet\n  # soon\ncoupons: {{half: {{id: HALF, percent_off: 50, duration: once}}}}\n"

LINE_BY_LINE = {"two": TWO, "four": FOUR, "mixed": MIXED, "nothing": NOTHING}
ALL = {**LINE_BY_LINE, "folded": FOLDED, "flow": FLOW, "lines": LINES}
NEW = [
    Insert(("products", "gold"), {"name": "Gold", "images": ["a", "b"]}, ("a note",), open=True),
    Insert(("products", "gold", "prices", "monthly"), {"amount": 1, "recurring": {"interval": "month"}}),
    Insert(("products", "pro", "prices", "weekly"), {"amount": 2}),
]


def removed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line.startswith("-")]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_it_says_what_it_said_and_more(name: str, end: str) -> None:
    before = ALL[name].replace("\n", end)
    after = edited(before, NEW)
    assert after.count("\n") == after.count(end)
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    assert new["products"].pop("gold") == {
        "name": "Gold",
        "images": ["a", "b"],
        "prices": {"monthly": {"amount": 1, "recurring": {"interval": "month"}}},
    }
    assert new["products"]["pro"]["prices"].pop("weekly") == {"amount": 2}
    for data in (old, new):
        if not data["products"]:
            data["products"] = {"pro": {}}
        data["products"]["pro"].setdefault("prices", {})
    assert new == old
    if name in LINE_BY_LINE or name == "folded":
        assert removed(before, after) == []
    else:
        assert len(removed(before, after)) == 1
    assert edited(after, []) == after


@pytest.mark.parametrize("name", ["two", "four", "mixed"])
def test_after_a_merge_only_lines_are_added(project: Project, name: str) -> None:
    project.account.post("/v1/products", {"id": "pro", "name": "Pro"})
    project.account.post("/v1/products", {"id": "gold", "name": "Gold", "description": "one"})
    project.write(LINE_BY_LINE[name])
    path = project.folder / "stripe-portal.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    imported(project, "--only", "product")
    after = path.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf")
    text = after.decode("utf-8-sig")
    assert "gold" in text
    assert removed(LINE_BY_LINE[name], text) == []
    assert "Nothing was written" in imported(project, "--only", "product").out
    assert path.read_bytes() == after


def test_what_is_new_stands_as_its_like_does() -> None:
    assert "\n    gold:\n        name: Gold\n" in edited(FOUR, NEW)
    assert "\n            # Dear.\n" in edited(FOUR, NEW)
    assert "recurring: {interval: year}}\n\n            weekly: {amount: 2}\n" in edited(FOUR, NEW)
    assert "\n   # a note\n   gold:\n        name: Gold\n" in edited(MIXED, NEW)
    assert "    # the end of pro\n  # a note\n  gold:\n" in edited(TWO, NEW)


def test_a_list_grows_as_it_stands() -> None:
    new = [Insert(("include",), ["b/*.yaml", "a/*.yaml"])]
    for before, after in (
        ("include: [a/*.yaml]\n", "include: [a/*.yaml, b/*.yaml]\n"),
        ("include:\n- a/*.yaml  # a\n\nx: 1\n", "include:\n- a/*.yaml  # a\n- b/*.yaml\n\nx: 1\n"),
        ("include:\n    -   a/*.yaml", "include:\n    -   a/*.yaml\n    -   b/*.yaml\n"),
        ("include: []\n", "include: [b/*.yaml, a/*.yaml]\n"),
    ):
        assert edited(before, new) == after


def test_a_note_is_not_repeated() -> None:
    note = [Insert(("products",), None, ("left out",))]
    once = edited(TWO, note)
    assert once.count("# left out") == 1
    assert edited(once, note) == once
