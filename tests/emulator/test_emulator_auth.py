"""Keys, accounts, modes, permissions, versions, routes (stripe-facts 9, 11, 15.12, 15.13)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import stripe


@pytest.mark.parametrize(
    ("key", "message", "code"),
    [
        (None, "You did not provide an API key.", None),
        ("", "You did not provide an API key.", None),
        ("sk_test_unknownkey1234", "Invalid API Key provided: sk_test_********1234", None),
        ("pk_test_emulator", "This API call cannot be made with a publishable API key.", "secret_key_required"),
        ("sk_test_old", "Expired API Key provided: sk_test_***", "api_key_expired"),
    ],
)
def test_a_key_that_opens_nothing_is_401(
    send: Any, refused: Any, control: Any, key: str | None, message: str, code: str | None
) -> None:
    control("POST", "accounts", {"key": "sk_test_old", "expired": True})
    for path in ("/v1/products", "/v1/nonsense"):
        error = refused(send("GET", path, key=key))
        assert (error["status"], error["type"], error.get("code")) == (401, "invalid_request_error", code)
        assert error["message"].startswith(message)


def test_a_key_expires_where_it_is(client: Any, control: Any) -> None:
    account = client.v1.accounts.retrieve_current().id
    assert control("POST", "accounts", {"key": "sk_test_emulator", "expired": True})["id"] == account
    with pytest.raises(stripe.AuthenticationError, match="Expired API Key"):
        client.v1.products.list()
    control("POST", "accounts", {"key": "sk_test_emulator", "expired": False})
    assert client.v1.accounts.retrieve_current().id == account


def test_the_sdk_knows_it_as_an_authentication_error(connect: Any) -> None:
    with pytest.raises(stripe.AuthenticationError):
        connect("sk_test_nope").v1.products.list()


def test_a_key_may_come_in_a_basic_header(send: Any) -> None:
    basic = base64.b64encode(b"sk_test_emulator:").decode()
    assert send("GET", "/v1/products", key=None, headers={"Authorization": f"Basic {basic}"}).status_code == 200


def test_modes_hold_their_own_objects(client: Any, connect: Any) -> None:
    live = connect("sk_live_emulator")
    client.v1.products.create({"id": "pro", "name": "test"})
    created = live.v1.products.create({"id": "pro", "name": "live"})
    assert (created.livemode, client.v1.products.retrieve("pro").livemode) == (True, False)
    assert client.v1.products.retrieve("pro").name == "test"
    assert live.v1.accounts.retrieve_current().id == client.v1.accounts.retrieve_current().id


def test_accounts_hold_their_own_objects(client: Any, connect: Any, control: Any) -> None:
    made = control(
        "POST",
        "accounts",
        {
            "id": "acct_other",
            "key": "sk_test_other",
            "display_name": "Other",
            "country": "DE",
            "created": 1_750_000_000,
        },
    )
    assert made["id"] == "acct_other"
    client.v1.products.create({"id": "pro", "name": "Pro"})
    other = connect("sk_test_other")
    assert other.v1.products.list().data == []
    account = other.v1.accounts.retrieve_current()
    assert (account.id, account.settings.dashboard.display_name, account.country) == ("acct_other", "Other", "DE")
    assert account.created == 1_750_000_000
    price = {"product": "pro", "currency": "usd", "unit_amount": 1}
    with pytest.raises(stripe.InvalidRequestError, match="No such product: 'pro'"):
        other.v1.prices.create(price)


def test_the_account_shows_its_branding(client: Any, control: Any) -> None:
    branding = {"primary_color": "#ff0000"}
    account = client.v1.accounts.retrieve_current()
    assert (account.object, account.settings.dashboard.display_name) == ("account", "Emulator")
    control("POST", "accounts", {"id": account.id, "settings": {"branding": branding}})
    shown = client.v1.accounts.retrieve_current().settings.branding
    assert (shown.primary_color, shown.logo) == ("#ff0000", None)


def test_a_platform_acts_for_its_connected_accounts(client: Any, send: Any, refused: Any, control: Any) -> None:
    platform = client.v1.accounts.retrieve_current().id
    control("POST", "accounts", {"id": "acct_shop", "connected_to": platform, "display_name": "Shop"})
    control("POST", "accounts", {"id": "acct_stranger"})
    client.v1.products.create({"id": "pro", "name": "Shop's"}, {"stripe_account": "acct_shop"})
    assert client.v1.products.list().data == []
    answer = send("GET", "/v1/products/pro", headers={"Stripe-Account": "acct_shop"})
    assert (answer.json()["name"], answer.headers["Stripe-Account"]) == ("Shop's", "acct_shop")
    assert client.v1.accounts.retrieve("acct_shop").settings.dashboard.display_name == "Shop"
    for account in ("acct_stranger", "acct_nope"):
        error = refused(send("GET", "/v1/products", headers={"Stripe-Account": account}))
        assert (error["status"], error["code"]) == (403, "account_invalid")
        assert f"does not have access to account '{account}'" in error["message"]


def test_a_connected_account_is_one_for_every_call(client: Any, send: Any, refused: Any, control: Any) -> None:
    """The account, events, files, searches, other keys, the other mode and idempotency keys (stripe-facts 15.12)."""
    platform = client.v1.accounts.retrieve_current().id
    control("POST", "accounts", {"id": "acct_shop2", "connected_to": platform, "display_name": "Shop"})
    shop = {"stripe_account": "acct_shop2"}
    account = client.v1.accounts.retrieve_current(None, shop)
    assert (account.id, account.settings.dashboard.display_name) == ("acct_shop2", "Shop")
    once = {"idempotency_key": "same", **shop}
    assert client.v1.products.create({"name": "a"}, once).id == client.v1.products.create({"name": "a"}, once).id
    assert client.v1.products.create({"name": "a"}, {"idempotency_key": "same"}).id not in {
        p.id for p in client.v1.products.list(None, shop).data
    }
    assert [e.type for e in client.v1.events.list(None, shop).data] == ["product.created"]
    assert (
        send("GET", "/v1/products", key="sk_live_emulator", headers={"Stripe-Account": "acct_shop2"}).json()["data"]
        == []
    )
    control("POST", "accounts", {"key": "sk_test_of_shop2", "id": "acct_shop2"})
    assert len(send("GET", "/v1/products", key="sk_test_of_shop2").json()["data"]) == 1
    error = refused(send("GET", "/v1/products", key="sk_test_of_shop2", headers={"Stripe-Account": platform}))
    assert (error["status"], error["code"]) == (403, "account_invalid")


def test_a_restricted_key_is_told_what_it_lacks_in_a_connected_account(send: Any, refused: Any, control: Any) -> None:
    control("POST", "accounts", {"id": "acct_p", "key": "sk_test_full_p"})
    control("POST", "accounts", {"id": "acct_c", "connected_to": "acct_p"})
    control("POST", "accounts", {"id": "acct_p", "key": "rk_test_narrow_p", "permissions": ["product_read"]})
    headers = {"Stripe-Account": "acct_c"}
    assert send("GET", "/v1/products", key="rk_test_narrow_p", headers=headers).status_code == 200
    error = refused(send("POST", "/v1/products", {"name": "x"}, key="rk_test_narrow_p", headers=headers))
    assert (error["status"], "on account 'acct_c'" in error["message"]) == (403, True)


@pytest.mark.parametrize(
    ("permission", "path"),
    [
        ("accounts_kyc_basic_read", "/v1/account"),
        ("price_read", "/v1/prices"),
        ("entitlement_read", "/v1/entitlements/features"),
        ("payment_method_configurations_read", "/v1/payment_method_configurations"),
        ("payment_method_configurations_write", "/v1/payment_method_configurations"),
        ("shpping_rate_write", "/v1/shipping_rates"),
        ("shipping_rate_write", "/v1/shipping_rates"),
    ],
)
def test_a_permission_goes_by_other_names(send: Any, control: Any, permission: str, path: str) -> None:
    control("POST", "accounts", {"id": "acct_n", "key": f"rk_test_{permission}", "permissions": [f"rak_{permission}"]})
    assert send("GET", path, key=f"rk_test_{permission}").status_code == 200


def test_a_restricted_key_is_told_what_it_lacks(send: Any, refused: Any, control: Any, connect: Any) -> None:
    control("POST", "accounts", {"id": "acct_r", "key": "sk_test_full_r"})
    permissions = ["rak_product_write", "price_read"]
    control("POST", "accounts", {"id": "acct_r", "key": "rk_test_narrow", "permissions": permissions})
    made = send("POST", "/v1/products", {"name": "x"}, key="rk_test_narrow")
    assert made.status_code == 200
    assert send("GET", "/v1/products", key="rk_test_narrow").status_code == 200
    assert send("GET", "/v1/prices", key="rk_test_narrow").status_code == 200
    for method, path, permission in (
        ("POST", "/v1/prices", "plan_write"),
        ("GET", "/v1/billing_portal/configurations", "customer_portal_read"),
        ("POST", "/v1/billing_portal/configurations", "customer_portal_write"),
        ("GET", "/v1/events", "event_read"),
        ("GET", "/v1/account", "connected_account_read"),
    ):
        error = refused(send(method, path, key="rk_test_narrow"))
        assert (error["status"], error["type"]) == (403, "invalid_request_error")
        assert error["message"] == (
            "The provided key 'rk_test_********rrow' does not have the required permissions for this endpoint on "
            f"account 'acct_r'. Having the 'rak_{permission}' permission would allow this request to continue."
        )
    with pytest.raises(stripe.PermissionError):
        connect("rk_test_narrow").v1.events.list()


SCOPES = {
    "/v1/coupons": "coupon",
    "/v1/entitlements/features": "entitlements",
    "/v1/file_links": "file",
    "/v1/files": "file",
    "/v1/payment_links": "payment_links",
    "/v1/payment_method_configurations": "payment_method_configuration",
    "/v1/products/pro/features": "product",
    "/v1/promotion_codes": "coupon",
    "/v1/shipping_rates": "shipping_rate",
    "/v1/tax_rates": "tax_rate",
    "/v1/webhook_endpoints": "webhook",
}


@pytest.mark.parametrize(("path", "scope"), SCOPES.items())
def test_each_kind_has_its_scopes(send: Any, refused: Any, control: Any, path: str, scope: str) -> None:
    write = "shpping_rate_write" if scope == "shipping_rate" else f"{scope}_write"  # Stripe's own misspelling
    control("POST", "accounts", {"id": "acct_s", "key": "sk_test_full_s"})
    send("POST", "/v1/products", {"id": "pro", "name": "Pro"}, key="sk_test_full_s")

    def key(*permissions: str) -> str:
        secret = f"rk_test_{'_'.join(permissions) or 'none'}"
        control("POST", "accounts", {"id": "acct_s", "key": secret, "permissions": list(permissions)})
        return secret

    for method, permission in (("GET", f"{scope}_read"), ("POST", write)):
        error = refused(send(method, path, key=key()))
        assert (error["status"], f"'rak_{permission}'" in error["message"]) == (403, True)
    assert send("GET", path, key=key(f"{scope}_read")).status_code == 200
    assert refused(send("POST", path, key=key(f"{scope}_read")))["status"] == 403
    assert send("GET", path, key=key(f"rak_{write}")).status_code == 200
    assert refused(send("POST", path, {"unheard_of": "x"}, key=key(write)))["code"] == "parameter_unknown"


def test_every_answer_has_a_request_id_and_the_version(send: Any, client: Any) -> None:
    answers = [
        send("GET", "/v1/products", headers={"Stripe-Version": "2026-10-28.endive"}),
        send("GET", "/v1/products/nope", headers={"Stripe-Version": "2026-10-28.endive"}),
        send("GET", "/v1/products", key="nope", headers={"Stripe-Version": "2026-10-28.endive"}),
    ]
    assert len({one.headers["Request-Id"] for one in answers}) == 3
    assert {one.headers["Stripe-Version"] for one in answers} == {"2026-10-28.endive"}
    assert client.raw_request("get", "/v1/products").request_id.startswith("req_")


def test_an_unknown_version_is_refused(send: Any, refused: Any) -> None:
    error = refused(send("GET", "/v1/products", headers={"Stripe-Version": "2031-01-01.fantasy"}))
    assert (error["status"], error["message"]) == (400, "Invalid Stripe API version: 2031-01-01.fantasy")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/foo"),
        ("DELETE", "/v1/products"),
        ("GET", "/v1/products/"),
        ("POST", "/v2/x"),
        ("GET", "/"),
        ("GET", "/v1/products/p1/search"),
    ],
)
def test_an_unknown_url_is_404(send: Any, refused: Any, method: str, path: str) -> None:
    error = refused(send(method, path))
    assert (error["status"], error["type"]) == (404, "invalid_request_error")
    assert error["message"].startswith(f"Unrecognized request URL ({method}: {path}).")
