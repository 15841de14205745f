"""`validate --check-urls`: every image URL is opened once, as anybody would, and judged by what comes back."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator

import pytest

from reconciler.gateway import web
from tests.gateway.stand_in import Answer, Asked, StandIn, standing_in
from tests.harness import Project
from tests.pictures import GIF, JPEG, POINTER, WEBP, png

PNG = png()


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    with standing_in() as running:
        yield running


@pytest.fixture
def site(server: StandIn) -> StandIn:
    """A site with a page for each path in `PAGES`, and no other."""
    server.asked.clear()
    server.answer = lambda asked: PAGES.get(asked.path, Answer(404, b"nothing here"))
    return server


def moved(path: str, status: int = 302) -> Answer:
    return Answer(status, b"x" * 100, {"Location": path})


PAGES = {
    "/pro.png": Answer(200, PNG),
    "/pro.jpg": Answer(200, JPEG),
    "/no-name": Answer(200, WEBP),
    "/full.png": Answer(200, png(2_000_000)),
    "/large.png": Answer(200, png(2_000_001)),
    "/empty.png": Answer(200, b""),
    "/page.png": Answer(200, b"<html>log in</html>"),
    "/pro.gif": Answer(200, GIF),
    "/pointer.png": Answer(200, POINTER),
    "/private.png": Answer(403, PNG),
    "/none.png": Answer(204, b""),
    "/broken.png": Answer(500, PNG),
    "/moved.png": moved("/pro.png"),
    "/for-good.png": moved("pro.png", 301),
    "/loop.png": moved("/loop.png"),
    "/to-file.png": moved("file:///etc/passwd"),
    "/to-nowhere.png": moved("http://[::1/pro.png"),
    "/1.png": moved("/2.png"),
    "/2.png": moved("/3.png"),
    "/3.png": moved("/4.png"),
    "/4.png": moved("/5.png"),
    "/5.png": moved("/6.png"),
    "/6.png": Answer(200, PNG),
    "/0.png": moved("/1.png"),
    "/zipped.png": Answer(200, gzip.compress(bytes(100_000_000)), {"Content-Encoding": "gzip"}),
}


def declare(project: Project, *urls: str) -> None:
    items = "".join(f"      - {url}\n" for url in urls)
    project.write(f"stripe_portal: 1\nproject: acme\nproducts:\n  pro:\n    name: Pro\n    images:\n{items}")


def test_images_that_everybody_sees_are_fine(project: Project, site: StandIn) -> None:
    pages = ("/pro.png", "/pro.jpg", "/no-name", "/full.png", "/moved.png", "/for-good.png", "/1.png")
    declare(project, *(site.url + page for page in pages))
    result = project.run("validate", "--check-urls")
    assert "Valid: 1 product" in result.out
    assert "Fetched: 7 image URLs." in result.out


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("/nothing.png", "cannot be fetched: HTTP 404"),
        ("/private.png", "cannot be fetched: HTTP 403"),
        ("/broken.png", "cannot be fetched: HTTP 500"),
        ("/none.png", "cannot be fetched: HTTP 204"),
        ("/page.png", "is not a JPEG, PNG or WEBP image"),
        ("/pro.gif", "is not a JPEG, PNG or WEBP image but image/gif"),
        ("/pointer.png", "is a pointer of Git LFS, not the image itself"),
        ("/empty.png", "is empty"),
        ("/large.png", "is larger than 2,000,000 bytes"),
        ("/zipped.png", "is not a JPEG, PNG or WEBP image but application/gzip"),
        ("/loop.png", "cannot be fetched: more than 5 redirects"),
        ("/0.png", "cannot be fetched: more than 5 redirects"),
        ("/to-file.png", "cannot be fetched: "),
        ("/to-nowhere.png", "cannot be fetched: "),
    ],
)
def test_every_other_one_is_a_problem_at_its_place(project: Project, site: StandIn, page: str, says: str) -> None:
    declare(project, f"{site.url}/pro.png", site.url + page)
    result = project.run("validate", "--check-urls", code=1)
    assert f"stripe-portal.yaml:8:9: the image `{site.url}{page}` {says}" in result.err
    assert "1 problem." in result.err
    assert not result.out


def test_a_server_that_is_not_there_is_said_so(project: Project) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    declare(project, f"http://{host}/pro.png")
    result = project.run("validate", "--check-urls", code=1)
    assert f"7:9: the image `http://{host}/pro.png` cannot be fetched: cannot reach {host}: " in result.err
    assert "refused" in result.err


def test_without_the_flag_nothing_is_sent(project: Project, site: StandIn) -> None:
    declare(project, f"{site.url}/nothing.png")
    assert "Fetched" not in project.run("validate").text
    assert site.asked == []


def test_each_url_is_asked_once_and_nothing_of_this_machine_goes_along(
    project: Project, site: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / ".netrc").write_text("machine 127.0.0.1 login me password secret\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(project.folder))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    url = f"{site.url}/pro.png"
    project.write(
        f"stripe_portal: 1\nproject: acme\ndefaults: {{product: {{images: [{url}]}}}}\n"
        f"products: {{a: {{name: A, url: {site.url}/page}}, b: {{name: B}}}}\n"
    )
    project.run("validate", "--check-urls", key="sk_test_canary")
    (asked,) = site.asked
    assert (asked.method, asked.path) == ("GET", "/pro.png")
    assert not {"authorization", "cookie"} & set(asked.headers)
    assert "canary" not in str(asked.headers)


def test_a_wrong_file_is_not_worth_a_call(project: Project, site: StandIn) -> None:
    declare(project, f"{site.url}/pro.png", "7")
    project.run("validate", "--check-urls", code=1)
    assert site.asked == []


def test_several_are_on_their_way_at_once(site: StandIn) -> None:
    together = threading.Barrier(web.ABREAST, timeout=10)

    def answer(asked: Asked) -> Answer:
        together.wait()
        return Answer(200, asked.path.encode())

    site.answer = answer
    paths = [f"/{number}" for number in range(2 * web.ABREAST)]
    fetched = web.fetch([site.url + path for path in paths], 100)
    assert fetched == {site.url + path: path.encode() for path in paths}


def test_no_more_is_read_than_asked_for(site: StandIn) -> None:
    url = f"{site.url}/large.png"
    (content,) = web.fetch([url], 1000).values()
    assert content == png(2_000_001)[:1001]


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome"])
def test_a_server_that_falls_silent_holds_nobody_up(begins: bytes) -> None:
    over = threading.Event()

    def answer(listening: socket.socket) -> None:
        with listening.accept()[0] as connection:
            connection.sendall(begins)
            over.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/pro.png"
        (outcome,) = web.fetch([url], 1000, seconds=0.2).values()
        over.set()
        thread.join()
    assert isinstance(outcome, str)


def test_an_answer_that_breaks_off_is_no_image() -> None:
    def answer(listening: socket.socket) -> None:
        with listening.accept()[0] as connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + PNG)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/pro.png"
        assert web.fetch([url], 10_000) == {url: "the answer breaks off"}


def test_nothing_to_fetch_is_nothing_to_say(project: Project) -> None:
    declare(project)
    project.write("stripe_portal: 1\nproject: acme\nproducts: {pro: {name: Pro}}\n")
    assert "Fetched: 0 image URLs." in project.run("validate", "--check-urls").out
