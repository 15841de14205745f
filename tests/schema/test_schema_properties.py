"""What must hold for every document, however wrong."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.kinds import BY_NAME, KINDS
from reconciler.model import Document
from reconciler.schema import check, json_schema
from reconciler.schema.gate import findings, judge, reasons, schema_of
from reconciler.schema.words import matches
from tests.schema.strategies import fitting

EVERYTHING = ["", *BY_NAME]
EDITOR = json_schema()
generated = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def resource(kind: str, wrong: bool) -> st.SearchStrategy[Any]:
    return fitting(schema_of(kind), schema_of(kind), wrong)


@cache
def document(wrong: bool) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["pro", "basic", "pro.monthly", "my pro"] if wrong else ["pro", "basic", "all"])
    prices = st.dictionaries(names, resource("price", wrong), max_size=3)
    products = st.dictionaries(names, st.builds(_with_prices, resource("product", wrong), prices), max_size=3)
    rest = [k for k in KINDS if k.name not in ("product", "price")]
    others = {k.plural: st.dictionaries(names, resource(k.name, wrong), max_size=2) for k in rest}
    top = resource("", wrong).filter(lambda d: isinstance(d, dict))
    return st.builds(lambda t, p, o: t | {"products": p} | o, top, products, st.fixed_dictionaries({}, optional=others))


def _with_prices(product: Any, prices: dict[str, Any]) -> Any:
    return product | {"prices": prices} if isinstance(product, dict) else product


@pytest.mark.parametrize("kind", EVERYTHING)
@generated
@given(data=st.data())
def test_both_libraries_judge_alike(kind: str, data: st.DataObject) -> None:
    value = data.draw(resource(kind, data.draw(st.booleans())))
    assert judge(kind).is_valid(value) == reasons(kind).is_valid(value)


@pytest.mark.parametrize("kind", EVERYTHING)
@generated
@given(data=st.data())
def test_data_that_fits_passes(kind: str, data: st.DataObject) -> None:
    assert findings(kind, kind, data.draw(resource(kind, wrong=False))) == []


@pytest.mark.parametrize("kind", EVERYTHING)
@generated
@given(data=st.data())
def test_whatever_fails_has_a_reason_in_our_words_at_a_place_that_exists(kind: str, data: st.DataObject) -> None:
    value = data.draw(resource(kind, wrong=True))
    found = findings(kind, f"{kind}.x", value)
    errors = [e.message for e in reasons(kind).iter_errors(value)]
    assert bool(found) == bool(errors)
    for finding in found:
        assert not any(error and error in finding.message + finding.hint for error in errors)
        at: Any = value
        for step in finding.place:
            at = at[step]


@pytest.mark.parametrize("kind", EVERYTHING[1:])
@generated
@given(data=st.data())
def test_an_editor_underlines_nothing_that_passes(kind: str, data: st.DataObject) -> None:
    value = data.draw(resource(kind, data.draw(st.booleans())))
    if judge(kind).is_valid(value):
        assert Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": EDITOR["$defs"]}).is_valid(value)


@generated
@given(data=document(wrong=True))
def test_no_document_is_too_wrong_to_be_checked(data: dict[str, Any]) -> None:
    found = check(Document(data, {}, {}, ("acme.yaml",)))
    assert {a.kind for a in found.broken} <= set(BY_NAME)
    assert bool(found.broken) <= bool(found.problems)
    assert all((problem.message + problem.hint).isprintable() for problem in found.problems)


@generated
@given(data=document(wrong=False))
def test_rules_get_along_with_everything_that_fits(data: dict[str, Any]) -> None:
    check(Document(data, {}, {}, ("acme.yaml",)))


@given(st.text())
def test_the_end_of_a_pattern_is_the_end_of_the_text(text: str) -> None:
    assert not matches("^[a-z]*$", text + "\n")
