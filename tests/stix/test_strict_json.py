import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.stix.strict_json import read_object

NAMES = st.sampled_from(["a", "b", ":", "a:b", '"', "\\", "\\u003a", "ref:s", "é"])
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | NAMES | st.text(max_size=6)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(NAMES, TREES, max_size=4)
SPACES = st.sampled_from(["", " ", "\n", "\t  "])


def spelled(name: str, *, escaped: bool) -> str:
    if not escaped:
        return json.dumps(name)
    return '"' + "".join(f"\\u{ord(letter):04x}" for letter in name) + '"'


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xef\xbb\xbf{}",
        b"{",
        b"[]",
        b"1",
        b"null",
        b"{}x",
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\udc00\\ud800"}',
        b'{"a":"\x01"}',
        b'{"a":01}',
        b'{"a":1,}',
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 100_000,
    ],
)
def test_what_is_not_a_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInputError):
        read_object(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":2}',
        '{"x":[{"y":{"a":1,"b":2,"a":3}}]}',
        '{"a":":::","a":""}',
        '{"a":"","a":":::"}',
        '{"a":"\\u003a","a":1}',
        '{"a":1,"a":"\\u003A"}',
        '{"b":"\\u003a\\u003a","a":1,"a":2}',
        '{"a":{"a":1,"a":2},"a":"x"}',
        '{":":1,"\\u003a":2}',
        '{"a": 1, "a": 99999999999999999999999999}',
    ],
)
def test_a_property_given_twice_is_refused_at_any_depth(text: str) -> None:
    with pytest.raises(InvalidInputError, match="given twice"):
        read_object(text.encode())


def test_the_property_given_twice_is_named() -> None:
    text = b'{"object_marking_refs":[],"x":1,"object_marking_refs":["a"]}'
    with pytest.raises(InvalidInputError, match="object_marking_refs: given twice"):
        read_object(text)


@given(tree=OBJECTS, compact=st.booleans(), ascii_only=st.booleans())
def test_what_names_everything_once_is_read_as_it_is(
    tree: dict[str, Any], *, compact: bool, ascii_only: bool
) -> None:
    separators = (",", ":") if compact else None
    text = json.dumps(tree, separators=separators, ensure_ascii=ascii_only)
    assert read_object(text.encode()) == tree


@given(tree=OBJECTS.filter(bool), extra=TREES, space=SPACES, data=st.data())
def test_one_more_of_any_name_is_always_noticed(
    tree: dict[str, Any], extra: object, space: str, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(tree)))
    key = spelled(name, escaped=data.draw(st.booleans()))
    inner = json.dumps(tree, ensure_ascii=data.draw(st.booleans()))[1:-1]
    members = [f"{key}{space}:{json.dumps(extra)}", inner]
    body = ",".join(data.draw(st.permutations(members)))
    nested = data.draw(st.sampled_from(["{%s}", '{"z":[{%s}]}']))
    with pytest.raises(InvalidInputError, match="given twice"):
        read_object((nested % body).encode())


@given(text=st.binary(max_size=60))
def test_arbitrary_bytes_are_read_or_refused(text: bytes) -> None:
    with suppress(InvalidInputError):
        assert isinstance(read_object(text), dict)
