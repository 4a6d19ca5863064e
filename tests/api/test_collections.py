"""Collections: what one may read or write, and who opens them."""

import pytest

from tests.api.world import FINLAND, MEMBERS, OPEN, UNKNOWN, Client, Clients

COLLECTIONS = "/api/v1/collections"


async def aliases(client: Client, query: str = "") -> list[str]:
    response = await client.get(f"{COLLECTIONS}{query}")
    assert response.status_code == 200, response.text
    return [each["alias"] for each in response.json()]


async def test_everybody_has_a_list_of_their_own(clients: Clients) -> None:
    assert await aliases(clients.pol) == ["open", "members"]
    assert await aliases(clients.fin) == ["open", "members", "finland"]


async def test_a_collection_is_shown_with_label_and_rights(clients: Clients) -> None:
    by_id = await clients.pol.get(f"{COLLECTIONS}/{MEMBERS}")
    by_alias = await clients.pol.get(f"{COLLECTIONS}/members")

    assert by_id.json() == by_alias.json()
    assert by_id.json() == {
        "id": MEMBERS,
        "alias": "members",
        "title": "Members",
        "description": "",
        "default_label": by_id.json()["default_label"],
        "can_read": True,
        "can_write": True,
        "tear_lines": False,
        "hold_minutes": 0,
    }
    assert by_id.json()["default_label"].startswith("NATO UNCLASSIFIED")


async def test_a_collection_for_others_is_as_one_that_is_none(clients: Clients) -> None:
    hidden = await clients.pol.get(f"{COLLECTIONS}/{FINLAND}")
    absent = await clients.pol.get(f"{COLLECTIONS}/{UNKNOWN}")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(FINLAND, UNKNOWN) == absent.text


async def test_a_list_comes_in_pages_that_lead_on(clients: Clients) -> None:
    first = await clients.fin.get(f"{COLLECTIONS}?limit=2")
    link = first.links["next"]["url"]
    second = await clients.fin.get(link)

    assert link == f"{COLLECTIONS}?limit=2&after={MEMBERS}"
    assert [each["id"] for each in first.json()] == [OPEN, MEMBERS]
    assert [each["id"] for each in second.json()] == [FINLAND]
    assert second.links == {}


async def test_what_is_hidden_leads_to_no_further_page(clients: Clients) -> None:
    assert (await clients.pol.get(f"{COLLECTIONS}?limit=2")).links == {}


@pytest.mark.parametrize("name", ["chief", "desk"])
async def test_operator_and_secretariat_open_collections(
    clients: Clients, name: str
) -> None:
    body = {
        "alias": "new",
        "title": "New",
        "read": "PUBLIC",
        "default_label": "TLP:RED",
    }

    response = await getattr(clients, name).post(COLLECTIONS, body)
    opened = response.json()

    assert response.status_code == 201
    assert sorted(opened) == ["alias", "id"]
    assert response.headers["location"] == f"{COLLECTIONS}/{opened['id']}"
    assert "new" in await aliases(clients.mda)


async def test_a_collection_may_be_given_its_id(clients: Clients) -> None:
    body = {"alias": "new", "title": "New", "id": UNKNOWN}

    assert (await clients.chief.post(COLLECTIONS, body)).json()["id"] == UNKNOWN


async def test_a_collection_may_tear_and_hold(clients: Clients) -> None:
    ways = {"tear_lines": True, "hold_minutes": 30}
    body = {"alias": "new", "title": "New", "read": "PUBLIC", **ways}

    await clients.chief.post(COLLECTIONS, body)

    shown = (await clients.pol.get(f"{COLLECTIONS}/new")).json()
    assert {key: shown[key] for key in ways} == ways


async def test_others_open_none(clients: Clients) -> None:
    response = await clients.pol.post(COLLECTIONS, {"alias": "new", "title": "New"})

    assert response.status_code == 403


async def test_an_alias_is_given_once(clients: Clients) -> None:
    response = await clients.chief.post(COLLECTIONS, {"alias": "open", "title": "New"})

    assert response.status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"alias": "new"}, 400),
        ({"alias": "New!", "title": "New"}, 400),
        ({"alias": "new", "title": ""}, 400),
        ({"alias": "new", "title": "New", "id": "1"}, 400),
        ({"alias": "new", "title": "New", "read": "NOBODY-KNOWN"}, 400),
        ({"alias": "new", "title": "New", "default_label": "nonsense"}, 422),
        ({"alias": "new", "title": "New", "colour": "red"}, 400),
        ({"alias": "new", "title": "New", "hold_minutes": -1}, 400),
        ({"alias": "new", "title": "New", "hold_minutes": 1_441}, 400),
    ],
)
async def test_what_cannot_be_opened_is_refused(
    clients: Clients, body: dict[str, object], status: int
) -> None:
    assert (await clients.chief.post(COLLECTIONS, body)).status_code == status
