"""Names that try to be more than names, and what a plan shows of each."""

from __future__ import annotations

NAMES = (
    "@everyone @org/team <b>bold</b>",
    "</details></code></pre></table>",
    "`one` ``two`` ```` four",
    "a|b|c \\| d",
    "line\nbreak\n\n# heading\n```\n",
    "\x1b[31mred\x1b]8;;http://evil.example\x07",
    "evil\u202egnp.exe",
    "zero\u200bwidth",
    "<!-- ",
    " --> ]]>",
    "::error::x",
    "%0A::error::x %25",
    "##[add-mask]Pro ##vso[task.complete]",
    "&lt;script&gt; &amp; &#64;everyone",
    "[x](javascript:alert(1)) [y]: http://evil.example",
    "![](http://evil.example/x.png)",
    "$math$ $`x`$ $$y$$",
    "~~~ ~~gone~~ **bold** _it_",
    "# heading #1 GH-2 !3",
    "- item",
    "> quote",
    "1. one",
    "https://evil.example www.evil.example a@evil.example",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef :tada:",
    "<script>alert(1)</script>",
    "<img src=http://evil.example/x.png onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}${{ secrets.X }}",
    "</style><style>body{display:none}</style>",
    "both ' and \" quotes",
    "long " + "N" * 4995,
)


def visible(name: str) -> str:
    """What a reader must find of a name: all that is no control character, and of a long one its beginning."""
    start = name[:160]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in start)
    return shown.replace('"', '\\"').replace("##", r"#\x23")
