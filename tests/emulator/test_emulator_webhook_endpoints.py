"""Webhook endpoints (stripe-facts 3, 8, 18)."""

from __future__ import annotations

from typing import Any

import pytest

URL = "/v1/webhook_endpoints"
HOOK = {"url": "https://acme.example/hook", "enabled_events": ["customer.created"]}


def test_only_the_create_answer_has_the_secret(client: Any, send: Any) -> None:
    params = {
        **HOOK,
        "api_version": "2026-10-28.endive",
        "connect": False,
        "description": "d",
        "enabled_events": ["invoice.paid", "customer.created"],
        "metadata": {"a": "1"},
    }
    made = client.v1.webhook_endpoints.create(params).to_dict()
    assert made.pop("secret").startswith("whsec_")
    read = client.v1.webhook_endpoints.retrieve(made["id"]).to_dict()
    assert read == made
    params.pop("connect")
    assert {name: read[name] for name in params} == params
    assert (read["status"], read["application"], "connect" in read) == ("enabled", None, False)
    changed = send("POST", f"{URL}/{made['id']}", {"description": "", "metadata": ""}).json()
    assert (changed["description"], changed["metadata"], "secret" in changed) == (None, {}, False)


def test_an_endpoint_is_switched_off_and_on(client: Any) -> None:
    made = client.v1.webhook_endpoints.create(HOOK)
    assert client.v1.webhook_endpoints.update(made.id, {"disabled": True}).status == "disabled"
    assert client.v1.webhook_endpoints.update(made.id, {"enabled_events": ["*"]}).status == "disabled"
    assert client.v1.webhook_endpoints.update(made.id, {"disabled": False}).status == "enabled"
    read = client.v1.webhook_endpoints.retrieve(made.id)
    assert (read.enabled_events, read.url) == (["*"], HOOK["url"])


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"enabled_events": ["*"]}, "url"),
        ({"url": "https://a.example"}, "enabled_events"),
        ({**HOOK, "url": "nowhere"}, "url"),
        ({**HOOK, "enabled_events": ["customer.vanished"]}, "enabled_events[0]"),
        ({**HOOK, "api_version": "2031-01-01.fantasy"}, "api_version"),
        ({**HOOK, "disabled": True}, "disabled"),
    ],
)
def test_what_an_endpoint_may_not_be(send: Any, refused: Any, params: Any, param: str) -> None:
    assert refused(send("POST", URL, params))["param"] == param


def test_version_and_connect_are_frozen(client: Any, send: Any, refused: Any) -> None:
    made = client.v1.webhook_endpoints.create(HOOK)
    for name in ("api_version", "connect"):
        assert refused(send("POST", f"{URL}/{made.id}", {name: "x"}))["code"] == "parameter_unknown"
    assert refused(send("POST", f"{URL}/{made.id}", {"enabled_events": ""}))["code"] == "parameter_invalid_empty"


def test_live_endpoints_are_encrypted(client: Any, send: Any, refused: Any) -> None:
    plain = {**HOOK, "url": "http://acme.example"}
    assert client.v1.webhook_endpoints.create(plain).url == "http://acme.example"
    error = refused(send("POST", URL, plain, key="sk_live_emulator"))
    assert (error["code"], error["param"]) == ("url_invalid", "url")


def test_sixteen_endpoints_are_the_most(client: Any, send: Any, refused: Any) -> None:
    made = [client.v1.webhook_endpoints.create(HOOK).id for _ in range(16)]
    assert refused(send("POST", URL, HOOK))["status"] == 400
    gone = client.v1.webhook_endpoints.delete(made[0])
    assert gone.to_dict() == {"id": made[0], "object": "webhook_endpoint", "deleted": True}
    assert refused(send("GET", f"{URL}/{made[0]}"))["status"] == 404
    newest = client.v1.webhook_endpoints.create(HOOK).id
    listed = [one.id for one in client.v1.webhook_endpoints.list({"limit": 5}).auto_paging_iter()]
    assert listed == [newest, *made[:0:-1]]
    assert client.v1.events.list().data == []
