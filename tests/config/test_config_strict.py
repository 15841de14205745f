"""Strict reading of one file: what every spelling means, and the exact place and words of every refusal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reconciler.config import load
from reconciler.errors import Invalid

HEAD = "stripe_portal: 1\nproject: acme\n"  # what is tested begins in line 3
SECRET_ADVICE = "take it out, roll the key in the Dashboard, and set STRIPE_API_KEY instead"
COLON = "write `key: value`, with a space behind the colon"

MEANINGS: tuple[tuple[str, Any], ...] = (
    ("", None),
    ("~", None),
    ("null", None),
    ("true", True),
    ("false", False),
    ("0", 0),
    ("-5", -5),
    ("123456789012345", 123456789012345),
    ("29.00", Decimal("29.00")),
    ("-0.5", Decimal("-0.5")),
    ("0.000000000001", Decimal("0.000000000001")),
    ("usd", "usd"),
    ("inf", "inf"),
    ("no-op", "no-op"),
    ("yes please", "yes please"),
    ("1.2.3", "1.2.3"),
    ("10.0.0.1", "10.0.0.1"),
    ("12:99", "12:99"),
    ("2026-01", "2026-01"),
    ("+49 30 1234", "+49 30 1234"),
    ("5 %", "5 %"),
    ("'NO'", "NO"),
    ('"0100"', "0100"),
    ('""', ""),
    ("|\n  yes\n", "yes\n"),
    (">-\n  1e3\n", "1e3"),
    ("[1, a, 1.50]", [1, "a", Decimal("1.50")]),
    ("{on: 1, 2024: b, 'null': c}", {"on": 1, "2024": "b", "null": "c"}),
    ("task_live_abcdefgh", "task_live_abcdefgh"),
    ("sk_test_… or pk_live_abcdefgh12345678", "sk_test_… or pk_live_abcdefgh12345678"),
)


@pytest.mark.parametrize(("text", "value"), MEANINGS)
def test_meaning(project: Any, text: str, value: Any) -> None:
    project({"stripe-portal.yaml": f"{HEAD}x: {text}\n"})
    found = load().data["x"]
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)  # 29.00 keeps its exponent


def test_metadata_scalars_are_their_text(project: Any) -> None:
    project(
        {
            "stripe-portal.yaml": HEAD + "products:\n  pro:\n    metadata:\n"
            "      {a: 0100, b: NO, c: 1.10, d: true, e: 2026-01-01, f: 12345678901234567, g: , h: ~, i: null, j: ''}\n"
            "    prices: {monthly: {metadata: {x: 1e3}}}\n"
        }
    )
    product = load().data["products"]["pro"]
    assert product["metadata"] == dict(
        zip(
            "abcdefghij",
            ["0100", "NO", "1.10", "true", "2026-01-01", "12345678901234567", None, None, None, ""],
            strict=True,
        )
    )
    assert product["prices"]["monthly"]["metadata"] == {"x": "1e3"}


def test_a_resource_that_is_called_metadata_is_not_metadata(project: Any) -> None:
    text = "{products: {metadata: {active: true, prices: {metadata: {active: true}, prices: {metadata: {n: 1}}}}}}"
    project({"stripe-portal.yaml": text.replace("{products", "{stripe_portal: 1, products")})
    product = load().data["products"]["metadata"]
    assert product["active"] is True
    assert product["prices"] == {"metadata": {"active": True}, "prices": {"metadata": {"n": "1"}}}


def _either(text: str, what: str, number: str = "") -> tuple[str, str, tuple[str, ...]]:
    hint = f'write {number}, or "{text}" for the text' if number else f'if it is text, quote it: "{text}"'
    return text, f"x: {text}", (f"3:4 {text} {what} | {hint}",)


BOOLEAN = "is a boolean to some YAML readers and text to others"
OCTAL = "is octal to some YAML readers and decimal to others"
UNCOMMON = "is a number in an uncommon spelling"

REFUSALS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    _either("yes", BOOLEAN, "true"),
    _either("NO", BOOLEAN, "false"),
    _either("On", BOOLEAN, "true"),
    _either("oFF", BOOLEAN, "false"),
    _either("y", BOOLEAN, "true"),
    _either("N", BOOLEAN, "false"),
    _either("True", BOOLEAN, "true"),
    _either("FALSE", BOOLEAN, "false"),
    _either("Null", "is null to some YAML readers and text to others", "null"),
    _either("12:30", "is a number to base 60 in YAML 1.1"),
    _either("1:30:45.5", "is a number to base 60 in YAML 1.1"),
    _either("0100", OCTAL, "100 for the number"),
    _either("-017", OCTAL, "-17 for the number"),
    _either("08", OCTAL, "8 for the number"),
    _either("0o17", "is an octal number", "15 for the number"),
    _either("0x1F", "is a hexadecimal number", "31 for the number"),
    _either("0b101", "is a binary number", "5 for the number"),
    _either("1_000", UNCOMMON, "1000 for the number"),
    _either(".5", UNCOMMON, "0.5 for the number"),
    _either("5.", UNCOMMON, "5 for the number"),
    _either("+5", UNCOMMON, "5 for the number"),
    _either("01.50", UNCOMMON, "1.50 for the number"),
    _either(".inf", "is not a finite number (the last tier is `up_to: inf`)"),
    _either("-.INF", "is not a finite number (the last tier is `up_to: inf`)"),
    _either(".NaN", "is not a finite number (the last tier is `up_to: inf`)"),
    _either("1e3", "has an exponent", "1000 for the number"),
    _either("1.5E-2", "has an exponent", "0.015 for the number"),
    _either("1e999", "has an exponent"),
    _either("2026-01-01", "is a date in YAML 1.1"),
    _either("2026-01-01T10:00:00Z", "is a date in YAML 1.1"),
    _either("=", "means something of its own in YAML 1.1"),
    _either("<<", "means something of its own in YAML 1.1"),
    _either("1234567890123456", "has more than 15 digits"),
    _either("0.1234567890123456", "has more than 15 digits"),
    ("in a list", "x: [a, [NO]]", (f'3:9 NO {BOOLEAN} | write false, or "NO" for the text',)),
    (
        "in a list in metadata",
        "metadata: {a: [NO]}",
        (f'3:16 NO {BOOLEAN} | write false, or "NO" for the text',),
    ),
    (
        "all of a file at once",
        "a: yes\nb: 0100\nb: 1",
        (
            f'3:4 yes {BOOLEAN} | write true, or "yes" for the text',
            f'4:4 0100 {OCTAL} | write 100 for the number, or "0100" for the text',
            "5:1 b stands here twice | the first is at stripe-portal.yaml:4:1; keep one",
        ),
    ),
    (
        "duplicate key, deep",
        "products:\n  pro:\n    name: A\n    'name': B",
        ("6:5 name stands here twice | the first is at stripe-portal.yaml:5:5; keep one",),
    ),
    (
        "anchor and alias",
        "a: &one 1\nb: *one",
        (
            "3:4 an anchor (&one) | write the value out where it is needed",
            "4:4 an alias (*one) | write the value out, or use defaults:",
        ),
    ),
    ("anchor on a map", "a: &one {}", ("3:4 an anchor (&one) | write the value out where it is needed",)),
    ("anchor on a key", "&one a: 1", ("3:1 an anchor (&one) | write the value out where it is needed",)),
    ("tag", "a: !!str 5", ('3:4 a tag (tag:yaml.org,2002:str) | take it out; for text, quote the value: "…"',)),
    ("own tag on a list", "a: !env []", ('3:4 a tag (!env) | take it out; for text, quote the value: "…"',)),
    ("merge key", "a: {<<: {b: 1}}", ("3:5 a merge key (<<) | write the entries out, or use defaults:",)),
    ("null as a key", "~: 1", ('3:1 null as a key | for the text, quote it: "~"',)),
    ("empty key", "? \n: 1", ("3:2 an empty key | a key is a text",)),
    ("list as a key", "? [a]\n: 1", ("3:3 a map or list as a key | a key is a text",)),
    ("map as a key", "? {a: b}\n: 1", ("3:3 a map or list as a key | a key is a text",)),
    ("key without a colon", "a: {b, c: 1}", (f"3:5 a key without a colon | {COLON}",)),
    ("colon without a space", "a: {amount:29.00}", (f"3:5 a key without a colon | {COLON}",)),
    ("colon without a space, at the end", "a: {b: 1}\nname:Pro", (f"4:1 a key without a colon | {COLON}",)),
    (
        "second document",
        "---\na: 1",
        ("3:1 a second document in one file | put it into a file of its own, and include that",),
    ),
    (
        "end of the document",
        "...\na: 1",
        ("4:1 something stands behind the end of the document | take out the line `...`",),
    ),
    ("directive", "...\n%YAML 1.2\n---\na: 1", ("4:1 a directive (%) at the beginning of a line | take the line out",)),
    ("tab", "a:\n\tb: 1", ("4:1 a tab where YAML wants spaces | indent with spaces",)),
    (
        "two colons",
        "a: b: c",
        (
            "3:5 a second colon on the line, or a key that is indented too far"
            " | quote a text that holds `: `, and align keys that belong together",
        ),
    ),
    (
        "open bracket",
        "a: [1, 2\nb: 3",
        (
            "4:2 neither a comma nor the end of a list in [ ]"
            " | the [ is in line 3, column 4; separate with `, ` and close with ]",
        ),
    ),
    (
        "wrong bracket",
        "a: {b: 1]",
        (
            "3:9 neither a comma nor the end of a map in { }"
            " | the { is in line 3, column 4; separate with `, ` and close with }",
        ),
    ),
    ("nothing behind a bracket", "a: {", ("4:1 a value is missing here | every [ and { needs its ] and }",)),
    ("open quote", 'a: "x\nb: 2', ("3:4 a quote that is never closed | end the text with the same quote",)),
    (
        "text behind a quote",
        'a: "b" c',
        (
            "3:8 this does not continue the map that it stands in"
            " | check the indentation, and whether a text with quotes ends here",
        ),
    ),
    (
        "list in a list",
        "a:\n  - b\n  c: 1",
        ("5:3 this does not continue the list that it stands in | begin items with `- `",),
    ),
    ("list behind a key", "a: - b", ("3:4 a list must begin on a line of its own | write `key:`, and `- item` below",)),
    ("reserved", "a: @b", ('3:4 no text can begin with @ unless it is quoted | put "…" around the whole text',)),
    ("percent", "a: %b", ('3:4 no text can begin with % unless it is quoted | put "…" around the whole text',)),
    (
        "asterisk",
        "a: * b",
        ('3:5 * and & at the beginning mean something of their own | put "…" around the whole text',),
    ),
    (
        "backslash",
        'a: "\\q"',
        ("3:5 an unknown escape behind a backslash | write \\\\ for a backslash, or use single quotes: '…'",),
    ),
    ("surrogate", 'a: "\\ud800"', ("3:7 not YAML: found invalid Unicode character escape code",)),
    ("escaped NUL", 'a: "b\\0"', ("3:4 a NUL character | take out the \\0",)),
    ("escaped NUL in a key", '"b\\0": 1', ("3:1 a NUL character | take out the \\0",)),
    ("variable in a map", "a: {b: ${name}}", ('3:9 an unquoted variable inside { } or [ ] | quote it: "${name}"',)),
    ("variable in a list", "a: [x${name}]", ('3:7 an unquoted variable inside { } or [ ] | quote it: "${name}"',)),
    (
        "control character",
        "a: \x01",
        ('3:4 a control character (U+0001) that nobody sees | take it out, or write "\\u0001" inside double quotes',),
    ),
    (
        "NUL",
        "a: \0",
        ("3:4 a control character (U+0000) that nobody sees | take it out; is this a text file?",),
    ),
    (
        "a line break that no editor shows",
        "a: b # c\u2028d: e",
        ('3:9 a control character (U+2028) that nobody sees | take it out, or write "\\u2028" inside double quotes',),
    ),
    (
        "a change of direction",
        "a: \u202eb",
        ('3:4 a control character (U+202E) that nobody sees | take it out, or write "\\u202e" inside double quotes',),
    ),
    (
        "carriage return",
        "a: b\rc: d",
        ("3:5 a control character (U+000D) that nobody sees | end lines with a line feed, or with both",),
    ),
    ("65 levels", "a: " + "[" * 64, ("3:67 nested deeper than 64 levels",)),
)


@pytest.mark.parametrize(("text", "expected"), [c[1:] for c in REFUSALS], ids=[c[0] for c in REFUSALS])
def test_refusal(project: Any, text: str, expected: tuple[str, ...]) -> None:
    project({"stripe-portal.yaml": f"{HEAD}{text}\n"})
    assert problems() == expected


WHOLE_FILES: tuple[tuple[str, bytes, str], ...] = (
    (
        "empty",
        b"",
        "1:1 the file is empty | it begins with `stripe_portal: 1`; `stripe-portal init` writes one",
    ),
    (
        "only comments",
        b"# nothing\n\n",
        "1:1 the file is empty | it begins with `stripe_portal: 1`; `stripe-portal init` writes one",
    ),
    (
        "only a marker",
        b"---\n",
        "1:1 the file is empty | it begins with `stripe_portal: 1`; `stripe-portal init` writes one",
    ),
    ("a list", b"- a\n", "1:1 the file is not a map of keys | begin with `stripe_portal: 1`; mind the space"),
    (
        "a text",
        b"stripe_portal:1\n",
        "1:1 the file is not a map of keys | begin with `stripe_portal: 1`; mind the space",
    ),
    ("an anchor", b"&a {stripe_portal: 1}", "1:1 an anchor (&a) | write the value out where it is needed"),
    ("an alias as a key", b"{stripe_portal: 1, *b : 1}", "1:20 an alias (*b) | write the value out, or use defaults:"),
    ("not UTF-8", b"a: 1\nb: \xff", "2:4 not UTF-8: byte 0xff at offset 8 | save the file as UTF-8"),
    ("UTF-16", "a: 1".encode("utf-16"), "1:1 not UTF-8: byte 0xff at offset 0 | save the file as UTF-8"),
    ("BOM, then not UTF-8", b"\xef\xbb\xbfa: \xc3", "1:4 not UTF-8: byte 0xc3 at offset 6 | save the file as UTF-8"),
    (
        "BOM, CR LF, a wide character",
        "\ufeffstripe_portal: 1\r\nc: {a: 'é🎉', b: NO}".encode(),
        f'2:17 NO {BOOLEAN} | write false, or "NO" for the text',
    ),
    ("no version", b"project: acme\n", "1:1 stripe_portal is missing | begin the file with `stripe_portal: 1`"),
    ("no keys", b"{}", "1:1 stripe_portal is missing | begin the file with `stripe_portal: 1`"),
    (
        "another version",
        b"project: acme\nstripe_portal: 2\n",
        "2:16 stripe_portal: 2 is not a version of the format"
        " | the format's only version is 1; a newer one needs a newer stripe-portal",
    ),
    (
        "a boolean version",
        b"stripe_portal: true\n",
        "1:16 stripe_portal: true is not a version of the format"
        " | the format's only version is 1; a newer one needs a newer stripe-portal",
    ),
    (
        "a text as version",
        b"stripe_portal: '1'\n",
        '1:16 stripe_portal: "1" is not a version of the format'
        " | the format's only version is 1; a newer one needs a newer stripe-portal",
    ),
)


@pytest.mark.parametrize(("raw", "expected"), [c[1:] for c in WHOLE_FILES], ids=[c[0] for c in WHOLE_FILES])
def test_whole_file(project: Any, raw: bytes, expected: str) -> None:
    project({"stripe-portal.yaml": raw})
    assert problems() == (expected,)


def test_a_byte_order_mark_and_both_line_ends_are_fine(project: Any) -> None:
    project({"stripe-portal.yaml": b"\xef\xbb\xbfstripe_portal: 1\r\nproject: acme\n"})
    document = load()
    assert document.data == {"stripe_portal": 1, "project": "acme"}
    assert str(document.at(("project",))) == "stripe-portal.yaml:2:10"


KEY = "51HabcdefGH"
SECRETS: tuple[tuple[str, str, str], ...] = (
    ("value", f"a: sk_live_{KEY}", "3:4 sk_live_…"),
    ("test key", f"a: [1, sk_test_{KEY}]", "3:8 sk_test_…"),
    ("restricted", f"a: rk_live_{KEY}", "3:4 rk_live_…"),
    ("restricted, test", f"a: rk_test_{KEY}", "3:4 rk_test_…"),
    ("organisation", f"a: sk_org_{KEY}", "3:4 sk_org_…"),
    ("organisation, live", f"a: sk_org_live_{KEY}", "3:4 sk_org_live_…"),
    ("rkcs", f"a: rkcs_{KEY}", "3:4 rkcs_…"),
    ("webhook", f"a: whsec_{KEY}", "3:4 whsec_…"),
    ("comment", f"a: 1 # was sk_live_{KEY}", "3:12 sk_live_…"),
    ("metadata", f"metadata: {{key: sk_live_{KEY}}}", "3:17 sk_live_…"),
    ("inside a text", f"a: 'export KEY=sk_live_{KEY};'", "3:16 sk_live_…"),
    ("behind letters", f"a: https://x/?k%3Dsk_live_{KEY}{KEY}", "3:19 sk_live_…"),
    ("escaped", f'a: "sk\\x5flive_{KEY}"', "3:4 sk_live_…"),
    ("folded", f'a: "sk_live_\\\n  {KEY}"', "3:4 sk_live_…"),
)


@pytest.mark.parametrize(("text", "expected"), [c[1:] for c in SECRETS], ids=[c[0] for c in SECRETS])
def test_a_secret_key_is_named_by_its_prefix_alone(project: Any, text: str, expected: str) -> None:
    project({"stripe-portal.yaml": f"{HEAD}{text}\n"})
    place, prefix = expected.split()
    assert problems() == (f"{place} a secret key ({prefix}) must not stand in a file | {SECRET_ADVICE}",)


@pytest.mark.parametrize(
    "text",
    [
        f"sk_live_{KEY}: 1\nsk_live_{KEY}: 2",
        f"a: *sk_live_{KEY}",
        f"a: !sk_live_{KEY} 1",
        f"vars: {{sk_live_{KEY}: null}}",
        f"include: [sk_live_{KEY}.yaml]",
        f"environments: {{sk_live_{KEY}: 5, a: {{sk_test_{KEY}: 1, account: sk_live_{KEY}}}}}",
        f"defaults: {{sk_live_{KEY}: 5, product: {{sk_live_{KEY}: 1}}}}",
        f"a: ${{sk_live_{KEY}}}",
        f'a: "sk_live_{KEY}\n',
        f"a: [${{sk_live_{KEY}}}]",
        f"a: sk_live_{KEY}\nb: \x01",
        f"stripe_portal: sk_live_{KEY}",
    ],
)
def test_no_message_repeats_a_secret_key(project: Any, text: str) -> None:
    project({"stripe-portal.yaml": HEAD + text})
    with pytest.raises(Invalid) as caught:
        load()
    assert "a secret key (sk_" in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_secret_key_is_found_in_a_file_that_is_not_utf_8(project: Any) -> None:
    project({"stripe-portal.yaml": f"a: sk_live_{KEY}\nb: ".encode() + b"\xff"})
    assert [line.split(" |")[0] for line in problems()] == [
        "1:4 a secret key (sk_live_…) must not stand in a file",
        "2:4 not UTF-8: byte 0xff at offset 26",
    ]


def problems() -> tuple[str, ...]:
    """The problems of the project as `line:column message | hint`."""
    with pytest.raises(Invalid) as caught:
        load()
    return tuple(
        f"{p.source.line}:{p.source.column} {p.message}" + (f" | {p.hint}" if p.hint else "")
        for p in caught.value.problems
    )
