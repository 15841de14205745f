"""What an unquoted YAML scalar means: few spellings with one reading each. The rest is text or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from reconciler.config.secrets import shown

Scalar = bool | int | str | Decimal | None

DIGITS = 15
"""The most digits of an integer, and of a decimal on either side of the point: what every JSON reader keeps exact."""


class Surprise(ValueError):
    """An unquoted scalar that people and YAML readers read differently. `hint` is the spelling that was meant."""

    def __init__(self, message: str, hint: str):
        self.message, self.hint = message, hint
        super().__init__(f"{message}: {hint}")


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar. Raises Surprise where YAML 1.1, YAML 1.2 and people disagree."""
    if text in _EXACT:
        return _EXACT[text]
    if text[0] not in _ODD:
        if len(text) <= 5 and text.lower() in _WORDS:
            raise _word(text)
        return text
    if match := _NUMBER.fullmatch(text):
        return _number(text, match[1], match[2])
    for pattern, message, meant in _SURPRISES:
        if pattern.fullmatch(text):
            number = meant(text) if len(text) <= DIGITS else ""
            raise Surprise(f"{shown(text)} {message}", _either(f"{number} for the number" if number else "", text))
    return text


def literal(text: str) -> str | None:
    """The value of an unquoted scalar in metadata, where everything but null is its own text."""
    return None if text in _NULLS else text


def _number(text: str, whole: str, fraction: str | None) -> int | Decimal:
    if len(whole) > DIGITS or len(fraction or "") > DIGITS:
        raise Surprise(f"{shown(text)} has more than {DIGITS} digits", _either("", text))
    return int(text) if fraction is None else Decimal(text)


def _word(text: str) -> Surprise:
    meant = _WORDS[text.lower()]
    what = "null" if meant == "null" else "a boolean"
    return Surprise(f"{text} is {what} to some YAML readers and text to others", _either(meant, text))


def _either(meant: str, text: str) -> str:
    quoted = f'"{shown(text)}"'
    return f"write {meant}, or {quoted} for the text" if meant else f"if it is text, quote it: {quoted}"


def _positional(text: str) -> str:
    """A number written in a way of its own, as a plain one."""
    value = format(Decimal(text.replace("_", "")), "f").removeprefix("+")
    return value if len(value) <= DIGITS else ""


def _based(text: str) -> str:
    return str(int(text.replace("_", ""), 0))


def _nothing(_: str) -> str:
    return ""


_NULLS = frozenset({"", "~", "null"})
_EXACT: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WORDS = (
    dict.fromkeys(("y", "yes", "on", "true"), "true")
    | dict.fromkeys(("n", "no", "off", "false"), "false")
    | {"null": "null"}
)
_ODD = frozenset("0123456789+-.=<")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_SURPRISES: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
    (re.compile(r"[-+]?0[0-9_]+"), "is octal to some YAML readers and decimal to others", _positional),
    (re.compile(r"[-+]?0o[0-7]+"), "is an octal number", _based),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]*[0-9a-fA-F]"), "is a hexadecimal number", _based),
    (re.compile(r"[-+]?0b[01_]*[01]"), "is a binary number", _based),
    (re.compile(r"[-+]?[0-9][0-9_]*+(?::[0-5]?[0-9])++(\.[0-9_]*)?"), "is a number to base 60 in YAML 1.1", _nothing),
    (re.compile(r"[-+]?\.inf|\.nan", re.I), "is not a finite number (the last tier is `up_to: inf`)", _nothing),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)e[-+]?[0-9]{1,2}", re.I), "has an exponent", _positional),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)e[-+]?[0-9]+", re.I), "has an exponent", _nothing),
    (re.compile(r"[-+]?([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)"), "is a number in an uncommon spelling", _positional),
    (
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]*)?)?.*)?"),
        "is a date in YAML 1.1",
        _nothing,
    ),
    (re.compile(r"=|<<"), "means something of its own in YAML 1.1", _nothing),
)
