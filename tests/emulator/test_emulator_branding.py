"""Branding: read by everybody, written by platforms for the accounts that are connected to them (stripe-facts 8)."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import requests

from tests.harness import Account
from tests.pictures import png

_numbers = count(1)


class Platform:
    def __init__(self, account: Account):
        self.account, self.id = account, account.get("/v1/account")["id"]
        self.shop = f"acct_1Brand{next(_numbers):04}x{self.id[-4:]}"
        account.control("accounts", id=self.shop, connected_to=self.id)

    def send(self, path: str, status: int = 200, acting: bool = False, files: Any = None, **data: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.account.key}"} | ({"Stripe-Account": self.shop} if acting else {})
        answer = requests.post(self.account.url + path, data=data, headers=headers, files=files, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.json()

    def file(self, purpose: str, pixels: tuple[int, int] = (128, 128)) -> str:
        picture = {"file": ("a.png", png(pixels=pixels))}
        return str(self.send("/v1/files", acting=True, files=picture, purpose=purpose)["id"])

    def brand(self, status: int = 200, **branding: str) -> Any:
        data = {f"settings[branding][{k}]": v for k, v in branding.items()}
        return self.send(f"/v1/accounts/{self.shop}", status, **data)


@pytest.fixture
def platform(account: Account) -> Platform:
    return Platform(account)


def test_a_platform_brands_what_is_connected_to_it(platform: Platform) -> None:
    icon = platform.file("business_icon")
    platform.brand(icon=icon, primary_color="#1b2b4d")
    answer = platform.brand(secondary_color="#FFFFFF")
    assert answer["settings"]["branding"] == {
        "icon": icon,
        "logo": None,
        "primary_color": "#1b2b4d",
        "secondary_color": "#FFFFFF",
    }
    assert answer == platform.account.get(f"/v1/accounts/{platform.shop}")


def test_nobody_changes_their_own_account(platform: Platform) -> None:
    data = {"settings[branding][primary_color]": "#000000"}
    for path, acting in ((platform.id, False), (platform.shop, True)):
        answer = platform.send(f"/v1/accounts/{path}", 400, acting, **data)
        assert answer["error"]["message"].startswith("To update your own account, use the Dashboard")
    stranger = Account.register(platform.account.url, f"sk_test_stranger{platform.shop[-9:]}")
    assert stranger.call("POST", f"/v1/accounts/{platform.shop}", {}, 403)["error"]["code"] == "account_invalid"


def test_a_picture_is_of_its_purpose_and_large_enough(platform: Platform) -> None:
    logo = platform.file("business_logo", (300, 128))
    platform.brand(logo=logo)
    for name, file in (
        ("icon", logo),
        ("icon", "file_1Nobody"),
        ("icon", platform.file("business_icon", (200, 128))),
        ("icon", platform.file("business_icon", (64, 64))),
        ("logo", platform.file("business_logo", (200, 100))),
    ):
        assert platform.brand(400, **{name: file})["error"]["param"] == f"settings[branding][{name}]"


def test_nothing_else_is_written(platform: Platform) -> None:
    path = f"/v1/accounts/{platform.shop}"
    assert platform.brand(400, primary_color="blue")["error"]["param"] == "settings[branding][primary_color]"
    assert "not support" in platform.send(path, 400, email="a@acme.example")["error"]["message"]
    assert (
        "not support"
        in platform.send(path, 400, **{"settings[payments][statement_descriptor]": "X"})["error"]["message"]
    )
    assert platform.send(path, 400, colour="red")["error"]["code"] == "parameter_unknown"
