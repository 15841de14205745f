"""Uploads against the emulator, with the real SDK: once for each content, public, and found again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler import uploads
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway, connect
from reconciler.model import LocalFile
from tests.harness import Account, Project
from tests.pictures import JPEG, WEBP, png

PNG = png()
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}


@pytest.fixture
def gateway(account: Account) -> Iterator[Gateway]:
    with connect(account.key, base_url=account.url) as opened:
        yield opened


def a_file(folder: Path, name: str = "pro.png", content: bytes = PNG) -> LocalFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return LocalFile(f"./{name}", str(path), digest, len(content), TYPES[path.suffix])


def link(account: Account, digest: str | None, **options: Any) -> Any:
    """A link that was made by some other hand, to the newest file."""
    file = account.get("/v1/files")["data"][0]["id"]
    metadata = {} if digest is None else {"metadata": {uploads.KEY: digest}}
    return account.post("/v1/file_links", {"file": file, **metadata, **options})


@pytest.mark.parametrize(
    ("name", "content", "purpose"),
    [
        ("pro.png", PNG, "business_logo"),
        ("pro.jpg", JPEG, "business_logo"),
        ("full.png", png(uploads.SMALL), "business_logo"),
        ("large.png", png(uploads.SMALL + 1), "tax_document_user_upload"),
        ("largest.png", png(2_000_000), "tax_document_user_upload"),
    ],
)
def test_everybody_can_open_what_was_uploaded(
    tmp_path: Path, account: Account, gateway: Gateway, name: str, content: bytes, purpose: str
) -> None:
    file = a_file(tmp_path, name, content)
    url = uploads.upload(gateway, file, idempotency_key="k")[file.address]
    account.session.headers.clear()
    answer = account.session.get(url, timeout=10)
    assert (answer.status_code, answer.content) == (200, content)
    assert uploads.links(gateway) == {file.digest: (url,)}
    (stored,) = account.get("/v1/files")["data"]
    assert (stored["filename"], stored["purpose"], stored["expires_at"]) == (name, purpose, None)


def test_one_upload_is_one_write(tmp_path: Path, account: Account, gateway: Gateway) -> None:
    account.forget()
    uploads.upload(gateway, a_file(tmp_path), idempotency_key="k")
    (write,) = account.requests("POST")
    assert write["path"] == "/v1/files"
    assert gateway.writes == 1


def test_the_same_key_is_the_same_file(tmp_path: Path, account: Account, gateway: Gateway) -> None:
    file = a_file(tmp_path)
    first = uploads.upload(gateway, file, idempotency_key="k")
    assert uploads.upload(gateway, file, idempotency_key="k") == first
    assert len(account.get("/v1/files")["data"]) == 1


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("images/pro.png", "pro.png"),
        ("Pro Plan (été) №1.png", "Pro-Plan-t-1.png"),
        ("🙂.png", "image.png"),
        ('a"; filename="b.png', "a-filename-b.png"),
        (f"{'x' * 200}.png", f"{'x' * 100}.png"),
    ],
)
def test_a_name_is_made_harmless(tmp_path: Path, account: Account, gateway: Gateway, name: str, stored: str) -> None:
    uploads.upload(gateway, a_file(tmp_path, name), idempotency_key="k")
    assert account.get("/v1/files")["data"][0]["filename"] == stored


def test_the_name_ends_in_what_the_file_is(tmp_path: Path, account: Account, gateway: Gateway) -> None:
    path = tmp_path / "pro.jpg"
    path.write_bytes(PNG)
    file = LocalFile("pro.jpg", str(path), hashlib.sha256(PNG).hexdigest(), len(PNG), "image/png")
    uploads.upload(gateway, file, idempotency_key="k")
    assert account.get("/v1/files")["data"][0]["filename"] == "pro.png"


def test_a_file_that_stripe_refuses_has_ways_on(tmp_path: Path, account: Account, gateway: Gateway) -> None:
    with pytest.raises(ApiFailure) as failed:
        uploads.upload(gateway, a_file(tmp_path, "pro.webp", WEBP), idempotency_key="k")
    failure = failed.value
    assert failure.message.startswith("./pro.webp: Files with the purpose `business_logo` must be one of gif, jpg, png")
    assert failure.message.endswith(". Convert it to PNG or JPEG, or publish it elsewhere and give its URL")
    assert (failure.status, failure.param, failure.unknown) == (400, "file", False)
    assert failure.request_id
    assert account.get("/v1/files")["data"] == []


def test_another_refusal_says_nothing_of_the_format(tmp_path: Path, account: Account, gateway: Gateway) -> None:
    account.control("faults", kind="error", method="POST", path="/v1/files", status=403)
    try:
        with pytest.raises(ApiFailure) as failed:
            uploads.upload(gateway, a_file(tmp_path), idempotency_key="k")
    finally:
        account.calm()
    assert failed.value.status == 403
    assert "Convert" not in str(failed.value)
    assert "./pro.png: " in str(failed.value)


@pytest.mark.parametrize("change", ["edited", "longer", "gone", "folder", "other link"])
def test_a_file_that_changed_since_the_plan_is_not_sent(
    tmp_path: Path, account: Account, gateway: Gateway, change: str
) -> None:
    file = a_file(tmp_path)
    path = Path(file.location)
    if change == "edited":
        path.write_bytes(png(colour=(0, 0, 0)))
    elif change == "longer":
        path.write_bytes(PNG + b"\0")
    else:
        path.unlink()
    if change == "folder":
        path.mkdir()
    if change == "other link":
        path.symlink_to("/dev/zero")
    account.forget()
    with pytest.raises(ApiFailure, match=r"\./pro\.png has changed since the plan, and was not sent; plan again"):
        uploads.upload(gateway, file, idempotency_key="k")
    assert account.requests("POST") == []


def test_of_several_links_the_oldest_counts(tmp_path: Path, account: Account, gateway: Gateway) -> None:
    file = a_file(tmp_path)
    first = uploads.upload(gateway, file, idempotency_key="k")[file.address]
    account.control("clock", advance=60)
    assert uploads.upload(gateway, file, idempotency_key="other")[file.address] != first
    link(account, file.digest)
    assert uploads.links(gateway)[file.digest][0] == first


def test_what_is_not_ours_or_will_end_is_no_link(tmp_path: Path, account: Account, gateway: Gateway) -> None:
    file = a_file(tmp_path)
    uploads.upload(gateway, file, idempotency_key="k")
    (ours,) = account.get("/v1/file_links")["data"]
    for digest in (None, "", "no digest", "g" * 64):
        link(account, digest)
    link(account, "a" * 64, expires_at=ours["created"] + 1000)
    assert list(uploads.links(gateway)) == [file.digest]
    account.post(f"/v1/file_links/{ours['id']}", {"expires_at": "now"})
    account.control("clock", advance=2)
    assert uploads.links(gateway) == {}


def test_many_links_are_all_found(tmp_path: Path, account: Account, gateway: Gateway) -> None:
    uploads.upload(gateway, a_file(tmp_path), idempotency_key="k")
    digests = [f"{number:064x}" for number in range(230)]
    for digest in digests:
        link(account, digest)
    assert uploads.links(gateway).keys() >= set(digests)


def test_an_answer_without_a_link_is_an_error(tmp_path: Path) -> None:
    from tests.gateway.conftest import KEY
    from tests.gateway.stand_in import Answer, FakeClock, standing_in

    with standing_in() as server, connect(KEY, base_url=server.url, clock=FakeClock()) as gateway:
        for body in ({"id": "file_1"}, {"links": None}, {"links": {"data": []}}, {"links": {"data": [{"url": None}]}}):
            server.answers(Answer(body=body))
            with pytest.raises(ApiFailure, match="no public link"):
                uploads.upload(gateway, a_file(tmp_path), idempotency_key="k")


def test_a_link_of_ours_may_be_written_out_elsewhere(project: Project) -> None:
    (project.folder / "a.png").write_bytes(png())
    head = "stripe_portal: 1\nproject: acme\nproducts:\n"
    project.write(f"{head}  a: {{id: a, name: A, images: [./a.png]}}\n")
    project.apply()
    url = project.account.get("/v1/products/a")["images"][0]
    project.write(f"{head}  a: {{id: a, name: A, images: [./a.png]}}\n  b: {{id: b, name: B, images: ['{url}']}}\n")
    project.apply()
    project.converged()
    assert project.account.get("/v1/products/b")["images"] == [url]
    project.write(f"{head}  b: {{id: b, name: B, images: ['{url}']}}\n")
    project.apply("--allow", "retire")
    project.converged()
