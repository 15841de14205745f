"""Data that fits a schema, or does not quite."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from reconciler.kinds.kind import Shape
from reconciler.schema.words import matches, resolved, types_of

TEXTS = [
    *("pro", "pro.monthly", "usd", "eur", "jpy", "kwd", "isk", "USD", "usd\n", "txcd_10103001", "https://acme.example"),
    *("mtr_1", "acct_1", "product.pro", "0.5", "29.00", "0.0000000000001", "all", "inf", "", "x" * 41, "x" * 501, "é"),
    *("stripe_portal_x", "a[b]", "my pro", "<>", "2026", "yes", "US", "LAUNCH-20", "2027-01-31T00:00:00Z"),
    "2026-10-28.endive",
    "./images/icon.png",
    "#1B2b4d",
]
NUMBERS = [1, 2900, Decimal("0.5"), Decimal("29.00"), Decimal("9.990"), Decimal("9.995")]
JUNK: list[Any] = [
    *(None, True, False, 0, 1, -1, 2900, 10**9, Decimal("29.00"), Decimal("0.5"), Decimal("-1.0"), Decimal("1E-15")),
    *([], {}, [None], ["pro", "pro"], [{}], {"id": "prod_1"}, {"nmae": 1}, {"": None}, {"id": []}),
    *TEXTS,
]


def fitting(shape: Shape, root: Shape, wrong: bool = False) -> st.SearchStrategy[Any]:
    """Values of a shape. With `wrong`, junk may stand anywhere in them, and required keys may be missing."""
    right = _fitting(resolved(shape, root), root, wrong)
    return st.one_of(right, right, right, right, st.sampled_from(JUNK)) if wrong else right


def _fitting(shape: Shape, root: Shape, wrong: bool) -> st.SearchStrategy[Any]:
    if "const" in shape:
        return st.just(shape["const"])
    if "enum" in shape:
        return st.sampled_from([*shape["enum"][:8], *shape["enum"][-1:]])  # of 276 events, Hypothesis cannot print more
    if "anyOf" in shape:
        return st.one_of([fitting(s, root, wrong) for s in shape["anyOf"]])
    return st.one_of([_of_type(name, shape, root, wrong) for name in types_of(shape)])


def _of_type(name: str, shape: Shape, root: Shape, wrong: bool) -> st.SearchStrategy[Any]:
    if name == "null":
        return st.none()
    if name == "boolean":
        return st.booleans()
    if name == "integer":
        return st.integers(shape.get("minimum", 0), shape.get("maximum", 1000))
    if name == "number":
        most = shape.get("maximum", Decimal("Infinity"))
        return st.sampled_from([n for n in NUMBERS if n <= most])
    if name == "string":
        limits = range(shape.get("minLength", 0), shape.get("maxLength", 1000) + 1)
        return st.sampled_from([t for t in TEXTS if len(t) in limits and matches(shape.get("pattern", ""), t)])
    if name == "array":
        items = fitting(shape["items"], root, wrong)
        unique = repr if shape.get("uniqueItems") and not wrong else None
        return st.lists(items, min_size=shape.get("minItems", 0), max_size=3, unique_by=unique)
    return _object(shape, root, wrong)


def _object(shape: Shape, root: Shape, wrong: bool) -> st.SearchStrategy[Any]:
    known = {k: fitting(s, root, wrong) for k, s in shape.get("properties", {}).items()}
    if known:
        must = [] if wrong else shape.get("required", [])
        optional = {k: s for k, s in known.items() if k not in must}
        whole = st.fixed_dictionaries({k: known[k] for k in must}, optional=optional)
        return (
            st.builds(_with, whole, st.sampled_from([{}, {}, {}, {"nmae": "x"}, {"interval": 1}])) if wrong else whole
        )
    rest = shape.get("additionalProperties", True)
    names = fitting({"type": "string", **shape.get("propertyNames", {})}, root, wrong)
    return st.dictionaries(
        names.filter(lambda n: isinstance(n, str)),
        fitting(rest, root, wrong) if rest is not True else st.just({}),
        max_size=3,
    )


def _with(data: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return data | more
