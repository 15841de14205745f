"""Runs what README and docs show, and writes what comes out of it: `python docs/generate.py`, or `make docs`.

A block in `sh` is run in the folder in which the one before it ended; a block in `text` behind it is its output. A
block in `yaml` is validated, alone or as a file of that folder; one in `python` is run. Comments before a block:

    <!-- not run: REASON -->          run or validate nothing
    <!-- exit: 3 -->                  the command ends so, instead of with 0
    <!-- first: 12 -->                show so many lines of the output
    <!-- last: 3 -->                  and so many at its end
    <!-- file: NAME -->               put the YAML there
    <!-- edit: NAME | OLD | NEW -->   change a file, before the next block
    <!-- run: COMMAND -->             run it, and show neither it nor its output
    <!-- dashboard: PATH | DATA -->   what somebody else does in the account, meanwhile
    <!-- source: PATH -->             the block is this file of the repository, and is not run
    <!-- table: rules -->             the Markdown table that follows is written from the code; so is `leaving`
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reconciler import planfile, reference, schema
from reconciler.emulator.server import serve

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_PIECE = re.compile(
    r"^```(?P<language>\w*)\n(?P<text>(?s:.*?))^```$"
    r"|^<!-- (?P<word>[a-z ]+): (?P<value>.*) -->\n(?P<table>\n(?:\|.*\n)+)?",
    re.M,
)
_IDS = re.compile(r"\b(price|prod|bpc|mtr|plink|promo|we|req)_(?:test_)?([A-Za-z0-9]{14,})\b")
_TABLES = {"rules": reference.rules, "leaving": reference.leaving}
_HEAD = "stripe_portal: 1\nproject: acme\n"


@dataclass
class Page:
    """A page while it is run: where its shell stands, and what was said about the next block."""

    home: Path
    folder: Path
    output: str | None = None
    said: dict[str, str] = field(default_factory=dict)


def refreshed(page: Path, home: Path) -> str:
    """The text of a page with the outputs that its blocks have now. Raises AssertionError when one fails."""
    text = page.read_text(encoding="utf-8")
    state = Page(home, home)

    def piece(match: re.Match[str]) -> str:
        where = f"{page.name}:{text.count(chr(10), 0, match.start()) + 1}"
        return _piece(state, match, where)

    return _PIECE.sub(piece, text)


def not_run(page: Path) -> Iterator[tuple[int, str]]:
    """Line and reason of every block that is not run."""
    text = page.read_text(encoding="utf-8")
    for match in _PIECE.finditer(text):
        if match["word"] == "not run":
            yield text.count("\n", 0, match.start()) + 1, match["value"]


def _piece(page: Page, match: re.Match[str], where: str) -> str:
    if match["word"]:
        return _directive(page, match, where)
    language, text, said = match["language"], match["text"], page.said
    page.said = {}
    if language == "text":
        assert page.output is not None, f"{where}: an output without a command before it"
        shown, page.output = page.output, None
        return f"```text\n{_cut(shown, said)}```"
    page.output = None
    if "source" in said:
        return f"```{language}\n{(ROOT / said['source']).read_text(encoding='utf-8')}```"
    if "not run" in said and "file" not in said:
        return match[0]
    if language == "sh":
        page.output = _shell(page, text, where, int(said.get("exit", 0)))
    elif language == "python":
        _shell(page, f"python - <<'END'\n{text}END\n", where, 0)
    elif language == "yaml":
        _yaml(page, text, where, said.get("file"))
    return match[0]


def _directive(page: Page, match: re.Match[str], where: str) -> str:
    word, value, comment = match["word"], match["value"], match[0]
    if word == "run":
        _shell(page, value, where, 0)
    elif word == "edit":
        name, old, new = value.replace("\\n", "\n").split(" | ")
        path = page.folder / name
        before = path.read_text(encoding="utf-8")
        assert old in before, f"{where}: {old!r} is not in {name}"
        path.write_text(before.replace(old, new), encoding="utf-8")
    elif word == "dashboard":
        call, data = value.split(" | ")
        with serve(page.folder / ".stripe-portal" / "emulator.db") as running:
            body, key = data.encode(), {"Authorization": f"Bearer {running.key}"}
            urllib.request.urlopen(urllib.request.Request(running.url + call, body, key)).close()
    elif word == "table":
        assert value in _TABLES, where
        return f"<!-- table: {value} -->\n\n{_TABLES[value]()}\n"
    else:
        assert word in ("not run", "exit", "first", "last", "file", "source"), f"{where}: {word}"
        page.said[word] = value
    return comment


def _shell(page: Page, script: str, where: str, code: int) -> str:
    """Run a block with the installed command. Gives both streams, without what differs from run to run."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("STRIPE_", "COV", "PYTEST", "PYTHON"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = kept | {"HOME": str(page.home), "PATH": path, "LC_ALL": "C.UTF-8", "COLUMNS": "100", "NO_COLOR": "1"}
    stands = page.home / ".stands"
    done = subprocess.run(
        ["bash", "-c", f"set -eu\ntrap 'pwd > \"{stands}\"' EXIT\n{script}"],
        cwd=page.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == code, f"{where}: exit {done.returncode}, not {code}\n{script}{done.stdout}"
    page.folder = Path(stands.read_text(encoding="utf-8").strip())
    return done.stdout.replace(str(page.home), "/home/you")


def _yaml(page: Page, text: str, where: str, name: str | None) -> None:
    if name:
        path = page.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "stripe-portal.yaml")
        path.write_text(text if "stripe_portal:" in text else _HEAD + text, encoding="utf-8")
        _shell(page, f'stripe-portal validate "{path}"', where, 0)


def _cut(output: str, said: dict[str, str]) -> str:
    lines = output.rstrip("\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    first, last = int(said.get("first", 0)), int(said.get("last", 0))
    if (first or last) and len(lines) > first + last:
        lines = [*lines[:first], "…", *(lines[-last:] if last else [])]
    return _same("\n".join(lines) + "\n")


def _same(text: str) -> str:
    """Ids, ports, tokens and times as they might be, the same in every run."""
    seen: dict[str, str] = {}

    def identifier(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], f"{match[1]}_1Example{len(seen) + 1:02}")

    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:12111", _IDS.sub(identifier, text))
    text = re.sub(r"((?:edited|done) )\d{4}-\d\d-\d\d \d\d:\d\d UTC", r"\g<1>2026-11-20 14:03 UTC", text)
    return re.sub(r"/p/(login|pay)/test_\w+", r"/p/\1/test_Example", text)


def main() -> None:
    """Write schemas, reference and outputs."""
    schemas = {**schema.render(), **planfile.schemas()}
    for folder, pages in ((ROOT / "schemas", schemas), (ROOT / "docs" / "reference", reference.render())):
        folder.mkdir(exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
    for page in PAGES:
        with tempfile.TemporaryDirectory() as home:
            page.write_text(refreshed(page, Path(home).resolve()), encoding="utf-8")
        print(f"{page.relative_to(ROOT)} is up to date")


if __name__ == "__main__":
    main()
