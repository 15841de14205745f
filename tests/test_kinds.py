"""The tables of kinds against the SDK's own parameter types: an upgrade that adds or drops something turns this red."""

from __future__ import annotations

import functools
import importlib
import typing
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NotRequired, get_args, get_origin

import pytest
import stripe
from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict

from reconciler.kinds import BY_NAME, KINDS, PARTS
from reconciler.kinds.kind import Clear, Field, Kind, Retire, Settable
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
REQUIRED_OTHERWISE = {
    ("portal_configuration", "features.subscription_pause.enabled"): "a feature block says whether it is on",
    ("promotion_code", "promotion.coupon"): "coupons are the only thing that a code redeems",
    ("promotion_code", "promotion.type"): "goes without saying",
    ("promotion_code", "restrictions.currency_options.*.minimum_amount"): "an entry has nothing else",
    ("meter", "customer_mapping.type"): "goes without saying",
    ("shipping_rate", "fixed_amount"): "the only type of a rate needs it",
}
VALUES_OTHERWISE = {
    ("webhook_endpoint", "api_version"): "a pattern: the versions that an SDK lists lack the next one",
}
UNITS_OTHERWISE = {
    ("payment_link", "payment_intent_data.metadata"): '"Updates will clear prior values" (SDK docstring)',
    ("payment_link", "subscription_data.metadata"): '"Updates will clear prior values" (SDK docstring)',
}
READ_OTHERWISE = {
    ("webhook_endpoint", "disabled"): "answered as the status",
}
NOT_CREATABLE = {
    "payment_method_configuration": "made in the Dashboard, where its parent is chosen",
}
"""Where a table says something else than the SDK, with the reason: by kind, or by kind and field or block."""

OWN_CALLS = (Settable.SWITCHED, Settable.ATTACHED)
"""Set by calls of their own, not by a parameter of create or update."""


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
    found: dict[str, Parameter] = {}
    _collect(sdk_params(BY_NAME[kind].sdk, call), "", found)
    return {n: p for n, p in found.items() if n not in OPTIONS}


def sdk_params(sdk: str, call: str) -> Any:
    """The TypedDict of a call's parameters, or None where the SDK has no such call."""
    *modules, name = sdk.split(".")
    return getattr(importlib.import_module(".".join(["stripe.params", *modules])), f"{name}{call}Params", None)


def sdk_class(kind: Kind) -> Any:
    return functools.reduce(getattr, kind.sdk.split("."), stripe)


def filters(kind: Kind) -> dict[str, Any]:
    """What the kind's list can be narrowed by, with the types."""
    paging = {"expand", "limit", "starting_after", "ending_before"}
    return {n: t for n, t, *_ in members_of(sdk_params(kind.sdk, "List")) if n not in OPTIONS | paging}


def inside_lists(kind: Kind, call: str) -> dict[str, Parameter]:
    """The members of the items of every list, by dotted name."""
    found: dict[str, Parameter] = {}
    for name, parameter in parameters(kind.name, call).items():
        if is_typeddict(parameter.item):
            _collect(parameter.item, f"{name}.", found)
    return found


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


def arounds(name: str) -> Iterator[str]:
    """A block and every block that it stands in."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def fields(kind: Kind) -> dict[str, Field]:
    """Those that are parameters."""
    return {f.name: f for f in kind.fields if f.settable not in OWN_CALLS}


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
    there = {
        name for call in ("Create", "Update") for name in (*parameters(kind.name, call), *inside_lists(kind, call))
    }
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
        if name in ours and (kind.name, name) not in REQUIRED_OTHERWISE:
            assert ours[name].required == parameter.required, name
    create = parameters(kind.name, "Create")
    required = {b.name for b in kind.blocks if b.required and (kind.name, b.name) not in REQUIRED_OTHERWISE}
    wanted = {n for n in blocks(kind, "Create") if all(create[around].required for around in arounds(n))}
    assert required == wanted


@each_kind
def test_an_empty_text_clears_what_the_sdk_says_it_clears(kind: Kind) -> None:
    update = leaves(kind, "Update")
    for name, field in fields(kind).items():
        if name.endswith("metadata.*"):
            assert field.clears_with == "", name  # a key of any metadata
        elif name in update and not name.startswith("currency_options.") and (kind.name, name) not in CLEARS_OTHERWISE:
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
    units = {b.name for b in kind.blocks if b.unit and (kind.name, b.name) not in UNITS_OTHERWISE}
    assert {n for n, members in update.items() if len(members) > 1 and any(m.required for m in members)} <= units
    assert {n for n in units if not any(m.required for m in update[n])} == set()


@each_kind
@both_calls
def test_values_are_those_of_the_sdk(kind: Kind, call: str) -> None:
    ours = fields(kind) | {f.name: f for f in kind.spellings}
    for name, parameter in leaves(kind, call).items():
        if (kind.name, name) in VALUES_OTHERWISE:
            continue
        left = {n.removeprefix(f"{name}.") for n in kind.excluded if n.startswith(f"{name}.")}
        left |= {"id"} if ours[name].rows else set()  # by which an update tells rows apart
        fixed = ours[name].fixed if call == "Update" else ()
        assert differences(ours[name].shape, parameter.type, left, fixed) == [], name


def differences(
    shape: dict[str, Any], expected: Any, left: Collection[str] = (), fixed: Collection[str] = ()
) -> list[str]:
    """Where a shape of ours takes other values than a type of the SDK. Of an item's members, `left` are not ours, and
    `fixed` are not the SDK's."""
    if "$ref" in shape or "anyOf" in shape:  # a name or id, or a choice that the SDK writes as one type
        return []
    if isinstance(expected, tuple):
        return [] if set(shape.get("enum", ())) == set(expected) else [f"{shape.get('enum')} is not {expected}"]
    if get_origin(expected) is list:
        item = get_args(expected)[0]
        texts = tuple(c for c in alternatives(item) if isinstance(c, str))
        return differences(shape["items"], texts or next(alternatives(item)), left, fixed)
    if is_typeddict(expected):
        members = {n: t for n, t, *_ in members_of(expected) if n not in left}
        ours = {n: s for n, s in shape["properties"].items() if n not in fixed}
        if set(ours) != set(members):
            return [f"members {sorted(ours)} are not {sorted(members)}"]
        return [f"{n}: {d}" for n, t in members.items() for d in differences(ours[n], t)]
    types = shape["type"] if isinstance(shape.get("type"), list) else [shape.get("type")]
    wanted = TYPES.get(expected, "string")  # Decimal travels as text
    return [] if wanted in types else [f"{types} is not {wanted}"]


@each_kind
def test_what_is_fixed_in_an_item_is_taken_at_creation_alone(kind: Kind) -> None:
    create, update = inside_lists(kind, "Create"), inside_lists(kind, "Update")
    for field in kind.fields:
        items = parameters(kind.name, "Update").get(field.name)
        given = {n for n in create if n.startswith(f"{field.name}.") and not _left_out(kind, n)}
        if items and is_typeddict(items.item):
            assert {f"{field.name}.{m}" for m in field.fixed} == {n for n in given if n not in update}, field.name
        else:
            assert not field.fixed, field.name


@each_kind
def test_what_is_switched_on_and_off_has_the_calls_of_the_sdk(kind: Kind) -> None:
    switched = {f.name for f in kind.fields if f.settable is Settable.SWITCHED}
    assert not switched & {*parameters(kind.name, "Create"), *parameters(kind.name, "Update")}
    calls = {on: call for call, on in (("deactivate", False), ("reactivate", True)) if hasattr(sdk_class(kind), call)}
    assert dict(kind.switches) == calls
    assert bool(switched) == bool(calls)


@each_kind
def test_what_is_attached_is_a_collection_whose_rows_are_made_and_deleted_alone(kind: Kind) -> None:
    for field in kind.fields:
        if field.settable is Settable.ATTACHED:
            sdk = kind.sdk + "".join(word.title() for word in field.name.removesuffix("s").split("_"))
            assert field.name not in {*parameters(kind.name, "Create"), *parameters(kind.name, "Update")}
            assert {n for n, *_ in members_of(sdk_params(sdk, "Create"))} - {*OPTIONS, "expand"} == {field.rows}
            assert [c for c in ("Update", "List", "Delete") if sdk_params(sdk, c)] == ["List", "Delete"]
        elif field.rows:  # that come and go with the object
            assert field.rows in field.fixed, field.name


@each_kind
def test_lists_are_narrowed_by_what_the_sdk_knows(kind: Kind) -> None:
    known = filters(kind)
    assert kind.by_created == ("created" in known)
    word = next((w for w in ("active", "status", "archived") if w in known), None)
    assert (kind.unserved is not None) == (word is not None)
    for chosen in (kind.served, kind.unserved or {}):
        assert set(chosen) <= {word}
        for name, value in chosen.items():
            assert value in known[name] if isinstance(known[name], tuple) else isinstance(value, known[name]), name
    assert kind.served != kind.unserved
    narrowed = {n for n, *_ in members_of(sdk_params("Subscription", "List"))}
    assert kind.subscriptions == "" or kind.subscriptions in narrowed


@each_kind
def test_an_object_leaves_service_as_the_sdk_lets_it(kind: Kind) -> None:
    switched = {f.name for f in kind.fields if f.settable is Settable.SWITCHED}
    can_rest = "active" in parameters(kind.name, "Update") or "active" in switched
    if kind.retire is Retire.DELETE:
        assert hasattr(sdk_class(kind), "delete")
        assert not can_rest
    if kind.retire is Retire.ARCHIVE:
        assert can_rest
    assert kind.field_at(("active",)) is not None or not can_rest


@each_kind
def test_what_bears_a_stamp_has_metadata_and_what_does_not_has_another_name(kind: Kind) -> None:
    assert kind.stampable == ("metadata" in parameters(kind.name, "Create"))
    assert kind.own_id == ("id" in parameters(kind.name, "Create"))
    assert kind.natural_key is None or kind.field_at((kind.natural_key,)) is not None
    assert kind.stampable or kind.natural_key
    assert kind.natural_key or not kind.frees_key


@each_kind
def test_what_is_read_is_in_the_answers(kind: Kind) -> None:
    for name in filter(None, (*kind.read_only, kind.secret, kind.default_flag)):
        known = sdk_class(kind)
        for key in name.split("."):
            assert key in known.__annotations__, name
            known = getattr(known, "".join(word.title() for word in key.split("_")), None)


@each_kind
def test_what_is_never_answered_says_so(kind: Kind) -> None:
    for name, field in fields(kind).items():
        if (kind.name, name) not in READ_OTHERWISE:
            assert field.write_only != (field.path[0] in sdk_class(kind).__annotations__), name


@pytest.mark.parametrize("kind", PARTS, ids=lambda k: k.name)
def test_a_part_of_the_account_is_as_the_sdk_has_it(kind: Kind) -> None:
    params, answer = sdk_params(kind.sdk, "Update"), sdk_class(kind)
    for key in kind.part.split("."):
        params = {n: t for n, t, *_ in members_of(params)}[key]
        answer = getattr(answer, key.title())
    known = {n: (t, required, emptyable) for n, t, required, emptyable in members_of(params)}
    assert {f.name for f in kind.fields} == set(known) == set(answer.__annotations__)
    for field in kind.fields:
        expected, required, emptyable = known[field.name]
        assert differences(field.shape, expected) == [], field.name
        assert (field.required, field.clears_with == "") == (required, emptyable), field.name
    assert kind.unserved is None
    assert not any((kind.stampable, kind.creatable, kind.natural_key, kind.default_flag, kind.parent))


def test_exceptions_are_of_what_there_is() -> None:
    otherwise = (CLEARS_OTHERWISE, REQUIRED_OTHERWISE, VALUES_OTHERWISE, UNITS_OTHERWISE, READ_OTHERWISE)
    for kind, name in (key for one in otherwise for key in one):
        assert name in {row.name for row in (*BY_NAME[kind].fields, *BY_NAME[kind].blocks)}, (kind, name)
    assert {k.name for k in KINDS if not k.creatable} == set(NOT_CREATABLE)


@each_kind
def test_shapes_give_their_patterns_in_words(kind: Kind) -> None:
    for field in (*kind.fields, *kind.spellings, *kind.hints):
        if "pattern" in field.shape and field.name != "id":
            assert "title" in field.shape, field.name
