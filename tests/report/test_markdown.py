"""The comment on a pull request, as GitHub's own Markdown renders it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from reconciler.model import Plan
from reconciler.report import markdown
from tests.report.hostile import NAMES, visible
from tests.stages import desired, planned

TAGS = {"h3", "p", "strong", "b", "blockquote", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
TAGS |= {"details", "summary", "a", "input", "sub"}
ATTRIBUTES = {"lang", "href", "type", "disabled", "checked", "class", "colspan"}
FORGED = re.compile(r"@|#|://|www\.|\$|:\w+:|!\[|[0-9a-f]{7,}|<|>(?!\s)")
"""What GitHub or GitLab would make something of, outside of code."""


class Page(HTMLParser):
    """The page that a comment becomes: its tags, which must nest, and its text in code and outside of it."""

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.code = self.prose = self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        assert {k for k, _ in attrs} <= ATTRIBUTES, attrs
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k == "href"]
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == "input" or self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if {"code", "pre"} & set(self.open):
            self.code += data
        elif "a" not in self.open:
            self.prose += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def page(text: str) -> Page:
    return Page(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))


def test_what_must_be_seen_comes_first(reviewed: Plan) -> None:
    text = markdown.render(reviewed, reads=7)
    assert "acct_1Acme" in text.split("\n")[0]
    assert "(LIVE) · environment live" in text.split("\n")[0]
    shown = page(text).text
    parts = [
        "Plan: ",
        "to replace",
        "Refused",
        "--allow replace=product.pro",
        "Monthly recurring revenue",
        "$19.00 / month",
        "$24.00 / month",
        "+26.3 %",
        "Edited in Stripe",
        '- name: "Renamed"',
        "± price.pro.monthly must be replaced",
        "+ unit_amount: 2400 ($19.00 → $24.00 / month)  # forces replacement",
        "To do in the Dashboard",
        "branding.account primary_color",
        "project acme · reads used: 7",
    ]
    for part in parts:
        assert part in shown, f"{part!r} is not there, or not there yet"
        shown = shown.partition(part)[2]


def test_every_address_can_be_opened(reviewed: Plan) -> None:
    found = page(markdown.render(reviewed))
    assert found.tags.count("details") == found.tags.count("summary") == found.tags.count("pre")
    for action in reviewed.actions:
        assert str(action.address) in found.code


def test_no_name_is_more_than_text(hostile: Plan) -> None:
    found = page(markdown.render(hostile))
    assert set(found.links) <= {"https://dashboard.stripe.com/settings/branding"}
    assert not (forged := FORGED.findall(found.prose)), forged
    assert all(c.isprintable() or c == "\n" for c in found.text)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_is_there_as_it_is_written(hostile: Plan, name: str) -> None:
    mine = tuple(a for a in hostile.actions if any(c.after == name for c in (a.change.fields if a.change else ())))
    plan = replace(hostile, actions=mine[:1], refusals=(), warnings=(), allowed=())
    assert f'"{visible(name)}"' in page(markdown.render(plan)).code


def test_a_sentence_shows_all_of_a_name(hostile: Plan) -> None:
    shown = page(markdown.render(replace(hostile, actions=()))).text
    squeezed = re.sub(r"\s+", " ", shown)
    for name in NAMES[:20]:
        assert re.sub(r"\s+", " ", f"the name {visible(name)} is odd".replace('\\"', '"')) in squeezed


def test_a_plan_of_any_size_fits_and_says_what_is_left_out() -> None:
    products = {f"p{n}": {"name": f"名前 {n}", "description": "説" * 90} for n in range(2000)}
    plan = planned(desired({"products": products}), [])
    text = markdown.render(replace(plan, environment="live"))
    assert len(text) <= len(text.encode()) <= 65_000
    found = page(text)
    (left,) = re.findall(r"(\d+) addresses not shown here", found.text)
    assert found.tags.count("details") + int(left) == 2000
    assert "stripe-portal plan --env live" in found.code
    assert "Plan: 2000 to create." in text.split("\n")[2]


def test_nothing_crowds_out_the_rest(hostile: Plan) -> None:
    said = tuple(f"product.p{n}: {name}" for n in range(40) for name in NAMES)
    text = markdown.render(replace(hostile, refusals=said, warnings=said, allowed=said))
    assert len(text.encode()) <= 65_000
    found = page(text)
    assert [t in found.text for t in ("Plan: ", "Refused", "Warnings", "Edited in Stripe")] == [True] * 4
    assert "more: stripe-portal plan --env live shows them." in found.text
    assert "details" in found.tags


def test_what_replaces_and_retires_is_kept_when_others_are_not(reviewed: Plan) -> None:
    creates = planned(desired({"products": {f"p{n}": {"name": "x" * 150} for n in range(1000)}}), []).actions
    found = page(markdown.render(replace(reviewed, actions=(*creates, *reviewed.actions))))
    assert "price.pro.monthly must be replaced" in found.text
    assert "product.legacy will be retired" in found.text


def test_nothing_to_do_is_short(reviewed: Plan) -> None:
    plan = replace(reviewed, actions=(), refusals=(), warnings=(), checklist=(), impact=(), partial=True)
    text = markdown.render(plan)
    assert "No changes." in text
    assert "partial" in text.split("\n")[0]
    assert "details" not in page(text).tags
