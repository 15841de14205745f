"""Files: one multipart call to the host for files, as patient and as silent about the key as every other."""

from __future__ import annotations

import traceback

import pytest

from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway, connect
from reconciler.gateway.address import FILES
from reconciler.gateway.pacing import PERIOD, SANDBOX, Pacer
from tests.gateway.conftest import KEY
from tests.gateway.stand_in import Answer, FakeClock, StandIn, refusal
from tests.harness import Account
from tests.pictures import png

FINE = Answer(body={"id": "file_1"})
HOSTILE = b'\r\n--boundary\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nother\r\n' + bytes(range(256))


def upload(gateway: Gateway, content: bytes = b"bytes", **metadata: str) -> object:
    return gateway.upload(content, "pro.png", "business_logo", metadata=metadata, idempotency_key="plan-1")


def test_file_purpose_and_link_go_out_in_one_call(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(FINE)
    assert upload(gateway, HOSTILE, a="1", b="zwei €") == {"id": "file_1"}
    (asked,) = stand_in.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/v1/files", {})
    assert asked.headers["idempotency-key"] == "plan-1"
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert asked.parts == {
        "purpose": "business_logo",
        "file_link_data[create]": "true",
        "file_link_data[metadata][a]": "1",
        "file_link_data[metadata][b]": "zwei €",
        "file": ("pro.png", HOSTILE),
    }
    assert (gateway.reads, gateway.writes) == (0, 1)


def test_every_try_sends_the_whole_file_under_one_key(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(refusal(429), Answer(500, {"error": {}}), FINE)
    upload(gateway, HOSTILE)
    assert [a.parts["file"] for a in stand_in.asked] == [("pro.png", HOSTILE)] * 3
    assert {a.headers["idempotency-key"] for a in stand_in.asked} == {"plan-1"}


def test_a_refusal_is_no_mystery(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(refusal(400, "too large", param="file"))
    with pytest.raises(ApiFailure) as failed:
        upload(gateway)
    failure = failed.value
    assert (failure.call, failure.message, failure.param, failure.unknown) == (
        "POST /v1/files",
        "too large",
        "file",
        False,
    )
    assert len(stand_in.asked) == 1


def test_no_answer_leaves_open_whether_there_is_a_file(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(Answer(500, {"error": {"message": "sorry"}}))
    with pytest.raises(ApiFailure) as failed:
        upload(gateway)
    assert failed.value.unknown


def test_the_key_is_in_no_traceback(stand_in: StandIn, gateway: Gateway) -> None:
    stand_in.answers(refusal(401, f"Invalid API Key provided: {KEY}"))
    with pytest.raises(ApiFailure) as failed:
        upload(gateway)
    shown = "".join(traceback.format_exception(failed.value)) + repr(vars(failed.value))
    assert "Canary" not in shown
    assert failed.value.__context__ is None


def test_without_another_address_it_is_stripes_host_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    asked: list[str] = []

    def send(_: object, request: requests.PreparedRequest, **__: object) -> requests.Response:
        asked.append(str(request.url))
        raise requests.exceptions.ConnectTimeout

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    with connect(KEY, clock=FakeClock()) as gateway:
        with pytest.raises(ApiFailure, match=r"cannot reach files\.stripe\.com"):
            upload(gateway)
        with pytest.raises(ApiFailure, match=r"cannot reach api\.stripe\.com"):
            gateway.post("/v1/products", {"name": "Pro"}, idempotency_key="k")
    assert set(asked) == {f"{FILES}/v1/files", "https://api.stripe.com/v1/products"}


@pytest.mark.parametrize(("operation", "most"), [("POST /v1/files", 20), ("GET /v1/file_links", 20), ("GET /v1/x", 25)])
def test_the_limits_for_files_are_lower(operation: str, most: int) -> None:
    clock = FakeClock()
    pacer = Pacer(SANDBOX, clock)
    for _ in range(most):
        pacer.wait(operation)
    assert clock.now() == 0
    pacer.wait(operation)
    assert clock.now() == pytest.approx(PERIOD)


def test_the_emulator_takes_it(account: Account) -> None:
    with connect(account.key, base_url=account.url) as gateway:
        answer = gateway.upload(png(), "pro.png", "business_logo", metadata={"a": "1"}, idempotency_key="k")
        again = gateway.upload(png(), "pro.png", "business_logo", metadata={"a": "1"}, idempotency_key="k")
    assert answer == again
    assert (answer["filename"], answer["size"], answer["type"]) == ("pro.png", len(png()), "png")
    (link,) = answer["links"]["data"]
    assert link["metadata"] == {"a": "1"}
    assert account.session.get(link["url"], timeout=10).content == png()
