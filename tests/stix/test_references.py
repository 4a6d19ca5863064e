import json
from uuid import UUID, uuid4

import pytest

from foedus.errors import InvalidInputError
from foedus.stix.objects import StixObject, parse_object
from foedus.stix.references import (
    REFERENCES_MAX,
    SHAPE_LETTERS,
    SHAPES_REMEMBERED,
    WARNINGS_MAX,
)
from foedus.stix.strict_json import DEPTH_MAX

URL = "url--0042a9f5-f053-4769-b3ef-9ad018dfa298"
FILE = "file--0042a9f5-f053-4769-b3ef-9ad018dfa298"
MARKING = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"


def parsed(spec_version: str = "2.1", **properties: object) -> StixObject:
    head = {
        "type": "x-thing",
        "id": f"x-thing--{UUID(int=5 << 76 | 2 << 62)}",
        "spec_version": spec_version,
    }
    return parse_object(json.dumps({**head, **properties}).encode())


@pytest.mark.parametrize(
    "properties",
    [
        {"sighting_of_ref": URL},
        {"where_sighted_refs": [URL]},
        {"object_refs": [URL, URL]},
        {"x_custom_ref": URL},
        {"x_custom_refs": URL},
        {"x_custom_ref": [URL]},
        {"x": {"y": [[{"deep_ref": URL}]]}},
        {"extensions": {EXTENSION: {"x_refs": [URL]}}},
        {"x_made": {"created_by_ref": URL}},
        {"x_made": {"object_marking_refs": [URL]}},
        {"x_made": {"marking_ref": URL}},
        {"x_ref": URL.replace("a", "A").replace("f", "F")},
        {"_ref": URL},
    ],
)
def test_every_reference_counts_wherever_it_stands(
    properties: dict[str, object],
) -> None:
    assert parsed(**properties).references == (URL,)


@pytest.mark.parametrize(
    "properties",
    [
        {"created_by_ref": URL},
        {"object_marking_refs": [MARKING]},
        {"granular_markings": [{"selectors": ["id"], "marking_ref": MARKING}]},
        {"x_ref": EXTENSION},
        {"description": URL},
        {"x_reference": URL},
        {"x_ref": {"name": URL}},
        {"x_list": [URL]},
    ],
)
def test_what_is_no_reference_is_not_followed(properties: dict[str, object]) -> None:
    assert parsed(**properties).references == ()


def test_references_keep_the_order_in_which_they_stand() -> None:
    assert parsed(b_refs=[URL, FILE], a_ref=URL).references == (URL, FILE)


def test_an_escaped_name_cannot_hide_a_reference() -> None:
    raw = parsed().raw[:-1] + b',"object\\u005fref":"%s"}' % URL.encode()
    assert parse_object(raw).references == (URL,)


@pytest.mark.parametrize("value", ["0", "", None, 5, ["x"], [None], {"a": 1}])
def test_a_custom_reference_that_is_none_is_reported(value: object) -> None:
    found = parsed(x_ref=value)
    assert "x_ref: no identifier, so not followed" in found.warnings


def test_old_observables_may_name_each_other_by_number() -> None:
    found = parsed("2.0", objects={"0": {"src_ref": "1"}}, first_ref="0")
    assert "src_ref: no identifier, so not followed" in found.warnings
    assert "first_ref: no identifier, so not followed" in found.warnings


def test_a_reference_of_the_standard_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="source_ref: not an identifier"):
        parsed(source_ref="0")


@pytest.mark.parametrize(
    ("properties", "warning"),
    [
        ({"labels": []}, "labels: empty; leave it out instead"),
        ({"x": {"y": {}}}, "y: empty; leave it out instead"),
        ({"x": None}, "x: null; leave it out instead"),
        ({"x": [None]}, "a list item: null; leave it out instead"),
        ({"x": 2**53}, "x: beyond 2**53, other readers may round it"),
        ({"x": -(10**30)}, "x: beyond 2**53, other readers may round it"),
        ({"a\n" * 99: []}, "a\\n" * 32 + ": empty; leave it out instead"),
    ],
)
def test_what_is_odd_is_accepted_and_reported(
    properties: dict[str, object], warning: str
) -> None:
    assert parsed(**properties).warnings == (warning,)


def test_more_shapes_than_are_remembered_lose_no_reference() -> None:
    for number in range(SHAPES_REMEMBERED + 2):
        found = parsed(**{f"x{number}_ref": URL, f"x{number}": [None]})
        assert found.references == (URL,)
        assert found.warnings == ("a list item: null; leave it out instead",)


def test_a_long_name_is_not_remembered_and_read_all_the_same() -> None:
    name = "x" * SHAPE_LETTERS + "_ref"
    assert parsed(**{name: URL}).references == (URL,)
    assert parsed(**{name: FILE}).references == (FILE,)


def test_an_empty_list_within_a_list_is_nothing_to_report() -> None:
    assert parsed(x=[[], {}]).warnings == ()


def test_reports_are_bounded() -> None:
    many = {f"x{number}": [] for number in range(99)}
    assert len(parsed(**many).warnings) == WARNINGS_MAX


def test_references_are_bounded() -> None:
    many = [f"url--{uuid4()}" for _ in range(REFERENCES_MAX)]
    assert len(parsed(object_refs=many).references) == REFERENCES_MAX
    with pytest.raises(InvalidInputError, match="more than 10000"):
        parsed(object_refs=[*many, FILE])


def test_depth_is_bounded() -> None:
    nested: object = 1
    for _ in range(DEPTH_MAX - 1):
        nested = [nested]
    assert parsed(x=nested).id
    with pytest.raises(InvalidInputError, match="deeper than 64"):
        parsed(x=[nested])
