"""TAXII 2.1, sections 3.2 to 3.4, 5.3, 5.4, 5.6 and 5.8: what a query gives."""

import re

import pytest

from foedus.stix.timestamps import format_us, parse_us
from tests.conformance.taxii.world import Shelf
from tests.taxii.world import UNKNOWN, indicator, malware

FIRST = "2026-11-01T00:00:00.000Z"
SECOND = "2026-11-02T00:00:00.000Z"
THIRD = "2026-11-03T00:00:00.000Z"
ONE, TWO, THREE = (indicator(number)["id"] for number in (1, 2, 3))
MEAN = malware(4)["id"]
FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z").fullmatch
HEADERS = ("x-taxii-date-added-first", "x-taxii-date-added-last")
DATED = ("objects/", "manifest/", f"objects/{ONE}/", f"objects/{ONE}/versions/")
"""The endpoints whose answers carry both dates."""


def with_three_versions(shelf: Shelf) -> Shelf:
    """Store three versions of the first indicator."""
    for modified in (FIRST, SECOND, THIRD):
        shelf.add(indicator(1, modified=modified))
    return shelf


# Filters


def test_match_id_gives_the_objects_of_these_ids(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4.1 and 5.4; check G1."""
    shelf.add(indicator(1), indicator(2), indicator(3))

    assert shelf.ids(match_id=TWO) == [TWO]
    assert shelf.ids(match_id=f"{THREE},{ONE}") == [ONE, THREE]
    assert shelf.ids(match_id=indicator(9)["id"]) == []


def test_match_type_gives_the_objects_of_these_types(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4.1 and 5.4; check G5."""
    shelf.add(indicator(1), malware(4))

    assert shelf.ids(match_type="malware") == [MEAN]
    assert shelf.ids(match_type="malware,indicator") == [ONE, MEAN]


def test_fields_are_anded_and_values_ored(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4; check G8."""
    shelf.add(indicator(1), indicator(2), malware(4))

    assert shelf.ids(match_id=f"{ONE},{MEAN}", match_type="malware") == [MEAN]
    assert shelf.ids(match_id=TWO, match_type="malware") == []
    assert shelf.ids(match_id=f"{ONE},{TWO}", match_type="malware,indicator") == [
        ONE,
        TWO,
    ]


def test_without_a_version_only_the_last_is_given(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4.1; check G2."""
    assert with_three_versions(shelf).modified() == [THIRD]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("last", [THIRD]),
        ("first", [FIRST]),
        ("all", [FIRST, SECOND, THIRD]),
        ("first,last", [FIRST, THIRD]),
        (SECOND, [SECOND]),
        (f"{SECOND},last", [SECOND, THIRD]),
        (f"{FIRST},{THIRD}", [FIRST, THIRD]),
        ("2026-11-02T00:00:00Z", [SECOND]),
        ("2025-01-01T00:00:00Z", []),
    ],
)
@pytest.mark.parametrize("query", [{}, {"match_type": "indicator"}])
def test_versions_are_chosen(
    shelf: Shelf, asked: str, given: list[str], query: dict[str, str]
) -> None:
    """TAXII 2.1, 3.4.1; check G3."""
    with_three_versions(shelf)

    assert shelf.modified(match_version=asked, **query) == given
    assert [
        each["version"] for each in shelf.manifest(match_version=asked, **query)
    ] == given


@pytest.mark.parametrize(
    "stix_type",
    ["grouping", "opinion", "url", "windows-registry-key", "incident", "x-not-known"],
)
@pytest.mark.parametrize("path", ["objects/", "manifest/"])
def test_a_type_of_which_there_is_nothing_is_no_error(
    shelf: Shelf, path: str, stix_type: str
) -> None:
    """TAXII 2.1, 3.4.1; check G6."""
    response = shelf.get(path, match_type=stix_type)

    assert response.status_code == 200
    assert response.content == b"{}"


@pytest.mark.parametrize("path", ["objects/", f"objects/?match[id]={UNKNOWN}"])
def test_where_nothing_matches_the_envelope_is_empty(shelf: Shelf, path: str) -> None:
    """TAXII 2.1, 2, 3.7 and 5.4; check G7."""
    response = shelf.get(path)

    assert response.status_code == 200
    assert response.content == b"{}"


def test_only_the_specification_versions_asked_for_are_given(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4.1; check G22."""
    older = indicator(2)
    del older["spec_version"]
    shelf.add(indicator(1), older)

    assert shelf.ids(match_spec_version="2.1") == [ONE]
    assert shelf.ids(match_spec_version="2.0") == [TWO]
    assert shelf.ids(match_spec_version="2.0,2.1") == [ONE, TWO]
    assert shelf.ids(match_spec_version="1.9") == []


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ({}, [SECOND]),
        ({"match_version": "all"}, [FIRST, SECOND]),
        ({"match_version": "first"}, [FIRST]),
        ({"match_spec_version": "2.0"}, [THIRD]),
        ({"match_spec_version": "2.0", "match_version": "first"}, [THIRD]),
        ({"match_spec_version": "2.0,2.1"}, [THIRD]),
        ({"match_spec_version": "2.0,2.1", "match_version": "all"}, 3),
    ],
)
def test_without_a_specification_version_only_the_latest_of_each_object_is_given(
    shelf: Shelf, query: dict[str, str], given: list[str] | int
) -> None:
    """TAXII 2.1, 3.4.1; check G22."""
    older = indicator(1, modified=THIRD)
    del older["spec_version"]
    shelf.add(indicator(1), indicator(1, modified=SECOND), older)

    found = shelf.modified(**query)

    assert found == given or len(found) == given


def test_an_unknown_match_field_is_ignored(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4; check G23."""
    shelf.add(indicator(1))

    assert shelf.ids(match_confidence="90") == [ONE]
    assert shelf.ids(x_colour="blue") == [ONE]


# Order and dates


def test_objects_come_in_the_order_in_which_they_were_added(shelf: Shelf) -> None:
    """TAXII 2.1, 3.3; checks G4 and M3."""
    shelf.add(indicator(3, modified=THIRD), indicator(1))
    shelf.add(indicator(2, modified=SECOND))
    shelf.add(malware(4))

    assert shelf.ids() == [THREE, ONE, TWO, MEAN]
    assert [each["id"] for each in shelf.manifest()] == [THREE, ONE, TWO, MEAN]
    assert shelf.added() == sorted(set(shelf.added()))


def test_added_after_is_exclusive(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4; check G9."""
    shelf.add(indicator(1), indicator(2), indicator(3))
    dates = shelf.added()
    just_before = format_us(parse_us(dates[1]) - 1)

    assert shelf.ids(added_after=dates[0]) == [TWO, THREE]
    assert shelf.ids(added_after=dates[2]) == []
    assert shelf.ids(added_after=just_before) == [TWO, THREE]


def test_without_added_after_the_oldest_comes_first(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4; check G10."""
    shelf.add(indicator(2))
    shelf.add(indicator(1))

    assert shelf.ids(limit="1") == [TWO]


def test_added_after_has_nothing_to_do_with_the_dates_inside(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4; check G9."""
    shelf.add(indicator(1))

    assert shelf.ids(added_after="2026-11-10T00:00:00.000Z") == [ONE]


@pytest.mark.parametrize("fraction", ["", ".0", ".000", ".000000", ".000000000"])
def test_added_after_may_have_any_precision(shelf: Shelf, fraction: str) -> None:
    """TAXII 2.1, 3.4; check G12."""
    shelf.add(indicator(1))

    assert shelf.ids(added_after=f"2020-01-01T00:00:00{fraction}Z") == [ONE]
    assert shelf.ids(added_after=f"2099-01-01T00:00:00{fraction}Z") == []


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_added_after_is_compared_as_an_instant(shelf: Shelf, digits: int) -> None:
    """TAXII 2.1, 3.4; check G12."""
    shelf.add(indicator(1))
    [added] = shelf.added()
    shelf.add(indicator(2))

    assert added.endswith("000Z")
    assert shelf.ids(added_after=f"{added[: 20 + digits]}Z") == [TWO]


@pytest.mark.parametrize("path", DATED)
def test_both_dates_stand_in_the_headers(shelf: Shelf, path: str) -> None:
    """TAXII 2.1, 2 and 3.2; check G24."""
    with_three_versions(shelf)

    found = [shelf.get(path).headers[name] for name in HEADERS]

    assert all(map(FORM, found))


@pytest.mark.parametrize("path", DATED)
def test_the_dates_are_those_of_the_first_and_the_last_on_the_page(
    shelf: Shelf, path: str
) -> None:
    """TAXII 2.1, 3.2; check G25."""
    with_three_versions(shelf)
    dates = shelf.added(match_version="all")

    whole = shelf.get(path, match_version="all")
    page = shelf.get(path, match_version="all", limit="2")

    assert [whole.headers[name] for name in HEADERS] == [dates[0], dates[2]]
    assert [page.headers[name] for name in HEADERS] == [dates[0], dates[1]]


@pytest.mark.parametrize("path", DATED)
def test_an_empty_page_has_both_dates_too_and_they_keep_the_place(
    shelf: Shelf, path: str
) -> None:
    """TAXII 2.1, 3.2; check L3."""
    with_three_versions(shelf)
    last = shelf.added()[-1]

    response = shelf.get(path, added_after=last)

    assert response.json() == {}
    assert [response.headers[name] for name in HEADERS] == [last, last]


# The manifest


def test_a_record_has_an_id_a_date_a_version_and_a_media_type(shelf: Shelf) -> None:
    """TAXII 2.1, 2, 3.8 and 5.3.1; checks M1 and S1."""
    shelf.add(indicator(1))

    [record] = shelf.manifest()

    assert record.keys() == {"id", "date_added", "version", "media_type"}
    assert record["id"] == ONE
    assert record["version"] == FIRST
    assert FORM(record["date_added"])


def test_the_manifest_has_a_record_for_each_version(shelf: Shelf) -> None:
    """TAXII 2.1, 5.3.1; check M2."""
    with_three_versions(shelf)

    records = shelf.manifest(match_version="all")

    assert [each["version"] for each in records] == [FIRST, SECOND, THIRD]
    assert {each["id"] for each in records} == {ONE}


@pytest.mark.parametrize(
    "query",
    [
        {"match_type": "malware"},
        {"match_id": TWO},
        {"match_version": "first"},
        {"match_spec_version": "2.1"},
        {"match_spec_version": "2.0"},
        {"limit": "1"},
    ],
)
def test_the_manifest_is_filtered_by_what_its_records_stand_for(
    shelf: Shelf, query: dict[str, str]
) -> None:
    """TAXII 2.1, 5.3; check M3."""
    shelf.add(indicator(1), indicator(2), malware(4))

    listed = [each["id"] for each in shelf.manifest(**query)]

    assert listed == shelf.ids(**query)


def test_an_empty_manifest_is_an_empty_object(shelf: Shelf) -> None:
    """TAXII 2.1, 2 and 5.3.1; check M4."""
    response = shelf.get("manifest/")

    assert response.status_code == 200
    assert response.content == b"{}"


def test_the_media_type_of_a_record_is_one_of_the_collections(shelf: Shelf) -> None:
    """TAXII 2.1, 5.2.1 and 5.3.1; check S5."""
    older = indicator(2)
    del older["spec_version"]
    shelf.add(indicator(1), older)

    media_types = [each["media_type"] for each in shelf.manifest()]

    assert media_types == [
        "application/stix+json;version=2.1",
        "application/stix+json;version=2.0",
    ]
    assert set(media_types) <= set(shelf.get().json()["media_types"])


# One object


def test_an_object_is_an_envelope_with_its_last_version(shelf: Shelf) -> None:
    """TAXII 2.1, 5.6; check O1."""
    with_three_versions(shelf)
    path = f"objects/{ONE}/"

    assert shelf.modified(match_id=ONE) == [THIRD]
    assert [each["modified"] for each in shelf.get(path).json()["objects"]] == [THIRD]


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ({"match_version": SECOND}, [SECOND]),
        ({"match_version": "first"}, [FIRST]),
        ({"match_version": "all"}, [FIRST, SECOND, THIRD]),
        ({"match_version": "all", "limit": "2"}, [FIRST, SECOND]),
        ({"match_version": "last", "match_spec_version": "2.1"}, [THIRD]),
        ({"match_type": "malware"}, [THIRD]),
    ],
)
def test_versions_of_an_object_can_be_asked_for(
    shelf: Shelf, query: dict[str, str], given: list[str]
) -> None:
    """TAXII 2.1, 5.6; check O1."""
    with_three_versions(shelf)

    response = shelf.get(f"objects/{ONE}/", **query)

    assert [each["modified"] for each in response.json()["objects"]] == given


def test_added_after_holds_for_one_object_too(shelf: Shelf) -> None:
    """TAXII 2.1, 5.6; check O1."""
    with_three_versions(shelf)
    dates = shelf.added(match_version="all")
    query = {"match_version": "all", "added_after": dates[0]}

    response = shelf.get(f"objects/{ONE}/", **query)

    assert [each["modified"] for each in response.json()["objects"]] == [SECOND, THIRD]


@pytest.mark.parametrize("name", [TWO, "indicator--1", "nonsense", "%00", "a%2Fb"])
def test_an_object_that_is_not_there_is_404(shelf: Shelf, name: str) -> None:
    """TAXII 2.1, 5.6; check O2."""
    shelf.add(indicator(1))

    assert shelf.get(f"objects/{name}/").status_code == 404


def test_a_version_that_is_not_there_is_404(shelf: Shelf) -> None:
    """TAXII 2.1, 5.6; check O2."""
    with_three_versions(shelf)

    response = shelf.get(f"objects/{ONE}/", match_version="2020-01-01T00:00:00Z")

    assert response.status_code == 404


@pytest.mark.parametrize("path", DATED[2:])
def test_nothing_new_of_an_object_is_an_empty_object(shelf: Shelf, path: str) -> None:
    """TAXII 2.1, 5.6 and 5.8.1; check S4."""
    shelf.add(indicator(1))

    response = shelf.get(path, added_after="2099-01-01T00:00:00Z")

    assert response.status_code == 200
    assert response.content == b"{}"


# The versions of one object


def test_versions_are_listed_in_the_order_in_which_they_came(shelf: Shelf) -> None:
    """TAXII 2.1, 5.8.1; check V1."""
    for modified in (SECOND, FIRST, THIRD):
        shelf.add(indicator(1, modified=modified))

    response = shelf.get(f"objects/{ONE}/versions/")

    assert response.json() == {"more": False, "versions": [SECOND, FIRST, THIRD]}


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ({"match_spec_version": "2.1"}, [FIRST, SECOND]),
        ({"match_spec_version": "2.0"}, [THIRD]),
        ({"match_spec_version": "2.0,2.1"}, [FIRST, SECOND, THIRD]),
        ({}, [FIRST, SECOND]),
    ],
)
def test_versions_are_filtered_by_specification_version(
    shelf: Shelf, query: dict[str, str], given: list[str]
) -> None:
    """TAXII 2.1, 3.4.1 and 5.8; check V1."""
    older = indicator(1, modified=THIRD)
    del older["spec_version"]
    shelf.add(indicator(1), indicator(1, modified=SECOND), older)

    response = shelf.get(f"objects/{ONE}/versions/", **query)

    assert response.json()["versions"] == given


def test_the_versions_of_what_is_not_there_are_404(shelf: Shelf) -> None:
    """TAXII 2.1, 5.8; check V2."""
    assert shelf.get(f"objects/{TWO}/versions/").status_code == 404


@pytest.mark.parametrize(
    "modified", ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00.123456789Z", SECOND]
)
def test_versions_are_given_as_they_were_written(shelf: Shelf, modified: str) -> None:
    """TAXII 2.1, 5.3.1 and 5.8.1; check V3."""
    shelf.add(indicator(1, modified=modified))

    assert shelf.versions(ONE) == [modified]
    assert [each["version"] for each in shelf.manifest()] == [modified]
    assert shelf.ids(match_version=modified) == [ONE]
