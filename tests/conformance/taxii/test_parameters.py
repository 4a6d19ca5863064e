"""TAXII 2.1, section 3.4: what is malformed is 400, never guessed and never 500."""

import pytest

from tests.conformance.taxii.world import Client
from tests.taxii.world import OPEN, indicator

PATHS = ("objects/", "manifest/", f"objects/{indicator(1)['id']}/versions/")


def answers(pol: Client, query: str) -> set[tuple[int, str]]:
    """Ask every kind of list; give the statuses, as told twice."""
    found = [pol.get(f"collections/{OPEN}/{path}?{query}") for path in PATHS]
    return {(each.status_code, each.json()["http_status"]) for each in found}


REFUSED = {(400, "400")}


@pytest.mark.parametrize(
    "value",
    [
        *("yesterday", "", "now", "0", "2026-11-23", "2026-11-23T12:00:00"),
        *(
            "2026-11-23T12:00:00%2B01:00",
            "2026-02-30T12:00:00Z",
            "2026-11-23 12:00:00Z",
        ),
        "2026-11-23T12:00:00Z,2026-11-24T12:00:00Z",
        "2026-11-23T12:00:00Z&added_after=2026-11-23T12:00:00Z",
        "undefined",
    ],
)
def test_added_after_that_is_no_timestamp_is_400(pol: Client, value: str) -> None:
    """TAXII 2.1, 3.4; check G11."""
    assert answers(pol, f"added_after={value}") == REFUSED


@pytest.mark.parametrize(
    "value",
    [
        *("0", "-1", "1.5", "ten", "", "1e3", "0x10", "+1", "%201", "%D9%A1", "1,2"),
        "99999999999999999999",
        "1&limit=2",
    ],
)
def test_limit_that_is_no_positive_integer_is_400(pol: Client, value: str) -> None:
    """TAXII 2.1, 2 and 3.4; check G18."""
    assert answers(pol, f"limit={value}") == REFUSED


@pytest.mark.parametrize(
    "value",
    ["", "abc", "0", "123456789", 43 * "A", 44 * "A", "%00", 43 * "A" + "&next=b"],
)
def test_next_that_we_never_gave_is_400(pol: Client, value: str) -> None:
    """TAXII 2.1, 3.4 and 3.5; check G19."""
    assert answers(pol, f"next={value}") == REFUSED


@pytest.mark.parametrize(
    "value",
    [
        *("all,last", "all,first", "last,all", "all,2026-11-01T00:00:00Z", "all,all"),
        *("last,last", "first,first,last"),
        "2026-11-01T00:00:00Z,2026-11-01T00:00:00.000Z",
    ],
)
def test_versions_that_exclude_or_repeat_each_other_are_400(
    pol: Client, value: str
) -> None:
    """TAXII 2.1, 3.4.1; check G20."""
    assert answers(pol, f"match[version]={value}") == REFUSED


@pytest.mark.parametrize(
    "value",
    [
        *("newest", "", "1", "LAST", "2026-11-01", "2026-13-01T00:00:00Z", "last,"),
        "last&match[version]=first",
    ],
)
def test_a_version_that_is_none_is_400(pol: Client, value: str) -> None:
    """TAXII 2.1, 3.4.1; check G21."""
    assert answers(pol, f"match[version]={value}") == REFUSED


@pytest.mark.parametrize(
    "query",
    [
        "match[type]=",
        "match[type]=indicator,,malware",
        "match[type]=indicator,%20malware",
        "match[type]=%FF",
        "match[type]=indicator&match[type]=malware",
        "match[type]=" + 301 * "a",
        "match[id]=",
        "match[id]=a&match[id]=b",
        "match[spec_version]=latest",
        "match[spec_version]=",
        "match[spec_version]=2.0&match[spec_version]=2.1",
        "&".join(f"x{number}=1" for number in range(101)),
    ],
)
def test_a_field_that_is_malformed_or_given_twice_is_400(
    pol: Client, query: str
) -> None:
    """TAXII 2.1, 3.4; check S11."""
    assert answers(pol, query) == REFUSED


@pytest.mark.parametrize("limit", ["1", "9007199254740991"])
def test_the_smallest_and_the_largest_limit_are_taken(pol: Client, limit: str) -> None:
    """TAXII 2.1, 2 and 3.4; check G13."""
    assert pol.get(f"collections/{OPEN}/objects/", limit=limit).status_code == 200
