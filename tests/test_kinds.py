"""The tables of kinds against the SDK's own parameter types: an upgrade that adds or drops something turns this red."""

from __future__ import annotations

import functools
import importlib
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NotRequired, get_args, get_origin

import pytest
from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict

from reconciler.kinds import BY_NAME, KINDS
from reconciler.kinds.kind import Clear, Field, Kind, Settable
from reconciler.kinds.values import clearable

LOCAL_NAMES = {**{n: getattr(typing, n) for n in typing.__all__}, "StripeContext": object}  # stripe-facts 14.6
OPTIONS = set(RequestOptions.__annotations__)
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}

CLEARS_OTHERWISE = {
    ("price", "lookup_key"): 'live accounts take lookup_key="" to release a key (stripe-facts 4)',
    ("portal_configuration", "features.subscription_pause.duration.interval_options"): (
        "sending Stripe's default unsets it; emptied, it would not read back as what an undeclared one is"
    ),
}
STRICTER = {("portal_configuration", "features.subscription_pause.enabled"): "a feature block says whether it is on"}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a call: its type without None and "", and what the SDK says of it."""

    name: str
    type: Any
    required: bool
    emptyable: bool

    @property
    def is_object(self) -> bool:
        return is_typeddict(self.type)

    @property
    def item(self) -> Any:
        """The type of an item of a list, or None."""
        return get_args(self.type)[0] if get_origin(self.type) is list else None


def members_of(params: Any) -> Iterator[tuple[str, Any, bool, bool]]:
    """Name, type, required and emptyable of each member of a TypedDict of the SDK."""
    hints = typing.get_type_hints(params, localns=LOCAL_NAMES, include_extras=True)
    for name, hint in hints.items():
        required = get_origin(hint) is not NotRequired
        choices = list(alternatives(hint if required else get_args(hint)[0]))
        emptyable = "" in choices
        choices = [c for c in choices if c not in ("", type(None))]
        texts = [c for c in choices if isinstance(c, str)]
        kinds = [c for c in choices if not isinstance(c, str)]
        yield name, tuple(texts) if texts else kinds[0], required, emptyable


def alternatives(hint: Any) -> Iterator[Any]:
    """The members of a union; of a Literal, its values."""
    if get_origin(hint) in (typing.Union, type(int | str)):
        for choice in get_args(hint):
            yield from alternatives(choice)
    elif get_origin(hint) is typing.Literal:
        yield from get_args(hint)
    else:
        yield hint


@functools.cache
def parameters(kind: str, call: str) -> dict[str, Parameter]:
    """Every parameter of a kind's `Create` or `Update` call by dotted name, blocks included, `*` for a map's keys."""
    *modules, name = BY_NAME[kind].sdk.split(".")
    params = getattr(importlib.import_module(".".join(["stripe.params", *modules])), f"{name}{call}Params")
    found: dict[str, Parameter] = {}
    _collect(params, "", found)
    return {n: p for n, p in found.items() if n not in OPTIONS}


def _collect(params: Any, prefix: str, found: dict[str, Parameter]) -> None:
    for name, kind, required, emptyable in members_of(params):
        parameter = Parameter(f"{prefix}{name}", kind, required, emptyable)
        found[parameter.name] = parameter
        if get_origin(kind) is dict:
            value = get_args(kind)[1]
            inner = Parameter(f"{parameter.name}.*", value, False, emptyable)
            found[inner.name] = inner
            parameter = inner
        if parameter.is_object:
            _collect(parameter.type, f"{parameter.name}.", found)


def leaves(kind: Kind, call: str) -> dict[str, Parameter]:
    return {
        n: p
        for n, p in parameters(kind.name, call).items()
        if not p.is_object and get_origin(p.type) is not dict and not _left_out(kind, n)
    }


def _left_out(kind: Kind, name: str) -> bool:
    return any(name == left or name.startswith(f"{left}.") for left in kind.excluded)


def blocks(kind: Kind, call: str) -> dict[str, list[Parameter]]:
    """The objects inside a call's parameters, with their members."""
    found = parameters(kind.name, call)
    return {
        n: [m for m in found.values() if m.name.rpartition(".")[0] == n]
        for n, p in found.items()
        if p.is_object and not _left_out(kind, n)
    }


def fields(kind: Kind) -> dict[str, Field]:
    return {f.name: f for f in kind.fields}


each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
both_calls = pytest.mark.parametrize("call", ["Create", "Update"])


@each_kind
def test_every_parameter_of_the_sdk_is_a_field_a_spelling_or_left_out_with_a_reason(kind: Kind) -> None:
    known = {f.name for f in (*kind.fields, *kind.spellings)}
    assert {*leaves(kind, "Create"), *leaves(kind, "Update")} - known == set()


@each_kind
def test_no_field_is_unknown_to_the_sdk(kind: Kind) -> None:
    assert set(fields(kind)) - {*leaves(kind, "Create"), *leaves(kind, "Update")} == set()


@each_kind
def test_what_is_left_out_is_there_and_has_a_reason(kind: Kind) -> None:
    there = {*parameters(kind.name, "Create"), *parameters(kind.name, "Update")}
    assert set(kind.excluded) - there == set()
    assert all(kind.excluded.values())


@each_kind
def test_settable_says_which_calls_take_a_field(kind: Kind) -> None:
    create, update = leaves(kind, "Create"), leaves(kind, "Update")
    for name, field in fields(kind).items():
        expected = {(True, False): {Settable.ON_CREATE}, (False, True): {Settable.ON_UPDATE}}.get(
            (name in create, name in update), {Settable.ALWAYS, Settable.ONCE}
        )
        assert field.settable in expected, name


@each_kind
def test_what_the_sdk_asks_for_at_creation_is_required(kind: Kind) -> None:
    ours = fields(kind)
    for name, parameter in leaves(kind, "Create").items():
        if name in ours and (kind.name, name) not in STRICTER:
            assert ours[name].required == parameter.required, name
    required = {b.name for b in kind.blocks if b.required}
    assert {n for n in blocks(kind, "Create") if parameters(kind.name, "Create")[n].required} == required


@each_kind
def test_an_empty_text_clears_what_the_sdk_says_it_clears(kind: Kind) -> None:
    update = leaves(kind, "Update")
    for name, field in fields(kind).items():
        if name in update and not name.startswith("currency_options.") and (kind.name, name) not in CLEARS_OTHERWISE:
            assert (field.clears_with == "") == update[name].emptyable, name
    emptyable = {n for n in blocks(kind, "Update") if parameters(kind.name, "Update")[n].emptyable and "*" not in n}
    assert {b.name for b in kind.blocks if b.clears_with == ""} == emptyable


@each_kind
def test_what_cannot_be_cleared_alone_says_so(kind: Kind) -> None:
    """A field without a default, that no empty text clears, can only be cleared with its block or by a successor."""
    for name, field in fields(kind).items():
        if field.clears_with is Clear.DEFAULT and field.default is None and field.settable is not Settable.ON_CREATE:
            assert field.required, name
    for block in kind.blocks:
        if block.clears_with == "":
            inside = [f for f in kind.fields if f.path[: len(block.path)] == block.path]
            assert [f.name for f in inside if not clearable(kind, f.path)] == [], block.name


@each_kind
def test_blocks_that_the_sdk_wants_whole_are_units(kind: Kind) -> None:
    update = blocks(kind, "Update")
    units = {b.name for b in kind.blocks if b.unit}
    assert {n for n, members in update.items() if len(members) > 1 and any(m.required for m in members)} <= units
    assert {n for n in units if not any(m.required for m in update[n])} == set()


@each_kind
@both_calls
def test_values_are_those_of_the_sdk(kind: Kind, call: str) -> None:
    ours = fields(kind) | {f.name: f for f in kind.spellings}
    for name, parameter in leaves(kind, call).items():
        assert differences(ours[name].shape, parameter.type) == [], name


def differences(shape: dict[str, Any], expected: Any) -> list[str]:
    """Where a shape of ours takes other values than a type of the SDK."""
    if "$ref" in shape or "anyOf" in shape:  # a name or id, or a choice that the SDK writes as one type
        return []
    if isinstance(expected, tuple):
        return [] if set(shape.get("enum", ())) == set(expected) else [f"{shape.get('enum')} is not {expected}"]
    if get_origin(expected) is list:
        item = get_args(expected)[0]
        texts = tuple(c for c in alternatives(item) if isinstance(c, str))
        return differences(shape["items"], texts or next(alternatives(item)))
    if is_typeddict(expected):
        members = {n: (t, required) for n, t, required, _ in members_of(expected)}
        if set(shape["properties"]) != set(members):
            return [f"members {sorted(shape['properties'])} are not {sorted(members)}"]
        return [d for n, (t, _) in members.items() for d in differences(shape["properties"][n], t)]
    types = shape["type"] if isinstance(shape.get("type"), list) else [shape.get("type")]
    wanted = TYPES.get(expected, "string")  # Decimal travels as text
    return [] if wanted in types else [f"{types} is not {wanted}"]


@each_kind
def test_shapes_give_their_patterns_in_words(kind: Kind) -> None:
    for field in (*kind.fields, *kind.spellings, *kind.hints):
        if "pattern" in field.shape and field.name != "id":
            assert "title" in field.shape, field.name
