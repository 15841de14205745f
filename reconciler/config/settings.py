"""The keys of the root file that steer loading and are not part of the catalogue: their shape, and the environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from reconciler.config.marks import Mark, Tree, items_of, twin_of
from reconciler.config.run import Run, nearest
from reconciler.config.secrets import redact, shown
from reconciler.errors import Unresolved, Usage

STEERING = ("include", "vars", "environments")
"""Root file only, and not in the document. Neither is `defaults`, which may stand in any file."""

VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


def version(run: Run, tree: Tree, *, required: bool) -> None:
    """The version of the format: `stripe_portal: 1`, required in the root file."""
    value, mark = tree.data.get("stripe_portal"), tree.marks.get("stripe_portal")
    if mark is None:
        if required:
            start = next(iter(tree.marks.values()), 0)
            run.refuse(run.key_at(start), "stripe_portal is missing", "begin the file with `stripe_portal: 1`")
    elif value != 1 or not isinstance(value, int) or isinstance(value, bool):
        what = "the format's only version is 1; a newer one needs a newer stripe-portal"
        run.refuse(run.at(mark), f"stripe_portal: {said(value)} is not a version of the format", what)


def environments(run: Run, tree: Tree) -> dict[str, dict[str, Any]]:
    """The settings of every environment. What has the wrong shape is noted and left out."""
    found: dict[str, dict[str, Any]] = {}
    for name, value, mark in entries(run, tree, "environments", "environments: {test: {}, live: {livemode: true}}"):
        if not _NAME.fullmatch(name):
            run.refuse(run.key_at(mark), f"{shown(name)} is not a name", "letters, digits, _ and -; at most 63")
        elif value is None:
            found[name] = {}
        elif isinstance(value, dict):
            found[name] = value
            for key, setting in value.items():
                _setting(run, key, setting, twin_of(mark)[key])
        else:
            run.refuse(run.at(mark), f"environment {name} is {a(value)}, not a map", f"write `{name}: {{}}`")
    return found


def _setting(run: Run, key: str, value: Any, mark: Mark) -> None:
    if key not in _SETTINGS:
        run.refuse(run.key_at(mark), f"unknown key {shown(key)} in an environment", nearest(key, _SETTINGS))
    elif not _SETTINGS[key][0](value):
        run.refuse(run.at(mark), f"{key}: {said(value)} is not right", _SETTINGS[key][1])
    elif key == "vars":
        values(run, value, twin_of(mark))


def choose(found: Iterable[str], env: str | None, overlays: Callable[[str], bool]) -> str | None:
    """The environment of this run. Raises Usage when it must be named, Unresolved when it is not declared.

    `overlays(name)` says whether there is an overlay file of that name, for the message.
    """
    found = tuple(found)
    if env is None:
        if len(found) > 1:
            raise Usage(redact(f"several environments: choose one with --env {' or --env '.join(found)}"))
        return found[0] if found else None
    if env in found:
        return env
    unlisted = bool(_NAME.fullmatch(env)) and overlays(env)
    there = f" (environments/{env}.yaml is there, but `environments:` does not list it)" if unlisted else ""
    if not found:
        hint = f"the file declares none; write `environments: {{{shown(env)}: {{}}}}`, or leave out --env"
    else:
        hint = "; ".join(dict.fromkeys((nearest(env, found), f"there is {', '.join(found)}")))
    raise Unresolved(redact(f"no environment {shown(env)}{there}: {hint}"))


def limits(tree: Tree, environment: str | None) -> Tree:
    """The guards of the chosen environment, to go over those of the file; what is wrong in them, the schema says."""
    found = tree.data.get("environments")
    own = found.get(environment) if isinstance(found, dict) and environment else None
    if not isinstance(own, dict) or "guards" not in own:
        return Tree({}, {})
    marks = twin_of(twin_of(tree.marks["environments"])[environment or ""])
    return Tree({"guards": own["guards"]}, {"guards": marks["guards"]})


def variables(run: Run, tree: Tree) -> dict[str, Any]:
    """The variables for all environments."""
    found = entries(run, tree, "vars", "vars: {domain: acme.example}")
    values(run, {name: value for name, value, _ in found}, {name: mark for name, _, mark in found})
    return {name: value for name, value, _ in found}


def values(run: Run, data: Mapping[str, Any], marks: Mapping[str, Mark]) -> None:
    """Refuse variables that have no usable name or value."""
    for name, value in data.items():
        mark = marks[name]
        if not VARIABLE_NAME.fullmatch(name):
            run.refuse(run.key_at(mark), f"{shown(name)} is not a variable's name", "letters, digits, _ and -")
        if not isinstance(value, bool | int | str | Decimal):
            hint = "give it a text, a number, true or false"
            run.refuse(run.at(mark), f"the variable {shown(name)} is {a(value)}", hint)
        elif isinstance(value, str) and "${" in value:
            run.refuse(run.at(mark), f"the variable {shown(name)} uses another", "write its value out")


def patterns(run: Run, tree: Tree) -> list[tuple[str, Mark]]:
    """The patterns of `include`."""
    value, mark = tree.data.get("include"), tree.marks.get("include")
    if mark is None:
        return []
    if not isinstance(value, list):
        example = f"[{shown(value)}]" if isinstance(value, str) else "[catalogue/*.yaml]"
        run.refuse(run.at(mark), f"include is {a(value)}, not a list", f"write `include: {example}`")
        return []
    found = list(zip(value, items_of(mark), strict=True))
    for pattern, item in found:
        if not isinstance(pattern, str):
            run.refuse(run.at(item), f"{said(pattern)} is not a path", "write `include: [catalogue/*.yaml]`")
    return [(pattern, item) for pattern, item in found if isinstance(pattern, str)]


def entries(run: Run, tree: Tree, key: str, example: str) -> list[tuple[str, Any, Mark]]:
    """Name, value and mark of the entries of a top-level map; none when there is no such map, which is noted."""
    value, mark = tree.data.get(key), tree.marks.get(key)
    if mark is None or value is None:
        return []
    if not isinstance(value, dict):
        run.refuse(run.at(mark), f"{key} is {a(value)}, not a map", f"write `{example}`")
        return []
    return [(name, value[name], inner) for name, inner in twin_of(mark).items()]


def a(value: Any) -> str:
    """What kind of value it is, in a sentence."""
    if value is None:
        return "null"
    kinds = ((bool, "a boolean"), (str, "a text"), (dict, "a map"), (list, "a list"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "a number")


def said(value: Any) -> str:
    """A value as it may stand in a message."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{shown(value)}"'
    return a(value) if value is None or isinstance(value, dict | list) else str(value)


def _text(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


_SETTINGS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "account": (_text("acct_[A-Za-z0-9]+"), "write the account's id: acct_…"),
    "livemode": (lambda value: isinstance(value, bool), "write true or false"),
    "stripe_account": (_text("acct_[A-Za-z0-9]+"), "write the connected account's id: acct_…"),
    "api_key_env": (
        _text("[A-Za-z_][A-Za-z0-9_]*"),
        "write the name of the variable that holds the key: STRIPE_API_KEY",
    ),
    "vars": (lambda value: isinstance(value, dict), "write `vars: {domain: acme.example}`"),
    "guards": (lambda value: isinstance(value, dict), "write `guards: {price_change: 20}`"),
}
