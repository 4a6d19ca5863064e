"""Releases: who makes, sees, consents to and ends them, and what they deliver."""

from typing import Any

import pytest

from foedus.hub import Hub
from tests.api.world import Client, Clients, publish, suspend

RELEASES = "/api/v1/releases"
UNKNOWN = f"release--{'0' * 8}-0000-4000-8000-{'0' * 12}"
DRAFT = {"to": ["MDA"], "label": "NATO UNCLASSIFIED", "since": "2026-11-01"}


async def made(client: Client, **more: object) -> dict[str, Any]:
    response = await client.post(RELEASES, {**DRAFT, **more})
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


async def ids(client: Client) -> list[str]:
    response = await client.get(RELEASES)
    assert response.status_code == 200, response.text
    return [each["release"] for each in response.json()["releases"]]


async def put(hub: Hub, name: str, number: int) -> str:
    return await publish(hub, hub.authenticator.named(name), "members", number)


async def sees(client: Client, stix_id: str) -> bool:
    response = await client.get(f"/api/v1/objects/{stix_id}/explain")
    return response.status_code == 200


async def test_a_release_lets_a_nation_see(hub: Hub, clients: Clients) -> None:
    stix_id = await put(hub, "pol", 1)
    before = await sees(clients.mda, stix_id)

    response = await clients.pol.post(RELEASES, {**DRAFT, "reason": "for a friend"})

    found = response.json()
    assert found.pop("by_label") == {"NATO UNCLASSIFIED // REL TO NATO 2024-03-07": 1}
    assert found == {"release": found["release"], "objects": 1}
    assert response.headers["location"] == f"{RELEASES}/{found['release']}"
    assert (before, await sees(clients.mda, stix_id)) == (False, True)


async def test_a_dry_run_counts_and_changes_nothing(hub: Hub, clients: Clients) -> None:
    stix_id = await put(hub, "pol", 1)

    response = await clients.pol.post(RELEASES, {**DRAFT, "dry_run": True})

    assert response.status_code == 200
    assert (response.json()["release"], response.json()["objects"]) == (None, 1)
    assert "location" not in response.headers
    assert await ids(clients.pol) == []
    assert not await sees(clients.mda, stix_id)


async def test_a_release_is_shown_to_those_it_concerns_alone(clients: Clients) -> None:
    found = await made(
        clients.pol,
        to=["Moldova"],
        from_now_on=True,
        reason="for a friend",
    )
    path = f"{RELEASES}/{found['release']}"

    shown = (await clients.mda.get(path)).json()

    assert shown == {
        "release": found["release"],
        "nation": "POL",
        "to": ["MDA"],
        "label": "NATO UNCLASSIFIED // REL TO NATO",
        "since": "2026-11-01",
        "from_now_on": True,
        "state": "in force",
        "at": "2026-11-23T12:00:00Z",
        "asks": [],
        "consents": [],
        "reason": "for a friend",
    }
    for client in (clients.pol, clients.mda, clients.desk, clients.chief):
        assert await ids(client) == [found["release"]]
    assert await ids(clients.fin) == []


async def test_a_release_of_others_is_as_one_that_is_none(clients: Clients) -> None:
    found = await made(clients.pol)
    path = f"{RELEASES}/{found['release']}"

    hidden = await clients.fin.get(path)
    absent = await clients.fin.get(f"{RELEASES}/{UNKNOWN}")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(found["release"], UNKNOWN) == absent.text
    for verb, body in (("consent", {}), ("withdraw", {"reason": ""})):
        assert (await clients.fin.post(f"{path}/{verb}", body)).status_code == 404


async def test_the_list_comes_in_pages_that_lead_on(clients: Clients) -> None:
    wanted = [(await made(clients.pol))["release"] for _ in range(3)]

    first = await clients.mda.get(f"{RELEASES}?limit=2")
    second = await clients.mda.get(first.links["next"]["url"])

    pages = [*first.json()["releases"], *second.json()["releases"]]
    assert [each["release"] for each in pages] == wanted
    assert second.links == {}


async def test_a_page_behind_a_hidden_release_is_as_behind_none(
    clients: Clients,
) -> None:
    found = await made(clients.pol)

    hidden = await clients.fin.get(f"{RELEASES}?after={found['release']}")
    absent = await clients.fin.get(f"{RELEASES}?after={UNKNOWN}")

    assert hidden.status_code == absent.status_code == 400
    assert hidden.text == absent.text


async def test_withdrawing_hides_at_once(hub: Hub, clients: Clients) -> None:
    stix_id = await put(hub, "pol", 1)
    path = f"{RELEASES}/{(await made(clients.pol))['release']}"

    response = await clients.pol.post(f"{path}/withdraw", {"reason": "a mistake"})

    assert (response.status_code, response.json()["state"]) == (200, "withdrawn")
    assert not await sees(clients.mda, stix_id)
    again = await clients.pol.post(f"{path}/withdraw", {})
    assert again.status_code == 409


@pytest.mark.parametrize(("name", "status"), [("desk", 200), ("mda", 403)])
async def test_the_body_ends_any_release_and_receivers_none(
    clients: Clients, name: str, status: int
) -> None:
    path = f"{RELEASES}/{(await made(clients.pol))['release']}"

    response = await getattr(clients, name).post(f"{path}/withdraw", {})

    assert response.status_code == status


async def test_a_consent_lets_what_another_nation_originated_be_seen(
    hub: Hub, clients: Clients
) -> None:
    stix_id = await put(hub, "pol", 1)
    path = f"{RELEASES}/{(await made(clients.desk, ask=['POL']))['release']}"
    before = await sees(clients.mda, stix_id)

    response = await clients.pol.post(f"{path}/consent", b"")

    assert (response.status_code, response.json()["consents"]) == (200, ["POL"])
    assert (before, await sees(clients.mda, stix_id)) == (False, True)
    assert (await clients.pol.post(f"{path}/consent", b"")).status_code == 409


async def test_a_nation_takes_its_consent_back(hub: Hub, clients: Clients) -> None:
    stix_id = await put(hub, "pol", 1)
    path = f"{RELEASES}/{(await made(clients.desk, ask=['POL']))['release']}"
    await clients.pol.post(f"{path}/consent", b"")

    response = await clients.pol.post(f"{path}/withdraw", {})

    assert response.json()["state"] == "in force"
    assert response.json()["consents"] == []
    assert not await sees(clients.mda, stix_id)


async def test_who_was_not_asked_does_not_consent(clients: Clients) -> None:
    path = f"{RELEASES}/{(await made(clients.desk, to=['POL']))['release']}"

    assert (await clients.pol.post(f"{path}/consent", b"")).status_code == 422


@pytest.mark.parametrize("name", ["fin", "pol_audit", "mda", "chief"])
async def test_who_only_reads_or_operates_releases_nothing(
    clients: Clients, name: str
) -> None:
    for body in (DRAFT, {**DRAFT, "dry_run": True}):
        response = await getattr(clients, name).post(RELEASES, body)

        assert response.status_code == 403


async def test_a_suspended_nation_is_shown_no_release(
    hub: Hub, clients: Clients
) -> None:
    await made(clients.pol)
    await suspend(hub, "MDA")

    assert await ids(clients.mda) == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"to": []}, 400),
        ({"to": ["ATLANTIS"]}, 400),
        ({"to": ["POL"]}, 400),
        ({"ask": ["ATLANTIS"]}, 400),
        ({"since": "yesterday"}, 400),
        ({"since": "2026-11-24"}, 422),
        ({"label": "nonsense"}, 422),
        ({"label": "NATO SECRET"}, 422),
        ({"reason": "x" * 2_001}, 400),
        ({"colour": "red"}, 400),
    ],
)
async def test_what_cannot_be_released_is_refused(
    clients: Clients, more: dict[str, object], status: int
) -> None:
    response = await clients.pol.post(RELEASES, {**DRAFT, **more})

    assert response.status_code == status
    assert await ids(clients.pol) == []
