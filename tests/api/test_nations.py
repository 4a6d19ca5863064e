"""The nations, as of any day."""

import pytest

from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.processes import calendar
from foedus.processes.calendar import Calendar
from tests.api.world import NOON, Clients

NATIONS = "/api/v1/nations"
MOLDOVA = f"{NATIONS}/MDA/status"


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


async def test_a_status_is_told_with_what_it_was(clients: Clients) -> None:
    found = (await clients.mda.get(f"{NATIONS}/sweden/status")).json()

    assert (found["code"], found["status"], found["since"]) == (
        "SWE",
        "member",
        "2024-03-07",
    )
    assert [each["status"] for each in found["history"]] == [
        "none",
        "partner",
        "invitee",
        "member",
    ]
    assert found["history"][-1] == {
        "status": "member",
        "since": "2024-03-07",
        "until": None,
    }
    assert found["coming"] == []


async def test_the_status_of_a_nation_that_is_none_is_not_found(
    clients: Clients,
) -> None:
    assert (await clients.pol.get(f"{NATIONS}/XYZ/status")).status_code == 404


@pytest.mark.parametrize("by", ["chief", "desk"])
async def test_operators_and_secretariat_change_a_status(
    clients: Clients, by: str
) -> None:
    body = {"status": "suspended", "from": "2026-11-23"}
    answer = await getattr(clients, by).post(MOLDOVA, body)

    assert answer.status_code == 200
    assert answer.json() == {
        "nation": "MDA",
        "status": "suspended",
        "from": "2026-11-23",
        "acts": "now",
    }
    shown = (await clients.pol.get(MOLDOVA)).json()
    assert (shown["status"], shown["since"]) == ("suspended", "2026-11-23")
    assert not (await clients.mda.get("/api/v1/me")).json()["standing"]


async def test_a_change_to_come_is_told_and_acts_when_its_day_has_begun(
    clients: Clients, hub: Hub, clock: StoppedClock
) -> None:
    body = {"status": "suspended", "from": "2026-11-25"}
    told = (await clients.desk.post(MOLDOVA, body)).json()
    before = (await clients.pol.get(MOLDOVA)).json()
    clock.set(NOON.replace(day=25))
    meanwhile = (await clients.pol.get(MOLDOVA)).json()
    days = Calendar(log=hub.log, reading=hub.reading, clock=clock)
    await hub.seen([await calendar.begin_due_day(days)])
    after = (await clients.pol.get(MOLDOVA)).json()

    assert told["acts"] == "2026-11-25"
    assert (before["status"], meanwhile["status"], after["status"]) == (
        "partner",
        "partner",
        "suspended",
    )
    coming = {"status": "suspended", "since": "2026-11-25", "until": None}
    assert before["coming"] == [coming]
    assert (after["coming"], after["history"][-1]) == ([], coming)


@pytest.mark.parametrize("by", ["pol", "pol_audit", "mda"])
async def test_nobody_else_changes_a_status(clients: Clients, by: str) -> None:
    body = {"status": "member", "from": "2026-11-23"}
    answer = await getattr(clients, by).post(MOLDOVA, body)

    assert answer.status_code == 403
    assert (await clients.pol.get(MOLDOVA)).json()["status"] == "partner"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (MOLDOVA, {"status": "vassal", "from": "2026-11-23"}, 400),
        (MOLDOVA, {"status": "member", "from": "yesterday"}, 400),
        (MOLDOVA, {"status": "member"}, 400),
        (MOLDOVA, {"status": "member", "from": "2026-11-23", "why": "x"}, 400),
        (MOLDOVA, {"status": "partner", "from": "2026-11-23"}, 422),
        (MOLDOVA, {"status": "member", "from": "2046-11-23"}, 422),
        (f"{NATIONS}/XYZ/status", {"status": "member", "from": "2026-11-23"}, 404),
    ],
)
async def test_what_is_no_change_is_refused(
    clients: Clients, path: str, body: dict[str, str], status: int
) -> None:
    assert (await clients.chief.post(path, body)).status_code == status
