"""Differences of objects."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from foedus.stix.differences import Operation, difference

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b/~"])
TREES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "~/b", "c"]), below, max_size=3)
    ),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "~/c"]), TREES, max_size=3)


def applied(tree: dict[str, Any], patch: list[Operation]) -> dict[str, Any]:
    for each in patch:
        *way, last = [
            part.replace("~1", "/").replace("~0", "~")
            for part in each.path.split("/")[1:]
        ]
        place = tree
        for part in way:
            place = place[part]
        if each.op == "remove":
            del place[last]
        else:
            assert (each.op == "add") == (last not in place)
            place[last] = each.value
    return tree


@given(old=OBJECTS, new=OBJECTS)
def test_a_patch_leads_from_one_to_the_other(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    copied = msgspec.json.decode(msgspec.json.encode(old))
    found = applied(copied, difference(old, new))
    assert msgspec.json.encode(found, order="sorted") == msgspec.json.encode(
        new, order="sorted"
    )


def test_equal_objects_have_no_difference() -> None:
    assert difference({"a": [1]}, {"a": [1]}) == []


def test_a_removed_value_is_not_named_and_truth_is_no_number() -> None:
    [removed] = difference({"a": "secret"}, {})
    assert msgspec.json.encode(removed) == b'{"op":"remove","path":"/a"}'
    assert len(difference({"a": 1}, {"a": True})) == 1
    assert len(difference({"a": [{"b": 0}]}, {"a": [{"b": False}]})) == 1
