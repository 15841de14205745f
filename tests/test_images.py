"""Local images: which are taken, and what is said of every other one, at its place."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from reconciler import config, images, schema
from reconciler.errors import Problem
from reconciler.model import LocalFile
from tests.pictures import GIF, HTML, JPEG, JPEG_2000, POINTER, WEBP, png

HEAD = "stripe_portal: 1\nproject: acme\n"
PNG = png()


def yaml(*written: str) -> str:
    """A product with the images; the first stands in line 7, column 9."""
    items = "".join(f"      - {one}\n" for one in written)
    return f"{HEAD}products:\n  pro:\n    name: Pro\n    images:\n{items}"


def found_in(folder: Path, env: str | None = None) -> tuple[list[LocalFile], list[Problem]]:
    document = config.load(folder, env=env)
    assert schema.check(document).problems == ()
    files, problems = images.find(document)
    return list(files.values()), problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project in a folder that has something beside it."""
    inside = tmp_path / "project"
    inside.mkdir()
    (tmp_path / "outside.png").write_bytes(PNG)
    (inside / "stripe-portal.yaml").write_text(yaml("./pro.png"), encoding="utf-8")
    return inside


@pytest.mark.parametrize(
    ("name", "content", "type_"),
    [
        ("pro.png", PNG, "image/png"),
        ("pro.jpg", JPEG, "image/jpeg"),
        ("pro.jpeg", JPEG, "image/jpeg"),
        ("PRO.JPG", JPEG, "image/jpeg"),
        ("pro.webp", WEBP, "image/webp"),
        ("pro.jpg", PNG, "image/png"),  # the content decides, as it does for browsers
        ("a/b/pro.png", PNG, "image/png"),
        ("./a/../pro.png", PNG, "image/png"),
        ("été 1 #2 %20 'q'.png", PNG, "image/png"),
        ("-rf.png", PNG, "image/png"),
        ("...png", PNG, "image/png"),
        ("🙂.png", PNG, "image/png"),
        ("full.png", png(images.LIMIT), "image/png"),
    ],
    ids=lambda v: v[:4].hex() if isinstance(v, bytes) else None,
)
def test_an_image_is_what_its_content_says(folder: Path, name: str, content: bytes, type_: str) -> None:
    (folder / "a/b").mkdir(parents=True)
    (folder / name).write_bytes(content)
    (folder / "stripe-portal.yaml").write_text(yaml('"' + name + '"'), encoding="utf-8")
    digest = hashlib.sha256(content).hexdigest()
    path = str((folder / name).resolve())
    assert found_in(folder) == ([LocalFile(name, path, digest, len(content), type_)], [])


def test_a_path_begins_at_the_file_that_it_is_written_in(folder: Path) -> None:
    for name in ("a.png", "catalogue/b.png", "environments/c.png", "shared/d.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(png(colour=(ord(name[0]), 0, 0)))
    texts = {
        "stripe-portal.yaml": f"{HEAD}include: [catalogue/*.yaml]\nenvironments: {{test: {{}}, live: {{}}}}\n"
        "products:\n  a: {name: A, images: [./a.png, shared/d.png]}\n  c: {name: C, images: [a.png]}\n",
        "catalogue/b.yaml": "products:\n  b: {name: B, images: [b.png, ../shared/d.png]}\n",
        "environments/live.yaml": "products:\n  c: {images: [./c.png, ../a.png]}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")

    def names(env: str) -> list[str]:
        files, problems = found_in(folder, env)
        assert not problems
        return [Path(f.location).relative_to(folder.resolve()).as_posix() for f in files]

    assert names("test") == ["a.png", "shared/d.png", "a.png", "catalogue/b.png", "shared/d.png"]
    assert names("live") == ["a.png", "shared/d.png", "environments/c.png", "a.png", "catalogue/b.png", "shared/d.png"]


def test_it_does_not_matter_from_where_the_command_is_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pro.png").write_bytes(PNG)
    monkeypatch.chdir(folder.parent)
    ((file,), problems) = found_in(Path("project"))
    assert (file.location, problems) == (str((folder / "pro.png").resolve()), [])
    monkeypatch.chdir(folder)
    assert found_in(Path()) == ([file], [])


def test_the_same_content_has_one_digest(folder: Path) -> None:
    for name in ("pro.png", "copy.png"):
        (folder / name).write_bytes(PNG)
    (folder / "stripe-portal.yaml").write_text(yaml("./pro.png", "pro.png", "copy.png"), encoding="utf-8")
    files, _ = found_in(folder)
    assert [f.written for f in files] == ["./pro.png", "pro.png", "copy.png"]
    assert len({f.digest for f in files}) == 1


def test_a_link_inside_the_project_is_followed(folder: Path) -> None:
    (folder / "real.png").write_bytes(PNG)
    (folder / "pro.png").symlink_to("real.png")
    ((file,), _) = found_in(folder)
    assert file.location == str((folder / "real.png").resolve())


def test_urls_and_what_is_no_image_are_left_alone(folder: Path) -> None:
    text = yaml("https://acme.example/pro.png", "http://acme.example/a") + "    url: https://acme.example/x.png\n"
    (folder / "stripe-portal.yaml").write_text(text, encoding="utf-8")
    assert found_in(folder) == ([], [])
    assert images.urls(config.load(folder)) == ("https://acme.example/pro.png", "http://acme.example/a")


@pytest.mark.parametrize("value", ["null", "7", "[[./a.png]]", "{a: ./a.png}", "[null, 1, true]", "./a.png"])
def test_what_is_no_list_of_texts_is_left_to_the_schema(folder: Path, value: str) -> None:
    (folder / "a.png").write_bytes(HTML)
    text = f"{HEAD}products:\n  none:\n  pro: {{name: Pro, images: {value}}}\n"
    (folder / "stripe-portal.yaml").write_text(text, encoding="utf-8")
    _, problems = images.find(config.load(folder))
    assert len(problems) == (value == "./a.png")


def missing(folder: Path) -> None:
    del folder


def misspelt(folder: Path) -> None:
    (folder / "Pro.png").write_bytes(PNG)


def a_folder(folder: Path) -> None:
    (folder / "pro.png").mkdir()


def a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pro.png")


def a_link_to_a_device(folder: Path) -> None:
    (folder / "pro.png").symlink_to("/dev/zero")


def a_link_out(folder: Path) -> None:
    (folder / "pro.png").symlink_to(folder.parent / "outside.png")


def a_link_to_nothing(folder: Path) -> None:
    (folder / "pro.png").symlink_to("nothing.png")


def a_loop(folder: Path) -> None:
    (folder / "pro.png").symlink_to("other.png")
    (folder / "other.png").symlink_to("pro.png")


MISSING = "is not there"
FROM = "paths begin at the folder of the file that they are written in"
SMALLER = "make it smaller: Stripe shows product images under 2 MB"
EXPORT = "export it as PNG or JPEG"
PUT = "put the image itself there"


@pytest.mark.parametrize(
    ("there", "message", "hint"),
    [
        (missing, MISSING, FROM),
        (misspelt, MISSING, "did you mean `./Pro.png`?"),
        (a_folder, "is a folder", "name the file in it"),
        (a_pipe, "is not a regular file", PUT),
        (a_link_to_a_device, "is a link that leads out of the project folder", "copy the image into the folder of"),
        (a_link_out, "is a link that leads out of the project folder", "copy the image into the folder of"),
        (a_link_to_nothing, "is a link to a file that is not there", PUT),
        (a_loop, "cannot be read: Too many levels of symbolic links", ""),
        (b"", "is empty", "export it again"),
        (png(images.LIMIT + 1), "has 2,000,001 bytes; at most 2,000,000 are allowed", SMALLER),
        (HTML, "is not a JPEG, PNG or WEBP image", EXPORT),
        (GIF, "is not a JPEG, PNG or WEBP image but image/gif", EXPORT),
        (JPEG_2000, "is not a JPEG, PNG or WEBP image but image/jpx", EXPORT),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is not a JPEG, PNG or WEBP image", EXPORT),
        (b"\\x89PNG as text", "is not a JPEG, PNG or WEBP image", EXPORT),
        (POINTER, "is a pointer of Git LFS, not the image itself", "fetch the image: git lfs pull"),
    ],
    ids=lambda v: v[:8].hex() if isinstance(v, bytes) else None,
)
def test_what_is_wrong_with_a_file_is_said_at_its_path(folder: Path, there: object, message: str, hint: str) -> None:
    if isinstance(there, bytes):
        (folder / "pro.png").write_bytes(there)
    elif callable(there):
        there(folder)
    files, (problem,) = found_in(folder)
    assert files == []
    assert str(problem.source) == f"{folder.as_posix()}/stripe-portal.yaml:7:9"
    assert problem.message.removeprefix("the image `./pro.png` ") == message
    assert problem.hint.startswith(hint)
    assert bool(problem.hint) == bool(hint)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_so(folder: Path) -> None:
    (folder / "pro.png").write_bytes(PNG)
    (folder / "pro.png").chmod(0)
    _, (problem,) = found_in(folder)
    assert problem.message == "the image `./pro.png` cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("../outside.png", "leads out of the project folder", "copy the image"),
        ("../nothing.png", "leads out of the project folder", "copy the image"),
        ("a/../../outside.png", "leads out of the project folder", "copy the image"),
        ("plain/x.png", "is not there", FROM),
        ("cdn.acme.example/pro.png", "is not there", "for a URL, write `https://cdn.acme.example/pro.png`; paths"),
        (f"{'x' * 300}.png", "cannot be read: File name too long", ""),
    ],
)
def test_a_path_that_leads_nowhere_is_said_so(folder: Path, written: str, message: str, hint: str) -> None:
    for name in ("pro.png", "plain"):
        (folder / name).write_bytes(PNG)
    (folder / "a").mkdir()
    (folder / "stripe-portal.yaml").write_text(yaml("./pro.png", written), encoding="utf-8")
    _, (problem,) = found_in(folder)
    assert (problem.source.line, problem.source.column) == (8, 9)
    assert problem.message.endswith(message)
    assert problem.hint.startswith(hint)


def test_a_folder_that_is_a_link_out_is_not_followed(folder: Path) -> None:
    (folder / "images").symlink_to(folder.parent)
    (folder / "stripe-portal.yaml").write_text(yaml("images/outside.png"), encoding="utf-8")
    _, (problem,) = found_in(folder)
    assert "is a link that leads out" in problem.message


def test_every_problem_is_told_and_the_good_ones_are_found(folder: Path) -> None:
    (folder / "pro.png").write_bytes(PNG)
    (folder / "page.png").write_bytes(HTML)
    (folder / "stripe-portal.yaml").write_text(yaml("no.png", "pro.png", "../x.png", "page.png"), encoding="utf-8")
    files, problems = found_in(folder)
    assert [f.written for f in files] == ["pro.png"]
    assert [p.source.line for p in problems] == [7, 9, 10]


def test_what_defaults_bring_into_many_products_is_said_once(folder: Path) -> None:
    text = f"{HEAD}defaults: {{product: {{images: [no.png]}}}}\nproducts: {{a: {{name: A}}, b: {{name: B}}}}\n"
    (folder / "stripe-portal.yaml").write_text(text, encoding="utf-8")
    _, problems = found_in(folder)
    assert [str(p.source).rpartition("yaml:")[2] for p in problems] == ["3:31"]


@pytest.mark.parametrize(
    "written",
    [
        "/srv/pro.png",
        "~/pro.png",
        "~root/pro.png",
        "C:/pro.png",
        "c:pro.png",
        "C:\\\\pro.png",
        "images\\\\pro.png",
        "\\\\\\\\host\\\\share\\\\pro.png",
        "//cdn.acme.example/pro.png",
        "file:///srv/pro.png",
        "data:image/png;base64,AAAA.png",
        "ftp://acme.example/pro.png",
        "pro.gif",
        "pro.svg",
        "pro",
        ".png",
        "pro.png.exe",
        "pro.png ",
        " pro.png",
        "pro.png\\n",
        "a\\tb.png",
        "http:/acme.example/pro.png",
    ],
)
def test_what_is_no_relative_path_of_an_image_is_refused_by_the_schema(folder: Path, written: str) -> None:
    (folder / "stripe-portal.yaml").write_text(yaml(f'"{written}"'), encoding="utf-8")
    document = config.load(folder)
    (problem,) = schema.check(document).problems
    assert (problem.source.line, problem.source.column) == (7, 9)
    assert "is not an http:// or https:// URL, or the relative path of a .png, .jpg, .jpeg or .webp" in problem.message
    assert images.find(document) == ({}, [])
