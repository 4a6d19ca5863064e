"""The register of identities: open to all, and who may write in it."""

import pytest

from tests.api.world import Clients

IDENTITIES = "/api/v1/identities"


def identity(number: int) -> str:
    return f"identity--00000000-0000-4000-8000-{number:012x}"


def body(number: int, nation: str = "POL") -> dict[str, str]:
    return {"identity": identity(number), "nation": nation}


async def test_a_nation_registers_and_every_account_reads(clients: Clients) -> None:
    response = await clients.pol.post(IDENTITIES, body(1, "Poland"))

    assert (response.status_code, response.json()) == (201, body(1))
    assert response.headers["location"] == IDENTITIES
    assert (await clients.mda.get(IDENTITIES)).json() == [body(1)]


async def test_the_list_comes_in_pages_that_lead_on(clients: Clients) -> None:
    for number in (1, 2, 3):
        await clients.desk.post(IDENTITIES, body(number))

    first = await clients.fin.get(f"{IDENTITIES}?limit=2")
    second = await clients.fin.get(first.links["next"]["url"])

    assert [*first.json(), *second.json()] == [body(1), body(2), body(3)]
    assert second.links == {}


async def test_a_full_last_page_leads_nowhere(clients: Clients) -> None:
    await clients.desk.post(IDENTITIES, body(1))

    assert (await clients.fin.get(f"{IDENTITIES}?limit=1")).links == {}


@pytest.mark.parametrize(
    ("name", "nation", "status"),
    [("pol", "FIN", 403), ("fin", "FIN", 403), ("chief", "ATLANTIS", 400)],
)
async def test_who_may_not_or_for_nobody_is_refused(
    clients: Clients, name: str, nation: str, status: int
) -> None:
    response = await getattr(clients, name).post(IDENTITIES, body(1, nation))

    assert response.status_code == status
    assert (await clients.fin.get(IDENTITIES)).json() == []


async def test_only_the_body_moves_an_identity(clients: Clients) -> None:
    await clients.desk.post(IDENTITIES, body(1, "FIN"))

    taken = await clients.pol.post(IDENTITIES, body(1))
    moved = await clients.chief.post(IDENTITIES, body(1))

    assert (taken.status_code, moved.status_code) == (409, 201)
    assert (await clients.pol.get(IDENTITIES)).json() == [body(1)]


@pytest.mark.parametrize(
    "sent",
    [
        {"identity": identity(1)},
        {"identity": "tool--00000000-0000-4000-8000-000000000001", "nation": "POL"},
        {**body(1), "name": "CERT"},
    ],
)
async def test_what_is_no_registration_is_refused(
    clients: Clients, sent: dict[str, str]
) -> None:
    assert (await clients.pol.post(IDENTITIES, sent)).status_code == 400
