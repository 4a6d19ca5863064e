"""STIX 2.1 as far as a server has to respect it (TAXII 2.1, 1.6.10 and 8.2.1)."""

from typing import Any

import orjson
import pytest

from tests.conformance.taxii.world import Shelf
from tests.taxii.world import indicator

FIRST = "2026-11-01T00:00:00.000Z"
MARKING: dict[str, Any] = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": "marking-definition--11111111-1111-4111-8111-111111111111",
    "created": FIRST,
    "definition_type": "statement",
    "definition": {"statement": "Copyright 2026, nobody"},
}
ADDRESS: dict[str, Any] = {
    "type": "ipv4-addr",
    "spec_version": "2.1",
    "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
    "value": "192.0.2.7",
}
TLP_GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"


def test_objects_come_back_byte_for_byte(shelf: Shelf) -> None:
    """TAXII 2.1, 5.4; STIX 2.1, 3.6; check L5."""
    raw = orjson.dumps({**indicator(1), "x_note": "ä"}, option=orjson.OPT_INDENT_2)
    raw = raw.replace(b'"modified": ', b'"modified"  :')
    shelf.post(b'{ "objects" : [ ' + raw + b" ] }")

    response = shelf.get("objects/")

    assert response.content == b'{"more":false,"objects":[' + raw + b"]}"


def test_what_has_no_modified_has_its_created_for_a_version(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4.1, 5.3.1 and 5.8; check P11."""
    shelf.add(MARKING)

    assert shelf.versions(MARKING["id"]) == [FIRST]
    assert [each["version"] for each in shelf.manifest()] == [FIRST]
    assert shelf.ids(match_version=FIRST) == [MARKING["id"]]
    assert shelf.ids(match_version="first") == [MARKING["id"]]


def test_what_has_no_date_has_the_same_version_everywhere(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4.1, 5.3.1 and 5.8; check P14."""
    status = shelf.add(ADDRESS)
    [version] = shelf.versions(ADDRESS["id"])

    assert status["successes"][0]["version"] == version
    assert [each["version"] for each in shelf.manifest()] == [version]
    for asked in (version, "first", "last", "all"):
        assert shelf.ids(match_version=asked) == [ADDRESS["id"]]


@pytest.mark.parametrize(
    "modified",
    [
        "2026-11-01T00:00:00Z",
        "2026-11-01T00:00:00.1Z",
        "2026-11-01T00:00:00.123456Z",
        "2026-11-01T00:00:00.123456789Z",
    ],
)
def test_timestamps_may_have_any_number_of_digits(shelf: Shelf, modified: str) -> None:
    """STIX 2.1, 2.16; check P12."""
    shelf.add(indicator(1, modified=modified))

    assert shelf.modified() == [modified]


def test_versions_are_compared_as_instants(shelf: Shelf) -> None:
    """STIX 2.1, 2.16 and 3.6; check P12."""
    shelf.add(indicator(1, modified="2026-11-01T00:00:00.9Z"))
    shelf.add(indicator(1, modified="2026-11-01T00:00:00.12Z"))

    assert shelf.modified() == ["2026-11-01T00:00:00.9Z"]
    assert shelf.modified(match_version="2026-11-01T00:00:00.120Z") == [
        "2026-11-01T00:00:00.12Z"
    ]


@pytest.mark.parametrize(
    "text",
    ["Żubrówka", "日本語", "🛡️", "\u202e", '"\\/\b\f\n\r\t', "\u0000", "a" * 10_000],
)
def test_every_character_of_unicode_comes_back(shelf: Shelf, text: str) -> None:
    """TAXII 2.1, 1.6.7 and 2; RFC 7493; check P13."""
    shelf.add({**indicator(1), "name": text})

    [found] = shelf.objects()

    assert found["name"] == text


@pytest.mark.parametrize("number", [2**53 - 1, -(2**53) + 1, 0, 1.5, -0.25, 1e300])
def test_numbers_of_i_json_come_back_as_they_were(shelf: Shelf, number: float) -> None:
    """TAXII 2.1, 2; RFC 7493, 2.2; check P13."""
    shelf.add({**indicator(1), "x_number": number})

    [found] = shelf.objects()

    assert found["x_number"] == number


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(b'"x":NaN', id="NaN"),
        pytest.param(b'"x":1e400', id="infinite"),
        pytest.param(b'"x":"\\ud800"', id="lone surrogate"),
        pytest.param(b'"x":"\xff"', id="no UTF-8"),
        pytest.param(b'"x":1,"x":2', id="a name twice"),
    ],
)
def test_what_is_no_i_json_is_refused_and_stored_nowhere(
    shelf: Shelf, spoilt: bytes
) -> None:
    """TAXII 2.1, 1.6.7; RFC 7493, 2; check P13."""
    body = orjson.dumps({"objects": [indicator(1)]})
    response = shelf.post(body.replace(b'{"type"', b"{" + spoilt + b',"type"'))

    assert response.status_code == 422 or response.json()["failure_count"] == 1
    assert shelf.ids() == []


def test_custom_types_properties_and_extensions_pass_through_untouched(
    shelf: Shelf,
) -> None:
    """STIX 2.1, 7.3 and 11; check L5."""
    extension = "extension-definition--22222222-2222-4222-8222-222222222222"
    mine = {
        **indicator(1),
        "type": "x-acme-thing",
        "id": "x-acme-thing--11111111-1111-4111-8111-111111111111",
        "x_acme_list": [],
        "extensions": {extension: {"extension_type": "new-sdo", "deep": {"a": [1]}}},
    }

    shelf.add(mine)

    assert shelf.objects() == [mine]
    assert shelf.ids(match_type="x-acme-thing") == [mine["id"]]


def test_empty_lists_that_schemas_forbid_are_no_reason_to_refuse(shelf: Shelf) -> None:
    """As ATT&CK has them; check L14."""
    mine = {**indicator(1), "external_references": [], "x_mitre_platforms": []}

    shelf.add(mine)

    assert shelf.objects() == [mine]


def test_references_may_lead_nowhere(shelf: Shelf) -> None:
    """STIX 2.1, 3.3; check L14."""
    relationship = {
        "type": "relationship",
        "spec_version": "2.1",
        "id": "relationship--11111111-1111-4111-8111-111111111111",
        "created": FIRST,
        "modified": FIRST,
        "relationship_type": "indicates",
        "source_ref": indicator(8)["id"],
        "target_ref": indicator(9)["id"],
    }

    shelf.add(relationship)

    assert shelf.objects() == [relationship]


def test_a_marking_that_is_served_can_be_resolved(shelf: Shelf) -> None:
    """STIX 2.1, 7.2; check L14."""
    given = {**indicator(1), "object_marking_refs": [MARKING["id"], TLP_GREEN]}
    shelf.add(MARKING, given)

    served = {each["id"]: each for each in shelf.objects()}

    refs = served[given["id"]]["object_marking_refs"]
    assert refs[:2] == given["object_marking_refs"]
    assert set(refs) <= {*served, TLP_GREEN}


def test_the_last_version_is_the_newest_not_the_latest_to_come(shelf: Shelf) -> None:
    """STIX 2.1, 3.6; check G2."""
    shelf.add(indicator(1, modified="2026-11-03T00:00:00.000Z"))
    shelf.add(indicator(1, modified="2026-11-02T00:00:00.000Z"))

    assert shelf.modified() == ["2026-11-03T00:00:00.000Z"]


@pytest.mark.parametrize("spec_version", [None, "2.0"])
def test_objects_of_stix_2_0_are_taken(shelf: Shelf, spec_version: str | None) -> None:
    """TAXII 2.1, 1.6.10; check L14."""
    older = indicator(1)
    del older["spec_version"]
    if spec_version:
        older["spec_version"] = spec_version

    shelf.add(older)

    assert shelf.objects() == [older]
