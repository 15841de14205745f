"""The fields of every kind on their way to Stripe, with the battery's values: set, changed, taken out, brought back.

Fields that can stand in one object are sent together, so that few writes say much.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from reconciler.errors import Invalid
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Kind, Retire, Settable
from tests.battery import Case, Data, Ids, Shop, allows, cases, catalogue, nested, opened
from tests.conformance.document import Document
from tests.conformance.proxy import Proxy
from tests.harness import Account

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

COUNTED = ("product", "price", "portal_configuration")
"""Kinds whose parameters `test_fields` counts, with values of its own."""

UNSENT: Mapping[str, str] = {
    "payment_link.name_collection": "each of its members has a value that says no",
    "payment_link.payment_method_options": "the list in it is emptied instead",
    "payment_link.payment_method_options.card": "the list in it is emptied instead",
    "payment_link.payment_method_options.card.restrictions": "the list in it is emptied instead",
    "promotion_code.customer_account": "the emulator has no accounts of customers",
}
"""Parameters that no write here has, with the reason."""


def operations(kind: Kind) -> Iterator[tuple[str, str]]:
    """Every call that the tool makes for a kind."""
    one = f"{kind.path}/it"
    yield from (("GET", kind.path), ("POST", one))
    if kind.creatable:
        yield "POST", kind.path
    if kind.retire is Retire.DELETE:
        yield "DELETE", one
    for call in kind.switches.values():
        yield "POST", f"{one}/{call}"
    for field in kind.fields:
        if field.rows:
            yield "GET", f"{one}/{field.name}"
        if field.settable is Settable.ATTACHED:
            yield from (("POST", f"{one}/{field.name}"), ("DELETE", f"{one}/{field.name}/row"))


@each_kind
def test_the_document_has_every_call_that_is_made(kind: Kind, document: Document) -> None:
    assert [call for call in operations(kind) if document.operation(*call) is None] == []


def declared(group: Sequence[Case], number: int) -> Data:
    """A catalogue with the first or the second value of every case, or with none."""
    around = [layer for case in group for layer in (case.ground, *([case.beside] if number else []))]
    values = [nested(case.path, (case.one, case.two)[number - 1]) for case in group if number]
    needs = tuple(dict.fromkeys(name for case in group for name in case.needs))
    return catalogue(group[0].kind, *around, *values, needs=needs)


def together(shop: Shop, ids: Ids, kind: Kind) -> list[list[Case]]:
    """The cases of a kind in groups, each of which the YAML allows in one object, and whose values all replace it when
    they change, or none."""
    groups: list[list[Case]] = []
    for case in cases():
        if case.kind is kind:
            group = next((g for g in groups if _allowed(shop, ids, [*g, case])), None)
            if group is None:
                groups.append([case])
            else:
                group.append(case)
    return groups


def _allowed(shop: Shop, ids: Ids, group: Sequence[Case]) -> bool:
    twice = len({case.field.name for case in group}) < len(group)
    if twice or len({(case.fixed, case.replaces) for case in group}) > 1:
        return False
    for number in (0, 1, 2):
        shop.write(ids.filled(declared(group, number)))
        try:
            shop.desired()
        except Invalid:
            return False
    return True


@each_kind
def test_every_field_is_sent_and_not_a_word_of_the_document_is_broken(
    kind: Kind, proxy: Proxy, judged_account: Account, document: Document, tmp_path: Path
) -> None:
    with opened(tmp_path, judged_account) as shop:
        groups = together(shop, Ids(judged_account, kind), kind)
    for number, group in enumerate(groups):
        settled = not kind.stampable and group[0].replaces  # adopted each time, and an adoption never replaces
        for life in ((1,), (2,), () if settled else (0, 1, 2, 1, 0)):  # each in an account of its own
            account = Account.register(proxy.url, f"{judged_account.key}of{number}from{life[:1]}")
            with opened(tmp_path, account) as shop:
                ids = Ids(account, kind)
                for values in life:
                    shop.put(ids.filled(declared(group, values)), *allows(kind), "replace")
                    names = [case.field.name for case in group]
                    assert not proxy.violations, (values, names, proxy.violations)
    missing = [] if kind.name in COUNTED else unsent(kind, proxy, document)
    assert not missing, "\n".join(missing)


def unsent(kind: Kind, proxy: Proxy, document: Document) -> list[str]:
    """The parameters of a kind that could be sent and were not."""
    tested = {case.path[0] for case in cases() if case.kind is kind}
    found = []
    for path in (kind.path, f"{kind.path}/it")[not kind.creatable :]:
        operation = document.operation("POST", path)
        assert operation is not None
        sent = {_plain(path) for name, path in proxy.seen if name == operation.name}
        known = {_plain(path) for path in operation.parameters()}
        if path == kind.path:  # where nothing is there to be emptied
            known = {name for name in known if not any(other.startswith(f"{name}.") for other in known)}
        for name in sorted(known - sent):
            left = any(f"{name}.".startswith(f"{out}.") for out in kind.excluded) or f"{kind.name}.{name}" in UNSENT
            if name.partition(".")[0] in tested and not left:
                found.append(f"{operation.name} {name}")
    return found


@functools.cache
def _plain(path: tuple[str, ...]) -> str:
    """The name of a parameter, without places in lists and keys of maps."""
    return ".".join(key for key in path if key not in ("*", ""))
