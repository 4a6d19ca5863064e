"""The nations, as of any day."""

import pytest

from tests.api.world import Clients

NATIONS = "/api/v1/nations"


async def test_a_list_gives_code_name_status_and_since(clients: Clients) -> None:
    found = (await clients.mda.get(NATIONS)).json()

    by_code = {each["code"]: each for each in found}
    assert by_code["POL"] == {
        "code": "POL",
        "name": "Poland",
        "status": "member",
        "since": "1999-03-12",
    }
    assert [each["code"] for each in found] == sorted(by_code)


@pytest.mark.parametrize(
    ("day", "count"), [("1949-08-24", 12), ("2024-03-06", 31), ("2024-03-07", 32)]
)
async def test_members_are_those_of_the_day(
    clients: Clients, day: str, count: int
) -> None:
    found = await clients.pol.get(f"{NATIONS}?status=member&as_of={day}")

    assert len(found.json()) == count


@pytest.mark.parametrize(
    "query", ["status=friend", "as_of=yesterday", "as_of=2026-02-30"]
)
async def test_a_status_or_day_that_is_none_is_refused(
    clients: Clients, query: str
) -> None:
    assert (await clients.pol.get(f"{NATIONS}?{query}")).status_code == 400


async def test_a_nation_is_shown_with_communities_and_frameworks(
    clients: Clients,
) -> None:
    sheet = (await clients.pol.get(f"{NATIONS}/SWE?as_of=2024-03-06")).json()

    assert sheet["as_of"] == "2024-03-06"
    assert sheet["status"] == "invitee"
    assert sheet["communities"] == sorted(sheet["communities"])
    assert sheet["frameworks"]


async def test_a_nation_is_found_by_name_and_alias(clients: Clients) -> None:
    found = [(await clients.pol.get(f"{NATIONS}/{each}")) for each in ("poland", "usa")]

    assert [each.json()["code"] for each in found] == ["POL", "USA"]


async def test_a_nation_that_is_none_is_not_found(clients: Clients) -> None:
    assert (await clients.pol.get(f"{NATIONS}/XYZ")).status_code == 404
