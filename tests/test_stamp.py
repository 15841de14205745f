"""The stamp, to metadata and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Address, Stamp
from reconciler.stamp import LIMIT, OWNER, decode, digest, encode, erase, is_stamp_key
from tests import worlds as worlds  # loads the profile

PRO = Address("product", "pro")
digests = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=6, max_size=6)
fields = st.dictionaries(st.sampled_from(["name", "id", "active"]) | st.text(min_size=1, max_size=40), digests)


@given(plain=fields, inner=fields, back=digests)
def test_what_is_encoded_is_decoded(plain: dict[str, str], inner: dict[str, str], back: str) -> None:
    paths = {(k,): v for k, v in plain.items() if k != "metadata"} | {("metadata", k): v for k, v in inner.items()}
    stamp = Stamp("acme", PRO, paths, dict.fromkeys(list(paths)[:1], back))
    metadata = encode(stamp)
    assert decode(metadata) == stamp
    assert all(len(value) <= LIMIT and is_stamp_key(key) for key, value in metadata.items())
    assert all(value.isascii() for key, value in metadata.items() if key != OWNER)


def test_equal_paths_share_their_beginning() -> None:
    paths = {("features", "subscription_cancel", k): "abcdef" for k in ("enabled", "mode")}
    assert encode(Stamp("acme", PRO, paths)) == {
        "stripe_portal": "acme/product.pro",
        "stripe_portal_fields": "1:features(subscription_cancel(enabled=abcdef,mode=abcdef))",
    }


@pytest.mark.parametrize(
    "text", ["", "name=abcdef", "2:name=abcdef", "1:name", "1:name=ab", "1:a(b=abcdef", "1:a=abcdef)", "1:a=abcdef,"]
)
def test_a_damaged_stamp_still_says_whose_it_is(text: str) -> None:
    found = decode({"stripe_portal": "acme/product.pro", "stripe_portal_fields": text})
    assert found == Stamp("acme", PRO, {}, readable=False)


@pytest.mark.parametrize("owner", ["", "acme", "acme/", "acme/pro", "/"])
def test_what_names_no_owner_is_no_stamp(owner: str) -> None:
    assert decode({"stripe_portal": owner, "stripe_portal_fields": "1:name=abcdef"}) is None


def test_a_chunk_that_is_gone_damages_the_stamp() -> None:
    metadata = encode(Stamp("acme", PRO, {("metadata", f"key {n}"): "abcdef" for n in range(120)}))
    assert len(metadata) > 3
    del metadata["stripe_portal_fields_2"]
    found = decode(metadata)
    assert found is not None
    assert not found.readable


def test_digests_tell_values_apart_that_python_does_not() -> None:
    assert len({digest(v) for v in (True, 1, "1", None, "", (), ("1",), {"a": 1})}) == 8
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_only_stamp_keys_are_erased() -> None:
    metadata = {"stripe_portal": "x", "stripe_portal_fields_2": "y", "stripe_portal_fieldset": "z", "other": "theirs"}
    assert erase(metadata, {"stripe_portal": "new"}) == {"stripe_portal_fields_2": ""}
