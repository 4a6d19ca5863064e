"""TAXII 2.1, sections 4.1, 4.2, 5.1 and 5.2: discovery, API root, collections."""

import uuid

import pytest

from tests.taxii.world import (
    MEMBERS,
    NO_ACCESS,
    OPEN,
    READ_ONLY,
    ROOT,
    TAXII,
    UNKNOWN,
    WRITE_ONLY,
    Client,
    Clients,
)


async def test_4_1_discovery_names_absolute_api_roots_and_a_default_among_them(
    pol: Client,
) -> None:
    found = (await pol.get("/taxii2/")).json()

    assert found["title"]
    assert found["api_roots"] == [f"https://hub.example{ROOT}"]
    assert found["default"] in found["api_roots"]


async def test_4_2_the_api_root_names_its_version_and_limit(pol: Client) -> None:
    found = (await pol.get(ROOT)).json()

    assert found["title"]
    assert TAXII in found["versions"]
    assert found["max_content_length"] > 0


async def test_3_3_collections_are_listed_by_id(pol: Client) -> None:
    found = (await pol.get("collections/")).json()["collections"]

    assert [each["id"] for each in found] == [OPEN, MEMBERS, READ_ONLY, WRITE_ONLY]


@pytest.mark.parametrize(
    ("collection", "can_read", "can_write"),
    [(OPEN, True, True), (READ_ONLY, True, False), (WRITE_ONLY, False, True)],
)
async def test_5_2_1_a_collection_tells_the_rights_of_who_asks(
    pol: Client,
    collection: str,
    can_read: bool,  # noqa: FBT001 - a parameter of the test
    can_write: bool,  # noqa: FBT001 - likewise
) -> None:
    found = (await pol.get(f"collections/{collection}/")).json()

    assert found["can_read"] is can_read
    assert found["can_write"] is can_write


async def test_5_2_1_a_collection_has_an_id_a_title_and_its_media_types(
    pol: Client,
) -> None:
    found = (await pol.get(f"collections/{OPEN}/")).json()

    assert uuid.UUID(found["id"]).version == 4
    assert found["title"] == "Open"
    assert found["description"] == "For everybody."
    assert "application/stix+json;version=2.1" in found["media_types"]


async def test_5_2_1_an_empty_description_is_left_out(pol: Client) -> None:
    found = (await pol.get(f"collections/{MEMBERS}/")).json()

    assert "description" not in found


async def test_5_2_1_an_alias_stands_for_the_id_in_the_url(pol: Client) -> None:
    by_alias = await pol.get("collections/open/")
    by_id = await pol.get(f"collections/{OPEN}/")

    assert by_alias.json() == by_id.json()
    assert by_alias.json()["alias"] == "open"


async def test_5_1_what_an_account_may_neither_read_nor_write_is_not_listed(
    clients: Clients,
) -> None:
    for_finland = (await clients.fin.get("collections/")).json()["collections"]
    for_poland = (await clients.pol.get("collections/")).json()["collections"]

    assert NO_ACCESS in [each["id"] for each in for_finland]
    assert NO_ACCESS not in [each["id"] for each in for_poland]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "manifest/"),
        ("GET", "objects/"),
        ("GET", "objects/indicator--00000000-0000-4000-8000-000000000001/"),
        ("DELETE", "objects/indicator--00000000-0000-4000-8000-000000000001/"),
        ("GET", "objects/indicator--00000000-0000-4000-8000-000000000001/versions/"),
        ("POST", "objects/"),
    ],
)
async def test_1_6_9_a_collection_without_rights_answers_like_an_unknown_one(
    pol: Client, method: str, path: str
) -> None:
    headers = {"Content-Type": TAXII}

    hidden, alias, unknown = [
        await pol.ask(method, f"collections/{name}/{path}", headers=headers)
        for name in (NO_ACCESS, "no-access", UNKNOWN)
    ]

    assert unknown.status_code == 404
    assert hidden.content == alias.content == unknown.content
    assert hidden.headers == alias.headers == unknown.headers
