"""TAXII 2.1, sections 3.2, 3.3 and 3.5: order, dates and pages."""

import re
from typing import Any

import pytest

from tests.taxii.world import OPEN, Client, Clients, indicator, malware

IDS = [indicator(number)["id"] for number in range(7)]
FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


async def add_seven(pol: Client) -> None:
    await pol.add(*map(indicator, range(3)))
    await pol.add(*map(indicator, range(3, 7)))


async def pages(pol: Client, path: str, **query: str) -> list[dict[str, Any]]:
    found = [(await pol.get(path, **query)).json()]
    while found[-1].get("more"):
        again = {**query, "next": found[-1]["next"]}
        found.append((await pol.get(path, **again)).json())
    return found


@pytest.mark.parametrize("endpoint", ["objects", "manifest"])
@pytest.mark.parametrize("limit", ["1", "2", "3", "7"])
async def test_3_5_next_leads_through_everything_once(
    pol: Client, endpoint: str, limit: str
) -> None:
    await add_seven(pol)

    found = await pages(pol, f"collections/{OPEN}/{endpoint}/", limit=limit)

    assert [each["id"] for page in found for each in page["objects"]] == IDS
    assert all(page["objects"] for page in found)


@pytest.mark.parametrize("limit", ["1", "2", "3"])
async def test_3_5_the_last_date_leads_through_everything_once(
    pol: Client, limit: str
) -> None:
    await add_seven(pol)

    found: list[str] = []
    query = {"limit": limit}
    while True:
        page = await pol.get(f"collections/{OPEN}/objects/", **query)
        found += [each["id"] for each in page.json().get("objects", [])]
        if not page.json().get("more"):
            break
        query["added_after"] = page.headers["x-taxii-date-added-last"]

    assert found == IDS


async def test_3_5_versions_have_pages_too(pol: Client) -> None:
    modified = [f"2026-11-0{day}T00:00:00.000Z" for day in range(1, 6)]
    for each in modified:
        await pol.add(indicator(0, modified=each))

    found = await pages(
        pol, f"collections/{OPEN}/objects/{IDS[0]}/versions/", limit="2"
    )

    assert [each for page in found for each in page["versions"]] == modified


async def test_3_5_the_versions_of_an_object_have_pages_too(pol: Client) -> None:
    for day in range(1, 6):
        await pol.add(indicator(0, modified=f"2026-11-0{day}T00:00:00.000Z"))

    found = await pages(
        pol, f"collections/{OPEN}/objects/{IDS[0]}/", limit="2", match_version="all"
    )

    assert [len(page["objects"]) for page in found] == [2, 2, 1]


async def test_3_5_filters_hold_on_every_page(pol: Client) -> None:
    await pol.add(indicator(0), malware(1), indicator(2), malware(3), indicator(4))

    found = await pages(
        pol, f"collections/{OPEN}/objects/", limit="1", match_type="malware"
    )

    assert [page["objects"][0]["id"] for page in found] == [
        malware(1)["id"],
        malware(3)["id"],
    ]


async def test_3_5_the_same_next_gives_the_same_page_for_ever(pol: Client) -> None:
    await add_seven(pol)
    path = f"collections/{OPEN}/objects/"
    first = (await pol.get(path, limit="2")).json()
    again = (await pol.get(path, limit="2")).json()

    one = await pol.get(path, limit="2", next=first["next"])
    await pol.add(malware(99))
    two = await pol.get(path, limit="2", next=first["next"])

    assert first == again
    assert one.content == two.content


async def test_3_5_a_next_serves_any_page_size_and_either_name_of_the_collection(
    pol: Client,
) -> None:
    await add_seven(pol)
    first = (await pol.get(f"collections/{OPEN}/objects/", limit="2")).json()

    response = await pol.get("collections/open/objects/", limit="4", next=first["next"])

    assert [each["id"] for each in response.json()["objects"]] == IDS[2:6]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("collections/open/manifest/", {}),
        ("collections/members/objects/", {}),
        ("collections/open/objects/", {"match_type": "malware"}),
        ("collections/open/objects/", {"match_version": "all"}),
        ("collections/open/objects/", {"added_after": "2026-01-01T00:00:00Z"}),
    ],
)
async def test_3_5_a_next_of_another_request_is_400(
    pol: Client, path: str, query: dict[str, str]
) -> None:
    await add_seven(pol)
    first = (await pol.get("collections/open/objects/", limit="2")).json()

    response = await pol.get(path, next=first["next"], **query)

    assert response.status_code == 400


async def test_3_5_added_after_may_stand_beside_its_next(pol: Client) -> None:
    await add_seven(pol)
    query = {"added_after": "2026-01-01T00:00:00Z", "limit": "3"}

    found = await pages(pol, f"collections/{OPEN}/objects/", **query)

    assert [each["id"] for page in found for each in page["objects"]] == IDS


async def test_3_5_more_is_true_exactly_while_something_is_left(pol: Client) -> None:
    await add_seven(pol)

    whole = (await pol.get(f"collections/{OPEN}/objects/", limit="7")).json()
    part = (await pol.get(f"collections/{OPEN}/objects/", limit="6")).json()

    assert whole["more"] is False
    assert "next" not in whole
    assert part["more"] is True


async def test_3_3_objects_come_in_the_order_in_which_they_were_added(
    pol: Client,
) -> None:
    await pol.add(indicator(5), indicator(1))
    await pol.add(indicator(3, modified="2026-11-09T00:00:00.000Z"))
    await pol.add(indicator(4))

    manifest = (await pol.get(f"collections/{OPEN}/manifest/")).json()["objects"]
    dates = [each["date_added"] for each in manifest]

    assert [each["id"] for each in manifest] == [IDS[5], IDS[1], IDS[3], IDS[4]]
    assert dates == sorted(set(dates))


async def test_2_dates_are_in_utc_with_microseconds(pol: Client) -> None:
    await pol.add(indicator(0), indicator(1))

    response = await pol.get(f"collections/{OPEN}/manifest/")

    assert all(
        FORM.fullmatch(each["date_added"]) for each in response.json()["objects"]
    )
    assert FORM.fullmatch(response.headers["x-taxii-date-added-first"])
    assert FORM.fullmatch(response.headers["x-taxii-date-added-last"])


async def test_2_the_last_of_each_post_is_added_on_a_whole_millisecond(
    pol: Client,
) -> None:
    await add_seven(pol)

    manifest = (await pol.get(f"collections/{OPEN}/manifest/")).json()["objects"]

    assert manifest[2]["date_added"].endswith("000Z")
    assert manifest[6]["date_added"].endswith("000Z")


@pytest.mark.parametrize(
    "path",
    ["objects/", "manifest/", f"objects/{IDS[0]}/", f"objects/{IDS[0]}/versions/"],
)
async def test_3_2_the_headers_are_the_dates_of_the_first_and_the_last(
    pol: Client, path: str
) -> None:
    for day in range(1, 4):
        await pol.add(indicator(0, modified=f"2026-11-0{day}T00:00:00.000Z"))
    manifest = await pol.get(f"collections/{OPEN}/manifest/", match_version="all")
    dates = [each["date_added"] for each in manifest.json()["objects"]]

    response = await pol.get(f"collections/{OPEN}/{path}", match_version="all")

    assert response.headers["x-taxii-date-added-first"] == dates[0]
    assert response.headers["x-taxii-date-added-last"] == dates[-1]


async def test_3_2_an_empty_page_repeats_the_instant_it_was_asked_from(
    pol: Client,
) -> None:
    path = f"collections/{OPEN}/objects/"

    without = await pol.get(path)
    after = await pol.get(path, added_after="2026-11-23T12:00:00.5Z")

    assert without.json() == after.json() == {}
    assert without.headers["x-taxii-date-added-last"] == "1970-01-01T00:00:00.000000Z"
    assert after.headers["x-taxii-date-added-last"] == "2026-11-23T12:00:00.500000Z"


async def test_3_5_a_client_that_keeps_milliseconds_only_loses_nothing(
    pol: Client,
) -> None:
    await pol.add(*map(indicator, range(3)))
    page = await pol.get(f"collections/{OPEN}/objects/")
    kept = page.headers["x-taxii-date-added-last"][:23] + "Z"
    await pol.add(*map(indicator, range(3, 7)))

    assert await pol.ids(added_after=kept) == IDS[3:]


async def test_1_6_9_pages_tell_nothing_of_what_lies_between(clients: Clients) -> None:
    pol, mda = clients.pol, clients.mda
    await pol.add(indicator(0), to="members")
    await mda.add(indicator(1), to="members")
    await pol.add(indicator(2), to="members")
    await mda.add(indicator(3), to="members")

    query = {"limit": "1", "match_type": "indicator"}
    found = await pages(mda, "collections/members/objects/", **query)

    assert [each["id"] for page in found for each in page["objects"]] == [
        IDS[1],
        IDS[3],
    ]
