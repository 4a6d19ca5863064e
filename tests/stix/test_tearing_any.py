"""Tear lines of any object and of real ones, against taking out from the back."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError, TooLargeError
from foedus.stix.objects import parse_object, split_envelope
from foedus.stix.tearing import (
    KEPT,
    NEEDS,
    ONE_OF,
    REQUIRED,
    REQUIRED_IN_2_0,
    tear,
)
from tests.stix.test_tearing import OTHER, Tree, cut, granular, new_id, thing, torn

NAMES = st.text("abcé_-", min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)
Path_ = tuple[str | int, ...]


def paths(value: object, above: Path_ = ()) -> Iterator[Path_]:
    """Give every path of a value, as names and numbers."""
    if isinstance(value, dict):
        pairs: list[tuple[str | int, object]] = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    else:
        return
    for part, inner in pairs:
        yield (*above, part)
        yield from paths(inner, (*above, part))


def written(path: Path_) -> str:
    return ".".join(f"[{part}]" if isinstance(part, int) else part for part in path)


def without(tree: Tree, gone: list[Path_]) -> Tree:
    """Take paths out from the back, and then whatever that left empty."""
    left = deepcopy(tree)
    tops = {
        path for path in gone if not any(path[:n] in gone for n in range(len(path)))
    }
    for path in sorted(tops, key=lambda path: [*map(_order, path)], reverse=True):
        _delete(left, path)
    return left


def _order(part: str | int) -> tuple[int, str]:
    return (part, "") if isinstance(part, int) else (-1, part)


def _delete(tree: Any, path: Path_) -> None:  # noqa: ANN401 - of JSON
    *above, last = path
    chain = [tree]
    for part in above:
        inside = chain[-1]
        there = part < len(inside) if isinstance(part, int) else part in inside
        if not there:
            return
        chain.append(inside[part])
    if isinstance(last, int) or last in chain[-1]:
        del chain[-1][last]
    for depth in range(len(above), 0, -1):
        if not chain[depth]:
            del chain[depth - 1][above[depth - 1]]


@given(
    own=st.dictionaries(NAMES.map("x_".__add__), VALUES, min_size=1, max_size=4),
    data=st.data(),
)
def test_what_is_selected_goes_and_nothing_else(own: Tree, data: st.DataObject) -> None:
    gone = data.draw(st.lists(st.sampled_from(list(paths(own))), min_size=1))
    tree = thing(x_kept=1, **own)

    found = torn(tree, *map(written, gone))

    assert found == {**without(tree, gone), "id": new_id(tree)}
    assert list(found) == [name for name in tree if name in found]
    assert parse_object(json.dumps(found).encode()).has_granular is False


@given(raw=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_arbitrary_bytes_are_refused_with_words(raw: bytes) -> None:
    with pytest.raises((InvalidInputError, TooLargeError)):
        tear(raw, withheld=lambda _: True, new_id=OTHER)


@given(selectors=st.lists(st.text("x_ab.[]01", max_size=12), max_size=4))
def test_arbitrary_selectors_tear_or_are_refused(selectors: list[str]) -> None:
    tree = thing(x_a=[0, {"b": 1}, [2]], x_b={"[0]": 1, "a": 2}, x_k=1)
    tree["granular_markings"] = [granular(*selectors)]
    raw = json.dumps(tree).encode()

    try:
        left = tear(raw, withheld=lambda _: True, new_id=new_id(tree))
    except InvalidInputError:
        return
    assert len(left) < len(raw)
    assert json.loads(left)["id"] == new_id(tree)


# Real objects


@pytest.fixture(scope="module")
def real(shared_data: Path) -> list[bytes]:
    files = [
        shared_data / "attack/ics-attack-18.1.json",
        *sorted((shared_data / "oasis-stix").glob("*.json")),
    ]
    bodies = [file.read_bytes() for file in files]
    return [
        raw
        for body in bodies
        for raw in (split_envelope(body) if b'"objects"' in body else [body])
    ]


def test_every_real_object_is_torn_at_each_optional_property(
    real: list[bytes],
) -> None:
    count = 0
    for raw in real:
        tree = json.loads(raw)
        optional = [name for name in tree if _is_optional(tree, name)]
        if tree["type"] == "marking-definition" or not optional:
            continue
        marked = {**tree, "granular_markings": [granular(*optional)]}

        left = cut(json.dumps(marked))

        kept = {name: tree[name] for name in tree if name not in optional}
        assert json.loads(left) == {**kept, "id": new_id(tree)}
        count += 1
    assert count > 1_700


def _is_optional(tree: Tree, name: str) -> bool:
    kind = tree["type"]
    needed = {
        *KEPT,
        *REQUIRED.get(kind, ()),
        *REQUIRED_IN_2_0.get(kind, ()),
        *ONE_OF.get(kind, ()),
        *(second for _, second in NEEDS.get(kind, ())),
        "extensions",
    }
    return name not in needed and kind in REQUIRED
