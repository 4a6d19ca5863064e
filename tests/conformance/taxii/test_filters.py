"""TAXII 2.1, sections 3.4 and 3.4.1: what a query asks for."""

import pytest

from foedus.clock import StoppedClock
from foedus.stix.timestamps import format_us, parse_us
from tests.taxii.world import OPEN, Client, indicator, malware

FIRST = "2026-11-01T00:00:00.000Z"
SECOND = "2026-11-02T00:00:00.000Z"
THIRD = "2026-11-03T00:00:00.000Z"
OBJECTS = f"collections/{OPEN}/objects/"


async def added(pol: Client, **query: str) -> list[str]:
    manifest = (await pol.get(f"collections/{OPEN}/manifest/", **query)).json()
    return [each["date_added"] for each in manifest.get("objects", [])]


async def versions(pol: Client, **query: str) -> list[str]:
    objects = (await pol.get(OBJECTS, **query)).json().get("objects", [])
    return [each["modified"] for each in objects]


async def add_three_versions(pol: Client) -> None:
    for modified in (FIRST, SECOND, THIRD):
        await pol.add(indicator(1, modified=modified))


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=1.5",
        "limit=ten",
        "limit=",
        "limit=99999999999999999999",
        "limit=%D9%A1",
        "limit=1&limit=2",
        "added_after=yesterday",
        "added_after=",
        "added_after=2026-11-23",
        "added_after=2026-11-23T12:00:00",
        "added_after=2026-11-23T12:00:00%2B01:00",
        "added_after=2026-02-30T12:00:00Z",
        "added_after=2026-11-23T12:00:00Z,2026-11-24T12:00:00Z",
        "added_after=2026-11-23T12:00:00Z&added_after=2026-11-23T12:00:00Z",
        "next=",
        "next=abc",
        "next=" + 43 * "A",
        "match[version]=newest",
        "match[version]=all,last",
        "match[version]=last,last",
        "match[version]=2026-11-01T00:00:00Z,2026-11-01T00:00:00.000Z",
        "match[version]=",
        "match[version]=last&match[version]=first",
        "match[type]=",
        "match[type]=indicator,,malware",
        "match[type]=indicator, malware",
        "match[id]=",
        "match[spec_version]=latest",
        "match[type]=%FF",
        "match[type]=" + 301 * "a",
        "&".join(f"x{number}=1" for number in range(101)),
    ],
)
@pytest.mark.parametrize("endpoint", ["objects", "manifest"])
async def test_3_4_a_malformed_parameter_is_400(
    pol: Client, endpoint: str, query: str
) -> None:
    response = await pol.http.get(
        f"collections/{OPEN}/{endpoint}/?{query}", headers=pol.headers
    )

    assert response.status_code == 400
    assert response.json()["http_status"] == "400"


async def test_3_4_added_after_is_exclusive(pol: Client) -> None:
    await pol.add(indicator(1), indicator(2), indicator(3))
    dates = await added(pol)

    assert await added(pol, added_after=dates[0]) == dates[1:]
    assert await added(pol, added_after=dates[2]) == []


async def test_3_4_added_after_just_before_an_object_gives_it(pol: Client) -> None:
    await pol.add(indicator(1), indicator(2))
    dates = await added(pol)
    before = format_us(parse_us(dates[1]) - 1)

    assert await added(pol, added_after=before) == dates[1:]


@pytest.mark.parametrize("fraction", ["", ".0", ".000", ".000000", ".000000000"])
async def test_3_4_added_after_may_have_any_precision(
    pol: Client, clock: StoppedClock, fraction: str
) -> None:
    await pol.add(indicator(1))
    clock.set(clock().replace(hour=14))
    await pol.add(indicator(2))

    found = await pol.ids(added_after=f"2026-11-23T13:00:00{fraction}Z")

    assert found == [indicator(2)["id"]]


async def test_3_4_without_added_after_the_oldest_comes_first(pol: Client) -> None:
    await pol.add(indicator(2))
    await pol.add(indicator(1))

    assert await pol.ids(limit="1") == [indicator(2)["id"]]


async def test_3_4_limit_is_never_exceeded(pol: Client) -> None:
    await pol.add(*map(indicator, range(5)))

    assert len(await pol.ids(limit="3")) == 3
    assert len(await pol.ids(limit="5")) == 5
    assert len(await pol.ids(limit="6")) == 5


async def test_3_4_all_match_fields_are_anded_and_values_ored(pol: Client) -> None:
    await pol.add(indicator(1), indicator(2), malware(3))
    one, two, three = indicator(1)["id"], indicator(2)["id"], malware(3)["id"]

    assert await pol.ids(match_id=f"{one},{three}") == [one, three]
    assert await pol.ids(match_id=f"{one},{three}", match_type="malware") == [three]
    assert await pol.ids(match_type="malware,indicator") == [one, two, three]
    assert await pol.ids(match_id=two, match_type="malware") == []


async def test_3_4_an_unknown_match_field_is_ignored(pol: Client) -> None:
    await pol.add(indicator(1))

    assert await pol.ids(match_confidence="90") == [indicator(1)["id"]]


@pytest.mark.parametrize("stix_type", ["grouping", "opinion", "url", "x-not-known"])
async def test_3_4_1_a_type_without_objects_is_no_error(
    pol: Client, stix_type: str
) -> None:
    await pol.add(indicator(1))

    assert await pol.ids(match_type=stix_type) == []


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("last", [THIRD]),
        ("first", [FIRST]),
        ("all", [FIRST, SECOND, THIRD]),
        ("first,last", [FIRST, THIRD]),
        (SECOND, [SECOND]),
        (f"{SECOND},last", [SECOND, THIRD]),
        ("2026-11-02T00:00:00Z", [SECOND]),
        ("2025-01-01T00:00:00Z", []),
    ],
)
@pytest.mark.parametrize("query", [{}, {"match_type": "indicator"}])
async def test_3_4_1_versions_are_chosen(
    pol: Client, asked: str, given: list[str], query: dict[str, str]
) -> None:
    await add_three_versions(pol)

    assert await versions(pol, match_version=asked, **query) == given
    assert len(await added(pol, match_version=asked, **query)) == len(given)


async def test_3_4_1_without_a_version_only_the_last_is_given(pol: Client) -> None:
    await add_three_versions(pol)

    assert await versions(pol) == [THIRD]


async def test_3_4_1_what_has_no_modified_is_found_by_created(pol: Client) -> None:
    marking = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": "marking-definition--11111111-1111-4111-8111-111111111111",
        "created": "2026-11-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": "Copyright 2026, nobody"},
    }
    await pol.add(marking)

    found = await pol.ids(match_version="2026-11-01T00:00:00.000Z")

    assert found == [marking["id"]]


async def test_3_4_1_what_has_no_date_has_a_version_all_the_same(pol: Client) -> None:
    address = {
        "type": "ipv4-addr",
        "spec_version": "2.1",
        "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
        "value": "192.0.2.7",
    }
    await pol.add(address)

    response = await pol.get(f"{OBJECTS}{address['id']}/versions/")
    [version] = response.json()["versions"]

    assert await pol.ids(match_version=version) == [address["id"]]


async def test_3_4_1_only_the_specification_versions_asked_for_are_given(
    pol: Client,
) -> None:
    older = indicator(2)
    del older["spec_version"]
    await pol.add(indicator(1), older)

    assert await pol.ids(match_spec_version="2.1") == [indicator(1)["id"]]
    assert await pol.ids(match_spec_version="2.0") == [older["id"]]
    assert await pol.ids(match_spec_version="2.0,2.1") == await pol.ids()
