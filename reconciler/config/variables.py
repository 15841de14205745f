"""`${name}` in texts: from `vars:` and --var alone, never from the process environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.config import secrets
from reconciler.config.layout import Role, role
from reconciler.config.marks import Mark, Tree, Twin
from reconciler.config.run import Run, nearest
from reconciler.config.scalars import Surprise, plain
from reconciler.config.settings import VARIABLE_NAME
from reconciler.errors import Usage

_USE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")


def given(variables: Mapping[str, str]) -> dict[str, Any]:
    """The values of --var, typed by the rules for unquoted YAML; in quotes, a text. Raises Usage."""
    return {name: _given(name, text) for name, text in variables.items()}


def _given(name: str, text: str) -> Any:
    if not VARIABLE_NAME.fullmatch(name):
        raise Usage(f"--var {secrets.shown(name)}: not a variable's name; use letters, digits, _ and -")
    if secrets.holds(text):
        raise Usage(
            f"--var {secrets.shown(name)}: a secret key must not stand in a variable; set STRIPE_API_KEY instead"
        )
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    try:
        value = plain(text)
    except Surprise as surprise:
        raise Usage(f"--var {secrets.shown(name)}: {surprise.message}; {surprise.hint}") from None
    return text if value is None else value


def unused(variables: Mapping[str, Any], known: Mapping[str, Any], used: set[str]) -> None:
    """Raise Usage for a --var that nothing declares and nothing uses."""
    for name in variables:
        if name not in known and name not in used:
            hint = nearest(name, {**known, **dict.fromkeys(sorted(used))})
            raise Usage(f"--var {secrets.shown(name)}: no such variable" + (f"; {hint}" if hint else ""))


def replace(run: Run, tree: Tree, variables: Mapping[str, Any]) -> set[str]:
    """Put the values of variables in their places. Returns the names that are used."""
    used: set[str] = set()
    _walk(run, tree.data, tree.marks, Role.FIELDS, variables, used)
    return used


def _walk(run: Run, data: Any, marks: Twin, keys: Role, variables: Mapping[str, Any], used: set[str]) -> None:
    at: Any = marks
    for step, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, str):
            if "${" in value:
                data[step] = _text(run, value, at[step], variables, used, typed=keys is not Role.METADATA)
        elif isinstance(value, dict | list):
            _walk(run, value, at[step][1], role(step, keys), variables, used)
        if isinstance(step, str) and "${" in step:
            run.refuse(run.key_at(at[step]), "a variable in a key", "variables stand in values only")


def _text(run: Run, text: str, mark: Mark, variables: Mapping[str, Any], used: set[str], *, typed: bool) -> Any:
    """A text with its variables replaced. One that is nothing but a variable takes its type, except in metadata."""
    whole = _USE.fullmatch(text)
    if typed and whole and whole[1] in variables:
        used.add(whole[1])
        return variables[whole[1]]

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "${"
        used.add(name)
        if not match[2]:
            run.refuse(run.at(mark), "a ${ that is not closed", "write ${name}, or $${ for a literal ${")
        elif name not in variables:
            hint = nearest(name, variables) or f"declare it: `vars: {{{secrets.shown(name)}: …}}`"
            run.refuse(run.at(mark), f"no variable {secrets.shown(name) or 'without a name'}", hint)
        else:
            return _spelled(variables[name])
        return match[0]

    replaced = _USE.sub(value, text)
    if secrets.holds(replaced):
        run.refuse(run.at(mark), "a secret key, put together from variables, must not stand in a file", secrets.ADVICE)
    return replaced


def _spelled(value: bool | int | str | Decimal) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
