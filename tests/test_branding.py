"""Branding of a connected account: a platform writes it, and its pictures are uploaded once. The own account's is in
tests/cases/branding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler import uploads
from tests.harness import Project
from tests.pictures import JPEG, png
from tests.test_connected import Shop

ICON, OTHER = png(pixels=(128, 128)), png(pixels=(256, 256), colour=(0, 0, 0))
HEAD = "stripe_portal: 1\nproject: acme\n"
BRAND = """branding:
  icon: ./images/icon.png
  logo: ./images/logo.png
  primary_color: "#1B2B4D"
  secondary_color: "#ffc43d"
"""


class Brand:
    """A connected shop, and the project that is applied to it."""

    def __init__(self, project: Project):
        self.project, self.shop = project, Shop(project)
        self.words = ("--account", self.shop.id)
        self.write(HEAD + BRAND)
        self.picture("icon.png", ICON)
        self.picture("logo.png", png(pixels=(300, 128)))

    def write(self, text: str) -> None:
        self.project.write(text)

    def picture(self, name: str, content: bytes) -> None:
        path = Path(self.project.folder, "images", name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    def apply(self, **how: Any) -> Any:
        return self.project.apply(*self.words, **how)

    def plan(self, **how: Any) -> Any:
        return self.project.plan(*self.words, **how)

    @property
    def shown(self) -> Any:
        return self.shop.call("GET", "/v1/account")["settings"]["branding"]

    @property
    def files(self) -> list[tuple[str, str]]:
        """Id and purpose of every file of the shop, oldest first."""
        return [(f["id"], f["purpose"]) for f in self.shop.call("GET", "/v1/files")["data"]][::-1]


@pytest.fixture
def brand(project: Project) -> Brand:
    return Brand(project)


def test_it_is_written_once_and_then_as_declared(brand: Brand) -> None:
    brand.plan().shows(
        [
            f"~ branding.account will be updated ({brand.shop.id})",
            "icon (none) → ./images/icon.png (sha256 …) → upload",
            'primary_color (none) → "#1b2b4d"',
            "Plan: 1 to update. 0 unchanged. 1 write.",
        ],
        hides=["To do in the Dashboard"],
    )
    brand.apply()
    files = {purpose: ident for ident, purpose in brand.files}
    assert brand.shown == {
        "icon": files["business_icon"],
        "logo": files["business_logo"],
        "primary_color": "#1b2b4d",
        "secondary_color": "#ffc43d",
    }
    assert brand.project.account.get("/v1/account")["settings"]["branding"]["icon"] is None
    brand.project.converged(*brand.words)
    assert len(brand.files) == 2


def test_only_what_differs_is_sent_and_nothing_is_uploaded_twice(brand: Brand) -> None:
    brand.apply()
    first, uploaded = brand.shown["icon"], brand.files
    brand.picture("icon.png", OTHER)
    brand.plan().shows(["icon file_… → ./images/icon.png (sha256 …) → upload"], hides=["logo"])
    brand.apply()
    assert brand.shown["icon"] not in (None, first)
    brand.picture("icon.png", ICON)
    brand.plan().shows(["~ branding.account"], hides=["upload"])
    brand.project.account.forget()
    brand.apply()
    (write,) = brand.project.account.requests("POST")
    assert (write["path"], write["params"]) == (
        f"/v1/accounts/{brand.shop.id}",
        {"settings": {"branding": {"icon": first}}},
    )
    assert brand.files[: len(uploaded)] == uploaded
    assert len(brand.files) == len(uploaded) + 1


def test_one_picture_is_a_file_for_each_purpose(brand: Brand) -> None:
    brand.picture("logo.png", ICON)
    brand.write(f"{HEAD}{BRAND}products: {{pro: {{id: pro, name: Pro, images: [./images/icon.png]}}}}\n")
    brand.apply()
    brand.project.converged(*brand.words)
    assert sorted(purpose for _, purpose in brand.files) == ["business_icon", "business_logo"]


def test_what_is_there_already_is_named_by_its_id(brand: Brand) -> None:
    brand.apply()
    icon = brand.shown["icon"]
    brand.write(HEAD + BRAND.replace("./images/icon.png", f"{{id: {icon}}}"))
    brand.project.converged(*brand.words)
    brand.write(f"{HEAD}branding: {{icon: {{id: {icon}}}, primary_color: '#000000'}}\n")
    brand.apply()
    assert (brand.shown["icon"], brand.shown["primary_color"]) == (icon, "#000000")
    assert brand.shown["logo"] is not None


def test_what_nobody_declares_any_more_stays(brand: Brand) -> None:
    brand.apply()
    before = brand.shown
    brand.write(HEAD + 'branding: {primary_color: "#1b2b4d"}\n')
    brand.project.converged(*brand.words)
    brand.write(HEAD + "products: {}\n")
    brand.project.converged(*brand.words)
    assert brand.shown == before


def test_a_refusal_of_stripes_names_the_file(brand: Brand) -> None:
    brand.project.account.control("faults", kind="error", method="POST", path="/v1/files", status=400)
    result = brand.apply(code=1)
    assert "images/" in result.err
    assert "give its URL" not in result.err, "a brand's picture has none"
    brand.project.account.calm()
    brand.apply()
    brand.project.converged(*brand.words)


def test_the_pixels_of_a_jpeg_are_looked_at_too(brand: Brand) -> None:
    brand.picture("icon.jpg", JPEG)
    brand.write(HEAD + "branding: {icon: ./images/icon.jpg}\n")
    brand.plan(code=1).shows(["the image `./images/icon.jpg` is 1 × 1 pixels"])


def test_what_is_too_large_for_a_logo_is_refused_here(brand: Brand) -> None:
    brand.picture("logo.png", png(uploads.SMALL + 1, pixels=(128, 128)))
    brand.plan(code=1).shows(
        ["the image `./images/logo.png` has 512,001 bytes; at most 512,000 are allowed for `logo`"]
    )
