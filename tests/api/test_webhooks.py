"""Webhooks over the API: one's own, and an operator's all."""

from typing import Any

import pytest

from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.tokens import TokenTerms
from foedus.releasability.viewers import Role
from tests.api.world import NOON, Client, Clients, bearer
from tests.processes.webhook_world import open_service

WEBHOOKS = "/api/v1/webhooks"
UNKNOWN = f"{WEBHOOKS}/webhook--00000000-0000-4000-8000-000000000009"
ASKED = {"url": "https://siem.example/in?key=1", "ceiling": "NU"}


@pytest.fixture
async def siem(hub: Hub) -> Account:
    return await open_service(hub, "siem", "FIN", clearance=1)


@pytest.fixture
def client(hub: Hub, siem: Account, clients: Clients) -> Client:
    token = hub.keyring.tokens.issue(siem.id, TokenTerms(), NOON).reveal()
    return Client(clients.fin.http, bearer(token))


async def made(client: Client, **more: object) -> dict[str, Any]:
    response = await client.post(WEBHOOKS, {**ASKED, **more})
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    assert response.headers["location"] == f"{WEBHOOKS}/{found['id']}"
    return found


async def test_a_service_makes_one_and_is_shown_its_secret_once(client: Client) -> None:
    found = await made(client, types=["tool"], collections=["open"], own_system=True)
    assert found.pop("secret").startswith("whsec_")
    assert (found["state"], found["own_system"]) == ("active", True)
    assert (await client.get(WEBHOOKS)).json() == [found]
    assert (await client.get(f"{WEBHOOKS}/{found['id']}")).json() == found


async def test_it_is_paused_resumed_and_removed(client: Client) -> None:
    path = f"{WEBHOOKS}/{(await made(client))['id']}"
    paused = await client.post(f"{path}/pause", b"")
    assert paused.json()["state"] == "paused"
    assert (await client.post(f"{path}/pause", b"")).status_code == 409
    assert (await client.post(f"{path}/resume", b"")).json()["state"] == "active"
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.get(WEBHOOKS)).json() == []


async def test_a_test_tells_why_a_message_was_not_taken(client: Client) -> None:
    found = await made(client, url="https://localhost/in")
    tried = await client.post(f"{WEBHOOKS}/{found['id']}/test", b"")
    assert tried.json()["taken"] is False
    assert tried.json()["status"] is None
    assert "not one that this hub sends to" in tried.json()["reason"]


async def test_another_account_of_the_nation_does_not_find_it_and_an_operator_does(
    client: Client, clients: Clients
) -> None:
    path = f"{WEBHOOKS}/{(await made(client))['id']}"
    assert (await clients.fin.get(WEBHOOKS)).json() == []
    hidden = await clients.fin.get(path)
    unknown = await clients.fin.get(UNKNOWN)
    assert hidden.json() | {"instance": ""} == unknown.json() | {"instance": ""}
    for verb in ("pause", "resume", "test"):
        assert (await clients.fin.post(f"{path}/{verb}", b"")).status_code == 404
    assert (await clients.fin.delete(path)).status_code == 404
    assert len((await clients.chief.get(WEBHOOKS)).json()) == 1
    assert (await clients.chief.post(f"{path}/pause", b"")).status_code == 200


async def test_a_limited_token_changes_nothing(
    hub: Hub, client: Client, siem: Account
) -> None:
    path = f"{WEBHOOKS}/{(await made(client))['id']}"
    terms = TokenTerms(scopes=frozenset({Role.READER}))
    token = hub.keyring.tokens.issue(siem.id, terms, NOON).reveal()
    limited = Client(client.http, bearer(token))
    assert (await limited.get(path)).status_code == 200
    answers = [
        await limited.post(WEBHOOKS, ASKED),
        await limited.delete(path),
        *[await limited.post(f"{path}/{v}", b"") for v in ("pause", "resume", "test")],
    ]
    assert {each.status_code for each in answers} == {403}


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"url": "http://siem.example/"}, 400),
        ({"url": "https://10.0.0.1/"}, 422),
        ({"ceiling": "NS"}, 422),
        ({"ceiling": "nonsense"}, 400),
        ({"collections": ["finland", "nothing"]}, 404),
        ({"kinds": ["gossip"]}, 400),
        ({"labels": ["COSMIC"]}, 400),
        ({"confidence_min": 101}, 400),
        ({"pattern": "[tool:name"}, 400),
        ({"surplus": 1}, 400),
    ],
)
async def test_what_cannot_be_is_refused(
    client: Client, more: dict[str, object], status: int
) -> None:
    assert (await client.post(WEBHOOKS, {**ASKED, **more})).status_code == status


async def test_a_person_has_none(clients: Clients) -> None:
    assert (await clients.fin.post(WEBHOOKS, ASKED)).status_code == 422
