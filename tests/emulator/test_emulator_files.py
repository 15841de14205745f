"""Files and the links to them (stripe-facts 2.1, 3, 8)."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests
import stripe

NOW = 1_800_000_000
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"\r\n--x--\r\n"


class Named(io.BytesIO):
    name = "/pictures/logo.png"


@pytest.fixture
def upload(client: Any) -> Any:
    """A function that uploads a picture with the SDK."""

    def upload(purpose: str = "business_logo", content: bytes = PNG, **params: Any) -> Any:
        return client.v1.files.create({"purpose": purpose, "file": Named(content), **params})

    return upload


def test_the_bytes_come_back_as_sent(
    running: Any, session: requests.Session, upload: Any, client: Any, control: Any
) -> None:
    control("POST", "clock", {"set": NOW})
    made = upload()
    assert (made.filename, made.size, made.type, made.purpose) == ("logo.png", len(PNG), "png", "business_logo")
    assert (made.created, made.expires_at, made.title, made.links.data) == (NOW, None, None, [])
    assert client.v1.files.retrieve(made.id).to_dict() == made.to_dict()
    answer = session.get(made.url, headers={"Authorization": f"Bearer {running.key}"})
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    assert session.get(made.url).status_code == 401
    assert session.get(made.url, headers={"Authorization": "Bearer sk_live_emulator"}).status_code == 404
    assert [event.type for event in client.v1.events.list().data] == ["file.created"]
    assert "content" not in client.v1.events.list().data[0].to_dict()["data"]["object"]


def test_a_link_is_made_with_the_file(session: requests.Session, upload: Any, client: Any, control: Any) -> None:
    control("POST", "clock", {"set": NOW})
    made = upload(file_link_data={"create": True, "expires_at": NOW + 60, "metadata": {"a": "1"}})
    (link,) = made.links.data
    assert (link.file, link.expires_at, link.metadata.to_dict(), link.expired) == (made.id, NOW + 60, {"a": "1"}, False)
    assert session.get(link.url).content == PNG
    control("POST", "clock", {"advance": 60})
    assert session.get(link.url).status_code == 404
    assert client.v1.file_links.retrieve(link.id).expired
    assert upload(file_link_data={"create": False}).links.data == []


def test_only_some_purposes_may_be_public(upload: Any, client: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        upload("identity_document", file_link_data={"create": True})
    assert caught.value.param == "file_link_data[create]"
    assert client.v1.files.list().data == []
    private = upload("identity_document")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.file_links.create({"file": private.id})
    assert caught.value.param == "file"


def test_a_link_ends_for_good(session: requests.Session, upload: Any, client: Any, control: Any) -> None:
    control("POST", "clock", {"set": NOW})
    file = upload()
    link = client.v1.file_links.create({"file": file.id, "metadata": {"a": "1"}})
    assert (link.expires_at, link.livemode, session.get(link.url).status_code) == (None, False, 200)
    changed = client.v1.file_links.update(link.id, {"expires_at": NOW + 60, "metadata": {"b": "2"}})
    assert (changed.expires_at, changed.metadata.to_dict()) == (NOW + 60, {"a": "1", "b": "2"})
    assert client.v1.file_links.update(link.id, {"expires_at": ""}).expires_at is None
    ended = client.v1.file_links.update(link.id, {"expires_at": "now"})
    assert (ended.expires_at, ended.expired, session.get(link.url).status_code) == (NOW, True, 404)
    with pytest.raises(stripe.InvalidRequestError, match="can no longer be updated"):
        client.v1.file_links.update(link.id, {"expires_at": ""})
    with pytest.raises(stripe.InvalidRequestError, match="future"):
        client.v1.file_links.create({"file": file.id, "expires_at": NOW})
    with pytest.raises(stripe.InvalidRequestError, match="No such file: 'file_nope'"):
        client.v1.file_links.create({"file": "file_nope"})
    assert client.v1.file_links.retrieve(link.id, {"expand": ["file"]}).file.filename == "logo.png"
    assert len(client.v1.files.retrieve(file.id).links.data) == 1


@pytest.mark.parametrize(
    ("purpose", "content"),
    [
        ("business_icon", b""),
        ("business_icon", b"no picture"),
        ("business_icon", b"%PDF-1.7"),
        ("business_logo", PNG.ljust(512 * 1024 + 1)),
        ("pci_document", PNG),
    ],
)
def test_a_purpose_has_its_types_and_sizes(upload: Any, purpose: str, content: bytes) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        upload(purpose, content)
    assert caught.value.param == "file"


def test_some_files_expire(upload: Any, control: Any) -> None:
    control("POST", "clock", {"set": NOW})
    assert upload("customer_signature").expires_at == NOW + 7 * 24 * 3600


def test_files_and_links_are_filtered(upload: Any, client: Any, control: Any) -> None:
    control("POST", "clock", {"set": NOW})
    logo, icon = upload(), upload("business_icon")
    first = client.v1.file_links.create({"file": logo.id, "expires_at": NOW + 5}).id
    second = client.v1.file_links.create({"file": icon.id}).id
    control("POST", "clock", {"advance": 5})

    def found(service: Any, **params: Any) -> list[str]:
        return [one.id for one in service.list(params).data]

    files, links = client.v1.files, client.v1.file_links
    assert (found(files), found(files, purpose="business_icon")) == ([icon.id, logo.id], [icon.id])
    assert found(files, created={"gt": NOW}) == []
    assert (found(links), found(links, file=logo.id)) == ([second, first], [first])
    assert (found(links, expired=True), found(links, expired=False)) == ([first], [second])
    assert found(links, created={"gt": NOW}) == []


def test_a_file_is_sent_as_multipart(send: Any, refused: Any, running: Any, session: requests.Session) -> None:
    for params, param in (({"purpose": "business_logo"}, "file"), ({"purpose": "business_logo", "file": "x"}, "file")):
        assert refused(send("POST", "/v1/files", params))["param"] == param
    headers = {"Authorization": f"Bearer {running.key}"}

    def post(path: str, files: Any, **data: str) -> Any:
        return refused(session.post(running.url + path, files=files, data=data, headers=headers))

    picture = {"file": ("a.png", PNG)}
    assert post("/v1/files", picture)["param"] == "purpose"
    assert post("/v1/files", picture, purpose="holiday")["param"] == "purpose"
    assert post("/v1/files", {**picture, "purpose": ("b.txt", b"x")})["param"] == "purpose"
    assert post("/v1/products", {"name": ("a.png", PNG)})["message"] == "Invalid string: a file was sent instead."
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in ("nothing", "--x\r\n\r\nno name\r\n--x--"):
        assert "cannot be read" in refused(send("POST", "/v1/files", body, headers=broken))["message"]


def test_an_upload_is_repeated_under_its_key(client: Any, control: Any) -> None:
    def again(content: bytes) -> Any:
        params = {"purpose": "business_logo", "file": Named(content)}
        return client.v1.files.create(params, {"idempotency_key": "mine"})

    first = again(PNG)
    assert again(PNG).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        again(PNG + b"!")
    (entry, *_) = control("GET", "requests?operation=file.create")["requests"]
    assert entry["params"]["file"].startswith(f"logo.png ({len(PNG)} bytes, sha256 ")
