"""TAXII 2.1, sections 3.3 to 3.5: pages, and how clients lose nothing."""

from typing import Any

import pytest

from tests.conformance.taxii.world import Clients, Shelf
from tests.taxii.world import indicator, malware

IDS = [indicator(number)["id"] for number in range(7)]
LAST = "x-taxii-date-added-last"


def with_seven(shelf: Shelf) -> Shelf:
    """Store seven objects in two POSTs."""
    shelf.add(*map(indicator, range(3)))
    shelf.add(*map(indicator, range(3, 7)))
    return shelf


def ids(pages: list[Any]) -> list[str]:
    """Give the ids on pages of objects or of the manifest."""
    return [each["id"] for page in pages for each in page.json()["objects"]]


def walk_by_date(shelf: Shelf, path: str, **query: str) -> list[str]:
    """Follow the dates of the headers to the end."""
    found: list[str] = []
    more = True
    while more:
        page = shelf.get(path, **query)
        found += ids([page])
        more = page.json().get("more", False)
        query["added_after"] = page.headers[LAST]
    return found


def test_limit_is_never_exceeded_and_everything_within_it_comes(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4; check G13."""
    with_seven(shelf)

    assert [len(shelf.ids(limit=limit)) for limit in ("1", "6", "7", "8")] == [
        *(1, 6, 7, 7)
    ]


@pytest.mark.parametrize("path", ["objects/", "manifest/"])
@pytest.mark.parametrize("limit", ["1", "2", "3", "7"])
def test_next_leads_through_everything_once(
    shelf: Shelf, path: str, limit: str
) -> None:
    """TAXII 2.1, 3.5; checks G14 and M5."""
    pages = with_seven(shelf).pages(path, limit=limit)

    assert ids(pages) == IDS
    assert all(page.json()["objects"] for page in pages)


def test_more_is_true_exactly_while_something_is_left(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4, 3.5 and 3.7; check G15."""
    with_seven(shelf)

    whole = shelf.get("objects/", limit="7").json()
    part = shelf.get("objects/", limit="6").json()

    assert whole["more"] is False
    assert "next" not in whole
    assert part["more"] is True
    assert isinstance(part["next"], str)
    assert part["next"]


@pytest.mark.parametrize("path", ["objects/", "manifest/"])
@pytest.mark.parametrize("limit", ["1", "2", "3"])
def test_the_last_date_leads_through_everything_once(
    shelf: Shelf, path: str, limit: str
) -> None:
    """TAXII 2.1, 3.5; check G16."""
    assert walk_by_date(with_seven(shelf), path, limit=limit) == IDS


def test_objects_of_one_post_have_dates_of_their_own(shelf: Shelf) -> None:
    """TAXII 2.1, 3.5; check G16."""
    shelf.add(*map(indicator, range(200)))

    dates = shelf.added(limit="200")

    assert len(set(dates)) == 200
    assert dates == sorted(dates)


def test_the_same_next_gives_the_same_page_again(shelf: Shelf) -> None:
    """TAXII 2.1, 3.5; check G17."""
    with_seven(shelf)
    first = shelf.get("objects/", limit="2").json()

    one = shelf.get("objects/", limit="2", next=first["next"])
    shelf.add(malware(99))
    two = shelf.get("objects/", limit="2", next=first["next"])

    assert shelf.get("objects/", limit="2").json() == first
    assert one.content == two.content


def test_next_meets_what_came_meanwhile(shelf: Shelf) -> None:
    """TAXII 2.1, 3.5; check G17."""
    with_seven(shelf)
    first = shelf.get("objects/", limit="6").json()

    shelf.add(malware(99))

    assert shelf.ids(next=first["next"]) == [IDS[6], malware(99)["id"]]


def test_versions_have_pages_too(shelf: Shelf) -> None:
    """TAXII 2.1, 3.5 and 5.8; checks M5 and V1."""
    modified = [f"2026-11-0{day}T00:00:00.000Z" for day in range(1, 6)]
    for each in modified:
        shelf.add(indicator(0, modified=each))

    pages = shelf.pages(f"objects/{IDS[0]}/versions/", limit="2")

    assert [len(page.json()["versions"]) for page in pages] == [2, 2, 1]
    assert [each for page in pages for each in page.json()["versions"]] == modified


def test_an_object_of_many_versions_has_pages_too(shelf: Shelf) -> None:
    """TAXII 2.1, 3.5 and 5.6; check G14."""
    for day in range(1, 6):
        shelf.add(indicator(0, modified=f"2026-11-0{day}T00:00:00.000Z"))

    pages = shelf.pages(f"objects/{IDS[0]}/", limit="2", match_version="all")

    assert [len(page.json()["objects"]) for page in pages] == [2, 2, 1]


@pytest.mark.parametrize("path", ["objects/", "manifest/"])
def test_filters_hold_on_every_page(shelf: Shelf, path: str) -> None:
    """TAXII 2.1, 3.5; check G14."""
    shelf.add(indicator(0), malware(1), indicator(2), malware(3), indicator(4))

    pages = shelf.pages(path, limit="1", match_type="malware")

    assert ids(pages) == [malware(1)["id"], malware(3)["id"]]


def test_filters_hold_when_the_date_leads(shelf: Shelf) -> None:
    """TAXII 2.1, 3.5; check G16."""
    shelf.add(indicator(0), malware(1), indicator(2), malware(3), indicator(4))

    found = walk_by_date(shelf, "objects/", limit="1", match_type="indicator")

    assert found == [IDS[0], IDS[2], IDS[4]]


def test_added_after_may_stand_beside_its_next(shelf: Shelf) -> None:
    """TAXII 2.1, 3.5; check G14."""
    with_seven(shelf)
    query = {"added_after": "2026-01-01T00:00:00Z", "limit": "3"}

    assert ids(shelf.pages("objects/", **query)) == IDS


def test_a_next_without_the_added_after_of_its_page_goes_on_all_the_same(
    shelf: Shelf,
) -> None:
    """TAXII 2.1, 3.5, as OpenCTI's connector reads it; check L7."""
    with_seven(shelf)
    first = shelf.get("objects/", limit="2", added_after="2026-01-01T00:00:00Z").json()

    assert shelf.ids(next=first["next"]) == IDS[2:]


def test_of_next_and_added_after_the_later_counts(shelf: Shelf) -> None:
    """TAXII 2.1, 3.4 and 3.5, as OpenCTI's connector reads it; check L7."""
    dates = with_seven(shelf).added()
    first = shelf.get("objects/", limit="2").json()

    later = shelf.ids(next=first["next"], added_after=dates[4])
    earlier = shelf.ids(next=first["next"], added_after=dates[0])

    assert later == IDS[5:]
    assert earlier == IDS[2:]


def test_next_serves_any_page_size_and_either_name_of_the_collection(
    shelf: Shelf,
) -> None:
    """TAXII 2.1, 3.5; check G14."""
    with_seven(shelf)
    alias = Shelf(shelf.client, shelf.get().json()["alias"])
    first = shelf.get("objects/", limit="2").json()

    assert alias.ids(limit="4", next=first["next"]) == IDS[2:6]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("manifest/", {}),
        ("objects/", {"match_type": "malware"}),
        ("objects/", {"match_version": "all"}),
        (f"objects/{IDS[0]}/", {}),
    ],
)
def test_a_next_of_another_question_is_400(
    shelf: Shelf, path: str, query: dict[str, str]
) -> None:
    """TAXII 2.1, 3.5 and appendix B; check S7."""
    first = with_seven(shelf).get("objects/", limit="2").json()

    assert shelf.get(path, next=first["next"], **query).status_code == 400


def test_a_next_of_another_collection_is_400(shelf: Shelf) -> None:
    """TAXII 2.1, appendix B; check S7."""
    first = with_seven(shelf).get("objects/", limit="2").json()
    other = Shelf(shelf.client, "open")

    assert other.get("objects/", next=first["next"]).status_code == 400


def test_a_next_shows_whoever_brings_it_no_more_than_they_may_see(
    clients: Clients,
) -> None:
    """TAXII 2.1, appendix B; checks S6 and S7."""
    members = Shelf(clients.pol, "members")
    members.add(indicator(801), indicator(802), indicator(803))
    query = {
        "match_id": ",".join(indicator(number)["id"] for number in (801, 802, 803))
    }
    first = members.get("objects/", limit="1", **query).json()

    response = members.of(clients.mda).get("objects/", next=first["next"], **query)

    assert response.json() == {}


def test_pages_tell_nothing_of_what_lies_between(clients: Clients) -> None:
    """TAXII 2.1, 1.6.9; check S6."""
    pol, mda = (Shelf(each, "members") for each in (clients.pol, clients.mda))
    pol.add(malware(950))
    mda.add(malware(951))
    pol.add(malware(952))
    mda.add(malware(953))
    query = {"match_type": "malware", "limit": "1"}

    assert ids(mda.pages("objects/", **query)) == [
        malware(951)["id"],
        malware(953)["id"],
    ]


def test_the_last_of_each_post_is_added_on_a_whole_millisecond(shelf: Shelf) -> None:
    """TAXII 2.1, 2 and 3.2, as clients read them; check L1."""
    dates = with_seven(shelf).added()

    assert dates[2].endswith("000Z")
    assert dates[6].endswith("000Z")


def test_a_client_that_keeps_milliseconds_loses_nothing_and_gets_nothing_twice(
    shelf: Shelf,
) -> None:
    """TAXII 2.1, 3.5, as OpenCTI reads it; check L1."""
    shelf.add(*map(indicator, range(3)))
    kept = shelf.get("objects/").headers[LAST][:23] + "Z"
    shelf.add(*map(indicator, range(3, 7)))

    assert shelf.ids(added_after=kept) == IDS[3:]


def test_a_page_with_more_is_never_empty(clients: Clients, shelf: Shelf) -> None:
    """TAXII 2.1, 3.5, as taxii2-client reads it; check L4."""
    shelf.add(*map(indicator, range(3)), malware(4))

    pages = shelf.of(clients.fin).pages("objects/", limit="1", match_type="malware")

    assert [len(page.json()["objects"]) for page in pages] == [1]
