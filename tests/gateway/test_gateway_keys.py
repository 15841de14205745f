"""Which keys and addresses are let in, and that no key comes out."""

from __future__ import annotations

import pytest

from reconciler.errors import WrongTarget
from reconciler.gateway import check_account, check_base_url, check_key, connect, is_live, is_restricted
from reconciler.gateway.keys import redact


@pytest.mark.parametrize("key", ["sk_test_abc", "rk_test_abc", "sk_live_abc", "rk_live_abc", "rkcs_test_abc"])
def test_a_secret_or_restricted_key_is_usable(key: str) -> None:
    check_key(key)
    assert is_live(key) == ("live" in key)
    assert is_restricted(key) == key.startswith("rk")


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "no API key"),
        ("pk_live_abc", "publishable"),
        ("pk_test_abc", "publishable"),
        ("sk_test_abc\n", "line break"),
        (" sk_test_abc", "space"),
        ("sk_test_abc def", "space"),
        ("sk_test_abc\r\nStripe-Account: acct_2", "line break"),
        ("sk_test_é", "character"),
        ("sk_test_", "no Stripe API key"),
        ("sk_abc", "no Stripe API key"),
        ("whsec_abc", "no Stripe API key"),
        ("SK_TEST_abc", "no Stripe API key"),
        ("sk_org_live_abc", "organisation"),
        ('"sk_test_abc"', "quotes"),
        ("'sk_live_abc'", "quotes"),
        ("sk_live_abc'", "quotes"),
        ("`sk_live_abc`", "quotes"),
        ("“sk_live_abc”", "quotes"),
    ],
)
def test_any_other_key_is_refused_in_one_line_that_does_not_show_it(key: str, says: str) -> None:
    with pytest.raises(WrongTarget, match=says) as refused:
        connect(key)
    text = str(refused.value)
    assert "\n" not in text
    assert "abc" not in text


@pytest.mark.parametrize(
    "account", ["", "acct_", "acct_1 ", "acct_1\n", "acct_1\r\nX: y", "cus_1", " acct_1", "acct_é"]
)
def test_only_the_id_of_an_account_goes_into_the_header(account: str) -> None:
    with pytest.raises(WrongTarget, match="connected account") as refused:
        connect("sk_test_abc", account=account)
    assert "\n" not in str(refused.value)
    assert check_account("acct_1AbC") == "acct_1AbC"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Invalid API Key provided: sk_test_51abc", "Invalid API Key provided: sk_test_***"),
        ("Expired API Key provided: rk_live_*********abcd", "Expired API Key provided: rk_live_***"),
        ("'sk_test_51…wxyz' is old", "'sk_test_***' is old"),
        ("secret whsec_abc, pk_live_1, sk_org_live_2", "secret whsec_***, pk_live_***, sk_org_live_***"),
        ("the task_list of risk_test", "the task_list of risk_test"),
        ("No such price: 'price_1abc'", "No such price: 'price_1abc'"),
        ("Having the 'rak_product_read' permission", "Having the 'rak_product_read' permission"),
    ],
)
def test_keys_in_a_text_are_cut_to_their_prefix(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    ("url", "read_as"),
    [
        ("http://127.0.0.1:12111", "http://127.0.0.1:12111"),
        ("http://127.0.0.1:12111/", "http://127.0.0.1:12111"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://localhost:1", "http://localhost:1"),
        ("HTTP://LocalHost:1", "http://localhost:1"),
        ("https://localhost:1", "https://localhost:1"),
        ("http://[::1]:1", "http://[::1]:1"),
        ("http://[0:0:0:0:0:0:0:1]:1", "http://[0:0:0:0:0:0:0:1]:1"),
    ],
)
def test_this_machine_is_an_address_for_a_key(url: str, read_as: str) -> None:
    assert check_base_url(url, allow_remote=False) == read_as


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://api.stripe.com",
            "http://127.0.0.1.evil.com",
            "http://localhost.evil.com",
            "http://evil.com/127.0.0.1",
        ),
        *("http://127.0.0.1@evil.com", "http://localhost:pw@evil.com", "http://evil.com\\@127.0.0.1"),
        *("http://127.0.0.1:80@evil.com", "http://evil.com#@127.0.0.1", "http://evil.com?@127.0.0.1"),
        *(
            "http://[::ffff:127.0.0.1]",
            "http://[::ffff:7f00:1]",
            "http://[::1%25eth0]",
            "http://[::]",
            "http://0.0.0.0",
        ),
        *("http://127.0.0.1.", "http://localhost.", "http://127.1", "http://0x7f.0.0.1", "http://2130706433"),
        *("http://127.0.0.01", "http://①②⑦.0.0.1", "http://lоcalhost", "http://128.0.0.1", "http://10.0.0.1"),
    ],
)
def test_no_other_host_gets_a_key(url: str) -> None:
    with pytest.raises(WrongTarget) as refused:
        connect("sk_test_abc", base_url=url)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "localhost:12111",
            "127.0.0.1",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "http://",
            "http:///v1",
            "//127.0.0.1",
        ),
        *("http://127.0.0.1:x", "http://127.0.0.1:99999", "http://[::1", "http://127.0.0.1 ", "http://127.0.0.1\n"),
        *("http://127.0.0.1/v1", "http://127.0.0.1?a=1", "http://127.0.0.1#a", "http://me:secret@127.0.0.1"),
        *("http://127.0.0.1?", "http://127.0.0.1#"),
    ],
)
@pytest.mark.parametrize("allow_remote", [False, True])
def test_what_is_no_address_is_refused_whoever_allows_it(url: str, allow_remote: bool) -> None:
    with pytest.raises(WrongTarget) as refused:
        check_base_url(url, allow_remote)
    assert "secret" not in str(refused.value)


def test_a_remote_host_must_be_allowed_and_spoken_to_by_https() -> None:
    assert check_base_url("https://stripe.example:8443", allow_remote=True) == "https://stripe.example:8443"
    with pytest.raises(WrongTarget, match="https"):
        check_base_url("http://stripe.example", allow_remote=True)
