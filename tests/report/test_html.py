"""The page, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Plan
from reconciler.report import html
from tests.report.hostile import NAMES, visible

PHONE, DESK = {"width": 375, "height": 800}, {"width": 1200, "height": 900}
CONTRAST = """() => {
  const parts = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const shown = [...document.querySelectorAll("body *")].filter(e => e.offsetParent && [...e.childNodes]
    .some(n => n.nodeType === 3 && n.data.trim()));
  return shown.map(e => {
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.outerHTML.slice(0, 80)]; }).sort((x, y) => x[0] - y[0])[0];
}"""
"""The least contrast between a text and what is behind it, and where."""


@contextmanager
def opened(chromium: Any, folder: Path, plan: Plan, scheme: str = "light", size: Any = DESK) -> Iterator[Any]:
    """The page, which must ask for nothing, say nothing and complain of nothing."""
    file = folder / "plan.html"
    file.write_text(html.render(plan, reads=7), encoding="utf-8")
    context = chromium.new_context(viewport=size, color_scheme=scheme)
    page, noise = context.new_page(), []
    page.on("request", lambda r: noise.append(r.url) if r.url != file.as_uri() else None)
    page.on("console", lambda m: noise.append(m.text))
    page.on("pageerror", lambda e: noise.append(str(e)))
    page.on("dialog", lambda d: (noise.append(d.message), d.dismiss()))
    page.goto(file.as_uri())
    yield page
    context.close()
    assert not noise


def test_it_says_what_the_plan_says(chromium: Any, tmp_path: Path, reviewed: Plan) -> None:
    with opened(chromium, tmp_path, reviewed) as page:
        assert "acct_1Acme" in page.inner_text("h1")
        assert page.inner_text(".mode").lower() == "live"
        assert "to replace" in page.inner_text(".summary")
        assert "--allow replace=product.pro" in page.inner_text(".refused")
        row = page.locator(".prices tr", has_text="price.pro.monthly").inner_text()
        assert row.split("\t")[:4] == ["price.pro.monthly", "$19.00 / month", "$24.00 / month", "+26.3 %"]
        change = page.locator("details", has_text="must be replaced")
        assert "$19.00 → $24.00 / month" in change.inner_text()
        assert "forces replacement" in change.inner_text()
        assert "Renamed" in page.locator("section", has_text="Edited in Stripe").first.inner_text()
        assert "primary_color" in page.inner_text(".todo")


@pytest.mark.parametrize("which", ["reviewed", "hostile"])
def test_a_phone_shows_it_without_scrolling_sideways(
    chromium: Any, tmp_path: Path, which: str, request: pytest.FixtureRequest
) -> None:
    with opened(chromium, tmp_path, request.getfixturevalue(which), size=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        beyond = (
            "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        )
        assert page.evaluate(f"{beyond}.map(e => e.outerHTML.slice(0, 80))") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_day_and_by_night(chromium: Any, tmp_path: Path, reviewed: Plan, scheme: str) -> None:
    with opened(chromium, tmp_path, reviewed, scheme) as page:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert max(colour) < 40 if scheme == "dark" else min(colour) > 215
        least, where = page.evaluate(CONTRAST)
        assert least >= 4.5, where  # WCAG 2 AA


def test_hostile_names_are_text(chromium: Any, tmp_path: Path, hostile: Plan) -> None:
    with opened(chromium, tmp_path, hostile) as page:
        text = page.evaluate("document.body.textContent")
        for name in NAMES:
            assert f'"{visible(name)}"' in text
        assert all(c.isprintable() or c == "\n" for c in text)
        assert page.locator("script, img, iframe, form, object, b, body style, a").count() == 0
        assert page.locator("h1").count() == 1


def test_it_has_a_structure_that_can_be_heard(chromium: Any, tmp_path: Path, reviewed: Plan) -> None:
    with opened(chromium, tmp_path, reviewed, size=PHONE) as page:
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.get_by_role("heading", level=2).count() >= 4
        assert page.get_by_role("rowheader", name="price.pro.monthly").count() == 1
        assert page.get_by_role("columnheader", name="Active subscriptions").count() == 1


def test_paper_has_what_is_folded(chromium: Any, tmp_path: Path, reviewed: Plan) -> None:
    with opened(chromium, tmp_path, reviewed) as page:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.removeAttribute('open'))")
        money = page.locator("details .money").first
        assert not money.is_visible()
        page.emulate_media(media="print")
        assert money.is_visible()


def test_it_needs_nothing_else(reviewed: Plan) -> None:
    text = html.render(reviewed)
    assert "default-src 'none'" in text
    assert text.count("<style>") == 1
    for word in ("<script", "<link", "src=", "@import", "url(", "unsafe-inline"):
        assert word not in text
