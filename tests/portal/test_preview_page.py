"""The page of a preview, in a real browser: looks, keyboard, phone, and names that try to be more than names."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from reconciler.desired import resolve
from reconciler.model import LocalFile
from reconciler.portal.money import locale_of
from reconciler.portal.page import LONGEST, beside, render
from reconciler.portal.scene import Scene
from reconciler.portal.shop import declared
from reconciler.portal.told import view
from reconciler.portal.view import View
from tests.pictures import png
from tests.portal.test_preview import ALL_ON, SHOP, TODAY, Data, price, put, seen
from tests.report.hostile import NAMES
from tests.stages import document

PHONE, DESK = {"width": 375, "height": 800}, {"width": 1280, "height": 900}
BRANDS: dict[str, Data] = {
    "plain": {},
    "navy and yellow": {"primary_color": "#1b2b4d", "secondary_color": "#ffc43d"},
    "grey": {"primary_color": "#777777"},
}
SEATS = [{"product": "pro", "adjustable_quantity": {"enabled": True, "minimum": 2, "maximum": 9}}, {"product": "max"}]
RICH = put(
    put(
        put(ALL_ON, "features.subscription_update.products", SEATS),
        "features.subscription_update.default_allowed_updates",
        ["price", "quantity", "promotion_code"],
    ),
    "business_profile",
    {
        "headline": "Manage your plan",
        "privacy_policy_url": "https://acme.example/privacy",
        "terms_of_service_url": "https://acme.example/terms",
    },
)
RICH["default_return_url"] = "https://acme.example/account"


@contextmanager
def opened(chromium: Any, folder: Path, *sides: View | None, size: Any = DESK, scheme: str = "light") -> Iterator[Any]:
    """The page, which must ask for nothing, say nothing and complain of nothing."""
    file = folder / "preview.html"
    text = render([beside("main", list(sides), True)], title="Portal preview · acme", about=["From the YAML."])
    file.write_text(text, encoding="utf-8")
    context = chromium.new_context(viewport=size, color_scheme=scheme)
    page, noise = context.new_page(), []
    local = (file.as_uri(), "data:")
    page.on("request", lambda r: noise.append(r.url) if not r.url.startswith(local) else None)
    page.on("console", lambda m: noise.append(m.text))
    page.on("pageerror", lambda e: noise.append(str(e)))
    page.on("dialog", lambda d: (noise.append(d.message), d.dismiss()))
    page.goto(file.as_uri())
    yield page
    context.close()
    assert not noise


def hostile() -> View:
    """Every hostile name as the name and description of a product, its unit, a reason, and a link's text."""
    products: Data = {}
    for number, name in enumerate(NAMES):
        short = "".join(c for c in name[:12] if c.isprintable()) or "x"
        prices = {"monthly": price(unit_amount=100)}
        products[f"p{number}"] = {"name": name[:5000], "description": name, "unit_label": short, "prices": prices}
    reasons = {f"r{number}": {"description": name[:100]} for number, name in enumerate(NAMES)}
    portal = copy.deepcopy(RICH)
    portal["name"] = NAMES[0]
    portal["business_profile"]["headline"] = NAMES[1]
    portal["features"]["subscription_update"]["products"] = [{"product": p} for p in products]
    portal["features"]["subscription_cancel"]["cancellation_reason"]["feedback_options"] = list(reasons)
    return seen(portal, {"products": products, "feedback_options": reasons})


def other() -> View:
    """RICH with something changed, something added and something removed."""
    shop = copy.deepcopy(SHOP)
    shop["products"]["pro"]["prices"]["monthly"]["unit_amount"] = 2400
    portal = put(put(RICH, "features.invoice_history.enabled", False), "business_profile.headline", "Your plan")
    portal["features"]["subscription_cancel"]["cancellation_reason"]["options"] = ["other", "unused"]
    portal["features"]["subscription_pause"]["enabled"] = False
    return seen(portal, shop)


def drawn(what: str) -> tuple[View | None, ...]:
    """The sides of a page."""
    if what in BRANDS:
        return (seen(RICH, branding=BRANDS[what]),)
    sides: dict[str, tuple[View | None, ...]] = {
        "hostile": (hostile(),),
        "against": (seen(RICH), other()),
        "hostile against": (hostile(), seen(RICH)),
        "new": (None, seen(RICH)),
        "leaving": (seen(RICH), None),
        "empty": (seen({"features": {}}),),
        "hebrew": (seen(RICH, locale="he"),),
    }
    return sides[what]


WHAT = [*BRANDS, "hostile", "against", "new", "leaving", "empty", "hebrew"]


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_everybody_can_use_it(chromium: Any, tmp_path: Path, what: str, size: Any) -> None:
    """Axe finds nothing, and nothing is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    with opened(chromium, tmp_path, *drawn(what), size=size) as page:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        fits(page, size["width"])


def test_two_columns_of_hostile_names_fit_a_phone(chromium: Any, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, *drawn("hostile against"), size=PHONE) as page:
        fits(page, PHONE["width"])


def fits(page: Any, width: int) -> None:
    """Nothing is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") == width
    beyond = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{beyond}.map(e => e.outerHTML.slice(0, 80))") == []


def test_hostile_names_are_text(chromium: Any, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, hostile()) as page:
        text = page.evaluate("document.body.textContent")
        for name in NAMES:
            start = " ".join(name[:60].split())
            shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in start)
            assert shown.replace("##", r"#\x23") in text, name
        assert f"… ({5000:,} characters)" in text
        assert "N" * (LONGEST + 1) not in text
        assert not any(c in text for c in "\u202e\u2066\x1b\x07")
        assert page.locator("script, iframe, form, object, b, img, body style").count() == 0
        links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
        assert all(href.startswith(("#", "https://acme.example/")) for href in links)
        assert page.locator("h1").count() == 1


def test_a_link_that_is_none_is_text(chromium: Any, tmp_path: Path) -> None:
    """What an account answers was never checked by the schema."""
    portal = put(RICH, "default_return_url", "javascript:alert(1)")
    with opened(chromium, tmp_path, seen(portal)) as page:
        assert page.get_by_text("Return to acme").count() == 1
        assert page.get_by_role("link", name="Return to acme").count() == 0


def test_it_goes_by_keyboard_in_the_order_of_the_page(chromium: Any, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, seen(RICH)) as page:
        seen_so_far: list[tuple[str, float]] = []
        for _ in range(80):
            page.keyboard.press("Tab")
            name, tag, outline, top = page.evaluate(
                """() => { const e = document.activeElement, box = e.closest("label") || e;
                const line = [e, box].map(x => getComputedStyle(x)).some(s => s.outlineStyle !== "none"
                  && parseFloat(s.outlineWidth) >= 2);
                return [(e.innerText || e.id || e.name).trim(), e.tagName, line, box.getBoundingClientRect().top
                  + scrollY]; }"""
            )
            if tag == "BODY":
                break
            assert outline, f"nothing shows that {name} has the focus"
            seen_so_far.append((name, top))
        names = [name for name, _ in seen_so_far]
        assert names[:3] == ["Skip to the portal", "Homepage", "Update plan"]
        assert names.index("Return to acme") < names.index("Update details", 8) < len(names) - 1
        pages = [top for name, top in seen_so_far if name.startswith("main.") or name == "Go back"]
        assert len(pages) > 10
        assert pages == sorted(pages)


def test_its_buttons_lead_from_page_to_page(chromium: Any, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, seen(RICH)) as page:
        for name, anchor in (("Update plan", "switch"), ("Cancel plan", "cancel"), ("Pause plan", "pause")):
            page.locator("#main-home").get_by_role("link", name=name).press("Enter")
            assert page.evaluate("location.hash") == f"#main-{anchor}"
            heading = page.locator(f"#main-{anchor}").get_by_role("heading", level=3)
            assert heading.inner_text() == name
            assert 0 <= heading.bounding_box()["y"] < DESK["height"]
        assert page.get_by_role("button", name="Continue").is_disabled()


def test_it_can_be_heard(chromium: Any, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, seen(RICH)) as page:
        assert page.get_by_role("heading", level=1).inner_text() == "Portal preview · acme"
        assert page.get_by_role("navigation", name="Pages of main").get_by_role("link").count() == 7
        assert (
            page.get_by_role("group", name="Why do you cancel?").get_by_role("radio", name="Other reason").count() == 1
        )
        assert (
            page.get_by_role("group", name="Pro").get_by_role("spinbutton", name="Quantity").get_attribute("max") == "9"
        )
        assert page.get_by_role("radio", name="$190.00 per year").count() == 1
        assert page.get_by_role("complementary", name="For you, about main").count() == 1


def test_what_is_different_is_said_in_words(chromium: Any, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, seen(RICH), other()) as page:
        changes = page.get_by_role("region", name="What changes for customers").inner_text()
        for line in ("$19.00 per month → $24.00 per month", "Manage your plan → Your plan", "Invoice history"):
            assert line in changes
        old, new = (page.locator("#main-switch .cell").nth(n) for n in (0, 1))
        assert "Today" in old.inner_text() or "TODAY" in old.inner_text()
        assert old.locator(".choice", has_text="$19.00").locator(".mark").inner_text() == "Changed"
        assert new.locator(".choice", has_text="$24.00").locator(".mark").inner_text() == "Changed"
        assert page.locator("#main-home .cell").nth(0).get_by_text("Removed").count() == 2
        assert page.locator("#main-cancel .cell").nth(1).get_by_text("Added").count() == 1
        assert "Customers do not have this page." in page.locator("#main-pause .cell").nth(1).inner_text()


def test_a_portal_that_is_not_there_yet(chromium: Any, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, None, seen(RICH)) as page:
        assert "does not exist there yet" in page.inner_text(".changes")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_looks_the_same_by_night(chromium: Any, tmp_path: Path, scheme: str) -> None:
    with opened(chromium, tmp_path, seen(RICH), scheme=scheme) as page:
        colour = page.evaluate("getComputedStyle(document.querySelector('.stage')).backgroundColor")
        assert colour == "rgb(255, 255, 255)"


def test_pictures_are_in_the_page(chromium: Any, tmp_path: Path) -> None:
    content = png(pixels=(128, 128))
    (tmp_path / "logo.png").write_bytes(content)
    digest = sha256(content).hexdigest()
    file = LocalFile("./logo.png", str(tmp_path / "logo.png"), digest, len(content), "image/png", "business_logo")
    data = {**SHOP, "portal_configurations": {"main": RICH}, "branding": {"logo": "./logo.png"}}
    wanted, problems = resolve(document(data), (), {("branding", "logo"): file})
    assert not problems
    shop = declared(wanted, "Planned")
    scene = Scene(shop, shop.portals["main"], locale_of("en"), TODAY)
    with opened(chromium, tmp_path, view(scene)) as page:
        assert page.get_by_role("img", name="acme").evaluate("e => e.naturalWidth") == 128
    (tmp_path / "logo.png").write_bytes(b"something else")
    with opened(chromium, tmp_path, view(scene)) as page:
        assert page.locator("img").count() == 0
        assert "acme" in page.inner_text(".business")
