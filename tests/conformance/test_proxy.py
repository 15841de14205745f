"""The judge itself: it lets right calls pass, and catches each kind of mistake."""

from __future__ import annotations

import pytest
import requests

from tests.conformance.document import Document, decode
from tests.conformance.proxy import Proxy
from tests.harness import Account, Project

MISTAKES = [
    ("POST", "/v1/products", "name=Pro&colour=red", "colour"),
    ("POST", "/v1/products", "description=no name", "name"),
    ("POST", "/v1/products", "name=Pro&active=yes", "active"),
    ("POST", "/v1/products", "name=Pro&active=True", "active"),
    ("POST", "/v1/products", "name=Pro&description=", "description"),
    ("POST", "/v1/products", "name=Pro&unit_label=a label much too long", "unit_label"),
    ("POST", "/v1/products", "name=Pro&images[1]=https://acme.example", "images"),
    ("POST", "/v1/products", "name=Pro&default_price=price_1", "default_price"),
    ("POST", "/v1/products", "name=Pro&name=Max", "sent twice"),
    ("POST", "/v1/products", "name=Pro&package_dimensions[height]=1", "package_dimensions"),
    ("POST", "/v1/products", "name=Pro&metadata[" + "k" * 41 + "]=1", "metadata"),
    ("POST", "/v1/products/pro", "name=", "name"),
    ("POST", "/v1/products/pro", "statement_descriptor=", "statement_descriptor"),
    ("POST", "/v1/prices", "currency=US dollars", "currency"),
    ("POST", "/v1/prices", "currency=usd&unit_amount=19.00", "unit_amount"),
    ("POST", "/v1/prices", "currency=usd&unit_amount_decimal=1e-3", "unit_amount_decimal"),
    ("POST", "/v1/prices", "currency=usd&recurring[interval]=fortnight", "recurring.interval"),
    ("POST", "/v1/prices", "currency=usd&tiers[0][up_to]=many", "tiers.0.up_to"),
    ("POST", "/v1/prices/price_1", "unit_amount=1900", "unit_amount"),
    ("POST", "/v1/billing_portal/configurations", "name=Main", "features"),
    ("GET", "/v1/prices", "expand[0]=data.levels", "data.levels"),
    ("GET", "/v1/prices", "expand[0]=tiers", "tiers"),
    ("GET", "/v1/prices", "limit=ten", "limit"),
    ("GET", "/v1/prices", "default=true", "default"),
    ("GET", "/v1/catalogue", "", "no such operation"),
    ("DELETE", "/v1/prices/price_1", "", "no such operation"),
]
HEADERS = {
    "Stripe-Version": "2026-10-28.endive",
    "Idempotency-Key": "key",
    "Content-Type": "application/x-www-form-urlencoded",
}


@pytest.mark.parametrize(("method", "path", "sent", "named"), MISTAKES)
def test_a_wrong_request_is_caught(
    proxy: Proxy, judged_account: Account, method: str, path: str, sent: str, named: str
) -> None:
    key = {"Authorization": f"Bearer {judged_account.key}"}
    if method == "POST":
        requests.post(proxy.url + path, data=sent, headers=HEADERS | key, timeout=10)
    else:
        headers = {"Stripe-Version": HEADERS["Stripe-Version"]} | key
        requests.request(method, f"{proxy.url}{path}?{sent}", headers=headers, timeout=10)
    assert proxy.violations
    assert [v for v in proxy.violations if named in v] == proxy.violations


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"Stripe-Version": "2020-08-27"}, "stripe-version"),
        ({"Idempotency-Key": "k" * 256}, "idempotency-key"),
    ],
)
def test_a_wrong_header_is_caught(proxy: Proxy, judged_account: Account, changed: dict[str, str], named: str) -> None:
    headers = HEADERS | {"Authorization": f"Bearer {judged_account.key}"} | changed
    requests.post(f"{proxy.url}/v1/products", data="name=Pro", headers=headers, timeout=10)
    assert [v for v in proxy.violations if named in v] == proxy.violations != []


def test_a_wrong_answer_is_caught(document: Document) -> None:
    read = document.named("Price.retrieve")
    assert not list(read.answered(404, b'{"error": {"type": "invalid_request_error", "message": "No such price"}}'))
    assert list(read.answered(404, b'{"detail": "not found"}'))
    assert list(read.answered(200, b'{"object": "price"}'))
    assert list(read.answered(200, b"<html>"))


def test_the_emptying_of_what_may_be_emptied_passes(document: Document) -> None:
    update = document.named("Product.update")
    empties = "description=&images=&marketing_features=&tax_code=&unit_label=&url=&metadata[ours]=&package_dimensions="
    assert not list(update.sent(decode(empties)))
    assert not list(document.named("Price.update").sent(decode("lookup_key=")))
    assert list(document.named("Price.create").sent(decode("currency=usd&lookup_key=")))


def test_what_the_tool_sends_is_looked_at_and_is_right(judged: Project, proxy: Proxy) -> None:
    judged.write("{stripe_portal: 1, project: acme, products: {pro: {name: Pro}}}")
    judged.apply()
    assert not proxy.violations
    assert ("Product.create", ("name",)) in proxy.seen
