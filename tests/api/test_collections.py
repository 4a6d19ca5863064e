"""Collections: what one may read or write, and who opens them."""

import pytest

from foedus.api.collections import PREVIEW_BYTES_MAX, PREVIEW_OBJECTS_MAX
from foedus.api.decoding import BODY_BYTES_MAX
from foedus.hub import Hub
from tests.api.world import (
    FINLAND,
    MEMBERS,
    OPEN,
    UNKNOWN,
    Client,
    Clients,
    indicator,
)

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


# Before publishing


def preview(name: str = "members") -> str:
    return f"{COLLECTIONS}/{name}/preview"


async def test_a_preview_tells_of_each_object_who_would_see_it_and_stores_none(
    clients: Clients, hub: Hub
) -> None:
    head = hub.log.head()
    bundle = {
        "type": "bundle",
        "id": f"bundle--{UNKNOWN}",
        "objects": [indicator(1), {"type": "indicator"}],
    }

    response = await clients.pol.post(preview(), bundle)

    told, refused = response.json()
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    keys = ["id", "version", "outcome", "reason", "label", "sees", "not"]
    assert list(told) == list(refused) == keys
    assert (told["id"], told["outcome"]) == (indicator(1)["id"], "stored")
    assert told["label"].startswith("NATO UNCLASSIFIED // REL TO NATO 2")
    assert "FIN" in told["sees"]
    assert "not in the audience" in told["not"]["MDA"]
    assert (refused["outcome"], refused["sees"]) == ("refused", [])
    assert refused["reason"]
    assert hub.log.head() == head


async def test_a_preview_by_id_or_alias_is_the_same(clients: Clients) -> None:
    body = {"objects": [indicator(1)]}

    by_id = await clients.pol.post(preview(MEMBERS), body)

    assert by_id.json() == (await clients.pol.post(preview(), body)).json()


async def test_who_may_not_publish_there_gets_no_preview(clients: Clients) -> None:
    body = {"objects": [indicator(1)]}

    assert (await clients.mda.post(preview(), body)).status_code == 403
    assert (await clients.fin.post(preview(), body)).status_code == 403
    hidden = await clients.pol.post(preview(FINLAND), body)
    absent = await clients.pol.post(preview(UNKNOWN), body)
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(FINLAND, UNKNOWN) == absent.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"nonsense", 400),
        (b"{}", 400),
        (b'{"objects":[]}', 400),
        (b'{"objects":[%s1]}' % (b"1," * PREVIEW_OBJECTS_MAX), 400),
        (b'{"objects":[%s1]}' % (b" " * PREVIEW_BYTES_MAX), 413),
    ],
)
async def test_what_is_no_envelope_or_too_large_gets_no_preview(
    clients: Clients, body: bytes, status: int
) -> None:
    assert (await clients.pol.post(preview(), body)).status_code == status


async def test_a_preview_takes_bodies_longer_than_others_do(clients: Clients) -> None:
    longer = indicator(1) | {"description": "x" * BODY_BYTES_MAX}

    (told,) = (await clients.pol.post(preview(), {"objects": [longer]})).json()

    assert told["outcome"] == "stored"
